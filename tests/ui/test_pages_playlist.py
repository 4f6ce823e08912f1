"""A playlist: order, names, missing entries."""

import pytest
from PySide6.QtCore import Qt

from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.playlist import PlaylistPage
from tests.pages_fixtures import pages_services


@pytest.fixture
def services():
    return pages_services()


@pytest.fixture
def page(qtbot, services):
    number = services.playlists.make("Kitchen, Sunday", [3, 8, 1, 40], missing=1)
    page = PlaylistPage(services, Navigator())
    page.resize(1000, 700)
    qtbot.addWidget(page)
    page.show()
    page.activate({"playlist_id": number})
    qtbot.waitUntil(lambda: len(page.list.entries.rows) == 5)
    return page


def titles(page):
    return [entry.title for entry, _ in page.list.entries.rows]


def test_head_says_what_is_in_it(page):
    assert page.head.heading.text() == "Kitchen, Sunday"
    assert page.head.facts.text().startswith("5 songs · ")
    assert page.head.facts.text().endswith("1 not here")
    page.grab()


def test_play_skips_what_is_missing(qtbot, page, services):
    qtbot.mouseClick(page.head.play, Qt.MouseButton.LeftButton)
    assert services.player.ids == [3, 8, 1, 40]
    assert services.player.source == "playlist"
    page.list.chosen.emit(2)
    assert services.player.at == 2


def test_alt_arrows_move_and_keep_the_selection(qtbot, page):
    before = titles(page)
    page.list.setCurrentIndex(page.list.entries.index(1))
    qtbot.keyClick(page.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: titles(page) == [before[0], before[2], before[1], *before[3:]])
    assert page.list.selected_rows() == [2]
    for expected in (1, 0, 0):
        qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda expected=expected: page.list.selected_rows() == [expected])
    assert titles(page)[0] == before[1]


def test_dropping_between_rows_reorders(qtbot, page):
    before = titles(page)
    page.list.setCurrentIndex(page.list.entries.index(0))
    page.list._order([0], 3)
    qtbot.waitUntil(lambda: titles(page) == [before[1], before[2], before[0], *before[3:]])
    assert page.list.selected_rows() == [2]


def test_delete_removes_the_selection(qtbot, page):
    before = titles(page)
    page.list.setCurrentIndex(page.list.entries.index(1))
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(page) == [before[0], *before[2:]])


def test_dropped_songs_are_inserted_where_they_fall(qtbot, page, services):
    page.list.inserted.emit([77, 78], 1)
    qtbot.waitUntil(lambda: len(titles(page)) == 7)
    assert titles(page)[1] == services.library.get(77).title


def test_renaming_with_f2(qtbot, page, services):
    page._begin_rename()
    page.edit.setText("Saturday")
    qtbot.keyClick(page.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.head.heading.text() == "Saturday")
    assert page.edit.isHidden()


def test_missing_entries_are_named_for_screen_readers(page):
    index = page.list.entries.index(4)
    assert "not in the library" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_deleted_and_empty_playlists_explain_themselves(qtbot, page, services):
    empty = services.playlists.make("Empty", [1])
    services.playlists.remove(empty, [0])
    page.activate({"playlist_id": empty})
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert not page.head.play.isEnabled()
    assert page.rename.isEnabled()
    services.playlists.delete(empty)
    qtbot.waitUntil(lambda: not page.rename.isEnabled())
