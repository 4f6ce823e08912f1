"""The head of a page about one song: cover, title, byline, and the page's buttons."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Cover, Label
from soniq_desktop.ui.theme import Theme

COVER, TITLE = 48, 24


class Title(Label):
    """The title of a song at 24 px, between two styles of the design."""

    def _restyle(self) -> None:
        super()._restyle()
        font = self.font()
        font.setPixelSize(Theme.current().px(TITLE))
        self.setFont(font)


class SongHead(QWidget):
    """`set_song` fills it; the buttons at the right are the page's."""

    def __init__(self, *actions: QWidget) -> None:
        super().__init__()
        self.cover = Cover(COVER, 8)
        self.heading = Title("", "title", elide=Qt.TextElideMode.ElideRight)
        self.byline = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight, figures=True)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self.heading)
        names.addWidget(self.byline)
        names.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.cover)
        row.addSpacing(4)
        row.addLayout(names, 1)
        for action in actions:
            row.addWidget(action)

    def set_song(self, title: str, byline: str) -> None:
        """What stands beside the cover."""
        self.heading.setText(title)
        self.byline.setText(byline)

    def set_cover(self, cover: QPixmap | None) -> None:
        """The picture, or None for the note that stands for one."""
        self.cover.set_source(cover)
