"""Several segments into one, in a bounded amount of memory, leaving out what is not alive any more.

The tracks keep their order, each at a new place on a new time line. Postings are merged hash by hash, in
stretches of the hash space that hold about `STRETCH` of them.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.building import low_bytes
from soniq_desktop.fingerprint.segment import (
    BLOCK_BITS,
    HASH_BYTES,
    Dimensions,
    Integers,
    Segment,
    bucket_bits,
    offsets,
    time_line,
)
from soniq_desktop.fingerprint.segment_file import SegmentWriter
from soniq_desktop.fingerprint.snapshot import Snapshot

FANOUT = 4  # segments of one size that are merged into one of the next
LARGEST = 1 << 29  # postings; segments beyond are merged no more (2 GB)
STRETCH = 1 << 20  # postings merged at once, about 30 MB of work space


def due(snapshot: Snapshot) -> list[Segment]:
    """Segments to merge next: those half of which is dead, or `FANOUT` of one order of magnitude."""
    files = [segment for segment in snapshot.segments if segment.name]
    wasteful = [each for each in files if 2 * int(each.alive.sum()) < each.tracks]
    if wasteful:
        return wasteful
    tiers: dict[int, list[Segment]] = {}
    for segment in files:
        if len(segment.postings) < LARGEST:
            tiers.setdefault((max(1, len(segment.postings)).bit_length() - 1) // 3, []).append(segment)
    full = [tier for _, tier in sorted(tiers.items()) if len(tier) >= FANOUT]
    return full[0] if full else []


class MergeStoppedError(Exception):
    """The merge was asked to stop; nothing has changed."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A segment, and how far each of its tracks moves to its place on the new time line."""

    segment: Segment
    kept: Integers  # indices of the tracks that are alive
    moves: Integers  # (tracks,), frames; only of kept tracks

    def alive(self, frames: Integers) -> tuple[NDArray[np.bool_], Integers]:
        """Which global frames belong to tracks that are kept, and the new frames of those."""
        owner = np.searchsorted(self.segment.starts, frames, side="right") - 1
        keep = self.segment.alive[owner]
        return keep, frames[keep] + self.moves[owner[keep]]


def merge_segments(
    segments: Sequence[Segment], path: Path, stopped: Callable[[], bool] = lambda: False
) -> None:
    """Write the living tracks of `segments`, of which there must be one, to a new file at `path`.

    Where it does not come to its end, no file is left.

    Raises:
        MergeStoppedError: `stopped` said so.
        OSError: the file cannot be written.
    """
    try:
        with SegmentWriter(path) as writer:
            _Merge(segments, stopped).write(writer)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


