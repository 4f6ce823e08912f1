"""Pointing at the map in tests."""

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.pages.galaxy import GalaxyPage

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def at(page: GalaxyPage, row: int) -> QPoint:
    return page.canvas.place_of(row).toPoint()


def lonely_row(page: GalaxyPage) -> int:
    """A song that no other is within reach of, and no panel above."""
    points = page.canvas.picture.points
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    panels = [
        part.geometry() for part in page.canvas.findChildren(QWidget, options=direct) if part.isVisible()
    ]
    for row in range(len(points)):
        apart = np.linalg.norm(points - points[row], axis=1)
        if np.sort(apart)[1] > 14 and not any(panel.contains(at(page, row)) for panel in panels):
            return row
    raise AssertionError("every song has a neighbour")


def draw_lasso(qtbot, page: GalaxyPage, corners: list[tuple[float, float]]) -> None:
    """By mouse, in map coordinates."""
    camera = page.canvas.camera
    places = camera.project(np.array([(x, y, 0) for x, y in corners], np.float32))
    points = [QPoint(round(x), round(y)) for x, y in (places / page.devicePixelRatioF()).tolist()]
    qtbot.mousePress(page.canvas, LEFT, pos=points[0])
    for start, end in zip(points, [*points[1:], points[0]], strict=True):
        for share in (0.34, 0.67, 1.0):
            between = QPointF(start) + (QPointF(end) - QPointF(start)) * share
            qtbot.mouseMove(page.canvas, between.toPoint())
            _drag(page, between)
    qtbot.mouseRelease(page.canvas, LEFT, pos=points[0])


def _drag(page: GalaxyPage, point: QPointF) -> None:
    """qtbot's mouseMove holds no button."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    place = page.canvas.mapToGlobal(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove, point, place, Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier
    )
    page.canvas.mouseMoveEvent(event)
