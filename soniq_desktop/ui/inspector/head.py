"""The head of the Inspector: which song, and what can be done with it."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.services.library import LibraryService
from soniq_desktop.ui.components import Button, IconButton, Menu
from soniq_desktop.ui.pages.parts import joined
from soniq_desktop.ui.pages.song_head import SongHead
from soniq_desktop.ui.songs.text import clock


class InspectorHead(SongHead):
    """The song, and buttons for all that the page can do with it."""

    def __init__(self, library: LibraryService) -> None:
        self._library = library
        self._artwork: str | None = None
        self.choose = IconButton("ph.magnifying-glass", "Inspect another song")
        self.unsure = Button("Not sure yet", "ph.question")
        self.unsure.setToolTip("Songs whose genre would teach most")
        self.unsure_sign = IconButton("ph.question", "Not sure yet: songs whose genre would teach most")
        self.again = Button("Analyse again", "ph.arrows-clockwise")
        self.correct = Button("Correct the genre", "ph.pencil-simple")
        self.play = Button("Play", "ph.play-fill", "primary")
        super().__init__(self.choose, self.unsure_sign, self.unsure, self.again, self.correct, self.play)
        self.unsure_sign.clicked.connect(self.unsure.clicked)
        library.artwork_ready.connect(lambda _key: self._show_cover())

    def set_track(self, track: Track | None) -> None:
        """Another song, or none."""
        self._artwork = track.tags.artwork if track is not None else None
        if track is None:
            self.set_song("Inspector", "")
        else:
            self.set_song(track.title, joined((track.artist, track.tags.album, clock(track.tags.duration))))
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
        self.set_cover(self._library.artwork(self._artwork, 64) if self._artwork else None)
