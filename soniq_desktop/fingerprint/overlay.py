"""Two tracks laid on each other: how much of them is one recording, by their stored peaks.

Seconds are looked at one by one, each with its surroundings. Of one recording most peaks coincide in every
second, however it was encoded; of two recordings, or of pieces that share a loop, they do so in few.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import BINS, FRAME_SECONDS
from soniq_desktop.fingerprint.segment import Integers

CELL = 43  # frames: a second
REACH, SHORT_REACH = (
    2,
    1,
)  # cells on either side that are looked at with it: windows of 5 s, of short tracks 3 s
SHORT = 40  # heard cells of a track up to which it is short
FEWEST_PEAKS = 12  # in a window, else it says nothing
FEWEST_COINCIDING = 8  # of them
COINCIDING = 0.5  # share of a window's peaks, from which on it is the same recording
FEWEST_CELLS = 3  # in common
NEAR_FRAMES, NEAR_BINS = 1, 1  # peaks that far apart coincide

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Relation:
    """`other` holds music of `track`.

    Attributes:
        offset_seconds: what is at time t in `track` is at t + offset_seconds in `other`; where there is more
            than one such place (an edit), that of the longest common part.
        overlap_seconds: how much of it is common.
        share: common share of `track`, 0..1; silence counts on neither side.
        share_of_other: likewise of `other`.
        straight: the larger of both shares at that one offset: low where one of them is cut inside.
    """

    track: int
    other: int
    offset_seconds: float
    overlap_seconds: float
    share: float
    share_of_other: float
    straight: float

    @property
    def inverse(self) -> "Relation":
        return replace(
            self,
            track=self.other,
            other=self.track,
            offset_seconds=-self.offset_seconds,
            share=self.share_of_other,
            share_of_other=self.share,
        )


@dataclass(frozen=True, slots=True)
class StoredPeaks:
    """The stored peaks of a track: frames (n,) from its start, ascending, and bins (n,)."""

    track_id: int
    length: int  # frames
    frames: Integers
    bins: Integers

    def cells(self) -> int:
        return -(-self.length // CELL)


def compare(one: StoredPeaks, other: StoredPeaks, offsets: Iterable[int]) -> Relation | None:
    """How much of two recordings is common at these offsets (frames), taken together; None: nothing."""
    refined = _refined(one, other, offsets)
    if not refined:
        return None
    reach = _reach(one, other)
    there, back = _surroundings(other, NEAR_FRAMES), _surroundings(one, NEAR_FRAMES)
    ours = {offset: _common(one, other, there, offset, reach) for offset in refined}
    theirs = {offset: _common(other, one, back, -offset, reach) for offset in refined}
    common, their_common = np.any(list(ours.values()), axis=0), np.any(list(theirs.values()), axis=0)
    if min(common.sum(), their_common.sum()) < FEWEST_CELLS:
        return None
    main = max(ours, key=lambda offset: int(ours[offset].sum()))
    return Relation(
        one.track_id,
        other.track_id,
        main * FRAME_SECONDS,
        min(int(common.sum()) * CELL, one.length, other.length) * FRAME_SECONDS,
        _share(one, common, reach),
        _share(other, their_common, reach),
        max(_share(one, ours[main], reach), _share(other, theirs[main], reach)),
    )


def _reach(one: StoredPeaks, other: StoredPeaks) -> int:
    """Cells on either side of each that are looked at with it: wide windows would be few in a short track."""
    heard = min(int(_heard(_counts(each), SHORT_REACH).sum()) for each in (one, other))
    return REACH if heard >= SHORT else SHORT_REACH


def _share(own: StoredPeaks, common: Flags, reach: int) -> float:
    return float(common.sum() / max(1, _heard(_counts(own), reach).sum()))


def _heard(counts: Integers, reach: int) -> Flags:
    return np.asarray(_around(counts, reach) >= FEWEST_PEAKS, np.bool_)


def _common(
    own: StoredPeaks, other: StoredPeaks, surroundings: NDArray[np.uint8], offset: int, reach: int
) -> Flags:
    """For each cell of `own` whether `other`, which has these surroundings, has it at this offset.

    Encoders add peaks of their own where the sound is faint. So the share is of the peaks of whichever has
    fewer there, and at the ends of `other` of that part of the window which it covers.
    """
    counts = _counts(own)
    middles = (np.arange(len(counts)) * 2 + 1) * CELL // 2 + offset
    covered = (middles >= 0) & (middles < other.length)
    matched = _around(_counts(own, _matched(own, surroundings, offset)), reach)
    theirs = _counts(replace(other, frames=other.frames - offset, length=own.length))
    fewer = np.minimum(_around(counts * covered, reach), _around(theirs, reach))
    enough = (matched >= FEWEST_COINCIDING) & (matched >= COINCIDING * fewer)
    return np.asarray(covered & enough & _heard(counts, reach), np.bool_)


def _counts(own: StoredPeaks, which: Flags | slice = slice(None)) -> Integers:
    """Peaks (cells,) of each cell."""
    frames = own.frames[which]
    frames = frames[(frames >= 0) & (frames < own.length)]
    return np.bincount(frames // CELL, minlength=own.cells())


def _around(counts: Integers, reach: int) -> Integers:
    """Sum (cells,) of each cell and its neighbours."""
    return np.convolve(counts, np.ones(2 * reach + 1, np.int64))[reach : reach + len(counts)]


def _refined(one: StoredPeaks, other: StoredPeaks, offsets: Iterable[int]) -> list[int]:
    """Of each offset and its neighbours the one at which most peaks coincide, each once."""
    around = _surroundings(other, 0)
    found: list[int] = []
    for offset in offsets:
        near = range(offset - 1, offset + 3)
        best = max(near, key=lambda each: int(_matched(one, around, each).sum()))
        if all(abs(best - each) > 2 for each in found):
            found.append(best)
    return found


def _surroundings(peaks: StoredPeaks, near_frames: int) -> NDArray[np.uint8]:
    """Where a peak would coincide with one of these: a bit for each frame and bin, (frames, BINS // 8 + 1).

    Row f is frame f - NEAR_FRAMES, bit b is bin b - NEAR_BINS. The first and the last row are empty: they
    stand for all that is outside.
    """
    last = int(peaks.frames[-1]) if len(peaks.frames) else 0
    bits = np.zeros((last + 2 * NEAR_FRAMES + 2, (BINS + 2 * NEAR_BINS) // 8 + 1), np.uint8)
    for frames in range(-near_frames, near_frames + 1):
        for bins in range(2 * NEAR_BINS + 1):
            row, bit = peaks.frames + frames + NEAR_FRAMES, peaks.bins + bins
            np.bitwise_or.at(bits, (row, bit >> 3), (1 << (bit & 7)).astype(np.uint8))
    bits[[0, -1]] = 0
    return bits


def _matched(one: StoredPeaks, around: NDArray[np.uint8], offset: int) -> Flags:
    """Which peaks (n,) of `one` coincide with one of these surroundings at this offset."""
    row = np.clip(one.frames + (offset + NEAR_FRAMES), 0, len(around) - 1)
    bit = one.bins + NEAR_BINS
    found: Flags = (around[row, bit >> 3] >> (bit & 7) & 1).astype(np.bool_)
    return found
