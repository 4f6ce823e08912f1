"""Pairs of peaks, and their hashes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import LARGEST_BIN_STEP, LONGEST_PAIR, SHORTEST_PAIR, pack
from soniq_desktop.fingerprint.peaks import Peaks

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]  # indices of the earlier and of the later peak

_ANCHORS = 2048  # peaks that are paired at once: bounds memory
_DISTANCE_COST = 0.01  # nepers a frame: between equals the nearer partner wins


def pair(peaks: Peaks, fan: int) -> Pairs:
    """Pairs of each peak with the `fan` strongest later peaks in reach, in order of the earlier one."""
    parts = list(_pair_parts(peaks, fan))
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def hash_pairs(times: NDArray[np.int64], bins: NDArray[np.int64], pairs: Pairs) -> NDArray[np.uint32]:
    """Hashes (m,) of `pairs` of the peaks at (`times`, `bins`)."""
    first, second = pairs
    return pack(bins[first], bins[second] - bins[first], times[second] - times[first])


def _pair_parts(peaks: Peaks, fan: int) -> Iterator[Pairs]:
    last = np.searchsorted(peaks.times, peaks.times + LONGEST_PAIR, side="right")
    for start in range(0, len(peaks.times), _ANCHORS):
        anchors = np.arange(start, min(start + _ANCHORS, len(peaks.times)))
        reach = int((last[anchors] - anchors).max())
        if reach > 1:
            yield _pair_block(peaks, anchors, reach, fan)


def _pair_block(peaks: Peaks, anchors: NDArray[np.int64], reach: int, fan: int) -> Pairs:
    partners = anchors[:, None] + np.arange(1, reach)
    inside = partners < len(peaks.times)
    partners = np.minimum(partners, len(peaks.times) - 1)
    frames = peaks.times[partners] - peaks.times[anchors, None]
    steps = np.abs(peaks.bins[partners] - peaks.bins[anchors, None])
    allowed = inside & (frames >= SHORTEST_PAIR) & (frames <= LONGEST_PAIR) & (steps <= LARGEST_BIN_STEP)
    if fan < reach - 1:
        merit = np.where(allowed, peaks.strengths[partners] - _DISTANCE_COST * frames, -np.inf)
        best = np.argpartition(-merit, fan - 1, axis=1)[:, :fan]
        allowed, partners = np.take_along_axis(allowed, best, 1), np.take_along_axis(partners, best, 1)
    rows, columns = np.nonzero(allowed)
    return anchors[rows], partners[rows, columns]
