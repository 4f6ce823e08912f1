"""The songs page: searching, filtering, sorting, playing; what it says when nothing is there."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from soniq_desktop.library.records import Filters, Group
from soniq_desktop.ui.components import Button, Popover
from soniq_desktop.ui.for_you.similar_bar import KINDS as SIMILAR_KINDS
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.songs.filters import (
    KINDS,
    filters_from_session,
    filters_to_session,
    parse_number,
    parse_time,
)
from soniq_desktop.ui.songs.page import SongsPage
from soniq_desktop.ui.theme import Theme
from tests.ui_fixtures import FakeProgress, MemoryStore, fake_services


def open_page(qtbot, count: int = 200, store: MemoryStore | None = None, **params: Any) -> SongsPage:
    Theme.current()
    page = SongsPage(fake_services(count, store=store), Navigator())
    qtbot.addWidget(page, before_close_func=lambda page: page._services.settings.close())
    page.resize(888, 760)
    page.show()
    page.activate(params)
    qtbot.waitUntil(lambda: page.model.rowCount() == count or bool(params) or not count)
    qtbot.wait(10)
    return page


@pytest.fixture
def page(qtbot) -> SongsPage:
    return open_page(qtbot)


def services(page: SongsPage) -> Any:
    return page._services


def test_the_figures_say_how_many_and_how_long(page: SongsPage, qtbot) -> None:
    qtbot.waitUntil(lambda: "h" in page.figures.text())
    assert page.figures.text() == "200 songs · 12 h 52 min"


def test_search_narrows_with_each_letter_and_the_last_one_wins(page: SongsPage, qtbot) -> None:
    library = services(page).library
    library.delay_ms = 30
    page.search("f")
    library.delay_ms = 0
    page.search("ferry")
    qtbot.waitUntil(lambda: 0 < page.model.rowCount() < 200)
    count = page.model.rowCount()
    qtbot.wait(60)
    assert page.model.rowCount() == count
    qtbot.waitUntil(lambda: page.model.track(0) is not None)
    assert "Ferry" in page.model.track(0).title


def test_no_match_says_so_and_offers_to_clear(page: SongsPage, qtbot) -> None:
    page.search("zzz")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.empty.accessibleName().startswith("No songs match “zzz”")
    assert not page.play_all.isEnabled()
    qtbot.mouseClick(page.clear_filters, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.rowCount() == 200)


def test_play_all_plays_the_filtered_list(page: SongsPage, qtbot) -> None:
    page.filters.set_value("liked", True)
    qtbot.waitUntil(lambda: page.model.rowCount() == 40)
    qtbot.mouseClick(page.play_all, Qt.MouseButton.LeftButton)
    assert services(page).player.queue() == page.model.ids()


def test_a_chip_edits_its_filter_in_a_popover(page: SongsPage, qtbot) -> None:
    page.filters.set_value("duration", (150.0, 540.0))
    chip = page.filters.chip("duration")
    assert chip.accessibleName() == "Filter Length: 2:30 – 9:00"
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.rect().center())
    low, high = page.filters._popover.panel.findChildren(QLineEdit)
    assert (low.text(), high.text()) == ("2:30", "9:00")
    low.setText("4:00")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    assert page.filters.filters().duration == (240.0, 540.0)
    assert services(page).library.queries[-1].filters.duration == (240.0, 540.0)


def test_removing_the_last_chip_shows_everything(page: SongsPage, qtbot) -> None:
    page.filters.set_value("liked", True)
    qtbot.waitUntil(lambda: page.model.rowCount() == 40)
    page.filters.chip("liked").removed.emit()
    qtbot.waitUntil(lambda: page.model.rowCount() == 200)
    assert page.filters.chip("liked") is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.toggle], ids=lambda kind: kind.field)
def test_every_filter_has_an_editor_that_opens(page: SongsPage, kind: Any) -> None:
    page.filters.edit(kind)
    assert page.filters._popover.isVisible()


def test_filters_survive_a_session() -> None:
    filters = Filters(
        lossless=True, duration=(10.0, 20.0), year=(1980, 1989), keys=frozenset({(9, "minor"), (0, "major")})
    )
    assert filters_from_session(filters_to_session(filters)) == filters
    assert filters_to_session(Filters()) == {}


def test_times_and_numbers_are_read_kindly() -> None:
    assert parse_time("2:30") == 150
    assert parse_time("90") == 90
    assert parse_time("soon") is None
    assert parse_number("118,5") == 118.5
    assert parse_number("") is None


def test_sorting_by_the_menu_asks_again_and_is_kept(qtbot) -> None:
    store = MemoryStore()
    page = open_page(qtbot, store=store)
    page.sort_by("title", descending=True)
    qtbot.waitUntil(lambda: services(page).library.queries[-1].sort == "title")
    assert page.view.songs_header.sort_key == "title"
    again = open_page(qtbot, store=store)
    assert services(again).library.queries[-1].sort == "title"
    assert services(again).library.queries[-1].descending


def test_shuffle_takes_a_new_seed_each_time(page: SongsPage) -> None:
    page.sort_by("shuffle")
    first = services(page).library.queries[-1].seed
    page.sort_by("shuffle")
    assert services(page).library.queries[-1].seed != first


def test_a_double_clicked_song_plays_the_list_from_there(page: SongsPage) -> None:
    page.view.play_row.emit(7)
    player = services(page).player
    assert player.queue() == page.model.ids()
    assert player.current_index() == 7
    assert page.model.playing_id == page.model.id_at(7)


def test_a_selection_of_several_plays_alone(page: SongsPage, qtbot) -> None:
    page.view.selectAll()
    page.view.setCurrentIndex(page.model.index(0, 1))
    page.view.select_row(2)
    selection = page.view.selectionModel()
    for row in (2, 5):
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        selection.select(page.model.index(row, 0), flags)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert services(page).player.queue() == [page.model.id_at(2), page.model.id_at(5)]


def test_the_heart_is_written_and_comes_back(page: SongsPage, qtbot) -> None:
    before = page.model.track(1).liked
    page.view.like_clicked.emit(1)
    qtbot.waitUntil(lambda: page.model.track(1).liked is not before)


def test_more_like_this_shows_similarities_in_order(qtbot) -> None:
    page = open_page(qtbot, similar_to=4, title="Like Ferry Wake 4")
    qtbot.waitUntil(lambda: page.model.rowCount() == 100)
    assert page.heading.text() == "Like Ferry Wake 4"
    assert "match" in page.view.columns()
    assert page.model.matches[1] == pytest.approx(0.95)
    assert not page.filters.isVisible()
    assert page.similar.isVisible()
    assert "why" in page.view.columns()
    assert page.model.notes[1] == "Same key (8A), +2 % tempo (126 BPM)"


def test_more_like_this_is_narrowed_by_chips_and_mixed_by_the_dial(qtbot) -> None:
    page = open_page(qtbot, similar_to=4, title="Like Ferry Wake 4")
    discovery = services(page).discovery
    page.similar.chips.set_value("tempo", (90.0, 125.0))
    page.similar.chips.set_value("rested", 7.0)
    page.similar.chips.set_value("compatible_key", True)
    page.similar.chips.set_value("genre", "Jazz")
    asked = discovery.asked[-1][1]
    assert (asked["wanted"].tempo, asked["wanted"].rested, asked["wanted"].compatible_key) == (
        (90, 125),
        7,
        True,
    )
    assert asked["genre"] == "Jazz"
    page.similar.diversity.setValue(60)
    qtbot.waitUntil(lambda: discovery.asked[-1][1]["variety"].diversity == 0.6)
    chip = page.similar.chips.chip("rested")
    assert "not this week" in chip.accessibleName()
    page.similar.clear()
    assert discovery.asked[-1][1]["wanted"].tempo is None


def test_where_nothing_is_similar_the_reason_is_said(qtbot) -> None:
    page = open_page(qtbot, similar_to=4, title="Like Ferry Wake 4")
    qtbot.waitUntil(lambda: page.model.rowCount() == 100)
    discovery = services(page).discovery
    discovery.full, discovery.notice = False, "Nothing in the library fits."
    page.similar.chips.set_value("liked", True)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.empty.accessibleName() == "No similar songs Nothing in the library fits."
    assert page.clear_filters.isVisibleTo(page.empty)
    discovery.full = True
    page.clear_filters.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 100)


def test_a_chosen_genre_comes_from_the_library(qtbot, monkeypatch) -> None:
    page = open_page(qtbot, similar_to=4, title="Like Ferry Wake 4")
    groups = [Group("Folk", 2, 1, 1.0), Group("Soul", 9, 1, 1.0)]
    monkeypatch.setattr(services(page).library, "genres", lambda _text, done: done(groups))
    page.similar.chips.edit(next(kind for kind in SIMILAR_KINDS if kind.field == "genre"))
    buttons = page.window().findChild(Popover).panel.findChildren(Button)
    assert [button.text() for button in buttons] == ["Soul", "Folk"]
    buttons[0].click()
    assert services(page).discovery.asked[-1][1]["genre"] == "Soul"


def test_the_menu_offers_what_applies(page: SongsPage, qtbot) -> None:
    track = page.model.track(0)
    menu = page.actions_.menu([track.id], [track], page)
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert texts[:3] == ["Play", "Play next", "Add to queue"]
    assert "More like this" in texts
    assert "Show in folder" in texts
    many = page.actions_.menu([1, 2], [track], page)
    assert "Show in folder" not in [action.text() for action in many.actions()]
    menu.deleteLater()
    many.deleteLater()


def test_progress_unfolds_while_something_runs_and_folds_away(page: SongsPage) -> None:
    library = services(page).library
    assert not page.progress.isVisible()
    library.progress.emit(FakeProgress())
    assert page.progress.isVisible()
    assert page.progress.headline.text() == "Analysing 13,884 of 20,418"
    assert page.progress.percent.text() == "67 %"
    page.progress.pause.click()
    assert ("pause", ()) in library.calls
    library.progress.emit(None)
    assert not page.progress.isVisible()


def test_stopping_asks_first(page: SongsPage, qtbot) -> None:
    from soniq_desktop.ui.components import Button, Popover

    library = services(page).library
    library.progress.emit(FakeProgress())
    page.progress.cancel.click()
    assert ("cancel", ()) not in library.calls
    popover = page.findChild(Popover)
    next(button for button in popover.panel.findChildren(Button) if button.text() == "Stop").click()
    assert ("cancel", ()) in library.calls


def test_a_changed_library_keeps_scroll_and_selection(page: SongsPage, qtbot) -> None:
    page.view.scroll_to_row(60)
    page.view.select_row(62)
    top = page.view.first_row()
    services(page).library.changed.emit()
    qtbot.wait(30)
    assert page.view.first_row() == top
    assert page.view.selected_rows() == [62]


def test_scroll_position_and_filters_are_part_of_the_session(page: SongsPage, qtbot) -> None:
    page.filters.set_value("lossless", True)
    qtbot.waitUntil(lambda: page.model.rowCount() < 200)
    page.view.scroll_to_row(40)
    session = page.session()
    again = open_page(qtbot, **session)
    qtbot.waitUntil(lambda: again.model.rowCount() == page.model.rowCount())
    assert again.filters.filters().lossless
    assert again.view.first_row() == 40
