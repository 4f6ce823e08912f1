"""The top of the stems page: the song, presets, export."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Button, IconButton, Segmented
from soniq_desktop.ui.pages.song_head import SongHead
from soniq_desktop.ui.stems import words
from soniq_desktop.ui.stems.preset_menu import BUILT_IN
from soniq_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

ROOMY = 900  # width from which the button to play has its word


class Header(SongHead):
    """Play is there where the player has another song."""

    preset_chosen = Signal(int)
    export_wanted = Signal()
    play_wanted = Signal()
    more_wanted = Signal()

    def __init__(self) -> None:
        self.play = Button("Play", "ph.play-fill")
        self.presets = Segmented(BUILT_IN, "Preset", icons=("", "ph.microphone-slash"))
        self.export = Button("Export", "ph.export", "primary")
        self.more = IconButton("ph.dots-three", "More")
        super().__init__(self.play, self.presets, self.export, self.more)
        self.play.clicked.connect(self.play_wanted)
        self.presets.changed.connect(self.preset_chosen)
        self.export.clicked.connect(self.export_wanted)
        self.more.clicked.connect(self.more_wanted)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        text = "Play" if self.width() >= Theme.current().px(ROOMY) else ""  # the title needs the room
        if text != self.play.text():
            self.play.setText(text)
            self.play.setAccessibleName("Play")

    def show_track(self, track: Track, cover: "QPixmap | None") -> None:
        """The song that the page is about."""
        self.set_song(track.title, words.facts(track))
        self.set_cover(cover)

    def show_playing(self, *, mine: bool, going: bool) -> None:
        """Whether the player has this song."""
        self.play.setVisible(not mine)
        self.setAccessibleDescription("playing" if going else "")

    def set_mixer(self, there: bool) -> None:
        """Presets and export belong to the mixer."""
        self.presets.setVisible(there)
        self.export.setVisible(there)
