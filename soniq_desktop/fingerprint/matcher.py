"""Which places of the library might a query be from: hashes looked up, votes counted per alignment.

An alignment is the frame of a segment's time line at which the query begins. Pairs that agree on it vote
for it, each by its rarity: a pair that is everywhere says little about where we are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.hashes import hash_pairs, pair
from soniq_desktop.fingerprint.peaks import Peaks
from soniq_desktop.fingerprint.segment import Segment
from soniq_desktop.fingerprint.snapshot import Hits, Snapshot, Wanted

QUERY_FAN = 120  # partners of a query's peak; noise hides some, so there are many more than in the index
_WEIGHT_BITS = 12
_EARLIEST = 1 << 20  # frames before the time line that an alignment may begin: keeps sort keys positive


@dataclass(frozen=True, slots=True)
class QueryHashes:
    """What is looked up: hashes (q,), the frame (q,) of each, its place in the queue (q,): small first."""

    hashes: NDArray[np.uint32]
    times: NDArray[np.int64]
    places: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alignments:
    """Places in one segment: frame on its time line (n,) and votes (n,), most votes first."""

    segment: Segment
    frames: NDArray[np.int64]
    votes: NDArray[np.float32]

    def select(self, keep: NDArray[np.bool_]) -> "Alignments":
        return Alignments(self.segment, self.frames[keep], self.votes[keep])


def query_hashes(views: Sequence[Peaks], fan: int = QUERY_FAN) -> QueryHashes:
    """Hashes of a query's peaks, seen on several grids of frames (`views`)."""
    parts = [_hashes_of(peaks, fan) for peaks in views]
    return QueryHashes(
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.places for part in parts]),
    )


def align(query: QueryHashes, snapshot: Snapshot, budget: int, keep: int) -> list[Alignments]:
    """The `keep` alignments with most votes, by segment; at most `budget` postings are read."""
    return next(align_many([query], snapshot, budget, keep))


def align_many(
    queries: Sequence[QueryHashes], snapshot: Snapshot, budget: int, keep: int
) -> Iterator[list[Alignments]]:
    """The same for each of some queries, with one visit to the index for all of them."""
    wanted = [Wanted(each.hashes, each.places) for each in queries]
    for query, hits in zip(queries, snapshot.postings_of_many(wanted, budget), strict=True):
        yield _aligned(query, hits, keep)


def _aligned(query: QueryHashes, hits: Sequence[Hits], keep: int) -> list[Alignments]:
    counts = np.zeros(len(query.hashes), np.int64)
    for each in hits:
        counts += np.bincount(each.owners, minlength=len(counts))
    weights = (1.0 / (1.0 + np.log1p(counts))).astype(np.float32)
    return most_voted([_vote(each, query.times, weights, keep) for each in hits], keep)


def most_voted(parts: list[Alignments], keep: int) -> list[Alignments]:
    """The same alignments without all but the `keep` best of them."""
    votes = np.concatenate([np.empty(0, np.float32), *(part.votes for part in parts)])
    if len(votes) <= keep:
        return parts
    least = np.partition(votes, len(votes) - keep)[len(votes) - keep]
    return [part.select(part.votes >= least) for part in parts]


def _hashes_of(peaks: Peaks, fan: int) -> QueryHashes:
    pairs = pair(peaks, fan)
    first, second = peaks.ranks[pairs[0]], peaks.ranks[pairs[1]]
    places = np.maximum(first, second) + 0.1 * np.minimum(first, second)
    return QueryHashes(hash_pairs(peaks.times, peaks.bins, pairs), peaks.times[pairs[0]], places)


def _vote(hits: Hits, times: NDArray[np.int64], weights: NDArray[np.float32], keep: int) -> Alignments:
    frames, votes = _count(hits.frames - times[hits.owners], weights[hits.owners])
    order = _largest(votes, 2 * keep)
    order = order[_belongs(hits.segment, frames[order])[:keep]]
    return Alignments(hits.segment, frames[order], votes[order])


def _largest(votes: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Indices of the `most` largest, the largest first, of equals the earlier."""
    high = np.arange(len(votes))
    if len(votes) > most:
        high = np.flatnonzero(votes >= np.partition(votes, len(votes) - most)[len(votes) - most])
    return high[np.argsort(-votes[high], kind="stable")][:most]


def _belongs(segment: Segment, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of `frames` (n,) belong to a track that still counts."""
    track = segment.track_at(frames)
    return np.flatnonzero((track >= 0) & segment.alive[np.maximum(track, 0)])


def _count(
    places: NDArray[np.int64], weights: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Sums of weights per place and its two neighbours; only places that none of these exceeds are kept.

    Place and weight are packed into one integer, so that one sort without an index does it.
    """
    if places.size == 0:
        return places, weights
    scale = (1 << _WEIGHT_BITS) - 1
    keys = ((places + _EARLIEST) << _WEIGHT_BITS) | (weights * scale).astype(np.int64)
    keys.sort()
    sorted_places = keys >> _WEIGHT_BITS
    first = np.flatnonzero(np.diff(sorted_places, prepend=-1))
    sums = np.add.reduceat(keys & scale, first) / scale
    return _merge_neighbours(sorted_places[first] - _EARLIEST, sums.astype(np.float32))


def _merge_neighbours(
    places: NDArray[np.int64], sums: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    adjacent = np.flatnonzero(np.diff(places) == 1)
    votes = sums.copy()
    votes[adjacent] += sums[adjacent + 1]
    votes[adjacent + 1] += sums[adjacent]
    peak = np.ones(len(places), np.bool_)
    peak[adjacent] &= votes[adjacent] >= votes[adjacent + 1]
    peak[adjacent + 1] &= votes[adjacent + 1] > votes[adjacent]
    return places[peak], votes[peak]
