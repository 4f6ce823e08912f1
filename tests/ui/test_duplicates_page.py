"""The Duplicates page: what is shown, what can be done, and that nothing happens to files."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from soniq_desktop.fingerprint.comparison import ComparingProgress
from soniq_desktop.services.duplicates import Likeness
from soniq_desktop.ui.duplicates.cards import place_in, starts_of
from soniq_desktop.ui.duplicates.text import percent, verdict
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.duplicates import SHOWN, DuplicatesPage
from soniq_desktop.ui.pages.problems import ProblemsPage
from soniq_desktop.ui.pages.settings import SettingsPage
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.page import SongsPage
from tests.duplicates_fixtures import duplicates_services, make_found, make_group, make_likeness


@pytest.fixture
def services():
    return duplicates_services()


@pytest.fixture
def page(qtbot, services):
    page = DuplicatesPage(services, Navigator())
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    page.activate({})
    return page


def press(qtbot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_opening_it_compares_and_leaving_keeps_what_was_found(page, services):
    assert services.duplicates.calls == [("look",)]
    services.duplicates.found.emit(make_found())
    assert len(page.cards) == 1
    assert "1 song more than once" in page.head.figures.text()


def test_a_group_shows_each_file_and_why_the_first_is_to_be_kept(page, services):
    services.duplicates.found.emit(make_found())
    card = page.cards[0]
    keep, late, gone = card.rows
    assert card.reason.text() == "Keep the first: lossless."
    assert keep.mark.text() == "Keep"
    assert keep.format.text() == "FLAC · 16 bit · 44.1 kHz"
    assert late.format.text() == "MP3 · 128 kbit/s · 44.1 kHz"
    assert late.history.text().startswith("begins 4.0 s later in the music · added 14 Nov 2023")
    assert late.path.text() == late.track.path
    assert gone.history.text() == "The file is missing"
    assert not gone.play.isEnabled()
    assert not gone.folder.isEnabled()


def test_the_file_to_keep_cannot_be_set_apart_the_others_can(qtbot, page, services):
    services.duplicates.found.emit(make_found())
    keep, late, gone = page.cards[0].rows
    assert keep.different.isHidden()
    press(qtbot, late.different)
    assert services.duplicates.calls[-1] == ("say_different", late.track, [keep.track, gone.track])
    services.duplicates.found.emit(make_found(0, decisions=2))
    assert not page.undo.isHidden()
    press(qtbot, page.undo)
    assert services.duplicates.calls[-1] == ("take_back", late.track, [keep.track, gone.track])


def test_earlier_decisions_can_be_forgotten(qtbot, page, services):
    services.duplicates.found.emit(make_found(decisions=3))
    assert page.decided.text() == "3 pairs set apart by you"
    press(qtbot, page.undo)
    assert services.duplicates.calls[-1] == ("take_all_back",)


def test_a_copy_goes_on_at_the_second_where_the_other_is(qtbot, page, services):
    services.duplicates.found.emit(make_found())
    keep, late, _ = page.cards[0].rows
    press(qtbot, keep.play)
    player = services.player
    assert player.queue() == [keep.track.id, late.track.id]  # the missing one is left out
    assert player.position() == pytest.approx(4.0)  # the first second that all of them have
    player.seek(60.0)
    press(qtbot, late.play)
    assert player.track().id == late.track.id
    assert player.position() == pytest.approx(56.0, abs=0.5)


def test_places_of_the_same_moment():
    starts = starts_of(make_group())
    assert starts == {1: 4.0, 2: 0.0, 3: 4.0}
    assert place_in(starts, 1, 60.0, 2) == 56.0
    assert place_in(starts, 2, 56.0, 1) == 60.0
    assert place_in(starts, 1, 1.0, 2) == 0.0
    assert place_in(starts, 99, 60.0, 2) == 0.0


def test_versions_are_on_one_time_line(qtbot, page, services):
    services.duplicates.found.emit(make_found())
    page.kinds._group.button(1).click()
    (card,) = page.cards
    assert card.bar.spans() == ((0.0, 240.0), (30.0, 150.0))
    assert card.bar.accessibleName() == (
        "2:28 in common. “Copper Rain (radio edit)” begins 0:30 into “Copper Rain”"
    )
    assert [row.mark.text() for row in card.rows] == ["", ""]


def test_progress_can_be_stopped(qtbot, page, services):
    services.duplicates.go("comparing")
    services.duplicates.progressed.emit(ComparingProgress(30, 120, 90.0))
    assert not page.progress.isHidden()
    assert page.progress.headline.text() == "Comparing 30 of 120 songs"
    press(qtbot, page.progress.cancel)
    assert services.duplicates.calls[-1] == ("cancel",)
    services.duplicates.go("idle")
    assert page.progress.isHidden()


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "No duplicates"),
        ({"complete": False}, "None so far"),
        ({"compared": 0}, "Nothing to compare yet"),
    ],
)
def test_why_there_is_nothing_to_see(page, services, changes, title):
    services.duplicates.found.emit(make_found(0, 0, **changes))
    assert not page.empty.isHidden()
    assert page.empty.accessibleName().startswith(title)


def test_an_index_that_cannot_be_read_is_said(page, services):
    services.duplicates.failed.emit("The fingerprints cannot be read. Restart SONIQ.")
    assert "The fingerprints cannot be read." in page.empty.accessibleName()


def test_many_groups_are_shown_in_parts(qtbot, page, services):
    services.duplicates.found.emit(make_found(SHOWN + 5))
    assert len(page.cards) == SHOWN
    press(qtbot, page.more)
    assert len(page.cards) == SHOWN + 5
    assert page.more.isHidden()


def test_two_songs_are_compared_and_the_answer_can_be_closed(qtbot, page, services):
    services.duplicates.answer = make_likeness()
    page.activate({"compare": [11, 12]})
    assert ("compare", 11, 12) in services.duplicates.calls
    assert page.answer.title.text() == "Two versions of one recording"
    assert "2:28 in common" in page.answer.sentence.text()
    assert not page.answer.bar.isHidden()
    press(qtbot, page.answer.close_)
    assert page.answer is None


def test_songs_that_cannot_be_compared_say_so(page):
    page.activate({"compare": [1, 2]})
    assert page.answer.sentence.text() == "No answer."


def test_the_four_answers():
    likeness = make_likeness()
    nothing = Likeness(likeness.one, likeness.other, None)
    assert verdict(nothing)[0] == "Not the same recording"
    assert verdict(Likeness(likeness.one, likeness.other, None, known=False))[0] == "Not known yet"
    assert verdict(make_likeness(share=0.97, straight=0.97))[0] == "The same recording"
    assert verdict(make_likeness(share=0.2, share_of_other=0.3, straight=0.3))[0].startswith("Different")


def test_shares_are_never_rounded_up_to_everything():
    assert [percent(share) for share in (0.0, 0.994, 0.996, 1.0, 1.2)] == [
        "0 %",
        "99 %",
        "100 %",
        "100 %",
        "100 %",
    ]


def test_every_button_has_a_name_and_is_reached_by_tab(page, services):
    services.duplicates.found.emit(make_found())
    for row in page.cards[0].rows:
        for button in (row.play, row.folder, row.different):
            assert button.accessibleName()
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_two_selected_songs_can_be_compared_from_their_menu(qtbot, services):
    opened = []
    navigator = Navigator()
    navigator.opened.connect(opened.append)
    actions = SongActions(services, navigator)
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = actions.menu([3, 4], [], parent)
    (item,) = [each for each in menu.actions() if each.text().startswith("Same recording?")]
    item.trigger()
    assert (opened[-1].page, opened[-1].params) == ("duplicates", {"compare": [3, 4]})
    others = [each.text() for each in actions.menu([3, 4, 5], [], parent).actions()]
    assert not [each for each in others if each.startswith("Same recording?")]


@pytest.mark.parametrize("kind", [SongsPage, ProblemsPage, SettingsPage])
def test_there_are_doors_to_it(qtbot, services, kind):
    opened = []
    navigator = Navigator()
    navigator.opened.connect(opened.append)
    page = kind(services, navigator)
    qtbot.addWidget(page)
    page.show()
    names = ("Duplicates", "Show duplicates")
    (door,) = [each for each in page.findChildren(QAbstractButton) if each.accessibleName() in names]
    door.click()
    assert opened[-1].page == "duplicates"


def test_cards_keep_their_height_when_they_are_filled_anew_in_a_small_window(qtbot, page, services):
    page.resize(900, 420)
    services.duplicates.found.emit(make_found(6))
    for index in (1, 0):
        page.kinds._group.button(index).click()
    qtbot.waitUntil(
        lambda: bool(page.cards) and all(card.height() >= card.sizeHint().height() for card in page.cards)
    )
