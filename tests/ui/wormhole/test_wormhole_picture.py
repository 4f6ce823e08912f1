"""The wormhole page: what is drawn, in which size, and how it is pointed at."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from soniq_desktop.ui.songs.drag import dragged_ids
from soniq_desktop.ui.theme import Theme, text_width
from soniq_desktop.ui.wormhole.energy_curve import smooth
from soniq_desktop.ui.wormhole.head import WormholeHead
from soniq_desktop.ui.wormhole.tunnel_painting import paint_figures, worst_box
from soniq_desktop.ui.wormhole.tunnel_shape import Shape
from tests.ui.wormhole.helpers import Writer


def test_arrows_go_along_the_songs_of_the_picture(room) -> None:
    it = room()
    page = it.path()
    page.tunnel.nodes[0].setFocus()
    QTest.keyClick(page.tunnel.nodes[0], Qt.Key.Key_Right)
    assert page.tunnel.nodes[1].hasFocus()
    assert page.hops.currentIndex().row() == 0
    QTest.keyClick(page.tunnel.nodes[1], Qt.Key.Key_End)
    assert page.tunnel.nodes[11].hasFocus()
    tabs = [
        node
        for node in page.tunnel.nodes
        if node.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    ]
    assert tabs == [page.tunnel.nodes[11]]
    QTest.keyClick(page.tunnel.nodes[11], Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text().partition("\t")[0] for action in menu.actions()]
    assert texts[:3] == ["Play the path from here", "Try another here", "Keep it at this place"]
    assert not menu.actions()[1].isEnabled()  # the end is the user's choice
    menu.close()


def test_the_energy_curve_is_moved_by_pointer_and_keys(room, qtbot) -> None:
    it = room()
    page = it.path()
    curve = page.controls.curve
    QTest.mousePress(curve, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    assert curve.values()[0] > 0.9
    assert curve.values()[1:] == (0.5, 0.5, 0.5)
    curve.setFocus()
    QTest.keyClick(curve, Qt.Key.Key_Right)
    QTest.keyClick(curve, Qt.Key.Key_Down)
    assert curve.values()[1] == pytest.approx(0.45)
    assert "first third 45 %" in curve.accessibleDescription()
    it.wait(lambda: page.path.recipe.energy == curve.values())


@pytest.mark.parametrize(("size", "mode"), [((1080, 680), "dark"), ((1440, 900), "light")])
def test_it_paints_in_both_themes_and_sizes(room, size, mode) -> None:
    it = room()
    it.app.settings.set("appearance.theme", mode)
    it.window.resize(*size)
    page = it.path()
    it.after(lambda: page.controls.length.setValue(40))
    image = it.window.grab().toImage()
    assert page.side.isVisible()
    assert page.tunnel.height() >= 200
    inside = page.tunnel.rect()
    assert all(inside.contains(node.geometry()) for node in page.tunnel.nodes)
    at = page.tunnel.mapTo(it.window, QPointF(20, page.tunnel.height() - 20).toPoint())
    assert image.pixelColor(at).lightness() < 40  # the canvas is dark in both


def test_where_there_is_little_room_the_figures_are_said_shorter(qtbot) -> None:
    head = WormholeHead()
    qtbot.addWidget(head)
    head.set_figures("12 songs · mean smoothness 0.88, random order 0.41", "12 songs · 0.88, random 0.41")
    head.resize(900, 40)
    head.show()
    assert "mean smoothness" in head.figures.text()
    head.resize(640, 40)
    qtbot.waitUntil(lambda: head.figures.text() == "12 songs · 0.88, random 0.41")
    assert head.figures.width() >= text_width(head.figures.text(), "body")


def test_no_figure_lies_below_the_tag_of_the_worst_hop(room, monkeypatch) -> None:
    path = room().path().path
    written: list[QRectF] = []
    for width, height in ((684, 200), (840, 270), (1100, 400)):
        shape = Shape(width, height, len(path.tracks))
        for hop in range(len(path.hops)):
            worst = replace(path.hops[hop], smoothness=-0.9)
            other = replace(path, hops=(*path.hops[:hop], worst, *path.hops[hop + 1 :]))
            painter = Writer(written)
            paint_figures(painter, shape, other)
            tag = worst_box(shape, other)
            assert not any(box.intersects(tag) for box in written)
            assert written
            written.clear()


def test_the_controls_fill_the_panel_as_in_the_design(room) -> None:
    controls = room().path().controls
    assert controls.presets.width() == controls.curve.width()
    for slider in (controls.length, controls.detour):
        picture = slider.grab().toImage()
        inside = picture.pixelColor(3, picture.height() // 2)
        assert inside.name() == Theme.current().color("accent_text").name()


def test_the_drawn_energy_curve_goes_through_its_points_without_corners(qtbot) -> None:
    points = [QPointF(0, 80), QPointF(100, 40), QPointF(200, 40), QPointF(300, 0)]
    line = smooth(points)
    slopes = np.diff([point.y() for point in line]) / np.diff([point.x() for point in line])
    assert np.abs(np.diff(slopes)).max() < 0.06  # a broken line turns by 0.4 at once
    assert min(min((p - q).manhattanLength() for p in line) for q in points) < 3


def test_a_dragged_hop_shows_its_song_and_carries_it(room, monkeypatch) -> None:
    it = room()
    page = it.path()
    seen: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, _actions: seen.append(drag))
    page.hops.show_place(3)
    page.hops.startDrag(Qt.DropAction.CopyAction)
    assert dragged_ids(seen[0].mimeData()) == [it.shown()[3]]
    assert 0 < seen[0].pixmap().deviceIndependentSize().width() <= 260  # a label, not a whole row


def test_the_swap_button_is_whole_while_an_end_is_pointed_at(room) -> None:
    card = room().path().controls.ends
    at = card.swap.geometry().topLeft() + QPoint(6, card.swap.height() * 3 // 4)
    QTest.mouseMove(card.end, QPoint(60, 30))
    card.end.setDown(True)  # the loudest of its grounds
    ground = card.grab().toImage().pixelColor(at)
    card.end.setDown(False)
    assert ground.name() == Theme.current().color("raised").name()
