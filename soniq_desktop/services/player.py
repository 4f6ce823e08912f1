"""The player as the window sees it: resolves tracks, keeps the options, records what was heard."""

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from soniq_desktop.audio.devices import Device
from soniq_desktop.audio.events import (
    DevicesChanged,
    Event,
    Message,
    Played,
    PlayerState,
    QueueMoved,
    StateChanged,
    TrackChanged,
)
from soniq_desktop.audio.gain import LoudnessMode
from soniq_desktop.audio.mixer import Mix
from soniq_desktop.audio.outputs import OpenDevice
from soniq_desktop.audio.player import Player
from soniq_desktop.audio.portaudio import open_portaudio
from soniq_desktop.audio.queue import Repeat
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.tap import Tap
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.log import topic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Play, Track
from soniq_desktop.services.album_level import album_name, level_of_album
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("player")
POSITION_MS = 100
REMEMBERED = 64  # tracks looked up lately
SAVE_SESSION_MS = 15_000


class PlayerService(QObject):
    """Commands return at once; signals come on the GUI thread. `queue` and indexes are in the order of play.

    Args:
        open_device: opens an output device (see audio.outputs); tests give their own.
    """

    track_changed = Signal(object)  # Track | None
    state_changed = Signal(str)  # "stopped" | "playing" | "paused"
    position_changed = Signal(float)  # seconds, ten times a second while it moves
    queue_changed = Signal()
    options_changed = Signal()  # volume, muted, shuffle, repeat, crossfade, loudness, device, devices
    message = Signal(str)
    played = Signal(object)  # Play, once it is stored
    skipping = Signal()  # the listener moves on to the next track; it comes before that happens

    _event = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        tasks: Tasks,
        settings: SettingsService,
        parent: QObject | None = None,
        *,
        open_device: OpenDevice = open_portaudio,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._tasks, self._settings = catalogue, tasks, settings
        self._tracks: OrderedDict[int, Track] = OrderedDict()  # written by the player's thread
        self._state: PlayerState = "stopped"
        self._track: Track | None = None
        self._devices: tuple[Device, ...] = ()
        self._closing = False
        self._player = Player(self._source, self._tell, open_device=open_device)
        self.tap: Tap = self._player.tap
        self._event.connect(self._take_event, Qt.ConnectionType.QueuedConnection)
        self._clock = QTimer(self, interval=POSITION_MS)
        self._clock.timeout.connect(self._tell_position)
        self._saver = QTimer(self, interval=SAVE_SESSION_MS)
        self._saver.timeout.connect(self._save_session)
        self._apply_settings()

    def _apply_settings(self) -> None:
        self._player.set_crossfade(float(self._settings.get("playback.crossfade")))
        self._player.set_loudness(self._settings.get("playback.loudness"))
        self._player.set_device(self._settings.get("playback.device"))
        self._apply_volume()

    def start(self) -> None:
        """Take up the last session, paused. Call once the window is on the screen."""
        session = self._settings.get("playback.session")
        if isinstance(session, dict):
            self.restore(session)
        self._saver.start()

    def close(self) -> None:
        """Save the session, record what was playing, release the device. Blocks for a moment."""
        if self._closing:
            return
        self._closing = True
        self._clock.stop()
        self._saver.stop()
        self._save_session()
        self._player.close()

    # playing

    def play(self, ids: Sequence[int], start: int = 0, source: str = "songs") -> None:
        """Play these tracks from index `start` on; they become the queue."""
        self._player.play(ids, start, source)
        self.queue_changed.emit()

    def toggle(self) -> None:
        self._player.toggle()

    def pause(self) -> None:
        self._player.pause()

    def stop(self) -> None:
        self._player.stop()

    def next(self) -> None:
        self.skipping.emit()
        self._player.next()
        self.queue_changed.emit()

    def previous(self) -> None:
        """To the beginning of the track; within its first seconds to the one that played before."""
        self._player.previous()
        self.queue_changed.emit()

    def jump(self, index: int) -> None:
        """Play the entry at an index of the queue."""
        self._player.jump(index)
        self.queue_changed.emit()

    def seek(self, seconds: float) -> None:
        self._player.seek(seconds)

    def state(self) -> PlayerState:
        return self._state

    def position(self) -> float:
        """Seconds into the track that are audible now."""
        return self._player.position()

    def duration(self) -> float:
        """Seconds of the current track, 0 where there is none."""
        return self._player.duration()

    def track(self) -> Track | None:
        return self._track

    # queue

    def queue(self) -> list[int]:
        """Track ids in the order of play, what has played included."""
        return self._player.tracks()

    def current_index(self) -> int:
        """Index of the current track in `queue`, -1 where there is none."""
        return self._player.index()

    def playing_from(self) -> str:
        """Where the current track was played from, as listening events have it: "songs", "queue", "radio"."""
        return self._player.source()

    def upcoming(self) -> list[int]:
        """Track ids that follow the current one."""
        return self._player.upcoming()

    def play_next(self, ids: Sequence[int]) -> None:
        self._player.play_next(ids)
        self.queue_changed.emit()

    def add(self, ids: Sequence[int], source: str = "queue") -> None:
        self._player.add(ids, source)
        self.queue_changed.emit()

    def move(self, index: int, to: int) -> None:
        self._player.move(index, to)
        self.queue_changed.emit()

    def remove(self, index: int) -> None:
        self._player.remove(index)
        self.queue_changed.emit()

    def clear(self) -> None:
        """Take everything out of the queue except what plays now."""
        self._player.clear()
        self.queue_changed.emit()

    # options

    def volume(self) -> float:
        return float(self._settings.get("playback.volume"))

    def muted(self) -> bool:
        return bool(self._settings.get("playback.muted"))

    def shuffle(self) -> bool:
        return self._player.shuffled

    def repeat(self) -> Repeat:
        return self._player.repeat

    def crossfade(self) -> float:
        """Seconds; 0 is gapless."""
        return float(self._settings.get("playback.crossfade"))

    def loudness(self) -> LoudnessMode:
        mode: LoudnessMode = self._settings.get("playback.loudness")
        return mode

    def device(self) -> str | None:
        """Name of the chosen device, None for the system's default."""
        name: str | None = self._settings.get("playback.device")
        return name

    def devices(self) -> list[Device]:
        """Output devices as last seen, and a look for new ones: `options_changed` follows."""
        self._player.look_for_devices()
        return list(self._devices)

    def set_volume(self, volume: float) -> None:
        """0 to 1."""
        self._settings.set("playback.volume", min(max(float(volume), 0.0), 1.0))
        self._apply_volume()
        self.options_changed.emit()

    def set_muted(self, muted: bool) -> None:
        self._settings.set("playback.muted", bool(muted))
        self._apply_volume()
        self.options_changed.emit()

    def _apply_volume(self) -> None:
        self._player.set_volume(self.volume(), muted=self.muted())

    def set_shuffle(self, on: bool) -> None:
        self._player.set_shuffle(on)
        self.queue_changed.emit()
        self.options_changed.emit()

    def set_repeat(self, repeat: Repeat) -> None:
        self._player.set_repeat(repeat)
        self.options_changed.emit()

    def set_crossfade(self, seconds: float) -> None:
        """0 to 12 seconds between tracks that do not belong together."""
        self._settings.set("playback.crossfade", float(seconds))
        self._player.set_crossfade(seconds)
        self.options_changed.emit()

    def set_loudness(self, mode: LoudnessMode) -> None:
        self._settings.set("playback.loudness", mode)
        self._player.set_loudness(mode)
        self.options_changed.emit()

    def set_mix(self, track_id: int, mix: Mix | None) -> None:
        """Play a track from a mixer's lanes, or from its file again (None); heard at once where it plays."""
        self._player.set_mix(track_id, mix)

    def remix(self) -> None:
        """A mix that plays has changed, or more of it is there: hear it now."""
        self._player.remix()

    def set_device(self, name: str | None) -> None:
        """An output device by name, None for the system's default."""
        self._settings.set("playback.device", name)
        self._player.set_device(name)
        self.options_changed.emit()

    # between sessions

    def session(self) -> dict[str, Any]:
        """Queue, place in it and position; the options live in the settings."""
        return self._player.session()

    def restore(self, session: dict[str, Any]) -> None:
        """Take up a session, paused."""
        self._player.restore(session)
        self.queue_changed.emit()
        self.options_changed.emit()

    def _save_session(self) -> None:
        self._settings.set("playback.session", self.session())

    # on the player's thread

    def _source(self, track_id: int) -> Source:
        """What the engine needs to play a track. Raises NotFoundError."""
        track = self._catalogue.track(track_id)
        if track is None:
            raise NotFoundError("A track of the queue is not in the library any more.")
        self._tracks[track_id] = track
        while len(self._tracks) > REMEMBERED:
            self._tracks.popitem(last=False)
        level = level_of_album(self._catalogue, track) if self.loudness() == "album" else (None, None)
        features, tags = track.features, track.tags
        return Source(
            track=track.id,
            path=track.path,
            title=track.title,
            loudness=features.loudness if features else None,
            true_peak=features.true_peak if features else None,
            album=album_name(track),
            album_loudness=level[0],
            album_peak=level[1],
            place=(tags.disc_number or 1, tags.track_number) if tags.track_number else None,
        )

    def _tell(self, event: Event) -> None:
        if isinstance(event, Played):
            self._record(event)
        elif not self._closing:
            self._event.emit(event)

    def _record(self, played: Played) -> None:
        label = self._player.label(played.entry)
        if self._settings.get("privacy.private_session"):
            return
        heard, ended, position = played.seconds_heard, played.ended, played.position
        # A clock that was set back meanwhile must not leave a play in the future.
        started_at = min(played.started_at, time.time() - heard)
        play = Play(played.track, started_at, heard, ended, label, position)
        if self._closing:  # no event loop and no tasks from now on, and this thread has nothing else to do
            self._catalogue.record_play(play)
        else:
            self._tasks.run(lambda: self._catalogue.record_play(play), lambda _: self.played.emit(play))

    # on the GUI thread

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        if isinstance(event, TrackChanged):
            self._track = self._tracks.get(event.track) if event.track is not None else None
            self.track_changed.emit(self._track)
            self._tell_position()
        elif isinstance(event, StateChanged):
            self._take_state(event.state)
        elif isinstance(event, QueueMoved):
            self.queue_changed.emit()
        elif isinstance(event, DevicesChanged):
            self._take_devices(event)
        elif isinstance(event, Message):
            self.message.emit(event.sentence)

    def _take_state(self, state: PlayerState) -> None:
        self._state = state
        if state == "playing":
            self._clock.start()
        else:
            self._clock.stop()
            self._tell_position()
        self.state_changed.emit(state)

    def _take_devices(self, event: DevicesChanged) -> None:
        if event.devices != self._devices:
            self._devices = event.devices
            self.options_changed.emit()

    def _tell_position(self) -> None:
        self.position_changed.emit(self._player.position())
