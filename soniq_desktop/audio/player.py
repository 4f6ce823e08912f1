"""The player as the rest of the program sees it: commands that return at once, a thread that obeys them."""

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from soniq_desktop.audio import devices
from soniq_desktop.audio.events import DevicesChanged, Event, Message, PlayerState
from soniq_desktop.audio.feeder import Feeder
from soniq_desktop.audio.gain import LoudnessMode, volume_to_linear
from soniq_desktop.audio.mixer import Mix
from soniq_desktop.audio.outputs import OpenDevice, Outputs
from soniq_desktop.audio.portaudio import open_portaudio
from soniq_desktop.audio.queue import PlayQueue, Repeat
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.tap import Tap
from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.common.log import topic

log = topic("player")
TICK = 0.02  # seconds
RESTART_AFTER = 3.0  # seconds; "previous" goes to the beginning first
NICE = -10  # for the feeder's thread, where the system allows it
MAX_CROSSFADE = 12.0  # seconds


class Player:
    """Plays a queue of tracks.

    All methods may be called from any thread and return at once. Events are emitted on the player's thread.

    Args:
        lookup: gives the Source of a track id or raises SoniqError; called on the player's thread.
        emit: takes events (audio.events).
        open_device: how a device is opened; tests give their own.
    """

    def __init__(
        self,
        lookup: Callable[[int], Source],
        emit: Callable[[Event], None],
        *,
        open_device: OpenDevice = open_portaudio,
        seed: int | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._queue = PlayQueue(seed)
        self._label = "songs"
        self._emit = emit
        self._outputs = Outputs(emit, open_device)
        self._feeder = Feeder(self._queue, self._lock, lookup=lookup, emit=emit, outputs=self._outputs)
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="soniq-player", daemon=True)
        self._thread.start()

    # what there is to know

    @property
    def tap(self) -> Tap:
        return self._feeder.tap

    @property
    def state(self) -> PlayerState:
        return self._feeder.state

    def position(self) -> float:
        """Seconds into the current track that are audible now."""
        return self._feeder.view.position(time.monotonic())

    def duration(self) -> float:
        """Seconds of the current track as the decoder knows it; 0 without a track."""
        playback = self._feeder.view.playback
        return playback.duration if playback is not None else 0.0

    def underruns(self) -> int:
        """How often sound ran out since the start, over all devices closed so far."""
        return self._outputs.underruns

    def tracks(self) -> list[int]:
        """The queue in the order of play."""
        with self._lock:
            return self._queue.tracks()

    def index(self) -> int:
        with self._lock:
            return self._queue.index

    def upcoming(self, limit: int | None = None) -> list[int]:
        with self._lock:
            return self._queue.upcoming(limit)

    def label(self, entry: int) -> str:
        """Where an entry came from: "queue" for what was added by hand, else what `play` or `add` said."""
        with self._lock:
            return self._queue.added_as(entry) or self._label

    def source(self) -> str:
        """The label of the current entry; empty where there is none."""
        with self._lock:
            current = self._queue.current
            return self.label(current.id) if current is not None else ""

    @property
    def shuffled(self) -> bool:
        return self._queue.shuffled

    @property
    def repeat(self) -> Repeat:
        return self._queue.repeat

    # playing

    def play(self, tracks: Sequence[int], start: int = 0, label: str = "songs") -> None:
        """Replace the queue and play from index `start`."""
        with self._lock:
            self._queue.replace(tracks, start)
            self._label = label
        self._post(self._feeder.start)

    def toggle(self) -> None:
        self._post(self._feeder.toggle)

    def pause(self) -> None:
        self._post(self._feeder.pause)

    def resume(self) -> None:
        self._post(self._feeder.resume)

    def stop(self) -> None:
        self._post(self._feeder.stop)

    def seek(self, seconds: float) -> None:
        self._post(lambda: self._feeder.seek(seconds))

    def next(self) -> None:
        """The next track; at the end of the queue nothing happens."""
        with self._lock:
            if self._queue.next() is None:
                return
        self._post(self._feeder.start)

    def previous(self) -> None:
        """The beginning of this track, or in its first seconds the one that played before."""
        if self.position() > RESTART_AFTER:
            self.seek(0.0)
            return
        with self._lock:
            self._queue.previous()
        self._post(self._feeder.start)

    def jump(self, index: int) -> None:
        """Play the entry at an index of the queue; raises IndexError."""
        with self._lock:
            self._queue.jump(index)
        self._post(self._feeder.start)

    # the queue

    def play_next(self, tracks: Sequence[int]) -> None:
        self._add(lambda: self._queue.play_next(tracks))

    def add(self, tracks: Sequence[int], label: str = "queue") -> None:
        self._add(lambda: self._queue.add(tracks, label))

    def _add(self, change: Callable[[], None]) -> None:
        with self._lock:
            was_empty = not len(self._queue)
            change()
            if was_empty and len(self._queue):
                self._queue.jump(0)
        self._post(self._feeder.start if was_empty else self._feeder.queue_changed)

    def move(self, index: int, to: int) -> None:
        with self._lock:
            self._queue.move(index, to)
        self._post(self._feeder.queue_changed)

    def remove(self, index: int) -> None:
        """Take an entry out; the current one gives way to its follower, or to silence at the end."""
        with self._lock:
            last = index == len(self._queue) - 1
            was_current = self._queue.remove(index)
        if not was_current:
            self._post(self._feeder.queue_changed)
        elif last:
            self._post(self._feeder.stop)
        else:
            self._post(self._feeder.replace_current)

    def clear(self) -> None:
        """Take everything out except what plays now."""
        with self._lock:
            self._queue.keep_current()
        self._post(self._feeder.queue_changed)

    def set_shuffle(self, on: bool) -> None:
        with self._lock:
            self._queue.set_shuffle(on)
        self._post(self._feeder.queue_changed)

    def set_repeat(self, repeat: Repeat) -> None:
        with self._lock:
            self._queue.repeat = repeat
        self._post(self._feeder.queue_changed)

    # how it sounds

    def set_volume(self, volume: float, *, muted: bool = False) -> None:
        """Volume control from 0 to 1."""
        level = 0.0 if muted else volume_to_linear(volume)
        self._post(lambda: self._feeder.set_level(level))

    def set_crossfade(self, seconds: float) -> None:
        """0 to 12 seconds between tracks; 0 is gapless. Counts from the next joint on."""
        self._feeder.mixing.crossfade = min(max(seconds, 0.0), MAX_CROSSFADE)

    def set_loudness(self, mode: LoudnessMode) -> None:
        """Normalise each track, each album, or nothing; heard at once."""
        self._feeder.mixing.loudness = mode
        self._post(self._feeder.remix)

    def set_mix(self, track: int, mix: Mix | None) -> None:
        """Play a track from a mixer's lanes, or from its file again (None); heard at once where it plays."""
        self._post(lambda: self._feeder.set_mix(track, mix))

    def remix(self) -> None:
        """A mix that plays has changed, or more of it is there: hear it now."""
        self._post(self._feeder.remix)

    def set_device(self, name: str | None) -> None:
        """An output device by name, None for the system's default."""
        self._post(lambda: self._feeder.set_device(name))

    def look_for_devices(self) -> None:
        """Ask the system for its devices; answered by a DevicesChanged event."""
        self._post(self._look_for_devices)

    def _look_for_devices(self) -> None:
        found: list[devices.Device] = []
        try:
            if not self._feeder.busy:
                devices.refresh()
            found = devices.output_devices()
        except OutputDeviceError as error:
            self._emit(Message(str(error)))
        self._emit(DevicesChanged(tuple(found), self._feeder.device))

    # between sessions

    def session(self) -> dict[str, Any]:
        """Queue and position, as plain values."""
        with self._lock:
            return {**self._queue.session(), "position": self.position(), "label": self._label}

    def restore(self, session: dict[str, Any]) -> None:
        """Take up a session, paused where it was. No device is opened for that."""
        with self._lock:
            self._queue.restore(session)
            self._label = str(session.get("label", "songs"))
        position = session.get("position", 0.0)
        seconds = float(position) if isinstance(position, int | float) else 0.0
        self._post(lambda: self._feeder.load(seconds))

    def close(self) -> None:
        """End the thread: the listening event of what plays is emitted, files and device are released."""
        self._commands.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    # the thread

    def _post(self, command: Callable[[], None]) -> None:
        self._commands.put(command)

    def _run(self) -> None:
        _raise_priority()
        while True:
            try:
                command = self._commands.get(timeout=TICK if self._feeder.busy else None)
            except queue.Empty:
                command = _nothing
            if command is None:
                break
            self._obey(command)
        self._obey(self._feeder.close)

    def _obey(self, command: Callable[[], None]) -> None:
        try:
            command()
            self._feeder.tick(lambda: not self._commands.empty())
        except Exception:  # the thread must outlive any surprise: without it there is no player
            log.exception("The player stumbled.")
            self._emit(Message("Something went wrong while playing. The log has the details."))
            with contextlib.suppress(Exception):
                self._feeder.abandon()


def _nothing() -> None:
    """No command: only time has passed."""


def _raise_priority() -> None:
    """Let the feeder go before other threads; ordinary users may not, and then it stays as it is."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
