"""Which tracks of the index are the same recording, by their stored peaks alone: nothing is decoded.

A track's rarest pairs of peaks are looked up, and whatever agrees with them on an alignment is a candidate.
Candidates are laid on each other by `overlay`.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import LARGEST_BIN_STEP, LONGEST_PAIR, SHORTEST_PAIR, pack
from soniq_desktop.fingerprint.overlay import Relation, StoredPeaks, compare
from soniq_desktop.fingerprint.segment import Integers, spread
from soniq_desktop.fingerprint.snapshot import Hits, Snapshot

EXCERPTS, EXCERPT = 6, 430  # how many are looked up, frames of each (10 s)
BUDGET = 60_000  # postings read for one track, the rarest hashes first
FEWEST_VOTES = 5  # of an alignment, to be looked at
CANDIDATES, MOST_TRACKS = 24, 100  # alignments that are looked at; tracks, where one song is in many files
MOST_ALIKE = 64  # pairs of one hash in a track, beyond which it is passed over


def related(snapshot: Snapshot, track_id: int) -> list[Relation]:
    """Tracks that share some seconds with this one, the longest overlap first; itself not among them."""
    own = stored_peaks(snapshot, track_id)
    return [] if own is None else _laid_on(snapshot, own, _candidates(snapshot, own))


def relations(snapshot: Snapshot, track_id: int, candidates: Mapping[int, list[int]]) -> list[Relation]:
    """The same among some tracks, of which it is known at which offsets (frames) to try them."""
    own = stored_peaks(snapshot, track_id) if candidates else None
    return [] if own is None else _laid_on(snapshot, own, candidates)


def _laid_on(snapshot: Snapshot, own: StoredPeaks, candidates: Mapping[int, list[int]]) -> list[Relation]:
    found = []
    for other, offsets in candidates.items():
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


def _candidates(snapshot: Snapshot, own: StoredPeaks) -> dict[int, list[int]]:
    """Offsets (frames) at which other tracks may hold this one, by track, most votes first."""
    hashes, times = _excerpts(own)
    votes: list[tuple[int, int, int]] = []
    for hits in snapshot.postings(hashes, BUDGET):
        votes += _voted(hits, times, own.track_id)
    found: dict[int, list[int]] = {}
    ranked = sorted(votes, reverse=True)
    for _, track, offset in ranked[:CANDIDATES]:
        found.setdefault(track, []).append(offset)
    for count, track, offset in ranked[CANDIDATES:]:  # of a song in many files each file is a candidate
        if 2 * count >= ranked[0][0] and len(found) < MOST_TRACKS:
            found.setdefault(track, [offset])
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
