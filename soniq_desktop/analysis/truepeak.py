"""True peak: the highest point of the wave between the samples (ITU-R BS.1770-5, annex 2)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Samples = NDArray[np.float32]

TAPS = 24  # of each phase of the interpolator
CHUNK = 64  # frames that are interpolated, or skipped, together
BATCH = 256  # chunks at once, the loudest first: they raise the bar for the others


class TruePeakMeter:
    """Interpolates fourfold (twofold from 96 kHz, not at all from 192 kHz) and keeps the highest magnitude.

    An interpolated value cannot exceed the largest of the samples it is made from times the sum of the
    filter's magnitudes. Chunks that cannot beat the peak so far are therefore skipped, which leaves the
    result as it is and saves most of the work.
    """

    def __init__(self, rate: int, channels: int) -> None:
        factor = 4 if rate < 96_000 else 2 if rate < 192_000 else 1
        self._phases = interpolator(factor)
        self._gain = float(np.abs(self._phases).sum(axis=0).max()) if factor > 1 else 1.0
        self._tail = np.zeros((channels, TAPS), np.float32)
        self._peak = 0.0

    def add(self, block: Samples) -> None:
        """(channels, frames) float32."""
        self._peak = max(self._peak, float(block.max()), -float(block.min()))
        if self._phases.shape[1]:
            self._interpolate(np.concatenate([self._tail, block], axis=1))
        self._tail = np.concatenate([self._tail, block[:, -TAPS:]], axis=1)[:, -TAPS:]

    def result(self) -> float | None:
        """dBTP, None for digital silence."""
        self.add(np.zeros_like(self._tail))
        return float(20 * np.log10(self._peak)) if self._peak > 0 else None

    def _interpolate(self, block: Samples) -> None:
        chunks = _chunks(block)
        reach = _reach(chunks) * self._gain
        promising = np.flatnonzero(reach > self._peak)
        order = promising[np.argsort(reach[promising])[::-1]]
        windows = np.lib.stride_tricks.sliding_window_view(chunks.ravel(), CHUNK + TAPS - 1)[::CHUNK]
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            if reach[batch[0]] <= self._peak:
                return
            values = np.lib.stride_tricks.sliding_window_view(windows[batch], TAPS, axis=-1) @ self._phases
            self._peak = max(self._peak, float(values.max()), -float(values.min()))


def _chunks(block: Samples) -> Samples:
    """All channels one after the other, in rows (n, CHUNK), with silence between and after them."""
    channels, frames = block.shape
    padded = np.zeros((channels, (frames // CHUNK + 2) * CHUNK), np.float32)
    padded[:, :frames] = block
    return padded.reshape(-1, CHUNK)


def _reach(chunks: Samples) -> Samples:
    """The largest magnitude that the interpolator sees when it starts in each chunk but the last."""
    tops = np.maximum(chunks.max(axis=-1), -chunks.min(axis=-1))
    return np.asarray(np.maximum(tops[:-1], tops[1:]))


@cache
def interpolator(factor: int) -> Samples:
    """Filters (TAPS, factor - 1) for the points between two samples: a Kaiser-windowed sinc."""
    taps = signal.firwin(TAPS * factor + 1, 1 / factor, window=("kaiser", 8.0))[:-1] * factor
    return np.asarray(taps.reshape(TAPS, factor)[:, 1:], np.float32)
