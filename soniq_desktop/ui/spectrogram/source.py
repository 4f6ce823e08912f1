"""Feeds the live views: what the player's tap heard, and what a thread decoded ahead."""

import itertools
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from soniq_desktop.analysis.live import COLUMN_RATE
from soniq_desktop.analysis.live.memory import Memory
from soniq_desktop.analysis.live.stream import Columns, ColumnStream
from soniq_desktop.library.records import Track
from soniq_desktop.ui.spectrogram.lookahead import BLOCK_SECONDS, LookAhead, Wish

_numbers = itertools.count(1)
JUMP = 0.25  # seconds between expectation and position that mean a seek
AHEAD_BY = 1.0  # seconds decoded beyond what is asked for, so that not every picture is a new wish


class TapLike(Protocol):
    """What `audio.tap.Tap` gives."""

    @property
    def sample_rate(self) -> int: ...

    def latest(self, frames: int) -> NDArray[np.float32]: ...

    def since(self, counter: int) -> tuple[int, NDArray[np.float32]]: ...


class PlayerLike(Protocol):
    """The part of PlayerService that the live views need."""

    @property
    def tap(self) -> TapLike | None: ...

    def position(self) -> float: ...

    def duration(self) -> float: ...

    def track(self) -> Track | None: ...


class LiveSource(QObject):
    """Keeps `memory` up to date while it is started; `advance` is called once a picture."""

    heard = Signal(int, int)  # columns [first, last) came from the tap
    decoded = Signal(int, int)  # columns [first, last) came from the file
    reset = Signal()  # everything is different: another track, or another level

    def __init__(self, player: PlayerLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.memory = Memory()
        self._player = player
        self._thread: LookAhead | None = None
        self._stream: ColumnStream | None = None
        self._counter = 0
        self._expected = 0.0
        self._path: str | None = None
        self._broken: str | None = None  # a file that cannot be decoded here; what is heard is shown alone
        self._wish: Wish | None = None
        self._decoded_to = 0.0  # seconds; where the wish in force has arrived

    def start(self) -> None:
        """Begin to look ahead. Idempotent."""
        if self._thread is None:
            self._thread = LookAhead()
            self._thread.analysed.connect(self._take_decoded)
            self._thread.failed.connect(self._take_failure)
            self._thread.start(LookAhead.Priority.LowPriority)
        self._stream = self._wish = None

    def stop(self) -> None:
        """End the thread. Idempotent. What is known stays."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.analysed.disconnect(self._take_decoded)
            thread.failed.disconnect(self._take_failure)
            thread.stop()
            _retire(thread)

    @property
    def tuning(self) -> float:
        """Estimated tuning of what is heard, semitones from A = 440 Hz."""
        return self._stream.tuning if self._stream is not None else 0.0

    def advance(self) -> float:
        """Take what was heard since the last call; gives the position in seconds."""
        self._follow_track()
        tap, position = self._player.tap, self._player.position()
        if tap is None or self._path is None:
            return position
        self._counter, samples = tap.since(self._counter)
        if self._stream is None or self._stream.sample_rate != tap.sample_rate:
            self._stream = ColumnStream(tap.sample_rate)
            self._restart_at(position)
            return position
        self._expected += len(samples) / tap.sample_rate
        if abs(position - self._expected) > JUMP:
            self._restart_at(position)
        elif len(samples):
            self._take_heard(self._stream.push(samples))
        return position

    def want(self, start: float, end: float) -> None:
        """Have the stretch from `start` to `end` seconds decoded, as far as it is not known yet."""
        tap = self._player.tap
        if self._thread is None or self._path in (None, self._broken) or tap is None:
            return
        end = min(end, self._player.duration())
        first = self.memory.first_unknown(start, end)
        if first >= end or self._is_coming(first, end):
            return
        reads_on = self._wish is not None and self._arrives_at(first)
        number = self._wish.number if self._wish and reads_on else next(_numbers)
        self._decoded_to = first
        self._wish = Wish(number, str(self._path), tap.sample_rate, first, end + AHEAD_BY)
        self._thread.want(self._wish)

    def _is_coming(self, first: float, end: float) -> bool:
        return self._wish is not None and self._arrives_at(first) and end <= self._wish.end

    def _arrives_at(self, first: float) -> bool:
        """Whether the wish in force delivers `first` next; otherwise there is a hole to go back to."""
        return abs(first - self._decoded_to) < BLOCK_SECONDS

    def _follow_track(self) -> None:
        track = self._player.track()
        path = track.path if track is not None else None
        if path != self._path:
            self._path = path
            self._stream = self._wish = None
            self.memory.clear()
            self.reset.emit()

    def _restart_at(self, position: float) -> None:
        assert self._stream is not None
        self._stream.restart(round(position * self._stream.sample_rate))
        self._expected = position

    def _take_heard(self, columns: Columns) -> None:
        if not len(columns):
            return
        if self.memory.put_heard(columns):
            self.reset.emit()
        self.heard.emit(columns.first, columns.first + len(columns))

    def _take_decoded(self, number: int, columns: Columns) -> None:
        if self._wish is not None and number == self._wish.number:
            self.memory.put_ahead(columns)
            self._decoded_to = (columns.first + len(columns)) / COLUMN_RATE
            self.decoded.emit(columns.first, columns.first + len(columns))

    def _take_failure(self, number: int, _sentence: str) -> None:
        if self._wish is not None and number == self._wish.number:
            self._broken = self._wish.path


_retired: set[LookAhead] = set()


def _retire(thread: LookAhead) -> None:
    """Wait a little for the thread; a decoder that hangs may end later without holding up the window."""
    if thread.wait(500):
        thread.deleteLater()
        return
    _retired.add(thread)
    thread.finished.connect(lambda: _retired.discard(thread))
