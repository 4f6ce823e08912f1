"""Does a stretch of a track fit what was heard? Its stored peaks are read off the query's spectrogram.

Hashes need two peaks of the track to be peaks of the query as well. In noise few are, yet the energy at the
places of the others is still higher than elsewhere. So all stored peaks of the stretch are looked up, and the
mean of what is there is compared with the mean of the same pattern at wrong places, shifted in time and in
frequency. The difference, in standard deviations, is the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import BAND_EDGES, COLUMNS, LOWEST_BIN, bins_of, columns_of
from soniq_desktop.fingerprint.query import View

FEWEST_PEAKS = 8  # a stretch with fewer says nothing
_LARGEST = 6.0  # evidence of one place: one loud click must not decide
_HEARD = 2.5  # evidence: among the strongest 8 % of its band
_NEAR = (-1, 0, 1)  # frames
_WRONG_FRAMES = (-24, -19, -14, -9, 9, 14, 19, 24)
_WRONG_BINS = (-9, -6, 6, 9)
_ROUND, _BESIDE = max(_WRONG_FRAMES), max(_WRONG_BINS)
_INNER_EDGES = columns_of(BAND_EDGES[1:-1]) - LOWEST_BIN

# What a peak of each band counts. Music is stronger below, against most noise, so that the bass is heard
# where nothing else is; found on queries in noise, see docs/decisions/identify.md.
_BAND_WEIGHTS = np.array([1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 1.5])
_COLUMN_BINS = bins_of(np.arange(LOWEST_BIN, COLUMNS))
_WEIGHTS = _BAND_WEIGHTS[np.searchsorted(BAND_EDGES, _COLUMN_BINS, side="right") - 1]


class Reference(NamedTuple):
    """Stored peaks of several stretches, on the query's own grid: stretch (m,), frame (m,), bin (m,)."""

    owners: NDArray[np.int64]
    frames: NDArray[np.int64]
    bins: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much stands out at each place of a query, 1 on average in every band.

    Attributes:
        maps: (views, frames + 2 * `_ROUND`, bins of the bands + 2 * `_BESIDE`): continued in time as if the
            query were a loop and in frequency by the outermost bins, so that a shift is one addition.
        shifts: where the grid of each view begins, in frames.
    """

    maps: NDArray[np.float32]
    shifts: tuple[float, ...]

    @property
    def frames(self) -> int:
        return int(self.maps.shape[1]) - 2 * _ROUND


class Fits(NamedTuple):
    """For each stretch: score (n,) in standard deviations, and by how many frames it is better later (n,)."""

    scores: NDArray[np.float64]
    delays: NDArray[np.float64]


def evidence_of(views: Sequence[View]) -> Evidence:
    """Evidence from the whitened spectrograms; the views are cut to the same number of frames."""
    frames = min(len(view.whitened) for view in views)
    maps = [_continued(_evidence(view.whitened[:frames, LOWEST_BIN:COLUMNS])) for view in views]
    return Evidence(np.stack(maps), tuple(view.shift for view in views))


def verify(evidence: Evidence, reference: Reference, stretches: int) -> Fits:
    """Compare the peaks of `stretches` stretches with the query.

    Each map and each neighbouring frame is a chance to fit, so that half a frame of delay costs nothing.
    """
    owners, width = reference.owners, evidence.maps.shape[2]
    places, weights = _places(evidence, reference), _WEIGHTS[columns_of(reference.bins) - LOWEST_BIN]
    counts = np.bincount(owners, minlength=stretches)
    deviation = np.sqrt(np.bincount(owners, weights**2, minlength=stretches))

    def total(view: int, frames: int = 0, bins: int = 0) -> NDArray[np.float64]:
        found = evidence.maps[view].ravel()[places + (frames * width + bins)]
        sums = np.bincount(owners, found * weights, minlength=stretches)
        return np.asarray(sums, np.float64)

    chances = [(view, step) for view in range(len(evidence.maps)) for step in _NEAR]
    fits = np.array([total(view, step) for view, step in chances])
    delays = np.array([step + evidence.shifts[view] for view, step in chances])
    late = np.mean([total(0, frames=step) for step in _WRONG_FRAMES], axis=0)
    high = np.mean([total(0, bins=step) for step in _WRONG_BINS], axis=0)
    found = fits.max(axis=0)
    enough = counts >= FEWEST_PEAKS
    scores = ((found - late) + 0.5 * (found - high)) / np.maximum(deviation, 1e-9) * enough
    return Fits(scores, delays[fits.argmax(axis=0)])


def heard_at(evidence: Evidence, reference: Reference) -> NDArray[np.bool_]:
    """Which of the peaks (m,) of one stretch stand out in the query, in any map and within a frame."""
    places, width = _places(evidence, reference), evidence.maps.shape[2]
    found = [each.ravel()[places + step * width] for each in evidence.maps for step in _NEAR]
    return np.asarray(np.max(found, axis=0) > _HEARD, np.bool_)


def _places(evidence: Evidence, reference: Reference) -> NDArray[np.int64]:
    """Where the peaks are in a flattened map."""
    rows = np.clip(reference.frames, 0, evidence.frames - 1) + _ROUND
    columns = columns_of(reference.bins) - LOWEST_BIN + _BESIDE
    return np.asarray(rows * evidence.maps.shape[2] + columns, np.int64)


def _continued(found: NDArray[np.float32]) -> NDArray[np.float32]:
    looped = np.pad(found, ((_ROUND, _ROUND), (0, 0)), mode="wrap")
    return np.pad(looped, ((0, 0), (_BESIDE, _BESIDE)), mode="edge")


def _evidence(whitened: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rank within the band, as −log of the share that is larger: exponential, mean 1, whatever the noise.

    Half of each frame's median is taken off before, so that a loud syllable does not fill the ranks.
    """
    return np.concatenate([_ranked(band) for band in np.split(whitened, _INNER_EDGES, axis=1)], axis=1)


def _ranked(band: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same for one band (t, bins)."""
    level = band - np.median(band, axis=1, keepdims=True) / 2
    larger = np.empty(level.size, np.float32)
    larger[np.argsort(level, axis=None)] = 1 - (np.arange(level.size, dtype=np.float32) + 0.5) / level.size
    return np.minimum(-np.log(larger), _LARGEST).reshape(band.shape)
