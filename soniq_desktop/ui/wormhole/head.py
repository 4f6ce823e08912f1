"""The head of the Wormhole page: title, figures of the path, and what can be done with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.ui.components import Button, IconButton, Label


class WormholeHead(QWidget):
    """The figures give way where there is no room; the title does not."""

    def __init__(self) -> None:
        super().__init__()
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

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is a path."""
        for button in (self.more, self.save, self.play):
            button.setEnabled(enabled)
