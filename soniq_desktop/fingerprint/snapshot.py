"""One state of the index, for any number of queries: it stays as it is while the index changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.segment import Integers, Segment, spread


class Hits(NamedTuple):
    """Postings of a query in one segment: global frames (m,), and which query hash (m,) each belongs to."""

    segment: Segment
    frames: Integers
    owners: Integers


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The segments of one state of the index, oldest first; the last may be a buffer in memory."""

    segments: tuple[Segment, ...] = ()

    def track_ids(self) -> Integers:
        """Ids (n,) of all tracks that can be found, ascending."""
        parts = [segment.track_ids[segment.alive] for segment in self.segments]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))

    def audio_hashes(self) -> dict[int, str]:
        """The sound of each track that can be found: hex, by track id."""
        return {
            int(segment.track_ids[index]): segment.hash_of(int(index))
            for segment in self.segments
            for index in np.flatnonzero(segment.alive)
        }

    def locate(self, track_id: int) -> tuple[Segment, int] | None:
        """The segment that holds a track, and its index there."""
        for segment in reversed(self.segments):
            rows = np.flatnonzero((segment.track_ids == track_id) & segment.alive)
            if len(rows):
                return segment, int(rows[0])
        return None

    def counts(self, hashes: NDArray[np.uint32]) -> Integers:
        """Postings (q,) of each hash in the whole index."""
        return sum((segment.ranges(hashes)[1] for segment in self.segments), np.zeros(len(hashes), np.int64))

    def postings(
        self, hashes: NDArray[np.uint32], budget: int, priority: NDArray[np.floating] | None = None
    ) -> list[Hits]:
        """Where the hashes (q,) of a query occur, at most `budget` postings in all.

        Where there are more, whole hashes are left out, in every segment alike: those of the highest
        `priority` value (q,) first, or the commonest first where it is None. Work and memory depend on the
        budget and the query, not on the size of the index.
        """
        return next(self.postings_of_many([Wanted(hashes, priority)], budget))

    def postings_of_many(self, queries: Sequence["Wanted"], budget: int) -> Iterator[list[Hits]]:
        """The same for each of some queries, of which each may read `budget`. A hash is read once for all."""
        different, back = np.unique(np.concatenate([each.hashes for each in queries]), return_inverse=True)
        ranges = [segment.ranges(different) for segment in self.segments]
        totals = sum((count for _, count in ranges), np.zeros(len(different), np.int64))
        rows = np.split(back, np.cumsum([len(each.hashes) for each in queries])[:-1])
        chosen = [
            _within(totals[row], budget, each.priority) for row, each in zip(rows, queries, strict=True)
        ]
        hashes = [row[which] for row, which in zip(rows, chosen, strict=True)]
        read = np.bincount(np.concatenate(hashes), minlength=len(different)) > 0
        found = [_Read.of(segment, *each, read) for segment, each in zip(self.segments, ranges, strict=True)]
        for each, owners in zip(hashes, chosen, strict=True):
            yield [part.hits(each, owners) for part in found]


class Wanted(NamedTuple):
    """What a query looks up: hashes (q,), and how dispensable each is (q,); None: by how common it is."""

    hashes: NDArray[np.uint32]
    priority: NDArray[np.floating] | None = None


class _Read(NamedTuple):
    """Postings of hashes (d,) in a segment: of the h-th `sizes[h]` rows of `frames` from `first[h]` on."""

    segment: Segment
    frames: Integers
    first: Integers
    sizes: Integers

    @staticmethod
    def of(segment: Segment, begin: Integers, count: Integers, which: NDArray[np.bool_]) -> "_Read":
        sizes = count * which
        frames, _ = segment.gather(begin[which], count[which])  # hashes ascend: files are read forwards
        return _Read(segment, frames, np.cumsum(sizes) - sizes, sizes)

    def hits(self, hashes: Integers, owners: Integers) -> Hits:
        rows, owner = spread(self.first[hashes], self.sizes[hashes])
        return Hits(self.segment, self.frames[rows], owners[owner])


def _within(totals: Integers, budget: int, priority: NDArray[np.floating] | None) -> Integers:
    """Indices of the hashes that are read: all that have postings, or the first by priority."""
    there = np.flatnonzero(totals)
    if int(totals.sum()) <= budget:
        return there
    importance = totals if priority is None else priority
    order = there[np.argsort(importance[there], kind="stable")]
    return order[: int(np.searchsorted(np.cumsum(totals[order]), budget, side="right"))]
