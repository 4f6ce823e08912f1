"""One state of the index, for any number of queries: it stays as it is while the index changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.segment import Integers, Segment


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
        different, back = np.unique(hashes, return_inverse=True)  # a fifth of them occur twice
        found = [segment.ranges(different) for segment in self.segments]
        ranges = [(begin[back], count[back]) for begin, count in found]
        totals = sum((count for _, count in ranges), np.zeros(len(hashes), np.int64))
        chosen = _within(totals, budget, totals if priority is None else priority)
        return list(self._read(hashes, ranges, chosen))

    def _read(
        self, hashes: NDArray[np.uint32], ranges: list[tuple[Integers, Integers]], chosen: Integers
    ) -> Iterable[Hits]:
        chosen = chosen[np.argsort(hashes[chosen], kind="stable")]  # files are read forwards
        for segment, (begin, count) in zip(self.segments, ranges, strict=True):
            frames, owner = segment.gather(begin[chosen], count[chosen])
            yield Hits(segment, frames, chosen[owner])


def _within(totals: Integers, budget: int, priority: NDArray[np.generic]) -> Integers:
    """Indices of the hashes that are read: all that have postings, or the first by priority."""
    there = np.flatnonzero(totals)
    if int(totals.sum()) <= budget:
        return there
    order = there[np.argsort(priority[there], kind="stable")]
    return order[: int(np.searchsorted(np.cumsum(totals[order]), budget, side="right"))]
