"""The whole window on invented services: real paths of a user through it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPointF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from soniq_desktop.ui import session
from soniq_desktop.ui.components import Label, Popover
from soniq_desktop.ui.shortcuts import SECTIONS
from soniq_desktop.ui.theme import Theme, text_width
from soniq_desktop.ui.window import MINIMUM_SIZE, MainWindow, available_pages
from tests.ui_fixtures import FakePlaylist, MemoryStore, fake_services, make_track


def open_window(qtbot, count: int = 120, store: MemoryStore | None = None) -> MainWindow:
    window = MainWindow(fake_services(count, store=store))
    qtbot.addWidget(window, before_close_func=close_for_good)
    window.show()
    if count:
        qtbot.waitUntil(lambda: songs(window).model.track(0) is not None)
    return window


def close_for_good(window: MainWindow) -> None:
    """Closing keeps the session, which starts the timer of the settings."""
    window.close()
    window.services.settings.close()


def songs(window: MainWindow) -> Any:
    return window.page("songs")


@pytest.fixture
def window(qtbot) -> MainWindow:
    window = open_window(qtbot)
    yield window
    Theme.current().set_mode("system")
    Theme.current().set_scale(1.0)


def key(window: MainWindow, code: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.windowHandle(), code, modifier)


CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def test_the_rail_of_the_smallest_window_shows_every_page(window: MainWindow, qtbot) -> None:
    sidebar = window.sidebar
    last = sidebar.items["persona"]

    def lowest() -> int:
        return last.mapTo(sidebar, last.rect().bottomLeft()).y()

    window.resize(MINIMUM_SIZE)
    qtbot.waitUntil(lambda: last.width() < 64 and lowest() < sidebar.foot.y())
    assert last.height() >= 32  # a target
    window.resize(1080, 900)
    qtbot.waitUntil(lambda: last.height() == 40)


def test_the_first_window_is_no_larger_than_its_screen(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "screen_room", lambda _window: QSize(1364, 690))
    window = open_window(qtbot, 0)
    assert window.size() == QSize(1364, 690)
    assert window.minimumSize() == MINIMUM_SIZE
    monkeypatch.setattr(session, "screen_room", lambda _window: QSize(1022, 600))
    small = open_window(qtbot, 0)
    assert small.size() == QSize(1022, 600)
    assert small.player_bar.mapTo(small, small.player_bar.rect().bottomLeft()).y() < 600


def test_emptying_the_search_stays_in_a_room_that_has_none(window: MainWindow, qtbot) -> None:
    window.navigator.open("settings")
    window.topbar.search.set_text("Träck 7")
    assert window.navigator.place.page == "songs"  # words look for songs wherever one is
    window.navigator.open("settings")
    window.topbar.search.clear()
    assert window.navigator.place.page == "settings"
    window.navigator.open("songs")
    qtbot.waitUntil(lambda: songs(window).model.rowCount() == 120)


def test_the_parts_stand_where_the_design_has_them(window: MainWindow) -> None:
    window.resize(1440, 900)

    def place(widget: QWidget) -> tuple[int, int, int, int]:
        corner = widget.mapTo(window, widget.rect().topLeft())
        return corner.x(), corner.y(), widget.width(), widget.height()

    assert place(window.sidebar) == (0, 0, 232, 812)
    assert place(window.topbar) == (232, 0, 1208, 56)
    assert place(window.stack) == (232, 56, 888, 756)
    assert place(window.right_panel)[0] == 1121
    assert place(window.player_bar) == (0, 812, 1440, 88)
    assert place(window.sidebar.items["songs"]) == (12, 80, 208, 32)
    assert place(window.sidebar.items["for_you"])[1] == 240
    assert place(window.player_bar.play)[0] == 392
    assert place(window.right_panel.cover) == (1144, 108, 272, 272)


def test_narrow_windows_have_a_rail_and_no_panel(window: MainWindow) -> None:
    window.resize(1240, 800)
    assert (window.sidebar.width(), window.right_panel.isVisible()) == (232, False)
    window.resize(1100, 700)
    assert window.sidebar.width() == 64
    assert window.sidebar.items["songs"].toolTip() == "Songs"
    window.resize(1440, 900)
    assert (window.sidebar.width(), window.right_panel.isVisible()) == (232, True)
    assert window.minimumSize() == MINIMUM_SIZE


def test_in_a_narrow_window_the_queue_still_opens_when_asked_for(window: MainWindow) -> None:
    window.resize(1200, 800)
    key(window, Qt.Key.Key_Q)
    assert window.right_panel.isVisible()
    assert window.player_bar.queue.isChecked()
    key(window, Qt.Key.Key_Q)
    assert not window.right_panel.isVisible()


def test_searching_by_key_finds_plays_and_clears(window: MainWindow, qtbot) -> None:
    key(window, Qt.Key.Key_K, CTRL)
    assert window.topbar.search.edit.hasFocus()
    qtbot.keyClicks(window.topbar.search.edit, "ferry")
    page = songs(window)
    qtbot.waitUntil(lambda: 0 < page.model.rowCount() < 120 and page.model.track(0) is not None)
    assert "Ferry" in page.model.track(0).title
    qtbot.keyClick(window.topbar.search.edit, Qt.Key.Key_Return)
    assert page.view.hasFocus()
    page.view.select_row(0)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert "Ferry" in window.player_bar.title.text()
    key(window, Qt.Key.Key_F, CTRL)
    qtbot.keyClick(window.topbar.search.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.rowCount() == 120)


def test_letters_are_shortcuts_in_lists_and_letters_in_fields(window: MainWindow, qtbot) -> None:
    player = window.services.player
    player.play([2], 0)
    songs(window).view.setFocus()
    key(window, Qt.Key.Key_M)
    assert player.muted()
    window.topbar.focus_search()
    key(window, Qt.Key.Key_M)
    assert player.muted()
    assert window.topbar.search.text() == "m"


def test_single_letters_can_be_switched_off(window: MainWindow) -> None:
    window.services.settings.set("keyboard.single_letters", False)
    songs(window).view.setFocus()
    key(window, Qt.Key.Key_H)
    assert not window.services.player.shuffle()
    assert songs(window).view.letters_search
    window.services.settings.set("keyboard.single_letters", True)
    key(window, Qt.Key.Key_H)
    assert window.services.player.shuffle()


def test_transport_and_volume_keys(window: MainWindow) -> None:
    player = window.services.player
    player.play([1, 2, 3], 0)
    songs(window).view.setFocus()
    key(window, Qt.Key.Key_Space)
    assert player.state() == "paused"
    key(window, Qt.Key.Key_Right, CTRL)
    assert player.current_index() == 1
    key(window, Qt.Key.Key_Left, CTRL)
    assert player.current_index() == 0
    before = player.volume()
    key(window, Qt.Key.Key_Up, CTRL)
    assert player.volume() == pytest.approx(before + 0.05)


def test_no_two_shortcuts_share_their_keys() -> None:
    keys = [sequence for _, section in SECTIONS for line in section for sequence in line.keys]
    assert len(keys) == len(set(keys))


def test_the_question_mark_shows_the_map(window: MainWindow, qtbot) -> None:
    songs(window).view.setFocus()
    key(window, Qt.Key.Key_Question)
    popover = window.findChild(Popover)
    assert popover is not None
    assert popover.isVisible()
    key(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(Popover) is None)


def test_f6_goes_through_the_regions_in_order(window: MainWindow, qtbot) -> None:
    window.topbar.focus_search()
    seen: list[str] = []
    regions = {
        "topbar": window.topbar,
        "sidebar": window.sidebar,
        "table": songs(window).view,
        "filters": songs(window).filters,
        "panel": window.right_panel,
        "player": window.player_bar,
    }
    window.services.player.play([1, 2, 3], 0)
    for _ in range(7):
        key(window, Qt.Key.Key_F6)
        focused = window.focusWidget()
        seen += [name for name, r in regions.items() if r is focused or r.isAncestorOf(focused)] or ["header"]
    assert seen == ["sidebar", "header", "filters", "table", "panel", "player", "topbar"]
    assert window.focus_ring.keyboard_used


def test_rooms_of_later_versions_are_visible_disabled_and_say_so(window: MainWindow) -> None:
    item = window.sidebar.items["galaxy"]
    assert item.isVisible()
    assert not item.isEnabled()
    assert item.toolTip() == "Comes with a later version"


def test_back_and_forward_keep_the_place_in_the_list(window: MainWindow, qtbot) -> None:
    page = songs(window)
    page.view.scroll_to_row(50)
    window.navigator.open("songs", similar_to=4, title="Like this")
    qtbot.waitUntil(lambda: page.model.rowCount() == 100)
    assert window.topbar.back.isEnabled()
    key(window, Qt.Key.Key_Left, ALT)
    qtbot.waitUntil(lambda: page.model.rowCount() == 120)
    assert page.heading.text() == "Songs"
    assert page.view.first_row() == 50
    key(window, Qt.Key.Key_Right, ALT)
    qtbot.waitUntil(lambda: page.model.rowCount() == 100)


def test_the_theme_button_flips_and_is_kept(window: MainWindow, qtbot) -> None:
    window.services.settings.set("appearance.theme", "dark")
    qtbot.mouseClick(window.topbar.sun, Qt.MouseButton.LeftButton)
    assert window.services.settings.get("appearance.theme") == "light"
    assert not Theme.current().dark
    assert window.topbar.sun.accessibleName() == "Dark theme"


def test_counts_and_problems_reach_sidebar_and_bell(window: MainWindow) -> None:
    counts = window.services.library.counts()
    window.services.library.counts_changed.emit(counts)
    assert window.sidebar.items["songs"]._detail == "20,418"
    assert window.sidebar.folders.text() == "3 folders · 486 GB"
    assert window.topbar.bell.badge == 3
    assert window.topbar.bell.accessibleName() == "3 problems"


def test_a_dropped_folder_joins_the_library_once(window: MainWindow, tmp_path: Path) -> None:
    from PySide6.QtCore import QMimeData

    library = window.services.library
    music = tmp_path / "album"
    music.mkdir()
    (music / "song.flac").touch()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(music / "song.flac")), QUrl.fromLocalFile(str(music))])
    event = QDropEvent(
        QPointF(400, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(event)
    assert library.calls.count(("add_folder", str(music))) == 1
    window.open_paths([str(music)])
    assert library.calls.count(("add_folder", str(music))) == 1


def test_songs_opened_from_outside_are_played_once_all_are_known(window, tmp_path: Path, qtbot) -> None:
    library, player = window.services.library, window.services.player
    songs = [tmp_path / "one.flac", tmp_path / "two.flac"]
    for song in songs:
        song.touch()
    window.open_paths([str(song) for song in songs])
    library.located = {str(songs[0]): 4}
    library.changed.emit()
    qtbot.wait(50)
    assert player.queue() == []
    library.located[str(songs[1])] = 9
    library.changed.emit()
    qtbot.waitUntil(lambda: player.queue() == [4, 9])
    player.play([1], 0)
    library.changed.emit()
    qtbot.wait(50)
    assert player.queue() == [1]


def test_playlists_are_listed_and_take_dropped_songs(window: MainWindow, qtbot) -> None:
    playlists = window.services.playlists
    playlists.lists = [FakePlaylist(1, "Kitchen"), FakePlaylist(2, "Auto", "smart")]
    playlists.changed.emit()
    qtbot.waitUntil(lambda: len(window.sidebar.playlist_items) == 2)
    kitchen, auto = window.sidebar.playlist_items
    assert kitchen.acceptDrops()
    assert not auto.acceptDrops()
    kitchen.dropped.emit([1, 2])
    assert playlists.lists[0].entries == (1, 2)
    assert window.notice.text() == "2 songs added to Kitchen."


def test_what_the_genre_service_cannot_do_is_told(qtbot) -> None:
    class Genre(QObject):
        notice = Signal(str)
        changed = Signal(list)

    genre = Genre()
    window = MainWindow(replace(fake_services(3), genre=genre))  # type: ignore[arg-type]
    qtbot.addWidget(window, before_close_func=close_for_good)
    window.show()
    genre.notice.emit("Genres could not be worked out.")
    assert window.notice.text() == "Genres could not be worked out."


def test_messages_of_services_come_as_one_notice(window: MainWindow) -> None:
    window.services.library.notice.emit("This folder is on a network drive.")
    window.services.player.message.emit("The sound device is gone.")
    assert window.notice.text() == "The sound device is gone."


def test_the_title_names_what_plays(window: MainWindow) -> None:
    window.services.player.play([3], 0)
    assert window.windowTitle() == f"{make_track(3).title} – {make_track(3).artist}"


def test_the_next_start_opens_where_the_last_one_ended(qtbot) -> None:
    store = MemoryStore()
    first = open_window(qtbot, store=store)
    songs(first).sort_by("title")
    qtbot.waitUntil(lambda: first.services.library.queries[-1].sort == "title")
    qtbot.wait(30)
    songs(first).view.scroll_to_row(70)
    first.show_right_panel(False)
    first.close()
    second = open_window(qtbot, store=store)
    qtbot.waitUntil(lambda: songs(second).view.first_row() == 70)
    assert songs(second).view.songs_header.sort_key == "title"
    assert not second.right_panel.isVisible()


@pytest.mark.parametrize(
    "saved", [{"geometry": "nonsense!", "place": {"page": "galaxy"}, "panel_width": "x"}, [], {}]
)
def test_a_damaged_session_is_passed_over(qtbot, saved: Any) -> None:
    store = MemoryStore()
    store.set("window.session", saved)
    window = open_window(qtbot, store=store)
    assert window.stack.currentWidget() is songs(window)
    assert window.size().width() == 1440


def test_the_largest_text_fits_without_a_warning(window: MainWindow) -> None:
    window.services.settings.set("appearance.scale", 1.3)
    window.resize(MINIMUM_SIZE)
    assert not window.grab().isNull()
    assert songs(window).view.delegate.row_height() == 52


def test_every_control_has_a_name(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLineEdit

    controls = [*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)]
    nameless = [control for control in controls if control.isVisible() and not control.accessibleName()]
    assert nameless == []


def test_every_page_of_the_table_can_be_opened(window: MainWindow, qtbot) -> None:
    for name in available_pages():
        if name in ("songs", "albums", "artists", "genres", "problems", "settings"):
            window.navigator.open(name)
            assert window.stack.currentWidget() is window.page(name) or name == "songs"


def test_the_first_folder_opens_the_songs_with_the_panel_in_its_width(qtbot) -> None:
    window = open_window(qtbot, count=0)
    window.resize(1440, 900)
    assert window.stack.currentWidget() is window.page("welcome")
    assert not window.right_panel.isVisible()
    library = window.services.library
    library.count = 30
    library.add_folder("/music")
    qtbot.waitUntil(lambda: window.stack.currentWidget() is songs(window))
    qtbot.waitUntil(lambda: window.right_panel.width() == 319)


def test_the_map_of_keys_fits_the_smallest_window_and_cuts_no_line(qtbot):
    window = open_window(qtbot, 0)
    window.resize(MINIMUM_SIZE)
    window._orders.by_name()["show_map"]()
    popover = window.findChild(Popover)
    qtbot.waitUntil(popover.isVisible)
    assert window.rect().contains(popover.geometry())
    lines = [label for label in popover.findChildren(Label) if label.isVisible()]
    assert {key.text for _, keys in SECTIONS for key in keys} <= {line.text() for line in lines}
    assert [line.text() for line in lines if line.width() < text_width(line.text(), "small")] == []
    popover.close_popover()


def test_a_popover_does_not_follow_to_the_next_page(window: MainWindow, qtbot) -> None:
    key(window, Qt.Key.Key_Question)
    popover = window.findChild(Popover)
    qtbot.waitUntil(lambda: popover is not None and popover.isVisible())
    key(window, Qt.Key.Key_2, ALT)
    assert window.navigator.place.page == "albums"
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in window.findChildren(Popover)))
