"""The wanted energy along a path: four points to drag, or to move with the keys."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.discovery.monotone import monotone
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.theme import Theme

POINTS = 4
FINE = 3.0  # px between two points of a drawn line
STEP, LARGE_STEP = 0.05, 0.2
NAMES = ("start", "first third", "second third", "end")
EDGE = 10.0


class EnergyCurve(QWidget):
    """Left and Right choose a point, Up and Down move it. Without values the energy is free."""

    changed = Signal(tuple)  # the new values, while they move

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self._measured: tuple[float | None, ...] = ()
        self._current = 0
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        Theme.current().changed.connect(self.update)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(200, 88)

    def values(self) -> tuple[float, ...]:
        """Wanted energy at equal distances, 0 to 1; empty where any will do."""
        return self._values

    def set_values(self, values: tuple[float, ...]) -> None:
        """Other points, without `changed`; curves of other numbers of points are read at four."""
        if values and len(values) != POINTS:
            values = tuple(_at(values, i / (POINTS - 1)) for i in range(POINTS))
        self._values = values
        self._describe()
        self.update()

    def set_measured(self, energies: tuple[float | None, ...]) -> None:
        """The energy of the path that was found, drawn quietly."""
        self._measured = energies
        self.update()

    def _describe(self) -> None:
        said = ", ".join(
            f"{name} {100 * value:.0f} %" for name, value in zip(NAMES, self._values, strict=False)
        )
        point = f". Point in hand: {NAMES[self._current]}" if self._values else ""
        self.setAccessibleName("Energy curve")
        self.setAccessibleDescription(f"{said or 'Free'}{point}")
        self.setToolTip("Drag a point, or use the arrow keys")

    # geometry

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)

    def _point(self, share: float, value: float) -> QPointF:
        plot = self._plot()
        return QPointF(plot.left() + share * plot.width(), plot.bottom() - value * plot.height())

    def _points(self) -> list[QPointF]:
        return [self._point(i / (POINTS - 1), value) for i, value in enumerate(self._values)]

    # pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._values:
            self._values = (0.5,) * POINTS
        points = self._points()
        self._current = min(range(POINTS), key=lambda i: abs(points[i].x() - event.position().x()))
        self._dragged = True
        self._drag_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._drag_to(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragged = False

    def _drag_to(self, at: QPointF) -> None:
        plot = self._plot()
        self._move((plot.bottom() - at.y()) / plot.height())

    def _move(self, value: float) -> None:
        value = round(min(1.0, max(0.0, value)), 2)
        values = list(self._values or (0.5,) * POINTS)
        if self._values and values[self._current] == value:
            return
        values[self._current] = value
        self._values = tuple(values)
        self._describe()
        self.update()
        self.changed.emit(self._values)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self._current = min(max(0, self._current + step), POINTS - 1)
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            size = STEP if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) else LARGE_STEP
            up = key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp)
            before = self._values[self._current] if self._values else 0.5
            self._move(before + (size if up else -size))
        else:
            super().keyPressEvent(event)

    # look

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_rounded(painter, QRectF(self.rect()), 6, theme.color("surface"), theme.color("line_strong"))
        plot = self._plot()
        painter.setPen(QPen(theme.color("line"), 1))
        for share in (0.0, 1 / 3, 2 / 3, 1.0):
            y = round(plot.top() + share * plot.height()) + 0.5
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        self._paint_measured(painter)
        if self._values:
            self._paint_wanted(painter, plot)
        painter.end()

    def _paint_measured(self, painter: QPainter) -> None:
        last = max(1, len(self._measured) - 1)
        line = smooth(
            [self._point(i / last, value) for i, value in enumerate(self._measured) if value is not None]
        )
        if len(line) > 1:
            painter.setPen(QPen(Theme.current().color("text3"), 1.2))
            painter.drawPolyline(QPolygonF(line))

    def _paint_wanted(self, painter: QPainter, plot: QRectF) -> None:
        theme, points = Theme.current(), self._points()
        line = smooth(points)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = theme.color("accent_bg")
        ground.setAlphaF(0.8)
        painter.setBrush(ground)
        painter.drawPolygon(QPolygonF([*line, plot.bottomRight(), plot.bottomLeft()]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent_text"), 2))
        painter.drawPolyline(QPolygonF(line))
        for number, point in enumerate(points):
            held = number == self._current and (self.hasFocus() or self._dragged)
            painter.setBrush(theme.color("accent_text" if held else "surface"))
            painter.drawEllipse(point, 5, 5)


def smooth(points: Sequence[QPointF]) -> list[QPointF]:
    """The line through points, left to right, as the path is held to it: monotone between two of them."""
    if len(points) < 2:
        return list(points)
    x, y = [point.x() for point in points], [point.y() for point in points]
    at = np.linspace(x[0], x[-1], max(2, round((x[-1] - x[0]) / FINE)))
    return [QPointF(*each) for each in zip(at.tolist(), monotone(x, y, at).tolist(), strict=True)]


def _at(values: tuple[float, ...], share: float) -> float:
    """The line through `values` at a share of its length."""
    return round(float(monotone(np.linspace(0, 1, len(values)), values, [share])[0]), 3)