class _Merge:
    def __init__(self, segments: Sequence[Segment], stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        kept = [np.flatnonzero(segment.alive) for segment in segments]
        self._lengths = np.concatenate(
            [segment.lengths[rows] for segment, rows in zip(segments, kept, strict=True)]
        )
        self._starts, self._end = time_line(self._lengths.tolist())
        self._hash_bits = segments[0].dimensions.hash_bits
        self._sources = list(self._placed(segments, kept))
        self._bits = bucket_bits(sum(len(segment.postings) for segment in segments), self._hash_bits)

    def _placed(self, segments: Sequence[Segment], kept: list[Integers]) -> Iterator[_Source]:
        first = 0
        for segment, rows in zip(segments, kept, strict=True):
            moves = np.zeros(segment.tracks, np.int64)
            moves[rows] = self._starts[first : first + len(rows)].astype(np.int64) - segment.starts[rows]
            first += len(rows)
            yield _Source(segment, rows, moves)

    def write(self, writer: SegmentWriter) -> None:
        writer.write("track_ids", [each.segment.track_ids[each.kept] for each in self._sources])
        hashes = [each.segment.audio_hashes[each.kept] for each in self._sources]
        writer.write("audio_hashes", hashes, (HASH_BYTES,))
        writer.write("starts", [self._starts])
        writer.write("lengths", [self._lengths])
        self._write_postings(writer)
        self._write_peaks(writer)
        writer.finish(Dimensions(self._end, self._hash_bits, self._bits))

    def _write_postings(self, writer: SegmentWriter) -> None:
        """Buckets and low bytes, at most 20 MB, wait in memory until the postings are out."""
        shift = self._hash_bits - self._bits
        counts = np.zeros(1 << self._bits, np.int64)
        lows: list[NDArray[np.uint8]] = []

        def stretches() -> Iterator[Integers]:
            for first, last in self._stretches():
                hashes, frames = self._merged(first, last)
                begin = first >> shift
                found = np.bincount((hashes >> shift) - begin)
                counts[begin : begin + len(found)] += found
                lows.append(low_bytes(hashes.astype(np.uint32), shift))
                yield frames

        writer.write("postings", stretches())
        writer.write("buckets", [offsets(counts)])
        writer.write("lows", lows)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Hashes [first, last) that together have about `STRETCH` postings, in whole coarse buckets."""
        coarse = min(each.segment.dimensions.bucket_bits for each in self._sources)
        coarse = min(coarse, self._bits)
        width = self._hash_bits - coarse
        ends = sum(
            each.segment.buckets[:: 1 << (each.segment.dimensions.bucket_bits - coarse)].astype(np.int64)
            for each in self._sources
        )
        ends = np.asarray(ends)
        first = 0
        while first < len(ends) - 1:
            if self._stopped():
                raise MergeStoppedError
            last = max(first + 1, int(np.searchsorted(ends, ends[first] + STRETCH, side="right")) - 1)
            yield first << width, last << width
            first = last

    def _merged(self, first: int, last: int) -> tuple[Integers, Integers]:
        """Hashes (n,) and new frames (n,) of the living postings in a stretch of the hash space."""
        parts = [_postings(each, first, last) for each in self._sources]
        hashes = np.concatenate([part[0] for part in parts])
        frames = np.concatenate([part[1] for part in parts])
        order = np.argsort(hashes, kind="stable")  # sources come in the order of the time line
        return hashes[order], frames[order]

    def _write_peaks(self, writer: SegmentWriter) -> None:
        """Two passes, because peaks of a large library would not fit into memory."""
        blocks = np.zeros((self._end >> BLOCK_BITS) + 1, np.int64)

        def steps() -> Iterator[Integers]:
            for frames, _ in self._peaks():
                if len(frames):
                    begin = int(frames[0]) >> BLOCK_BITS
                    found = np.bincount((frames >> BLOCK_BITS) - begin)
                    blocks[begin : begin + len(found)] += found
                yield frames & 255

        writer.write("peak_steps", steps())
        writer.write("peak_bins", (bins for _, bins in self._peaks()))
        writer.write("blocks", [offsets(blocks)])

    def _peaks(self) -> Iterator[tuple[Integers, Integers]]:
        """New frames and bins of all living peaks, in the order of time."""
        for source in self._sources:
            for index in source.kept:
                if self._stopped():
                    raise MergeStoppedError
                frames, bins = source.segment.track_peaks(int(index))
                start = int(source.segment.starts[index])
                yield frames + start + source.moves[index], bins


def _postings(source: _Source, first: int, last: int) -> tuple[Integers, Integers]:
    """Hashes and new frames of the living postings of one source with hashes in [first, last)."""
    segment = source.segment
    shift = segment.dimensions.hash_bits - segment.dimensions.bucket_bits
    buckets = segment.buckets[(first >> shift) : (last >> shift) + 1].astype(np.int64)
    rows = slice(int(buckets[0]), int(buckets[-1]))
    whole = np.array([rows.start]), np.array([rows.stop - rows.start])
    segment.expect(segment.postings, *whole)
    if shift:
        segment.expect(segment.lows, *whole)
    keep, frames = source.alive(segment.postings[rows].astype(np.int64))
    hashes = np.repeat(np.arange(first >> shift, last >> shift) << shift, np.diff(buckets))
    if shift:
        hashes += segment.lows[rows]
    return hashes[keep], frames
