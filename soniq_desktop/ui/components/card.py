"""Surfaces: Card (flat, one inner line), and the shadow under things that float."""

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.theme import Theme


class Card(QFrame):
    """A surface with radius 12 and a 1 px inner line; put a layout in it (padding 20)."""

    def __init__(
        self, fill: str = "surface", line: str = "line", radius: float = 12, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fill, self._line, self._radius = fill, line, radius

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(
            painter, QRectF(self.rect()), self._radius, theme.color(self._fill), theme.color(self._line)
        )
        painter.end()


def paint_shadow(painter: QPainter, rect: QRectF, radius: float) -> None:
    """The two-part shadow of popovers (0/12/32 and 0/2/6) below `rect`."""
    dark = Theme.current().dark
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for offset, blur, strength in ((12, 32, 0.45 if dark else 0.14), (2, 6, 0.35 if dark else 0.10)):
        _paint_blur(painter, rect.translated(0, offset), radius, blur, strength)


def _paint_blur(painter: QPainter, rect: QRectF, radius: float, blur: int, strength: float) -> None:
    """A blurred rounded rectangle as a stack of widening ones, following the normal distribution."""
    steps = blur
    previous = 0.0
    for step in range(steps, -1, -1):
        grow = step - blur / 2
        opacity = strength * 0.5 * math.erfc(grow / (blur / 2 * 0.7071))
        layer = (opacity - previous) / (1 - previous) if previous < 1 else 0
        previous = opacity
        if layer <= 0.0005:
            continue
        painter.setBrush(QColor.fromRgbF(0, 0, 0, layer))
        corner = max(1.0, radius + grow)
        painter.drawRoundedRect(rect.adjusted(-grow, -grow, grow, grow), corner, corner)
