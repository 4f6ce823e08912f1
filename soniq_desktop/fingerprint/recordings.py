"""Which tracks of the index are the same recording, by their stored peaks alone: nothing is decoded.

A track's rarest pairs of peaks are looked up, and whatever agrees with them on an alignment is a candidate.
Two tracks are then laid on each other and compared window by window: of one recording most peaks coincide in
every window, however it was encoded; of two recordings, or of pieces that share a loop, they do so in few.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import (
    BINS,
    FRAME_SECONDS,
    LARGEST_BIN_STEP,
    LONGEST_PAIR,
    SHORTEST_PAIR,
    pack,
)
from soniq_desktop.fingerprint.segment import Integers, spread
from soniq_desktop.fingerprint.snapshot import Hits, Snapshot

EXCERPTS, EXCERPT = 6, 430  # how many are looked up, frames of each (10 s)
BUDGET = 60_000  # postings read for one track, the rarest hashes first
FEWEST_VOTES = 5  # of an alignment, to be looked at
CANDIDATES = 24  # alignments that are looked at
MOST_ALIKE = 64  # pairs of one hash in a track, beyond which it is passed over
WINDOW = 215  # frames of a window (5 s)
FEWEST_PEAKS = 12  # in a window, else it says nothing
COINCIDING = 0.5  # share of a window's peaks, from which on it is the same recording
FEWEST_WINDOWS = 1
NEAR_FRAMES, NEAR_BINS = 1, 1  # peaks that far apart coincide


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

    def windows(self) -> int:
        return -(-self.length // WINDOW)


def related(snapshot: Snapshot, track_id: int) -> list[Relation]:
    """Tracks that share at least a window with this one, the longest overlap first; itself not among them."""
    own = stored_peaks(snapshot, track_id)
    if own is None:
        return []
    found = []
    for other, offsets in _candidates(snapshot, own).items():
        theirs = stored_peaks(snapshot, other)
        relation = theirs and compare(own, theirs, offsets)
        if relation:
            found.append(relation)
    return sorted(found, key=lambda each: -each.overlap_seconds)


def between(snapshot: Snapshot, track_id: int, other_id: int) -> Relation | None:
    """What two tracks have in common; None where that is nothing, or one is not in the index.

    Every pair of stored peaks takes part: unlike `related` it does not depend on the size of the index.
    """
    own, theirs = stored_peaks(snapshot, track_id), stored_peaks(snapshot, other_id)
    if own is None or theirs is None:
        return None
    return compare(own, theirs, _offsets(own, theirs))


def _offsets(own: StoredPeaks, theirs: StoredPeaks) -> list[int]:
    """Offsets (frames) at which pairs of peaks agree, most votes first."""
    hashes, times = _all_pairs(own.frames, own.bins)
    other_hashes, other_times = _all_pairs(theirs.frames, theirs.bins)
    order = np.argsort(other_hashes, kind="stable")
    first = np.searchsorted(other_hashes[order], hashes, side="left")
    count = np.searchsorted(other_hashes[order], hashes, side="right") - first
    count[count > MOST_ALIKE] = 0  # a note that is struck again and again says nothing
    rows, owner = spread(first, count)
    steps = (other_times[order[rows]] - times[owner] + (1 << 30)) >> 1
    found, votes = np.unique(steps, return_counts=True)
    best = np.argsort(-votes, kind="stable")[:CANDIDATES]
    return [(int(each) << 1) - (1 << 30) for each in found[best[votes[best] >= FEWEST_VOTES]]]


def stored_peaks(snapshot: Snapshot, track_id: int) -> StoredPeaks | None:
    """The stored peaks of a track; None where it is not in the index."""
    place = snapshot.locate(track_id)
    if place is None:
        return None
    segment, index = place
    return StoredPeaks(track_id, int(segment.lengths[index]), *segment.track_peaks(index))


def compare(one: StoredPeaks, other: StoredPeaks, offsets: Iterable[int]) -> Relation | None:
    """How much of two recordings is common at these offsets (frames), taken together; None: nothing."""
    refined = _refined(one, other, offsets)
    if not refined:
        return None
    there, back = _surroundings(other, NEAR_FRAMES), _surroundings(one, NEAR_FRAMES)
    best = {offset: _coinciding(one, there, offset) for offset in refined}
    common = np.any(list(best.values()), axis=0)
    theirs = np.any([_coinciding(other, back, -offset) for offset in best], axis=0)
    if common.sum() < FEWEST_WINDOWS or theirs.sum() < FEWEST_WINDOWS:
        return None
    main = max(best, key=lambda offset: int(best[offset].sum()))
    return Relation(
        one.track_id,
        other.track_id,
        main * FRAME_SECONDS,
        min(int(common.sum()) * WINDOW, one.length, other.length) * FRAME_SECONDS,
        _share(one, common),
        _share(other, theirs),
        max(_share(one, best[main]), _share(other, _coinciding(other, back, -main))),
    )


def _share(own: StoredPeaks, common: NDArray[np.bool_]) -> float:
    heard = _peaks_in_windows(own, np.ones(len(own.frames), np.bool_)) >= FEWEST_PEAKS
    return float(common.sum() / max(1, heard.sum()))


def _candidates(snapshot: Snapshot, own: StoredPeaks) -> dict[int, list[int]]:
    """Offsets (frames) at which other tracks may hold this one, by track, most votes first."""
    hashes, times = _excerpts(own)
    votes: list[tuple[int, int, int]] = []
    for hits in snapshot.postings(hashes, BUDGET):
        votes += _voted(hits, times, own.track_id)
    found: dict[int, list[int]] = {}
    for _, track, offset in sorted(votes, reverse=True)[:CANDIDATES]:
        found.setdefault(track, []).append(offset)
    return found


def _excerpts(own: StoredPeaks) -> tuple[NDArray[np.uint32], Integers]:
    """Hashes (q,) and frames (q,) of all pairs of stored peaks in some stretches of a track.

    The index holds pairs of the strongest peaks. Which these were is not stored, so there are many here that
    it does not hold; they cost a look each.
    """
    begins = np.linspace(0, max(0, own.length - EXCERPT), EXCERPTS).astype(np.int64)
    inside = np.zeros(len(own.frames), np.bool_)
    for begin in np.unique(begins):
        inside |= (own.frames >= begin) & (own.frames < begin + EXCERPT)
    times, bins = own.frames[inside], own.bins[inside]
    hashes, frames = _all_pairs(times, bins)
    _, first = np.unique(hashes.astype(np.int64) << 32 | frames, return_index=True)
    return hashes[first], frames[first]


def _all_pairs(times: Integers, bins: Integers) -> tuple[NDArray[np.uint32], Integers]:
    """Hashes (m,) of all pairs of peaks that are within reach of each other, and their frames (m,)."""
    each = np.arange(len(times))
    reach = np.searchsorted(times, times + LONGEST_PAIR, side="right") - each - 1
    second, first = spread(each + 1, reach)
    steps, rise = times[second] - times[first], bins[second] - bins[first]
    allowed = (steps >= SHORTEST_PAIR) & (np.abs(rise) <= LARGEST_BIN_STEP)
    return pack(bins[first][allowed], rise[allowed], steps[allowed]), times[first][allowed]


def _voted(hits: Hits, times: Integers, own: int) -> Iterator[tuple[int, int, int]]:
    """(votes, track, offset in frames) of the alignments on which several hashes agree."""
    segment = hits.segment
    index = segment.track_at(hits.frames)
    keep = (
        (index >= 0) & segment.alive[np.maximum(index, 0)] & (segment.track_ids[np.maximum(index, 0)] != own)
    )
    index = index[keep]
    offsets = hits.frames[keep] - segment.starts[index] - times[hits.owners[keep]]
    # Encoders move a frame by a fraction: neighbouring alignments are counted together, in pairs.
    alignment = (index << 32) + ((offsets + (1 << 30)) >> 1)
    found, counts = np.unique(alignment, return_counts=True)
    for row in np.flatnonzero(counts >= FEWEST_VOTES):
        track = int(segment.track_ids[found[row] >> 32])
        yield int(counts[row]), track, (int(found[row] & 0xFFFFFFFF) << 1) - (1 << 30)


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


def _coinciding(one: StoredPeaks, around: NDArray[np.uint8], offset: int) -> NDArray[np.bool_]:
    """For each window of `one` whether the track with these surroundings has it at this offset."""
    matched = _peaks_in_windows(one, _matched(one, around, offset))
    heard = _peaks_in_windows(one, np.ones(len(one.frames), np.bool_))
    return (heard >= FEWEST_PEAKS) & (matched >= COINCIDING * heard)


def _peaks_in_windows(own: StoredPeaks, which: NDArray[np.bool_]) -> Integers:
    return np.bincount(own.frames[which] // WINDOW, minlength=own.windows())


def _surroundings(peaks: StoredPeaks, near_frames: int) -> NDArray[np.uint8]:
    """Where a peak would coincide with one of these: a bit for each frame and bin, (frames, BINS // 8 + 1).

    Row f is frame f - NEAR_FRAMES, bit b is bin b - NEAR_BINS. The first and the last row are empty: they stand
    for all that is outside.
    """
    last = int(peaks.frames[-1]) if len(peaks.frames) else 0
    bits = np.zeros((last + 2 * NEAR_FRAMES + 2, (BINS + 2 * NEAR_BINS) // 8 + 1), np.uint8)
    for frames in range(-near_frames, near_frames + 1):
        for bins in range(2 * NEAR_BINS + 1):
            row, bit = peaks.frames + frames + NEAR_FRAMES, peaks.bins + bins
            np.bitwise_or.at(bits, (row, bit >> 3), (1 << (bit & 7)).astype(np.uint8))
    bits[[0, -1]] = 0
    return bits


def _matched(one: StoredPeaks, around: NDArray[np.uint8], offset: int) -> NDArray[np.bool_]:
    """Which peaks (n,) of `one` coincide with one of these surroundings at this offset."""
    row = np.clip(one.frames + (offset + NEAR_FRAMES), 0, len(around) - 1)
    bit = one.bins + NEAR_BINS
    found: NDArray[np.bool_] = (around[row, bit >> 3] >> (bit & 7) & 1).astype(np.bool_)
    return found
