"""Queries that run faster or slower, or sound higher or lower, than the track in the library, up to ±4.5 %.

The query's peaks are moved to where the track would have them under each hypothesis, hashed and voted for as
usual; the best alignments of all hypotheses are then verified.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.hashes import Pairs, pair
from soniq_desktop.fingerprint.layout import LARGEST_BIN_STEP, LONGEST_PAIR, SHORTEST_PAIR, pack
from soniq_desktop.fingerprint.matcher import Alignments, QueryHashes, align_many
from soniq_desktop.fingerprint.peaks import Peaks
from soniq_desktop.fingerprint.snapshot import Snapshot

STEP = 0.005  # between hypotheses; a hash bears half of it
STEPS = 9  # to either side
FAN = 20
PEAKS = 6  # of each band and second: there are many hypotheses
HIGHEST_BIN = 300  # above it a small error of pitch is several bins
ALIGNMENTS = 8  # kept of each hypothesis


@dataclass(frozen=True, slots=True)
class Warp:
    """How the query differs from the track: 1.02 is two per cent faster, or higher."""

    tempo: float = 1.0
    pitch: float = 1.0


SAME = Warp()


def hypotheses() -> list[Warp]:
    """Speed (tempo and pitch together) and pitch alone in steps of 0.5 %, tempo alone in steps of 1 %.

    Tempo needs fewer steps: within a pair of peaks one per cent is less than a frame.
    """
    steps = [sign * number for number in range(1, STEPS + 1) for sign in (1, -1)]
    speeds = [Warp(1 + STEP * step, 1 + STEP * step) for step in steps]
    pitches = [Warp(1.0, 1 + STEP * step) for step in steps]
    tempos = [Warp(1 + STEP * step, 1.0) for step in steps if step % 2 == 0]
    return speeds + pitches + tempos


def neighbours(warp: Warp) -> list[Warp]:
    """The hypothesis and those half a step from it, in what it says differs."""
    tempos = [warp.tempo] if warp.tempo == 1.0 else [warp.tempo + STEP / 2 * side for side in (-1, 0, 1)]
    pitches = [warp.pitch] if warp.pitch == 1.0 else [warp.pitch + STEP / 2 * side for side in (-1, 0, 1)]
    return [Warp(tempo, pitch) for tempo in tempos for pitch in pitches]


def align_warped(peaks: Peaks, snapshot: Snapshot, budget: int) -> Iterator[tuple[Warp, Alignments]]:
    """The best alignments under each hypothesis; at most `budget` postings are read for each."""
    low = peaks.select((peaks.ranks < PEAKS) & (peaks.bins < HIGHEST_BIN))
    pairs = pair(low, FAN)
    warps = hypotheses()
    queries = [_warped_hashes(low, pairs, warp) for warp in warps]
    for warp, found in zip(warps, align_many(queries, snapshot, budget, ALIGNMENTS), strict=True):
        for alignments in found:
            yield warp, alignments


def _warped_hashes(peaks: Peaks, pairs: Pairs, warp: Warp) -> QueryHashes:
    """Hashes of the pairs as the track has them; a query that is faster has its peaks closer together."""
    moved = replace(peaks, times=_rounded(peaks.times * warp.tempo), bins=_rounded(peaks.bins / warp.pitch))
    first, second = pairs
    frames = moved.times[second] - moved.times[first]
    bins = moved.bins[second] - moved.bins[first]
    fits = (frames >= SHORTEST_PAIR) & (frames <= LONGEST_PAIR) & (np.abs(bins) <= LARGEST_BIN_STEP)
    hashes = pack(moved.bins[first[fits]], bins[fits], frames[fits])
    places = np.maximum(moved.ranks[first[fits]], moved.ranks[second[fits]]).astype(np.float64)
    return QueryHashes(hashes, moved.times[first[fits]], places)


def _rounded(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray(np.rint(values), np.int64)
