"""True peak: the highest point of the wave between the samples (ITU-R BS.1770-5, annex 2)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin

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
        self._gain = float(np.abs(self._phases).sum(axis=0).max(initial=1.0))
        self._rest = np.zeros((channels, TAPS), np.float32)
        self._peak = 0.0

    def add(self, block: Samples) -> None:
        """(channels, frames) float32."""
        self._peak = max(self._peak, float(block.max()), -float(block.min()))
        signal = np.concatenate([self._rest, block], axis=1)
        count = max(0, (signal.shape[1] - TAPS + 1) // CHUNK)
        self._rest = signal[:, count * CHUNK :].copy()
        if count and self._phases.size:
            self._interpolate(_chunks(signal, count + 1))

    def result(self) -> float | None:
        """dBTP, None for digital silence."""
        self.add(np.zeros((len(self._rest), CHUNK + TAPS), np.float32))
        return float(20 * np.log10(self._peak)) if self._peak > 0 else None

    def _interpolate(self, chunks: Samples) -> None:
        """The wave within all chunks but the last, whose beginning the windows of the one before reach."""
        rows = chunks.shape[1]
        reach = _reach(chunks) * self._gain
        promising = np.flatnonzero(reach > self._peak)
        order = promising[np.argsort(reach[promising])[::-1]]
        windows = np.lib.stride_tricks.sliding_window_view(chunks.ravel(), CHUNK + TAPS - 1)[::CHUNK]
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            if reach[batch[0]] <= self._peak:
                return
            values = np.lib.stride_tricks.sliding_window_view(windows[_row(batch, rows)], TAPS, axis=-1)
            values = values @ self._phases
            self._peak = max(self._peak, float(values.max()), -float(values.min()))


def _chunks(signal: Samples, count: int) -> Samples:
    """The beginning of every channel as (channels, count, CHUNK)."""
    padded = np.zeros((len(signal), count * CHUNK), np.float32)
    length = min(padded.shape[1], signal.shape[1])
    padded[:, :length] = signal[:, :length]
    return padded.reshape(len(signal), count, CHUNK)


def _reach(chunks: Samples) -> Samples:
    """The largest magnitude that the interpolator sees from each chunk but the last of a channel, flat."""
    tops = np.maximum(chunks.max(axis=-1), -chunks.min(axis=-1))
    return np.asarray(np.maximum(tops[:, :-1], tops[:, 1:]).ravel())


def _row(flat: NDArray[np.intp], rows: int) -> NDArray[np.intp]:
    """From an index that leaves out the last chunk of each channel to one over all chunks."""
    return flat + flat // (rows - 1)


@cache
def interpolator(factor: int) -> Samples:
    """Filters (TAPS, factor - 1) for the points between two samples: a Kaiser-windowed sinc."""
    if factor == 1:
        return np.zeros((TAPS, 0), np.float32)
    taps = firwin(TAPS * factor + 1, 1 / factor, window=("kaiser", 8.0))[:-1] * factor
    return np.asarray(taps.reshape(TAPS, factor)[:, 1:], np.float32)
