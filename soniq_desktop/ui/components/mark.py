"""The mark of SONIQ: five round bars."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.theme import Theme

HEIGHTS = (8, 16, 22, 16, 8)
OPACITIES = (0.55, 0.8, 1.0, 0.8, 0.55)


def paint_mark(painter: QPainter, rect: QRectF, color: QColor) -> None:
    """Five bars, 8 16 22 16 8 high on a grid of 24."""
    unit = min(rect.width(), rect.height()) / 24
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for index, (height, opacity) in enumerate(zip(HEIGHTS, OPACITIES, strict=True)):
        shade = QColor(color)
        shade.setAlphaF(opacity)
        painter.setBrush(shade)
        x = rect.left() + (0.6 + index * 5) * unit
        bar = QRectF(x, rect.center().y() - height * unit / 2, 2.8 * unit, height * unit)
        painter.drawRoundedRect(bar, 1.4 * unit, 1.4 * unit)


class Mark(QWidget):
    """The mark as a widget."""

    def __init__(self, side: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(side, side))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()), Theme.current().color("accent_text"))
        painter.end()
