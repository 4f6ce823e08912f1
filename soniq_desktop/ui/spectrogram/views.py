"""The three views with a time axis: what a pixel row shows, how it is labelled, what the cross-hair reads."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.live import COLUMN_RATE, FLOOR_DB
from soniq_desktop.analysis.live.bands import N_BANDS
from soniq_desktop.analysis.live.memory import Memory
from soniq_desktop.analysis.live.scales import (
    FASTEST_BPM,
    HIGHEST_HZ,
    LOWEST_HZ,
    NOTE_NAMES,
    SLOWEST_BPM,
    frequency_ticks,
    log_fraction,
    tempo_ticks,
)
from soniq_desktop.analysis.live.tempogram import N_TEMPI, TEMPOGRAM_RATE, WINDOW
from soniq_desktop.ui.spectrogram import text
from soniq_desktop.ui.spectrogram.axis import LogAxis


@dataclass(frozen=True, slots=True)
class Reading:
    """What the cross-hair reads: a headline, its companion, and two small figures."""

    head: str
    side: str
    left: str
    right: str

    def spoken(self) -> str:
        """The same as one sentence for screen readers."""
        return ", ".join(part for part in (self.head, self.side, self.left, self.right) if part)


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a height (0 bottom, 1 top)."""

    at: float
    label: str


class View(Protocol):
    """One way of looking at the columns."""

    name: str
    unit: str  # above the axis
    rate: int  # columns per second
    value_range: tuple[float, float]  # darkest and brightest value
    smooth: bool
    reach: int  # how many later columns a column changes
    axis: LogAxis | None  # None: cannot be zoomed

    def columns(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]: ...

    def rows(self, height: int) -> NDArray[np.float64]: ...

    def ticks(self) -> list[Tick]: ...

    def reading(self, seconds: float, fraction: float) -> Reading: ...

    def range_text(self) -> str: ...


class LevelView:
    """Mel: level over log frequency."""

    name = "Mel"
    unit = "Hz"
    rate = COLUMN_RATE
    value_range = (FLOOR_DB, 0.0)
    smooth = True
    reach = 0

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.axis: LogAxis | None = LogAxis.whole(LOWEST_HZ, HIGHEST_HZ)

    def columns(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._memory.levels(numbers)

    def rows(self, height: int) -> NDArray[np.float64]:
        return _log_rows(self._axis, height, N_BANDS)

    def ticks(self) -> list[Tick]:
        axis = self._axis
        return [Tick(axis.fraction(hz), text.short_hertz(hz)) for hz in frequency_ticks(axis.low, axis.high)]

    def reading(self, seconds: float, fraction: float) -> Reading:
        hz = self._axis.value(fraction)
        at = log_fraction(hz, LOWEST_HZ, HIGHEST_HZ) * (N_BANDS - 1)
        column = self._memory.levels(np.array([int(seconds * self.rate)]))[0]
        level = float(np.interp(at, np.arange(N_BANDS), column))
        return Reading(text.hertz(hz), text.note(hz), text.clock(seconds, 2), text.decibel(level, FLOOR_DB))

    def range_text(self) -> str:
        return f"{text.range_hertz(self._axis.low)} – {text.range_hertz(self._axis.high)}"

    @property
    def _axis(self) -> LogAxis:
        assert self.axis is not None
        return self.axis


class ChromaView:
    """Chroma: strength of the twelve pitch classes."""

    name = "Chroma"
    unit = ""
    rate = COLUMN_RATE
    value_range = (0.0, 1.1)
    smooth = False
    reach = 0
    axis: LogAxis | None = None

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def columns(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._memory.chroma(numbers)

    def rows(self, height: int) -> NDArray[np.float64]:
        return np.floor(_fractions(height) * len(NOTE_NAMES))

    def ticks(self) -> list[Tick]:
        return [Tick((i + 0.5) / len(NOTE_NAMES), name) for i, name in enumerate(NOTE_NAMES)]

    def reading(self, seconds: float, fraction: float) -> Reading:
        row = min(int(fraction * len(NOTE_NAMES)), len(NOTE_NAMES) - 1)
        strength = float(self._memory.chroma(np.array([int(seconds * self.rate)]))[0, row])
        return Reading(NOTE_NAMES[row], "of the strongest", text.clock(seconds, 2), f"{100 * strength:.0f} %")

    def range_text(self) -> str:
        return "C – B, all octaves"


class TempogramView:
    """Tempogram: how strongly onsets repeat at each tempo."""

    name = "Tempogram"
    unit = "BPM"
    rate = TEMPOGRAM_RATE
    value_range = (0.0, 0.5)
    smooth = True
    reach = WINDOW

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.axis: LogAxis | None = LogAxis.whole(SLOWEST_BPM, FASTEST_BPM, narrowest=1.5)

    def columns(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._memory.tempi(numbers)

    def rows(self, height: int) -> NDArray[np.float64]:
        return _log_rows(self._axis, height, N_TEMPI)

    def ticks(self) -> list[Tick]:
        axis = self._axis
        return [Tick(axis.fraction(bpm), f"{bpm:g}") for bpm in tempo_ticks(axis.low, axis.high)]

    def reading(self, seconds: float, fraction: float) -> Reading:
        bpm = self._axis.value(fraction)
        at = log_fraction(bpm, SLOWEST_BPM, FASTEST_BPM) * (N_TEMPI - 1)
        column = self._memory.tempi(np.array([int(seconds * self.rate)]))[0]
        strength = float(np.interp(at, np.arange(N_TEMPI), column))
        return Reading(f"{bpm:.1f} BPM", "", text.clock(seconds, 2), f"strength {strength:.2f}")

    def range_text(self) -> str:
        return f"{self._axis.low:.0f} – {self._axis.high:.0f} BPM"

    @property
    def _axis(self) -> LogAxis:
        assert self.axis is not None
        return self.axis


def _fractions(height: int) -> NDArray[np.float64]:
    """The height of the middle of each pixel row, top row first."""
    return 1.0 - (np.arange(height) + 0.5) / height


def _log_rows(axis: LogAxis, height: int, bands: int) -> NDArray[np.float64]:
    """Band positions of pixel rows on a zoomed log axis."""
    bottom = log_fraction(axis.low, axis.lowest, axis.highest)
    top = log_fraction(axis.high, axis.lowest, axis.highest)
    positions = (bottom + _fractions(height) * (top - bottom)) * (bands - 1)
    return np.clip(positions, 0.0, bands - 1.0)
