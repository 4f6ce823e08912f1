"""The head of the Wormhole page: title, figures of the path, and what can be done with it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.ui.components import Button, IconButton, Label
from soniq_desktop.ui.theme import text_width


class WormholeHead(QWidget):
    """The figures are said shorter, then cut, where there is no room; the title is not."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = ("", "")
        self.figures = Label("", "body", "text3", elide=Qt.TextElideMode.ElideRight, figures=True)
        self.more = IconButton("ph.dots-three", "More for this path")
        self.save = Button("Save as playlist", "ph.playlist")
        self.play = Button("Play", "ph.play-fill", "primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Label("Wormhole", "title"))
        row.addSpacing(4)
        row.addWidget(self.figures, 1, Qt.AlignmentFlag.AlignBottom)
        for button in (self.more, self.save, self.play):
            row.addWidget(button)

    def set_figures(self, long: str, short: str) -> None:
        """The figures of a path, in two lengths."""
        self._texts = (long, short)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        buttons = sum(each.sizeHint().width() + 8 for each in (self.more, self.save, self.play))
        room = self.width() - buttons - text_width("Wormhole", "title") - 24
        long, short = self._texts
        self.figures.setText(long if text_width(long, "body") <= room else short)

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is a path."""
        for button in (self.more, self.save, self.play):
            button.setEnabled(enabled)
