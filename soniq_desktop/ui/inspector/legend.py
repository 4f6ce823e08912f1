"""What the colours of the evidence picture mean."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.inspector.colours import class_stops, grey_table
from soniq_desktop.ui.theme import Theme, text_width

GREY = 140  # of 256: a middle level of the picture


class Legend(QWidget):
    """none, a bar in the colours of the class, strong."""

    BAR = 96

    def __init__(self) -> None:
        super().__init__()
        self._label = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours from no evidence to strong evidence")

    def set_label(self, label: str) -> None:
        """The class whose colours are shown."""
        self._label = label
        self.update()

    def sizeHint(self) -> QSize:
        words_wide = text_width("none", "small") + text_width("strong", "small")
        return QSize(round(words_wide) + self.BAR + 18, Theme.current().px(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, "none")
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, "strong")
        bar = QRectF(text_width("none", "small") + 8, self.height() / 2 - 4, self.BAR, 8)
        fade = QLinearGradient(bar.topLeft(), bar.topRight())
        first = QColor(*(round(each) for each in grey_table()[GREY].tolist()))
        stops = [first, *class_stops(self._label or "Metal")[1:5]]
        for number, colour in enumerate(stops):
            fade.setColorAt(number / (len(stops) - 1), colour)
        fill_rounded(painter, bar, 4, None)
        painter.setBrush(fade)
        painter.drawRoundedRect(bar, 4, 4)
        painter.end()
