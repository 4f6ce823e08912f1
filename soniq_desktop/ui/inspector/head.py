"""The head of the Inspector: which song, and what can be done with it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.services.library import LibraryService
from soniq_desktop.ui.components import Button, Cover, IconButton, Label, Menu
from soniq_desktop.ui.pages.parts import joined
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.theme import Theme

COVER, TITLE = 48, 24


class Title(Label):
    """The title of a song at 24 px, between two styles of the design."""

    def _restyle(self) -> None:
        super()._restyle()
        font = self.font()
        font.setPixelSize(Theme.current().px(TITLE))
        self.setFont(font)


class InspectorHead(QWidget):
    """Cover, title, byline, and the buttons."""

    def __init__(self, library: LibraryService) -> None:
        super().__init__()
        self._library = library
        self._artwork: str | None = None
        self.cover = Cover(COVER, 8)
        self.title = Title("", "title", elide=Qt.TextElideMode.ElideRight)
        self.byline = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight)
        self.choose = IconButton("ph.magnifying-glass", "Inspect another song")
        self.unsure = Button("Not sure yet", "ph.question")
        self.unsure.setToolTip("Songs whose genre would teach most")
        self.unsure_sign = IconButton("ph.question", "Not sure yet: songs whose genre would teach most")
        self.unsure_sign.clicked.connect(self.unsure.clicked)
        self.again = Button("Analyse again", "ph.arrows-clockwise")
        self.correct = Button("Correct the genre", "ph.pencil-simple")
        self.play = Button("Play", "ph.play-fill", "primary")
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self.title)
        names.addWidget(self.byline)
        names.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.cover)
        row.addSpacing(4)
        row.addLayout(names, 1)
        for part in (self.choose, self.unsure_sign, self.unsure, self.again, self.correct, self.play):
            row.addWidget(part)
        library.artwork_ready.connect(lambda _key: self._show_cover())

    def set_track(self, track: Track | None) -> None:
        """Another song, or none."""
        self._artwork = track.tags.artwork if track is not None else None
        self.title.setText(track.title if track is not None else "Inspector")
        self.byline.setText(
            joined((track.artist, track.tags.album, clock(track.tags.duration))) if track is not None else ""
        )
        self.cover.setVisible(track is not None)
        for button in (self.again, self.correct, self.play):
            button.setVisible(track is not None)
        here = track is not None and not track.missing
        self.play.setEnabled(here)
        self.again.setEnabled(here)
        self._show_cover()

    def set_narrow(self, narrow: bool) -> None:
        """In a small window the inbox is found by its sign alone."""
        self.unsure.setVisible(not narrow)
        self.unsure_sign.setVisible(narrow)

    def set_playing(self, playing: bool) -> None:
        """Whether this song plays now."""
        self.play.setText("Pause" if playing else "Play")
        self.play.set_icon("ph.pause-fill" if playing else "ph.play-fill")

    def open_below(self, menu: Menu, button: QWidget) -> None:
        """A menu under one of the buttons."""
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _show_cover(self) -> None:
        self.cover.set_source(self._library.artwork(self._artwork, 64) if self._artwork else None)
