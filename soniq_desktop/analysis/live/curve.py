"""The spectrum of this moment as a curve over log frequency, with peak hold."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.live import FLOOR_DB
from soniq_desktop.analysis.live.bands import amplitude_spectrum, amplitude_window, decibels, window_length
from soniq_desktop.analysis.live.scales import HIGHEST_HZ, LOWEST_HZ, log_spaced

N_POINTS = 512
_FALL = 60.0  # dB a second, of the curve
_HOLD = 1.2  # seconds that a peak stays
_PEAK_FALL = 18.0  # dB a second, afterwards


class SpectrumCurve:
    """Levels at N_POINTS log-spaced frequencies. Rises at once, falls slowly, so that the eye can follow."""

    def __init__(self, sample_rate: int) -> None:
        self.length = window_length(sample_rate)
        self.frequencies = log_spaced(LOWEST_HZ, HIGHEST_HZ, N_POINTS)
        self._window = amplitude_window(self.length)
        self._bins = self.frequencies * self.length / sample_rate
        last = self.length // 2
        edges = np.sqrt(self._bins[:-1] * self._bins[1:])
        self._starts = np.minimum(np.concatenate([self._bins[:1], edges]).astype(np.int64), last)
        self._narrow = np.gradient(self._bins) < 0.7
        self.reset()

    def reset(self) -> None:
        """Forget what was shown."""
        self.levels = np.full(N_POINTS, FLOOR_DB, np.float32)
        self.peaks = self.levels.copy()
        self._age = np.zeros(N_POINTS, np.float32)

    def update(self, samples: NDArray[np.float32], seconds: float) -> None:
        """Show the end of `samples` (mono, at least `length`), `seconds` after the update before."""
        now = self.measure(samples[-self.length :])
        self.levels = np.maximum(now, self.levels - _FALL * seconds)
        self._age += seconds
        fallen = np.where(self._age > _HOLD, self.peaks - _PEAK_FALL * seconds, self.peaks)
        risen = self.levels >= fallen
        self.peaks = np.where(risen, self.levels, fallen).astype(np.float32)
        self._age[risen] = 0.0

    def measure(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        """Levels of one frame of `length` samples, (N_POINTS,) dB, 0 for a full-scale sine on a bin."""
        level = decibels(np.square(amplitude_spectrum(frame, self._window)))
        # Several bins under one point: the loudest is shown. Several points in one bin: interpolated.
        loudest = np.maximum.reduceat(level, self._starts)
        between = np.interp(self._bins, np.arange(level.size), level)
        return np.where(self._narrow, between, loudest).astype(np.float32)
