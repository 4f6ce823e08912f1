"""What is heard, made ready for comparison: one channel at 11,025 Hz, seen on several grids of frames."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from soniq_desktop.fingerprint.landmarks import tame
from soniq_desktop.fingerprint.layout import HOP_LENGTH, SAMPLE_RATE
from soniq_desktop.fingerprint.peaks import Peaks, Radii, find_peaks
from soniq_desktop.fingerprint.spectrum import centred, log_power, whiten

VIEWS = 2  # grids, half a frame apart: a peak between two frames of one is on a frame of the other
QUERY_PEAKS = 40  # of each band and second: in noise the music's own peaks are not the strongest
QUERY_RADII = Radii(bins=6, frames=2, bass_bins=3, bass_frames=4)


@dataclass(frozen=True, slots=True)
class View:
    """The query on one grid of frames.

    Attributes:
        shift: where the grid begins, in frames after the query's first sample.
        whitened: (t, COLUMNS) float32.
    """

    shift: float
    whitened: NDArray[np.float32]
    peaks: Peaks


def single_channel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) of (n,) or (n, channels): of two channels their sum or their difference, whichever is louder.

    The sum of opposite phases is silence; the difference then holds the music.
    """
    tamed = tame(samples)
    if tamed.ndim == 1:
        return tamed
    middle = np.asarray(tamed.mean(axis=1), np.float32)
    if tamed.shape[1] != 2:
        return middle
    side = (tamed[:, 0] - tamed[:, 1]) / np.float32(2)
    return side if np.square(side).sum() > np.square(middle).sum() else middle


def to_grid_rate(mono: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """`mono` (n,) at 11,025 Hz."""
    if sample_rate == SAMPLE_RATE or mono.size == 0:
        return mono
    return np.asarray(soxr.resample(mono, sample_rate, SAMPLE_RATE, "HQ"), np.float32)


def views_of(samples: NDArray[np.float32], count: int = VIEWS) -> Sequence[View]:
    """The query (n,) at 11,025 Hz on `count` grids. A query shorter than a frame's hop has no view."""
    return [_view(samples, number / count) for number in range(count) if samples.size > HOP_LENGTH]


def _view(samples: NDArray[np.float32], shift: float) -> View:
    whitened = whiten(log_power(centred(samples[round(shift * HOP_LENGTH) :])))
    everything = slice(0, len(whitened))
    peaks = find_peaks(whitened, QUERY_PEAKS, QUERY_RADII, everything)
    return View(shift, whitened, peaks)
