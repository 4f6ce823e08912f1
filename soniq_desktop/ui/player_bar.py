"""The bar along the bottom: what plays, transport, the waveform, views and volume."""

from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Cover, IconButton, Label, PlayButton, Slider
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.stems.mix_button import MixButton
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.waveform_bar import WaveformBar

NO_TIME = "–:––"
REPEATS = {"off": "all", "all": "one", "one": "off"}
CROSSFADE_SECONDS = 6.0
PRIVATE = "privacy.private_session"


class PlayerBar(QWidget):
    """Always there; disabled while nothing is loaded."""

    spectrogram_wanted = Signal(bool)
    queue_wanted = Signal(bool)
    full_player_wanted = Signal()
    stems_wanted = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._player = services.player
        self._track: Track | None = None
        self._crossfade = CROSSFADE_SECONDS
        self.setAccessibleName("Player")
        self._make_parts()
        self._lay_out()
        self._connect()
        self._options_changed()
        self._track_changed(self._player.track())
        self._state_changed(self._player.state())

    def _make_parts(self) -> None:
        self.cover = Cover(56, 6)
        self.title = Label("", "body", weight=600, elide=Qt.TextElideMode.ElideRight)
        self.artist = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight)
        self.heart = IconButton(
            "ph.heart", "Like", shortcut="L", checkable=True, on_icon="ph.heart-fill", on_fill=False
        )
        self.shuffle = IconButton("ph.shuffle", "Shuffle", shortcut="H", checkable=True, on_fill=False)
        self.previous = IconButton(
            "ph.skip-back-fill", "Previous", shortcut="Ctrl+Left", size=22, color="text"
        )
        self.play = PlayButton(48)
        self.next = IconButton("ph.skip-forward-fill", "Next", shortcut="Ctrl+Right", size=22, color="text")
        self.repeat = IconButton("ph.repeat", "Repeat", shortcut="R", checkable=True, on_fill=False)
        self.elapsed = Label(NO_TIME, "body", "text", figures=True)
        self.waveform = WaveformBar()
        self.total = Label(NO_TIME, "body", "text3", figures=True)
        self.mix = MixButton(self._services.stems, self._player)
        self.private = IconButton(
            "ph.eye-slash", "Private session: plays are not kept. Click to end it", color="warn"
        )
        self.spectrogram = IconButton("ph.activity", "Spectrogram", shortcut="V", checkable=True)
        self.crossfade = IconButton("ph.intersect", "Crossfade", shortcut="X", checkable=True)
        self.queue = IconButton("ph.queue", "Queue", shortcut="Q", checkable=True)
        self.mute = IconButton("ph.speaker-high", "Mute", shortcut="M")
        self.volume = Slider("Volume")
        self.volume.setFixedWidth(80)
        for label in (self.elapsed, self.total):
            label.setFixedWidth(44)
        self.elapsed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._loaded_only = (
            self.heart, self.previous, self.play, self.next, self.waveform, self.shuffle, self.repeat,
            self.spectrogram,
        )  # fmt: skip

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self.title)
        texts.addWidget(self.artist)
        texts.addStretch()
        self._texts = QWidget()
        self._texts.setLayout(texts)
        texts.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(0)
        parts: tuple[tuple[QWidget, int], ...] = (
            (self.cover, 12), (self._texts, 12), (self.heart, 12), (self.shuffle, 8), (self.previous, 8),
            (self.play, 8), (self.next, 8), (self.repeat, 8), (self.elapsed, 14), (self.waveform, 14),
            (self.total, 14), (self.mix, 4), (self.private, 4), (self.spectrogram, 4), (self.crossfade, 4),
            (self.queue, 8), (self.mute, 4), (self.volume, 0),
        )  # fmt: skip
        for widget, gap in parts:
            layout.addWidget(widget, 1 if widget is self.waveform else 0)
            layout.addSpacing(gap)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Less room for the title in small windows."""
        self._texts.setFixedWidth(124 if narrow else 172)

    def sizeHint(self) -> QSize:
        return QSize(1080, 88)

    def _connect(self) -> None:
        player = self._player
        player.track_changed.connect(self._track_changed)
        player.state_changed.connect(self._state_changed)
        player.position_changed.connect(self._position_changed)
        player.options_changed.connect(self._options_changed)
        self._services.library.tracks_updated.connect(self._tracks_updated)
        self._services.library.artwork_ready.connect(self._artwork_ready)
        self.cover.clicked.connect(self.full_player_wanted)
        self.mix.clicked.connect(self.stems_wanted)
        self.heart.clicked.connect(self.toggle_like)
        self.shuffle.clicked.connect(self.toggle_shuffle)
        self.previous.clicked.connect(player.previous)
        self.play.clicked.connect(player.toggle)
        self.next.clicked.connect(player.next)
        self.repeat.clicked.connect(self.cycle_repeat)
        self.waveform.seek_wanted.connect(player.seek)
        self.spectrogram.clicked.connect(self.spectrogram_wanted)
        self.crossfade.clicked.connect(self.toggle_crossfade)
        self.queue.clicked.connect(self.queue_wanted)
        self.private.clicked.connect(lambda: self._services.settings.set(PRIVATE, False))
        self._services.settings.changed.connect(self._setting_changed)
        self._setting_changed(PRIVATE)
        self.mute.clicked.connect(self.toggle_mute)
        self.volume.valueChanged.connect(self._set_volume)

    def _setting_changed(self, name: str) -> None:
        if name == PRIVATE:
            self.private.setVisible(bool(self._services.settings.get(PRIVATE)))

    # what the user does, also by keys

    def toggle_like(self) -> None:
        """Like or unlike the playing song."""
        if self._track is not None:
            self._services.library.set_liked(self._track.id, not self._track.liked)

    def toggle_shuffle(self) -> None:
        """Shuffle on or off."""
        self._player.set_shuffle(not self._player.shuffle())

    def cycle_repeat(self) -> None:
        """Off, all, one."""
        self._player.set_repeat(REPEATS[self._player.repeat()])  # type: ignore[arg-type]

    def toggle_crossfade(self) -> None:
        """Off, or as long as it last was."""
        now = self._player.crossfade()
        self._crossfade = now or self._crossfade
        self._player.set_crossfade(0.0 if now else self._crossfade)

    def toggle_mute(self) -> None:
        """Silence, or the volume as it was."""
        self._player.set_muted(not self._player.muted())

    def step_volume(self, steps: int) -> None:
        """5 % up or down for each step."""
        self.volume.setValue(self.volume.value() + 5 * steps)

    def _set_volume(self, value: int) -> None:
        if self._player.muted() and value:
            self._player.set_muted(False)
        self._player.set_volume(value / 100)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.mute.geometry().united(self.volume.geometry()).contains(event.position().toPoint()):
            self.step_volume(1 if event.angleDelta().y() > 0 else -1)

    # what the player says

    def _track_changed(self, track: Track | None) -> None:
        other = track is None or self._track is None or track.id != self._track.id
        self._track = track
        loaded = track is not None
        for widget in self._loaded_only:
            widget.setEnabled(loaded)
        self.title.setText(track.title if track else "Nothing playing")
        self.title.set_color("text" if track else "text3", weight=600 if track else 400)
        self.artist.setText(track.artist if track else "")
        self.artist.setVisible(loaded)
        self.heart.setChecked(bool(track and track.liked))
        self._show_cover()
        if other:
            self._show_times(track)
            self.waveform.set_waveform(None)
            if track is not None:
                self._ask_waveform(track.id)

    def _ask_waveform(self, track_id: int) -> None:
        self._services.library.waveform(track_id, partial(self._wave_arrived, track_id))

    def _wave_arrived(self, track_id: int, waveform: Any) -> None:
        if self._track is not None and self._track.id == track_id:
            self.waveform.set_waveform(waveform)

    def _show_times(self, track: Track | None) -> None:
        duration = (self._player.duration() or track.tags.duration) if track else 0.0
        self.waveform.set_duration(duration)
        self.total.setText(clock(duration) if track else NO_TIME)
        if track is None:
            self.elapsed.setText(NO_TIME)
        else:
            self._position_changed(self._player.position())
        self.elapsed.set_color("text" if track else "disabled")
        self.total.set_color("text3" if track else "disabled")

    def _show_cover(self) -> None:
        key = self._track.tags.artwork if self._track else None
        self.cover.set_source(self._services.library.artwork(key, 320) if key else None)

    def _artwork_ready(self, key: str) -> None:
        if self._track is not None and self._track.tags.artwork == key:
            self._show_cover()

    def _tracks_updated(self, ids: list[int]) -> None:
        if self._track is not None and self._track.id in ids:
            self._services.library.track(self._track.id, self._track_refreshed)

    def _track_refreshed(self, track: Track | None) -> None:
        if track is None or self._track is None or track.id != self._track.id:
            return
        newly_heard = self._track.features is None and track.features is not None
        self._track_changed(track)
        if newly_heard:
            self._ask_waveform(track.id)

    def _state_changed(self, state: str) -> None:
        self.play.set_playing(state == "playing")

    def _position_changed(self, seconds: float) -> None:
        if self._track is None:
            return
        duration = self._player.duration()
        if duration and round(duration * 1000) != self.waveform.maximum():
            self.waveform.set_duration(duration)
            self.total.setText(clock(duration))
        self.elapsed.setText(clock(seconds))
        self.waveform.set_position(seconds)

    def _options_changed(self) -> None:
        player = self._player
        self.shuffle.setChecked(player.shuffle())
        repeat = player.repeat()
        self.repeat.setChecked(repeat != "off")
        self.repeat.set_icon("ph.repeat", "ph.repeat-once" if repeat == "one" else "ph.repeat")
        self.repeat.set_name(
            "Repeat one" if repeat == "one" else "Repeat all" if repeat == "all" else "Repeat"
        )
        self.crossfade.setChecked(player.crossfade() > 0)
        muted = player.muted()
        self.mute.set_icon("ph.speaker-simple-x" if muted else "ph.speaker-high")
        self.mute.set_name("Unmute" if muted else "Mute")
        self.volume.blockSignals(True)
        self.volume.setValue(0 if muted else round(player.volume() * 100))
        self.volume.blockSignals(False)
        self.volume.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("sidebar"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("line"))
        painter.end()
