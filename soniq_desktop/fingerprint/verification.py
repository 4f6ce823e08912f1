"""Does a stretch of a track fit what was heard? Its stored peaks are read off the query's spectrogram.

Hashes need two peaks of the track to be peaks of the query as well. In noise few are, yet the energy at the
places of the others is still higher than elsewhere. So all stored peaks of the stretch are looked up, and the
mean of what is there is compared with the mean of the same pattern at wrong places, shifted in time and in
frequency. The difference, in standard deviations, is the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import BAND_EDGES, HIGHEST_BIN, LOWEST_BIN
from soniq_desktop.fingerprint.query import View

FEWEST_PEAKS = 8  # a stretch with fewer says nothing
_LARGEST = 6.0  # evidence of one place: one loud click must not decide
_HEARD = 2.5  # evidence: among the strongest 8 % of its band
_NEAR = (-1, 0, 1)  # frames
_WRONG_FRAMES = (-24, -19, -14, -9, 9, 14, 19, 24)
_WRONG_BINS = (-9, -6, 6, 9)


class Reference(NamedTuple):
    """Stored peaks of several stretches, on the query's own grid: stretch (m,), frame (m,), bin (m,)."""

    owners: NDArray[np.int64]
    frames: NDArray[np.int64]
    bins: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much stands out at each place of a query: (views, t, bins), 1 on average in every band.

    Attributes:
        shifts: where the grid of each view begins, in frames.
    """

    maps: NDArray[np.float32]
    shifts: tuple[float, ...]


class Fits(NamedTuple):
    """For each stretch: score (n,) in standard deviations, and by how many frames it is better later (n,)."""

    scores: NDArray[np.float64]
    delays: NDArray[np.float64]


def evidence_of(views: Sequence[View]) -> Evidence:
    """Evidence from the whitened spectrograms; the views are cut to the same number of frames."""
    frames = min(len(view.whitened) for view in views)
    maps = np.stack([_evidence(view.whitened[:frames]) for view in views])
    return Evidence(maps, tuple(view.shift for view in views))


def verify(evidence: Evidence, reference: Reference, stretches: int) -> Fits:
    """Compare the peaks of `stretches` stretches with the query.

    Each map and each neighbouring frame is a chance to fit, so that half a frame of delay costs nothing.
    """
    counts = np.bincount(reference.owners, minlength=stretches)
    fits = [
        _read(evidence.maps[view], reference, stretches, frames=step)
        for view in range(len(evidence.maps))
        for step in _NEAR
    ]
    steps = [step + shift for shift in evidence.shifts for step in _NEAR]
    best = np.argmax(fits, axis=0)
    found = np.max(fits, axis=0)
    late = np.mean([_wrong_time(evidence.maps[0], reference, stretches, step) for step in _WRONG_FRAMES], 0)
    high = np.mean([_read(evidence.maps[0], reference, stretches, bins=step) for step in _WRONG_BINS], 0)
    scores = ((found - late) + 0.5 * (found - high)) * np.sqrt(counts) * (counts >= FEWEST_PEAKS)
    return Fits(scores, np.asarray(steps)[best])


def heard_at(evidence: Evidence, reference: Reference) -> NDArray[np.bool_]:
    """Which of the peaks (m,) of one stretch stand out in the query, in any map and within a frame."""
    rows = [np.clip(reference.frames + step, 0, evidence.maps.shape[1] - 1) for step in _NEAR]
    found = np.max([evidence.maps[:, row, reference.bins].max(axis=0) for row in rows], axis=0)
    return np.asarray(found > _HEARD, np.bool_)


def _evidence(whitened: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rank within the band, as −log of the share that is larger: exponential, mean 1, whatever the noise.

    Half of each frame's median is taken off before, so that a loud syllable does not fill the ranks.
    """
    result = np.zeros_like(whitened)
    for low, high in pairwise(BAND_EDGES):
        band = whitened[:, low:high]
        band = np.asarray(band - np.median(band, axis=1, keepdims=True) / 2, np.float32)
        order = np.argsort(band, axis=None)
        larger = np.empty(order.size, np.float32)
        larger[order] = 1 - (np.arange(order.size, dtype=np.float32) + 0.5) / order.size
        result[:, low:high] = np.minimum(-np.log(larger), _LARGEST).reshape(band.shape)
    return result


def _read(
    found: NDArray[np.float32], reference: Reference, stretches: int, *, frames: int = 0, bins: int = 0
) -> NDArray[np.float64]:
    """Mean evidence (n,) at the peaks of each stretch, moved by `frames` and `bins`."""
    rows = np.clip(reference.frames + frames, 0, len(found) - 1)
    columns = np.clip(reference.bins + bins, LOWEST_BIN, HIGHEST_BIN - 1)
    return _means(found[rows, columns], reference.owners, stretches)


def _wrong_time(
    found: NDArray[np.float32], reference: Reference, stretches: int, frames: int
) -> NDArray[np.float64]:
    """The same around the query's end, as if it were a loop."""
    rows = (reference.frames + frames) % len(found)
    return _means(found[rows, reference.bins], reference.owners, stretches)


def _means(values: NDArray[np.float32], owners: NDArray[np.int64], stretches: int) -> NDArray[np.float64]:
    sums = np.bincount(owners, values, minlength=stretches)
    return np.asarray(sums / np.maximum(np.bincount(owners, minlength=stretches), 1), np.float64)
