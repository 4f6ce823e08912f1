"""What the eye gets of the sound that is being listened to: level, a coarse spectrum, and the peaks."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.layout import FRAME_SECONDS, hertz_of
from soniq_desktop.fingerprint.reports import BANDS

Samples = NDArray[np.float32]
LOWEST, HIGHEST = 100.0, 5512.5  # Hz: of the coarse spectrum
STEP = 0.5  # seconds between looks for peaks
MARGIN = 0.3  # seconds at both ends whose peaks are not settled: the neighbourhood is cut off there
WINDOW = 2048  # samples of the spectrum
FLOOR = -72.0  # dB


class Scope:
    """Fed with the same blocks as the matcher; `peaks` are those that its front end would store."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._kept = np.zeros(0, np.float32)
        self._first = 0  # sample number of the first one kept
        self._shown = 0.0  # seconds up to which peaks were given
        self._edges = _band_edges(sample_rate)

    @property
    def elapsed(self) -> float:
        """Seconds pushed."""
        return (self._first + len(self._kept)) / self._rate

    def push(self, block: Samples) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Take (n,) samples; returns times in seconds and frequencies in Hz of peaks newly settled."""
        self._kept = np.concatenate([self._kept, block])
        nothing = np.zeros(0, np.float32)
        until = self.elapsed - MARGIN
        if until - self._shown < STEP:
            return nothing, nothing
        found = fingerprint(self._kept, self._rate)
        times = self._first / self._rate + found.peak_times * FRAME_SECONDS
        new = (times >= self._shown) & (times < until)
        self._shown = until
        self._forget(until - MARGIN)
        return times[new].astype(np.float32), hertz_of(found.peak_bins[new]).astype(np.float32)

    def _forget(self, before: float) -> None:
        drop = max(0, int(before * self._rate) - self._first)
        self._kept = self._kept[drop:]
        self._first += drop

    def bands(self) -> NDArray[np.uint8]:
        """(BANDS,) loudness of the last moment from low to high, 0 at FLOOR and 255 at full scale."""
        last = self._kept[-WINDOW:]
        if len(last) < WINDOW:
            return np.zeros(BANDS, np.uint8)
        power = np.abs(np.fft.rfft(last * np.hanning(WINDOW)) * (4 / WINDOW)) ** 2
        loudest = np.maximum.reduceat(power, self._edges)
        decibels = 10 * np.log10(loudest + 1e-12)
        return np.clip((decibels - FLOOR) / -FLOOR * 255, 0, 255).astype(np.uint8)


def _band_edges(sample_rate: int) -> NDArray[np.intp]:
    """First bins of bands of equal width in octaves; low ones are at least a bin wide."""
    top = min(HIGHEST, sample_rate / 2)
    wanted = np.geomspace(LOWEST, top, BANDS + 1)[:-1] * WINDOW / sample_rate
    edges = wanted.astype(np.intp)
    for index in range(1, BANDS):
        edges[index] = max(edges[index], edges[index - 1] + 1)
    return np.minimum(edges, WINDOW // 2)
