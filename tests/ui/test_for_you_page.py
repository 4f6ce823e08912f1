"""The For you page, the reasons beside the queue, and the radio's switch, over an invented library."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from soniq_desktop.discovery.reasons import sentence
from soniq_desktop.library.records import LibraryCounts
from soniq_desktop.ui.components import Popover
from soniq_desktop.ui.for_you.text import distance_word, short_why, why_text
from soniq_desktop.ui.for_you.tiles import two_lines
from soniq_desktop.ui.pages.for_you import ForYouPage
from soniq_desktop.ui.pages.player_side import PlayerSide
from soniq_desktop.ui.right_panel import WHY_GAP
from soniq_desktop.ui.window import MainWindow
from soniq_desktop.ui.wormhole.picker import SongPicker
from tests.ui_fixtures import fake_services


@pytest.fixture
def window(qtbot):
    window = MainWindow(fake_services())
    qtbot.addWidget(window)
    window.show()
    yield window
    window.services.settings.close()


@pytest.fixture
def page(window, qtbot) -> ForYouPage:
    window.navigator.open("for_you")
    page = window.page("for_you")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 20)
    return page


def discovery(page):
    return page._services.discovery


def test_the_list_says_why_each_song_is_in_it(page):
    assert [tile.text_.name for tile in page.tiles.tiles] == ["For you", "Jazz", "Metal"]
    assert page.tiles.tiles[1].text_.detail.startswith("Because you finished “")
    assert page.tiles.tiles[2].text_.detail.startswith("Because you liked “")
    assert "why" in page.list.view.columns()
    first = page.list.ids()[0]
    assert page.list.model.notes[first] == "Same key (8A), +2 % tempo (126 BPM)"
    assert page.head.figures.text().startswith("20 songs · ")


def test_a_shelf_is_chosen_by_its_tile_also_by_keyboard(page, qtbot):
    tile = page.tiles.tiles[2]
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert tile.isChecked()
    assert page.list.ids() == list(range(31, 41))


def test_playing_from_here_is_recorded_and_explained_beside_the_queue(page, qtbot):
    page.play_all.click()
    player, panel = page._services.player, page.window().right_panel
    assert player.source == "for you"
    assert panel.why.isVisible()
    assert panel.why.text.text().startswith("Like “a song”: same key (8A)")
    panel.why.explain.click()
    popover = page.window().findChild(Popover)
    assert popover is not None
    assert popover.accessibleName() == "Why this song"
    popover.close_popover()
    player.play([1, 2])
    assert not panel.why.isVisible()


def test_refresh_asks_with_another_seed_and_back_with_the_first(page, qtbot):
    before = page.list.ids()
    page.refresh.click()
    qtbot.waitUntil(lambda: page.list.ids() != before)
    assert discovery(page).asked[-1] == ("for_you", {"seed": 1})
    page._nearest()
    qtbot.waitUntil(lambda: page.list.ids() == before)


def test_the_distance_is_one_setting_for_all_rooms(page, qtbot):
    settings = page._services.settings
    asked = len(discovery(page).asked)
    page.distance.slider.setValue(62)
    assert settings.get("discovery.distance") == 62
    assert page.distance.value.text() == "62, adventurous"
    qtbot.waitUntil(lambda: len(discovery(page).asked) == asked + 1)
    settings.set("discovery.distance", 5)
    assert page.distance.slider.value() == 5


def test_not_interested_takes_a_song_away_and_can_be_taken_back(page, qtbot):
    refused = page.list.ids()[1]
    page.list.view.select_row(1)
    page.list.view.setFocus()
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: refused not in page.list.ids())
    assert discovery(page).refused() == [str(refused)]
    page._forgive()
    qtbot.waitUntil(lambda: refused in page.list.ids())


def test_a_list_is_saved_under_its_name(page):
    page.tiles.tiles[1].click()
    page.save.click()
    made = page._services.playlists.lists[-1]
    assert made.name == "For you: Jazz"
    assert list(made.entries) == page.list.ids()


def test_a_list_from_picked_songs_has_a_tile_of_its_own(window, qtbot):
    window.navigator.open("for_you", seeds=[3, 4])
    page = window.page("for_you")
    qtbot.waitUntil(lambda: len(page.tiles.tiles) == 4)
    assert page.tiles.tiles[0].text_.name == "From your picks"
    assert ("from_seeds", {"ids": [3, 4]}) in discovery(page).asked
    assert not {3, 4} & set(page.list.ids())


def test_a_cold_start_says_so(window, qtbot):
    window.services.discovery.notice = "SONIQ does not know your taste yet."
    window.navigator.open("for_you")
    page = window.page("for_you")
    qtbot.waitUntil(lambda: page.notice.text() == "SONIQ does not know your taste yet.")


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        (LibraryCounts(), "No songs yet"),
        (LibraryCounts(tracks=9), "SONIQ is still listening to your songs"),
        (LibraryCounts(tracks=9, listened=9), "Nothing to offer"),
    ],
)
def test_without_songs_it_says_why(window, qtbot, counts, title, monkeypatch):
    services = window.services
    services.discovery.full = False
    services.discovery.notice = "Nothing in the library fits."
    monkeypatch.setattr(services.library, "counts", lambda: counts)
    window.navigator.open("for_you")
    page = window.page("for_you")
    qtbot.waitUntil(lambda: page.empty.accessibleName().startswith(title))
    assert page.stack.currentWidget() is page.empty
    assert page.add_music.isHidden() == bool(counts.tracks)
    assert not page.play_all.isEnabled()
    services.discovery.full = True
    services.discovery.grown.emit()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 20)


def test_narrow_windows_leave_tiles_out_but_never_the_chosen_one(page, qtbot):
    page.tiles.tiles[2].click()
    page.tiles.resize(360, 76)
    page.tiles._fit()
    assert [tile.isVisibleTo(page.tiles) for tile in page.tiles.tiles] == [True, True, True]
    page.tiles.resize(200, 76)
    page.tiles._fit()
    assert [tile.isVisibleTo(page.tiles) for tile in page.tiles.tiles] == [True, False, True]


def test_reasons_read_as_sentences():
    from tests.discovery_ui_fixtures import FakeDiscovery
    from tests.ui_fixtures import FakeLibrary

    each = FakeDiscovery(FakeLibrary(9)).recommended(3, 0, "Second Sunrise")
    assert why_text(each) == "Like “Second Sunrise”: same key (8A), +2 % tempo (126 BPM)"
    taste = replace(each, beside=None, because="your recent jazz listening")
    assert why_text(taste).startswith("From your recent jazz listening: same key")
    assert why_text(replace(taste, exploring=True)).startswith("Further out from your recent")
    assert short_why(replace(each, exploring=True)) == "Further out: same key (8A), +2 % tempo (126 BPM)"
    assert [distance_word(value) for value in (0, 1, 50, 100)] == [
        "home", "close to home", "adventurous", "deep space",
    ]  # fmt: skip


def test_two_lines_keep_every_word(qtbot):
    text = "Because you finished “A Rather Long Name of a Song”"
    lines = two_lines(text, 120)
    assert len(lines) == 2
    assert " ".join(lines) == text


class FakeRadio(QObject):
    """The switch's side of the radio."""

    changed = Signal()
    message = Signal(str)

    def __init__(self):
        super().__init__()
        self.is_on, self.following, self.started = True, None, []

    def on(self):
        return self.is_on

    def set_on(self, on):
        self.is_on = on
        self.changed.emit()

    def next_track(self):
        return self.following

    def start(self, ids):
        self.started.append(list(ids))


