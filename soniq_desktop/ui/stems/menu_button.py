"""A name with its value and a caret, which opens a menu."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components import PaintedButton
from soniq_desktop.ui.theme import Theme, mix, text_width

SPACE, CARET = 12, 14


class MenuButton(PaintedButton):
    """ "Engine  HTDemucs ⌄"; `clicked` wants the menu."""

    focus_radius = 6.0

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._value = name, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def set_value(self, value: str) -> None:
        """What is chosen."""
        if value != self._value:
            self._value = value
            self.setAccessibleName(f"{self._name}: {value}")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        width = text_width(self._name, "small") + text_width(self._value, "small", 500) + SPACE + CARET + 6
        return QSize(round(width + 1), Theme.current().px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = Theme.current(), QPainter(self)
        box, x = QRectF(self.rect()), 0.0
        for words, weight, token in ((self._name, None, "text2"), (self._value, 500, "text")):
            painter.setFont(theme.font("small", weight))
            painter.setPen(mix(theme.color(token), theme.color("text"), self.hover_amount))
            painter.drawText(box.adjusted(x, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
            x += text_width(words, "small", weight) + (SPACE if weight is None else 6)
        caret = QRectF(x, (self.height() - CARET) / 2, CARET, CARET)
        theme.paint_icon(painter, "ph.caret-down", caret, "text2")
        painter.end()
