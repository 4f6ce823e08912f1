"""What a view shows when there is nothing to show: a sign, a sentence, and what to do next."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.components.label import Label
from soniq_desktop.ui.theme import Theme


class _Sign(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        self.icon = icon
        self.setFixedSize(56, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 12, theme.color("surface"), theme.color("line"))
        theme.paint_icon(painter, self.icon, QRectF(16, 16, 24, 24), "text3")
        painter.end()


class EmptyState(QWidget):
    """Icon, title, sentence and up to two buttons, centred."""

    def __init__(
        self, icon: str, title: str, sentence: str = "", *actions: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._sign = _Sign(icon)
        self._title = Label(title, "panel", wrap=True)
        self._sentence = Label(sentence, "body", "text3", wrap=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.setContentsMargins(40, 0, 40, 0)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._sentence)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        if actions:
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addStretch()
            for action in actions:
                row.addWidget(action)
            row.addStretch()
            layout.addSpacing(8)
            layout.addLayout(row)
        layout.addStretch(3)

    def set_texts(self, title: str, sentence: str = "") -> None:
        """Other words for another reason of being empty."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.setAccessibleName(f"{title} {sentence}".strip())
