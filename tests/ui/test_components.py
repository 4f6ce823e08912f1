"""Components: what they report, how they answer to mouse and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.ui.components import (
    Button,
    FilterChip,
    FocusRing,
    IconButton,
    Label,
    NavItem,
    NoticeBar,
    Popover,
    SearchField,
    Segmented,
    Slider,
    Toggle,
)
from soniq_desktop.ui.components.chips import fit_genres, genre_chip_text_width
from soniq_desktop.ui.components.tooltip import tooltip
from soniq_desktop.ui.songs.columns import COLUMNS
from soniq_desktop.ui.theme import Theme


@pytest.fixture
def host(qtbot) -> QWidget:
    Theme.current()
    widget = QWidget()
    widget.resize(600, 400)
    QVBoxLayout(widget)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def put(host: QWidget, *widgets: QWidget) -> None:
    for widget in widgets:
        host.layout().addWidget(widget)
        widget.show()
    host.layout().activate()


def test_an_icon_button_names_itself_its_state_and_its_key(host: QWidget) -> None:
    button = IconButton("ph.intersect", "Crossfade", shortcut="X", checkable=True)
    put(host, button)
    assert button.accessibleName() == "Crossfade"
    assert button.toolTip() == "Crossfade, off, X"
    button.click()
    assert button.toolTip() == "Crossfade, on, X"


def test_space_presses_a_focused_button_rather_than_the_window_shortcut(host: QWidget, qtbot) -> None:
    from PySide6.QtGui import QShortcut

    button = Button("Go")
    put(host, button)
    played: list[int] = []
    shortcut = QShortcut(Qt.Key.Key_Space, host)
    shortcut.activated.connect(lambda: played.append(1))
    button.setFocus()
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(host.windowHandle(), Qt.Key.Key_Space)
    assert not played


def test_two_long_genres_fit_into_the_column_of_the_songs_table(host: QWidget) -> None:
    column = next(each.width for each in COLUMNS if each.name == "genre")
    assert fit_genres(("Ambient", "Electronic"), column) == (["Ambient", "Electronic"], 0)
    assert fit_genres(("Ambient", "Electronic", "Jazz"), 110) == (["Ambient"], 2)


def test_a_disabled_button_keeps_its_tooltip(host: QWidget, qtbot) -> None:
    button = Button("Wormhole")
    button.setEnabled(False)
    button.setToolTip("Comes with a later version")
    put(host, button)
    tooltip().later(button)
    qtbot.waitUntil(lambda: tooltip().isVisible(), timeout=1500)
    tooltip().leave(button)
    assert not tooltip().isVisible()


def test_a_filter_chip_is_edited_by_click_and_removed_by_its_x_or_delete(host: QWidget, qtbot) -> None:
    chip = FilterChip("Key", "8A")
    put(host, chip)
    edited, removed = [], []
    chip.clicked.connect(lambda: edited.append(1))
    chip.removed.connect(lambda: removed.append(1))
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(10, 14))
    qtbot.mouseClick(chip.childAt(chip.width() - 10, 14), Qt.MouseButton.LeftButton)
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert (len(edited), len(removed)) == (1, 2)
    assert chip.accessibleName() == "Filter Key: 8A"


def test_segmented_is_exclusive_and_tells_only_of_clicks(host: QWidget, qtbot) -> None:
    segmented = Segmented(("Mel", "Chroma", "FFT"), "View")
    put(host, segmented)
    told: list[int] = []
    segmented.changed.connect(told.append)
    segmented.set_current(2)
    assert (segmented.current(), told) == (2, [])
    qtbot.mouseClick(segmented._group.button(1), Qt.MouseButton.LeftButton)
    assert (segmented.current(), told) == (1, [1])


def test_a_toggle_is_a_checkable_button(host: QWidget, qtbot) -> None:
    toggle = Toggle("Beat grid", text="Beat grid")
    put(host, toggle)
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert toggle.isChecked()
    assert toggle.height() >= 32


def test_a_click_on_a_slider_jumps_and_arrows_step(host: QWidget, qtbot) -> None:
    slider = Slider("Volume")
    slider.setFixedWidth(112)
    put(host, slider)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(56, 12))
    assert slider.value() == 50
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 55


def test_search_tells_every_key_and_escape_clears_then_leaves(host: QWidget, qtbot) -> None:
    field = SearchField("Search", "Search")
    put(host, field)
    told: list[str] = []
    field.changed.connect(told.append)
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "fog")
    assert told == ["f", "fo", "fog"]
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.text() == ""
    with qtbot.waitSignal(field.left):
        qtbot.keyClick(field.edit, Qt.Key.Key_Escape)


def test_a_popover_closes_on_escape_and_gives_the_focus_back(host: QWidget, qtbot) -> None:
    button, inside = Button("Open"), Button("Inside")
    put(host, button)
    button.setFocus()
    popover = Popover(button, name="Test")
    popover.body.addWidget(inside)
    popover.open_at(button)
    assert inside.hasFocus()
    with qtbot.waitSignal(popover.closed):
        qtbot.keyClick(inside, Qt.Key.Key_Escape)
    assert button.hasFocus()


def test_a_click_outside_closes_a_popover_and_tab_stays_inside(host: QWidget, qtbot) -> None:
    button = Button("Open")
    put(host, button)
    popover = Popover(button, name="Test")
    first, second = Button("One"), Button("Two")
    popover.body.addWidget(first)
    popover.body.addWidget(second)
    popover.open_at(button)
    for expected in (second, first, second):
        qtbot.keyClick(host.focusWidget(), Qt.Key.Key_Tab)
        assert expected.hasFocus()
    with qtbot.waitSignal(popover.closed):
        qtbot.mouseClick(popover, Qt.MouseButton.LeftButton, pos=QPoint(590, 390))


def test_the_focus_ring_appears_after_keys_and_goes_with_the_mouse(host: QWidget, qtbot) -> None:
    first, second = Button("One"), Button("Two")
    put(host, first, second)
    ring = FocusRing(host)
    ring.watch(host.windowHandle())
    host.activateWindow()
    first.setFocus()
    assert not ring.isVisible()
    QTest.keyClick(host.windowHandle(), Qt.Key.Key_Tab)
    qtbot.waitUntil(ring.isVisible)
    assert ring.geometry() == second.geometry().adjusted(-4, -4, 4, 4)
    QTest.mouseClick(host.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(590, 390))
    assert not ring.isVisible()


def test_a_notice_replaces_the_one_before_and_runs_its_action(host: QWidget, qtbot) -> None:
    notice = NoticeBar(host)
    done: list[str] = []
    notice.tell("First.")
    notice.tell("Second.", "Undo", lambda: done.append("undone"))
    assert notice.text() == "Second."
    qtbot.mouseClick(notice._action, Qt.MouseButton.LeftButton)
    assert done == ["undone"]
    assert notice.text() == ""


def test_a_long_label_is_elided_and_has_the_whole_text_as_tooltip(host: QWidget) -> None:
    label = Label("A very long title that does not fit", elide=Qt.TextElideMode.ElideRight)
    row = QWidget()
    row.setFixedWidth(80)
    QHBoxLayout(row).addWidget(label)
    put(host, row)
    assert label._is_cut()
    assert label.width() <= 80


def test_labels_grow_with_the_text_size(host: QWidget) -> None:
    label = Label("Songs", "title")
    put(host, label)
    before = label.font().pixelSize()
    Theme.current().set_scale(1.3)
    try:
        assert label.font().pixelSize() == round(before * 1.3)
    finally:
        Theme.current().set_scale(1.0)


def test_a_genre_chip_shows_as_many_names_as_fit(qapp) -> None:
    names = ("Electronic", "Ambient", "Classical", "Folk")
    shown, more = fit_genres(names, 1000)
    assert (shown, more) == (["Electronic", "Ambient", "Classical"], 1)
    shown, more = fit_genres(names, genre_chip_text_width(names[:1]) + 40)
    assert (shown, more) == (["Electronic"], 3)


def test_a_nav_item_stays_where_it_is_until_the_page_opens(host: QWidget, qtbot) -> None:
    item = NavItem("Songs", "ph.music-notes")
    put(host, item)
    qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
    assert not item.isChecked()
    item.set_compact(True)
    assert item.toolTip() == "Songs"
