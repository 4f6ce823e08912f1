"""One plain sentence at a time over the lower edge of the page, with at most one action."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.components.buttons import Button, IconButton
from soniq_desktop.ui.components.card import paint_shadow
from soniq_desktop.ui.components.label import Label
from soniq_desktop.ui.theme import Theme

STAY_MS = 6000
MARGIN = 32  # room for the shadow


class NoticeBar(QWidget):
    """A newer notice replaces an older; it leaves after six seconds, with an action after twelve."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = Label("", "body", "text")
        self._action = Button("", kind="ghost")
        self._close = IconButton("ph.x", "Close notice", size=14, side=28)
        self._do: Callable[[], object] | None = None
        self._timer = QTimer(self, singleShot=True, interval=STAY_MS)
        self._timer.timeout.connect(self.hide)
        self._close.clicked.connect(self.hide)
        self._action.clicked.connect(self._act)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MARGIN + 16, MARGIN + 6, MARGIN + 8, MARGIN + 6)
        layout.setSpacing(8)
        layout.addWidget(self._label)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self.hide()

    def tell(self, sentence: str, action: str = "", do: Callable[[], object] | None = None) -> None:
        """Show a sentence; screen readers hear it too."""
        self._label.setText(sentence)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._do = do
        self.setAccessibleName(sentence)
        self.place()
        self.show()
        self.raise_()
        self._timer.setInterval(2 * STAY_MS if action else STAY_MS)
        self._timer.start()

    def text(self) -> str:
        """The sentence that is shown."""
        return self._label.text() if self.isVisible() else ""

    def place(self) -> None:
        """Centre over the lower edge of the parent, above the player bar."""
        parent = self.parentWidget()
        if parent is None:
            return
        self.adjustSize()
        width = min(self.width(), parent.width() - 48)
        self.setGeometry(
            (parent.width() - width) // 2, parent.height() - 88 - self.height() + 12, width, self.height()
        )

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._timer.stop()

    def _act(self) -> None:
        self.hide()
        if self._do is not None:
            self._do()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        panel = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        paint_shadow(painter, panel, 12)
        fill_rounded(painter, panel, 12, theme.color("popover"), theme.color("line_strong"))
        painter.end()
