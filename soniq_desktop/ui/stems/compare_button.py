"""A/B: the mix, or the original at the same loudness."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components import PaintedButton, fill_rounded
from soniq_desktop.ui.theme import Theme


class CompareButton(PaintedButton):
    """Checked: the original is heard. The letter of what is heard stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.resize(self.sizeHint())
        self.toggled.connect(lambda _on: self.describe())
        self.describe()

    def describe(self) -> None:
        """Name and tooltip for the state in force."""
        heard = "the original" if self.isChecked() else "the mix"
        self.setAccessibleName(f"Compare with the original at equal loudness, {heard} is heard")
        self.setToolTip(f"A/B: {heard} is heard, O\nThe original is as loud as the mix")

    def sizeHint(self) -> QSize:
        return QSize(44, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = Theme.current(), QPainter(self)
        fill = self.fill_color("raised", "raised_hover", "raised_pressed")
        fill_rounded(painter, QRectF(self.rect()), 8, fill, theme.color("line_strong"))
        half = self.width() / 2
        for index, letter in enumerate("AB"):
            on = self.isEnabled() and self.isChecked() == bool(index)
            box = QRectF(3 + index * (half - 2), 3, half - 4, self.height() - 6)
            if on:
                fill_rounded(painter, box, 5, theme.color("accent_bg"))
            painter.setFont(theme.font("small", 600))
            painter.setPen(theme.color("accent_text" if on else "text3" if self.isEnabled() else "disabled"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
        painter.end()
