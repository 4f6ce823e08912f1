"""Spectral peaks: local maxima of the whitened spectrogram, shared out over bands and seconds."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import BAND_EDGES, HIGHEST_BIN, LOWEST_BIN, bins_of
from soniq_desktop.fingerprint.spectrum import sliding_maximum

SECOND = 43  # frames: among so many the strongest peaks of a band are chosen
LOWEST_PEAK = 0.5  # nepers above the long-term spectrum


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peaks in order of time, then frequency.

    Attributes:
        times: (n,) int64, frames. bins: (n,) int64.
        strengths: (n,) float32, nepers above the long-term spectrum.
        ranks: (n,) int64, place by strength within its band and second, from 0.
    """

    times: NDArray[np.int64]
    bins: NDArray[np.int64]
    strengths: NDArray[np.float32]
    ranks: NDArray[np.int64]

    def select(self, keep: NDArray[np.bool_]) -> "Peaks":
        return Peaks(self.times[keep], self.bins[keep], self.strengths[keep], self.ranks[keep])


class Radii(NamedTuple):
    """A peak is the largest within so many bins and frames; in the bass within so many of both."""

    bins: int
    frames: int
    bass_bins: int
    bass_frames: int


def find_peaks(whitened: NDArray[np.float32], per_band: int, radii: Radii, frames: slice) -> Peaks:
    """The `per_band` strongest local maxima in each band and second.

    Args:
        whitened: (t, COLUMNS).
        frames: which rows may hold peaks; rows outside are there for comparison only. Its start is time 0
            of the result, and the start of a second.
    """
    above = _is_maximum(whitened[:, :HIGHEST_BIN], radii.bins, radii.frames)[frames, LOWEST_BIN:]
    bass = _is_maximum(whitened[:, HIGHEST_BIN:], radii.bass_bins, radii.bass_frames)[frames]
    times, columns = np.nonzero(np.concatenate((above, bass), axis=1))
    columns += LOWEST_BIN
    strengths, bins = whitened[frames][times, columns], bins_of(columns)
    ranks = _ranks(times, bins, strengths)
    return Peaks(times, bins, strengths, ranks).select(ranks < per_band)


def join(parts: list[Peaks], starts: list[int]) -> Peaks:
    """Peaks of consecutive stretches as one; `starts`: the frame at which each begins."""
    return Peaks(
        np.concatenate([part.times + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.bins for part in parts]),
        np.concatenate([part.strengths for part in parts]),
        np.concatenate([part.ranks for part in parts]),
    )


def _is_maximum(whitened: NDArray[np.float32], bins: int, frames: int) -> NDArray[np.bool_]:
    """(t, columns): no larger value within the radii, and clearly above the long-term spectrum."""
    best = sliding_maximum(sliding_maximum(whitened, frames).T, bins).T
    return (whitened >= best) & (whitened > LOWEST_PEAK)


def _ranks(
    times: NDArray[np.int64], bins: NDArray[np.int64], strengths: NDArray[np.float32]
) -> NDArray[np.int64]:
    group = (times // SECOND) * len(BAND_EDGES) + np.searchsorted(BAND_EDGES, bins, side="right")
    order = np.lexsort((-strengths, group))
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, sorted_group)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order)) - first
    return ranks
