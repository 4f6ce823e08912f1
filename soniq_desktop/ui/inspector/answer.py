"""One answer of the inbox: its key, its genre, and how likely the classifier thinks it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from soniq_desktop.ui.components import PaintedButton, fill_rounded
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.theme import Theme

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "=")  # in the order of FAMILIES
HIGH = 40


class AnswerButton(PaintedButton):
    """A click or its key says that this is the genre."""

    def __init__(self, key: str, family: str) -> None:
        super().__init__()
        self.family, self._key = family, key
        self._share: float | None = None
        self._likely = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_share(None)

    def set_share(self, share: float | None, *, likely: bool = False) -> None:
        """What the classifier gives it; `likely` ones stand out."""
        self._share, self._likely = share, likely
        said = f", {words.percent(share)}" if share is not None else ""
        self.setAccessibleName(f"{self.family}{said}, key {self._key}")
        self.setToolTip(f"Press {self._key}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, Theme.current().px(HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        rest, line = ("raised_hover", "line_strong") if self._likely else ("raised", "line")
        fill = self.fill_color(rest, "raised_hover", "raised_pressed")
        fill_rounded(painter, QRectF(self.rect()), 8, fill, theme.color(line))
        middle = self.height() / 2
        key = QRectF(12, middle - 10, 20, 20)
        fill_rounded(painter, key, 4, theme.color("surface"), theme.color("line_strong"))
        painter.setFont(theme.font("caption", 600))
        painter.setPen(theme.color("text2"))
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, self._key)
        fill_rounded(painter, QRectF(44, middle - 4, 8, 8), 4, theme.genre(self.family))
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.color("text"))
        box = QRectF(62, 0, self.width() - 74, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.family)
        if self._share is not None:
            painter.setFont(theme.font("small", figures=True))
            painter.setPen(theme.color("text2" if self._likely else "text3"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, right, words.percent(self._share))
        painter.end()
