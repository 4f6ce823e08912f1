"""Lyrics beside the lanes while karaoke is on."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.library.lyrics import Lyrics, read_lyrics
from soniq_desktop.library.records import Track
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.ui.components import Card, IconButton, Label
from soniq_desktop.ui.pages.lyrics import LyricsView

WIDTH = 300


class LyricsCard(Card):
    """Reads the lyrics of the page's song; `found` says whether there are any."""

    def __init__(self, arrived: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._arrived = arrived
        self._path: str | None = None
        self.lyrics: Lyrics | None = None
        self.closed = False  # by hand, for this song
        self._reader = Tasks(1)
        self.destroyed.connect(self._reader.close)
        self.view = LyricsView()
        self.close_button = IconButton("ph.x", "Hide the lyrics", size=16)
        head = QHBoxLayout()
        head.addWidget(Label("Lyrics", "body", weight=600), 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 8, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.hide()

    @property
    def found(self) -> bool:
        return self.lyrics is not None

    @property
    def synced(self) -> bool:
        return self.lyrics is not None and self.lyrics.synced

    def set_track(self, track: Track | None) -> None:
        """Read the lyrics of another song."""
        path = track.path if track is not None else None
        if path == self._path:
            return
        self._path, self.lyrics, self.closed = path, None, False
        self.view.set_lyrics(None)
        if path is not None:
            self._reader.run(partial(read_lyrics, path), partial(self._take, path), key="lyrics")

    def _take(self, path: str, lyrics: Lyrics | None) -> None:
        if path == self._path:
            self.lyrics = lyrics
            self.view.set_lyrics(lyrics)
            self._arrived()

    def show_for(self, *, karaoke: bool) -> None:
        """Shown while karaoke is on and there is something to sing."""
        self.setVisible(karaoke and self.found and not self.closed)

    def words(self, *, karaoke: bool) -> str:
        """What the card of karaoke says."""
        if not karaoke:
            return "Mutes the vocals, shows lyrics" if self.found else "Mutes the vocals"
        if not self.found:
            return "Vocals muted, no lyrics"
        if self.closed:
            return "Vocals muted, lyrics hidden"
        return "Vocals muted, lyrics shown" if self.synced else "Vocals muted, lyrics untimed"