@pytest.fixture
def radio_window(qtbot):
    services = replace(fake_services(), radio=FakeRadio())
    window = MainWindow(services)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.services.settings.close()


def test_the_switch_follows_the_radio_and_turns_it(radio_window):
    radio, switch = radio_window.services.radio, radio_window.right_panel.radio
    assert switch.isVisible()
    assert switch.toggle.isChecked()
    switch.toggle.click()
    assert not radio.is_on
    radio.set_on(True)
    assert switch.toggle.isChecked()


def test_the_song_that_the_radio_queued_says_why(radio_window, qtbot):
    services, panel = radio_window.services, radio_window.right_panel
    services.player.play([1, 7])
    services.radio.following = services.discovery.recommended(7, 0, "a song")
    services.radio.changed.emit()
    qtbot.waitUntil(lambda: panel.queue._model.track(0) is not None)
    said = panel.queue._model.data(panel.queue._model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert said.endswith("Same key (8A), +2 % tempo (126 BPM)")


def test_what_the_radio_says_is_told_in_the_window(radio_window):
    radio_window.services.radio.message.emit("The radio has played everything.")
    assert radio_window.notice.isVisible()


def test_menus_start_the_radio_from_a_few_songs(radio_window, qtbot):
    page = radio_window.page("songs")
    menu = page.actions_.menu([2, 3], [], page)
    entry = next(action for action in menu.actions() if action.text().startswith("Start radio"))
    entry.trigger()
    assert radio_window.services.radio.started == [[2, 3]]
    many = page.actions_.menu(list(range(1, 9)), [], page)
    assert not any(action.text().startswith("Start radio") for action in many.actions())
    menu.deleteLater()
    many.deleteLater()


def test_songs_to_start_from_are_picked_in_the_page_and_let_go_again(page, window, qtbot):
    assert page.pick.text() == "Start from a song"
    page.pick.click()
    picker = window.findChild(SongPicker)
    qtbot.waitUntil(lambda: bool(picker.songs.tracks))
    first = picker.songs.tracks[0]
    qtbot.keyClick(picker.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.tiles.tiles[0].text_.name == "From your picks")
    assert page.tiles.tiles[0].text_.detail == f"Like “{first.title}”"
    assert page.pick.text() == "Add a song"
    library = page._services.library
    others = [library.get(number) for number in (7, 8, 9, 10, 11) if number != first.id]
    for track in (first, *others):  # twice the same one, and one too many
        page._take_pick(track)
    assert len(page._picks) == 5
    qtbot.waitUntil(lambda: not page.pick.isEnabled())
    page._forget_picks()
    assert page.tiles.tiles[0].text_.name == "For you"
    assert (page.pick.text(), page.pick.isEnabled()) == ("Start from a song", True)


def test_the_list_opens_as_a_table_with_all_columns(page, window):
    shown = []
    window.navigator.opened.connect(shown.append)
    page._table()
    assert shown[-1].page == "songs"
    assert shown[-1].params["ids"] == page.list.ids()
    assert shown[-1].params["title"] == "For you"


def test_what_no_quality_decides_is_short_in_the_list_and_whole_beside_the_song(page):
    each = page._tracks()[0]
    whole = replace(each, reason=replace(each.reason, sentence=sentence([], 0.58)))
    assert short_why(whole) == "Similar as a whole (58\u202f%)"
    assert "no single quality decides" in why_text(whole)


def test_the_full_players_queue_has_the_radio_too(qtbot):
    radio = FakeRadio()
    side = PlayerSide(replace(fake_services(), radio=radio))
    qtbot.addWidget(side)
    side.show()
    side.show_tab(1)
    assert side.radio.isVisible()
    side.radio.toggle.click()
    assert not radio.is_on


def test_a_reason_that_is_recalled_after_a_start_appears_beside_the_song(window, qtbot):
    services = window.services
    services.player.play([5], 0, "for you")
    assert window.right_panel.why.isHidden()
    services.discovery.remember([services.discovery.recommended(5, 0, "a song")])
    services.discovery.recalled.emit()
    assert not window.right_panel.why.isHidden()
    panel = window.right_panel
    qtbot.wait(20)
    card, heading = panel.why.geometry(), panel.queue_count.geometry()
    assert heading.top() - card.bottom() >= WHY_GAP
