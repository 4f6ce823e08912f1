"""What is known of the sound around the playhead: columns that were heard, and columns decoded ahead."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from soniq_desktop.analysis.live import COLUMN_RATE, FLOOR_DB
from soniq_desktop.analysis.live.bands import N_BANDS
from soniq_desktop.analysis.live.chroma import N_CLASSES
from soniq_desktop.analysis.live.store import ColumnStore
from soniq_desktop.analysis.live.stream import Columns, ColumnStream
from soniq_desktop.analysis.live.tempogram import (
    N_TEMPI,
    TEMPOGRAM_RATE,
    WINDOW,
    TempoEstimate,
    estimate_tempo,
    tempogram,
)
from soniq_desktop.library.records import Track
from soniq_desktop.ui.spectrogram.lookahead import LookAhead, Wanted

CAPACITY = 60 * COLUMN_RATE
JUMP = 0.25  # seconds between expectation and position that mean a seek
GAIN_STEP = 0.5  # dB of change in level matching that is worth a new picture
_PER_TEMPOGRAM_COLUMN = COLUMN_RATE // TEMPOGRAM_RATE


class TapLike(Protocol):
    """What `audio.tap.Tap` gives."""

    sample_rate: int

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
    """Columns by number (COLUMN_RATE a second of track time) for the live views.

    Heard columns come from the player's tap and win over those decoded ahead. The latter are raised or lowered by the
    difference measured where both are known (loudness normalisation, volume), so that no step shows at the playhead.
    """

    changed = Signal(int, int)  # columns [first, last) are new or different
    reset = Signal()  # everything is different: another track, or another level

    def __init__(self, player: PlayerLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._ahead = _Shelf()
        self._heard = _Shelf()
        self._tempi = ColumnStore(N_TEMPI, CAPACITY // _PER_TEMPOGRAM_COLUMN, 0.0)
        self._thread: LookAhead | None = None
        self._stream: ColumnStream | None = None
        self._counter = 0
        self._expected = 0.0
        self._path: str | None = None
        self._gain = 0.0
        self._shown_gain = 0.0

    # life

    def start(self) -> None:
        """Begin to look ahead; idempotent."""
        if self._thread is None:
            self._thread = LookAhead()
            self._thread.analysed.connect(self._take_ahead)
            self._thread.start(LookAhead.Priority.LowPriority)
        self._stream = None

    def stop(self) -> None:
        """End the thread; idempotent. What is known stays."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.analysed.disconnect(self._take_ahead)
            thread.stop()
            _retire(thread)

    # feeding

    def advance(self) -> float:
        """Take what the tap has heard since the last call; gives the position in seconds."""
        self._follow_track()
        tap = self._player.tap
        position = self._player.position()
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
        """Have the stretch from `start` to `end` seconds decoded, unless it is known already."""
        tap = self._player.tap
        if self._thread is None or self._path is None or tap is None:
            return
        end = min(end, max(self._player.duration(), start))
        first = self.first_unknown(start, end)
        if first < end:
            self._thread.want(Wanted(self._path, tap.sample_rate, first, end))

    def first_unknown(self, start: float, end: float) -> float:
        """The first instant in the stretch that neither was heard nor decoded, or `end`."""
        first, last = round(max(0.0, start) * COLUMN_RATE), round(end * COLUMN_RATE)
        if last <= first:
            return end
        numbers = np.arange(first, last)
        unknown = np.flatnonzero(~(self._ahead.known(numbers) | self._heard.known(numbers)))
        return (first + int(unknown[0])) / COLUMN_RATE if unknown.size else end

    def _follow_track(self) -> None:
        track = self._player.track()
        path = track.path if track is not None else None
        if path == self._path:
            return
        self._path = path
        self._gain = self._shown_gain = 0.0
        for store in (self._ahead, self._heard, self._tempi):
            store.clear()
        self._stream = None
        self.reset.emit()

    def _restart_at(self, position: float) -> None:
        assert self._stream is not None
        self._stream.restart(round(position * self._stream.sample_rate))
        self._expected = position

    def _take_heard(self, columns: Columns) -> None:
        if not len(columns):
            return
        self._match_level(columns)
        self._heard.put(columns)
        self.changed.emit(columns.first, columns.first + len(columns))

    def _take_ahead(self, path: str, columns: Columns) -> None:
        if path == self._path:
            self._ahead.put(columns)
            self.changed.emit(columns.first, columns.first + len(columns))

    def _match_level(self, columns: Columns) -> None:
        """Follow the level difference between what is heard and what was decoded."""
        numbers = np.arange(columns.first, columns.first + len(columns))
        ahead = self._ahead.levels.get(numbers)
        clear = (ahead > FLOOR_DB + 30) & (columns.levels > FLOOR_DB + 10)
        if not clear.any():
            return
        difference = float(np.median((columns.levels - ahead)[clear]))
        self._gain += (difference - self._gain) * (1.0 if abs(difference - self._gain) > 6 else 0.1)
        if abs(self._gain - self._shown_gain) > GAIN_STEP:
            self._shown_gain = self._gain
            self.reset.emit()

    # reading

    @property
    def tuning(self) -> float:
        """Estimated tuning of what is heard, semitones from A = 440 Hz."""
        return self._stream.tuning if self._stream is not None else 0.0

    def levels(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Band levels in dB, (*numbers.shape, N_BANDS)."""
        ahead = np.maximum(self._ahead.levels.get(numbers) + self._shown_gain, FLOOR_DB)
        return _prefer(self._heard, self._heard.levels, numbers, ahead)

    def chroma(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Pitch classes, (*numbers.shape, 12), 0 to 1."""
        return _prefer(self._heard, self._heard.chroma, numbers, self._ahead.chroma.get(numbers))

    def tempogram(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Tempogram columns at TEMPOGRAM_RATE, (*numbers.shape, N_TEMPI), 0 to 1."""
        wanted = np.unique(numbers)
        wanted = wanted[(wanted >= 0) & ~self._tempi.known(wanted)]
        ends = wanted * _PER_TEMPOGRAM_COLUMN
        ready = self._ahead.known(ends) | self._heard.known(ends)
        for number, row in zip(
            wanted[ready], tempogram(self._onset_windows(ends[ready])) if ready.any() else (), strict=False
        ):
            self._tempi.put(int(number), row[None, :])
        return self._tempi.get(numbers)

    def forget_tempogram(self) -> None:
        """Compute the tempogram again: more of the past has become known."""
        self._tempi.clear()

    def tempo(self, position: float) -> TempoEstimate | None:
        """The tempo of the last seconds before `position`; None until half of the window is known."""
        end = np.array([int(position * COLUMN_RATE)])
        numbers = end[0] - np.arange(WINDOW)
        if np.mean(self._ahead.known(numbers) | self._heard.known(numbers)) < 0.5:
            return None
        return estimate_tempo(self._onset_windows(end)[0])

    def _onset_windows(self, ends: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, WINDOW) onset strength up to and with each end."""
        numbers = ends[:, None] - np.arange(WINDOW - 1, -1, -1)
        ahead = self._ahead.onsets.get(numbers)
        return _prefer(self._heard, self._heard.onsets, numbers, ahead)[..., 0]


class _Shelf:
    """The three kinds of columns of one origin."""

    def __init__(self) -> None:
        self.levels = ColumnStore(N_BANDS, CAPACITY, FLOOR_DB)
        self.chroma = ColumnStore(N_CLASSES, CAPACITY, 0.0)
        self.onsets = ColumnStore(1, CAPACITY, 0.0)

    def put(self, columns: Columns) -> None:
        self.levels.put(columns.first, columns.levels)
        self.chroma.put(columns.first, columns.chroma)
        self.onsets.put(columns.first, columns.onsets[:, None])

    def known(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self.onsets.known(numbers)

    def clear(self) -> None:
        for store in (self.levels, self.chroma, self.onsets):
            store.clear()


def _prefer(
    shelf: _Shelf, store: ColumnStore, numbers: NDArray[np.int64], otherwise: NDArray[np.float32]
) -> NDArray[np.float32]:
    known = shelf.known(numbers)
    if known.any():
        otherwise[known] = store.get(numbers[known])
    return otherwise


_retired: set[LookAhead] = set()


def _retire(thread: LookAhead) -> None:
    """Wait a little for the thread; a decoder that hangs may end later without holding up the window."""
    if thread.wait(500):
        thread.deleteLater()
        return
    _retired.add(thread)
    thread.finished.connect(lambda: _retired.discard(thread))
