"""What is known of the sound around the playhead: columns that were heard, and columns decoded ahead."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.live import COLUMN_RATE, FLOOR_DB
from soniq_desktop.analysis.live.bands import N_BANDS
from soniq_desktop.analysis.live.chroma import N_CLASSES
from soniq_desktop.analysis.live.store import ColumnStore
from soniq_desktop.analysis.live.stream import Columns
from soniq_desktop.analysis.live.tempogram import (
    N_TEMPI,
    TEMPOGRAM_RATE,
    WINDOW,
    TempoEstimate,
    estimate_tempo,
    tempogram,
)

CAPACITY = 60 * COLUMN_RATE
GAIN_STEP = 0.5  # dB of change in level matching that is worth a new picture
_STRIDE = COLUMN_RATE // TEMPOGRAM_RATE
_GAIN_MEMORY = 0.1  # share of a new measurement, unless it is far off
_GAIN_FAR = 6.0  # dB

Numbers = NDArray[np.int64]
Values = NDArray[np.float32]


class Memory:
    """Columns by number, for one track. Heard columns win over those decoded ahead.

    What was decoded lacks the gain of the player (loudness normalisation). It is raised or lowered by the
    difference measured where both are known, so that no step shows at the playhead.
    """

    def __init__(self) -> None:
        self._ahead = _Shelf()
        self._heard = _Shelf()
        self._tempi = ColumnStore(N_TEMPI, CAPACITY // _STRIDE, 0.0)
        self._gain = 0.0
        self.gain = 0.0
        """dB that is added to what was decoded ahead."""

    def clear(self) -> None:
        """Forget everything: another track."""
        self._ahead.clear()
        self._heard.clear()
        self._tempi.clear()
        self._gain = self.gain = 0.0

    def put_ahead(self, columns: Columns) -> None:
        """Keep columns that were decoded."""
        self._ahead.put(columns)

    def put_heard(self, columns: Columns) -> bool:
        """Keep columns that were heard; true when `gain` changed and everything looks different."""
        changed = self._match_gain(columns)
        self._heard.put(columns)
        return changed

    def known(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Which columns were heard or decoded."""
        return self._ahead.known(numbers) | self._heard.known(numbers)

    def first_unknown(self, start: float, end: float) -> float:
        """The first instant from `start` to `end` (seconds) of which nothing is known, or `end`."""
        first = round(max(0.0, start) * COLUMN_RATE)
        unknown = np.flatnonzero(~self.known(np.arange(first, max(first, round(end * COLUMN_RATE)))))
        return (first + int(unknown[0])) / COLUMN_RATE if unknown.size else end

    def levels(self, numbers: Numbers) -> Values:
        """Band levels in dB, (*numbers.shape, N_BANDS)."""
        decoded = np.maximum(self._ahead.levels.get(numbers) + np.float32(self.gain), FLOOR_DB)
        return self._with_heard(self._heard.levels, numbers, decoded)

    def chroma(self, numbers: Numbers) -> Values:
        """Pitch classes, (*numbers.shape, 12), 0 to 1."""
        return self._with_heard(self._heard.chroma, numbers, self._ahead.chroma.get(numbers))

    def tempi(self, numbers: Numbers) -> Values:
        """Tempogram columns at TEMPOGRAM_RATE, (*numbers.shape, N_TEMPI), 0 to 1.

        Rows whose eight seconds are all known are computed once; others again at each call.
        """
        wanted = np.unique(numbers)
        wanted = wanted[(wanted >= 0) & ~self._tempi.known(wanted)]
        wanted = wanted[self.known(wanted * _STRIDE)]
        if not wanted.size:
            return self._tempi.get(numbers)
        rows = tempogram(self._onset_windows(wanted * _STRIDE))
        whole = self._window_known(wanted * _STRIDE)
        for number, row in zip(wanted[whole], rows[whole], strict=True):
            self._tempi.put(int(number), row[None, :])
        values = self._tempi.get(numbers)
        for number, row in zip(wanted[~whole], rows[~whole], strict=True):
            values[numbers == number] = row
        return values

    def tempo(self, position: float) -> TempoEstimate | None:
        """The tempo of the eight seconds before `position`; None until half of them are known."""
        end = np.array([int(position * COLUMN_RATE)])
        if np.mean(self.known(_window(end))) < 0.5:
            return None
        return estimate_tempo(self._onset_windows(end)[0])

    def _window_known(self, ends: Numbers) -> NDArray[np.bool_]:
        numbers = _window(ends)
        return np.asarray((self.known(numbers) | (numbers < 0)).all(axis=1))

    def _onset_windows(self, ends: Numbers) -> Values:
        """(n, WINDOW) onset strength up to and with each end; 0 where unknown."""
        numbers = _window(ends)
        return self._with_heard(self._heard.onsets, numbers, self._ahead.onsets.get(numbers))[..., 0]

    def _with_heard(self, store: ColumnStore, numbers: Numbers, otherwise: Values) -> Values:
        known = store.known(numbers)
        if known.any():
            otherwise[known] = store.get(numbers[known])
        return otherwise

    def _match_gain(self, columns: Columns) -> bool:
        ahead = self._ahead.levels.get(np.arange(columns.first, columns.first + len(columns)))
        clear = (ahead > FLOOR_DB + 30) & (columns.levels > FLOOR_DB + 10)
        if not clear.any():
            return False
        error = float(np.median((columns.levels - ahead)[clear])) - self._gain
        self._gain += error * (1.0 if abs(error) > _GAIN_FAR else _GAIN_MEMORY)
        if abs(self._gain - self.gain) <= GAIN_STEP:
            return False
        self.gain = self._gain
        return True


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

    def known(self, numbers: Numbers) -> NDArray[np.bool_]:
        return self.onsets.known(numbers)

    def clear(self) -> None:
        for store in (self.levels, self.chroma, self.onsets):
            store.clear()


def _window(ends: Numbers) -> Numbers:
    """Column numbers of the tempogram windows that end at `ends`, (n, WINDOW)."""
    return ends[:, None] - np.arange(WINDOW - 1, -1, -1)
