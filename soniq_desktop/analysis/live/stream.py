"""From a stream of samples to columns: levels, pitch classes, onset strength; the same however it is cut."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.live import COLUMN_RATE, FLOOR_DB
from soniq_desktop.analysis.live.bands import N_BANDS, BandAnalyser
from soniq_desktop.analysis.live.chroma import ChromaAnalyser
from soniq_desktop.analysis.live.tempogram import ONSET_LAG, onset_strength

_BATCH = 64  # columns at a time: 2 MB of frames stay in the cache


@dataclass(frozen=True, slots=True)
class Columns:
    """Consecutive columns, the first at `first / COLUMN_RATE` seconds of the track."""

    first: int
    levels: NDArray[np.float32]  # (n, N_BANDS) dB
    chroma: NDArray[np.float32]  # (n, 12) 0 to 1
    onsets: NDArray[np.float32]  # (n,)

    def __len__(self) -> int:
        return len(self.onsets)

    def followed_by(self, later: "Columns") -> "Columns":
        """These and the columns that come directly after them, as one."""
        return _joined(self.first, [self, later])


class ColumnStream:
    """Analyses what it is fed. Only the new columns are computed.

    A column appears as soon as its whole window has been fed, 93 ms after its instant.
    """

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._bands = BandAnalyser(sample_rate)
        self._chroma = ChromaAnalyser(sample_rate, self._bands.length)
        self.restart(0)

    @property
    def tuning(self) -> float:
        """Estimated tuning of the recording, semitones from A = 440 Hz."""
        return self._chroma.tuning

    @property
    def delay(self) -> float:
        """Seconds between an instant and the moment when its column can be computed."""
        return self._bands.length / 2 / self.sample_rate

    def restart(self, sample: int) -> None:
        """Go on at another sample of the track. At 0 silence is assumed before it; elsewhere nothing is."""
        half = self._bands.length // 2
        self._buffer = np.zeros(half if sample == 0 else 0, np.float32)
        self._origin = sample - self._buffer.size  # track sample of the buffer's first value
        self._next = 0 if sample == 0 else _column_from(sample + half, self.sample_rate)
        self._before: NDArray[np.float32] | None = None
        if sample == 0:
            self._chroma.reset()

    def push(self, samples: NDArray[np.float32]) -> Columns:
        """Take mono samples that follow the earlier ones; give the columns that became complete."""
        self._buffer = np.concatenate([self._buffer, samples])
        first = self._next
        ready = self._complete() - first
        parts = [self._analyse(first + i, min(_BATCH, ready - i)) for i in range(0, ready, _BATCH)]
        self._drop_used()
        return _joined(first, parts)

    def finish(self) -> Columns:
        """The last columns, as if silence followed."""
        return self.push(np.zeros(self._bands.length // 2, np.float32))

    def _complete(self) -> int:
        """The first column whose window is not yet complete."""
        last_centre = self._origin + self._buffer.size - self._bands.length // 2
        return max(self._next, _column_from(last_centre + 1, self.sample_rate))

    def _analyse(self, first: int, count: int) -> Columns:
        length = self._bands.length
        centres = _centre(np.arange(first, first + count), self.sample_rate)
        starts = centres - length // 2 - self._origin
        frames = np.lib.stride_tricks.sliding_window_view(self._buffer, length)[starts]
        levels, spectra = self._bands.levels(frames)
        before = self._before if self._before is not None else np.repeat(levels[:1], ONSET_LAG, axis=0)
        onsets = onset_strength(levels, before)
        self._before = np.concatenate([before, levels])[-ONSET_LAG:]
        self._next = first + count
        return Columns(first, levels, self._chroma.profile(spectra), onsets)

    def _drop_used(self) -> None:
        start = int(_centre(np.array(self._next), self.sample_rate)) - self._bands.length // 2
        unused = min(max(start - self._origin, 0), self._buffer.size)
        self._buffer = self._buffer[unused:]
        self._origin += unused


def _centre(column: NDArray[np.int64], sample_rate: int) -> NDArray[np.int64]:
    """Sample at the middle of a column's window. Rounded one by one, so that odd rates do not drift."""
    return (column * sample_rate + COLUMN_RATE // 2) // COLUMN_RATE


def _column_from(sample: int, sample_rate: int) -> int:
    """The first column whose centre is not before `sample`."""
    column = max(0, sample * COLUMN_RATE // sample_rate - 1)
    while _centre(np.array(column), sample_rate) < sample:
        column += 1
    return column


def _joined(first: int, parts: list[Columns]) -> Columns:
    if not parts:
        empty = np.zeros(0, np.float32)
        return Columns(first, np.full((0, N_BANDS), FLOOR_DB, np.float32), empty.reshape(0, 12), empty)
    return Columns(
        first,
        np.concatenate([p.levels for p in parts]),
        np.concatenate([p.chroma for p in parts]),
        np.concatenate([p.onsets for p in parts]),
    )
