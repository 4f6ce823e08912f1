"""A segment of the fingerprint index: the tracks of one immutable file, or of the buffer that is not yet one.

The tracks of a segment lie on one time line of frames (256 samples at 11,025 Hz), with `GAP` silent frames
before each, so that an alignment of a query with the time line belongs to one track. A posting is the global
frame of one hash, a `uint32`. Postings are sorted by hash, then by frame.

A hash is found in two steps: its upper `bucket_bits` bits name a bucket (`buckets` holds where each begins),
and inside the bucket the remaining bits of each posting, a byte in `lows`, are sorted and searched. Large
segments have a bucket for each hash and no `lows`, so that a lookup is one read.

Peaks are kept in the order of time as the low byte of the global frame (`peak_steps`) and the frequency bin;
`blocks` holds where each block of 256 frames begins.
"""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GAP = 1_024  # frames before each track: 24 s, more than the longest query
BLOCK_BITS = 8  # a block of peaks is 256 frames
HASH_BYTES = 16  # of a track's audio hash
SPAN = 1 << 24  # postings of a file that may be mapped at once (64 MB)
PAGES_BETWEEN = 8
FILL = 4  # postings that a bucket holds on average
ARRAYS: dict[str, str] = {  # name -> dtype on disk
    "track_ids": "<i8",
    "audio_hashes": "|u1",  # (tracks, HASH_BYTES)
    "starts": "<u4",  # first frame of each track
    "lengths": "<u4",  # frames of each track
    "buckets": "<u4",  # (2 ** bucket_bits + 1,)
    "lows": "|u1",  # (postings,), empty where a bucket holds one hash
    "postings": "<u4",
    "blocks": "<u4",
    "peak_steps": "|u1",
    "peak_bins": "<u2",
}

Integers = NDArray[np.int64]
Arrays = dict[str, NDArray[np.generic]]


class Dimensions(NamedTuple):
    """What a reader must know beside the arrays.

    `end`: frames of the whole time line; `bucket_bits` as the module says; `hash_bits` of the hash itself.
    """

    end: int
    hash_bits: int
    bucket_bits: int


@dataclass(frozen=True)
class Segment:
    """See the module. Arrays may be memory-mapped; nothing here copies a whole one.

    Attributes:
        name: the file's name, or an empty string for the buffer.
        alive: bool (tracks,), False for tracks that were removed or are newer in another segment.
    """

    name: str
    dimensions: Dimensions
    track_ids: NDArray[np.int64]
    audio_hashes: NDArray[np.uint8]
    starts: NDArray[np.uint32]
    lengths: NDArray[np.uint32]
    buckets: NDArray[np.uint32]
    lows: NDArray[np.uint8]
    postings: NDArray[np.uint32]
    blocks: NDArray[np.uint32]
    peak_steps: NDArray[np.uint8]
    peak_bins: NDArray[np.uint16]
    alive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    mapping: mmap.mmap | None = None  # behind the arrays, where they are memory-mapped

    @property
    def tracks(self) -> int:
        return len(self.track_ids)

    @property
    def bytes(self) -> int:
        return sum(array.nbytes for array in self.arrays().values())

    def arrays(self) -> Arrays:
        """Every array by its name in `ARRAYS`."""
        return {name: getattr(self, name) for name in ARRAYS}

    def with_alive(self, alive: NDArray[np.bool_]) -> "Segment":
        """The same arrays with other tracks alive."""
        return replace(self, alive=alive)

    def hash_of(self, index: int) -> str:
        """Audio hash of the track at `index`, hex."""
        return bytes(self.audio_hashes[index]).hex()

    # -- hashes

    def ranges(self, hashes: NDArray[np.uint32]) -> tuple[Integers, Integers]:
        """Where the postings of each hash (q,) begin, and how many there are."""
        shift = self.dimensions.hash_bits - self.dimensions.bucket_bits
        bucket = hashes.astype(np.int64) >> shift
        self.expect(self.buckets, bucket, np.full_like(bucket, 2))
        begin = self.buckets[bucket].astype(np.int64)
        end = self.buckets[bucket + 1].astype(np.int64)
        if shift:
            low = (hashes & np.uint32((1 << shift) - 1)).astype(np.int64)
            self.expect(self.lows, begin, end - begin)
            begin, end = self._inside(begin, end, low)
        return begin, end - begin

    def _inside(self, begin: Integers, end: Integers, low: Integers) -> tuple[Integers, Integers]:
        """The rows of buckets whose byte is `low`. Most hashes have none: their end is not sought."""
        first = _bound(self.lows, begin, end, low)
        there = np.flatnonzero(first < end)
        there = there[self.lows[first[there]] == low[there]]
        last = first.copy()
        last[there] = _bound(self.lows, first[there], end[there], low[there] + 1)
        return first, last

    def gather(self, begin: Integers, count: Integers) -> tuple[Integers, Integers]:
        """Postings of many ranges, one after another: global frames (m,), and of which range (m,) each is.

        `begin` should ascend: a large file is then read in pieces, of which one is mapped at a time.
        """
        self.expect(self.postings, begin, count)
        cuts = np.searchsorted(begin, np.arange(0, len(self.postings), SPAN)[1:])
        rows, owner = spread(begin, count)
        before = np.concatenate([[0], np.cumsum(count)])
        frames = np.empty(len(rows), np.int64)
        for first, last in pairwise([0, *before[cuts].tolist(), len(rows)]):
            if first < last:
                frames[first:last] = self.postings[rows[first:last]]
                self.release()
        return frames, owner

    def expect(self, array: NDArray[np.generic], begin: Integers, count: Integers) -> None:
        """Have the system read the pages of these ranges of rows, many at once and without waiting.

        A page that is touched before it is there is waited for, one after the other: see `segment_file.load`.
        """
        if self.mapping is None or not hasattr(mmap, "MADV_WILLNEED"):
            return
        start = array.ctypes.data - np.frombuffer(self.mapping, np.uint8, 1).ctypes.data
        first, last = _page_runs(start, array.itemsize, begin, count)
        for page, end in zip(first.tolist(), last.tolist(), strict=True):
            length = min((end + 1) * mmap.PAGESIZE, len(self.mapping)) - page * mmap.PAGESIZE
            self.mapping.madvise(mmap.MADV_WILLNEED, page * mmap.PAGESIZE, length)

    def release(self) -> None:
        """Give back the pages of the file that were read; the system keeps them while it has room.

        Otherwise the memory of a process that answers for long would grow to the size of the index.
        """
        if self.mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
            self.mapping.madvise(mmap.MADV_DONTNEED)

    # -- tracks and peaks

    def track_at(self, frames: Integers) -> Integers:
        """Index (n,) of the track to which each frame belongs, the gap before it included; −1: none."""
        return np.searchsorted(self.starts, frames + GAP // 2, side="right").astype(np.int64) - 1

    def reference_peaks(self, begin: Integers, frames: int) -> tuple[Integers, Integers, Integers]:
        """Stored peaks of the stretches [begin, begin + frames): stretch (m,), frame in it (m,), bin (m,)."""
        ends = np.minimum(begin + frames, self.dimensions.end)
        begin_here = np.clip(begin, 0, self.dimensions.end)
        first = begin_here >> BLOCK_BITS
        last = np.clip((ends + 255) >> BLOCK_BITS, first, len(self.blocks) - 1)
        self.expect(self.blocks, first, last - first + 1)
        opened, closed = self.blocks[first].astype(np.int64), self.blocks[last].astype(np.int64)
        self.expect(self.peak_steps, opened, closed - opened)
        self.expect(self.peak_bins, opened, closed - opened)
        # One range for each block, because a peak's frame is its block and a byte.
        block, owner = spread(first, last - first)
        opens = self.blocks[block].astype(np.int64)
        rows, piece = spread(opens, self.blocks[block + 1].astype(np.int64) - opens)
        frame = (block[piece] << BLOCK_BITS) + self.peak_steps[rows] - begin[owner[piece]]
        inside = (frame >= 0) & (frame < frames)
        bins = self.peak_bins[rows[inside]].astype(np.int64)
        self.release()
        return owner[piece][inside], frame[inside], bins

    def track_peaks(self, index: int) -> tuple[Integers, Integers]:
        """All stored peaks of one track: frames from its start (n,), bins (n,)."""
        start = self.starts[index : index + 1].astype(np.int64)
        _, frames, bins = self.reference_peaks(start, int(self.lengths[index]))
        return frames, bins


def spread(begin: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Rows of many ranges one after another (m,), and the number of the range (m,) to which each belongs."""
    total = int(count.sum())
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return np.repeat(begin - before, count) + np.arange(total), owner


def _page_runs(start: int, itemsize: int, begin: Integers, count: Integers) -> tuple[Integers, Integers]:
    """First and last pages (r,) of the file that hold ranges of rows of an array at byte `start`.

    Runs with fewer than `PAGES_BETWEEN` pages between them are one: asking costs more than reading those.
    """
    begin, count = begin[count > 0], count[count > 0]
    first = (start + begin * itemsize) // mmap.PAGESIZE
    last = (start + (begin + count) * itemsize - 1) // mmap.PAGESIZE
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    apart = first[1:] > last[:-1] + PAGES_BETWEEN
    return first[np.append(True, apart)[: len(first)]], last[np.append(apart, True)[: len(first)]]


def bucket_bits(postings: int, hash_bits: int) -> int:
    """Bits of a bucket's number: about `FILL` postings in each, and at most a byte left over."""
    wanted = max(1, postings // FILL).bit_length()
    return min(max(wanted, hash_bits - 8), hash_bits)


def time_line(lengths: Sequence[int]) -> tuple[NDArray[np.uint32], int]:
    """First frame of each track, and the end of the time line, in frames."""
    ends = np.cumsum(np.asarray(lengths, np.int64) + GAP)
    return (ends - np.asarray(lengths, np.int64)).astype(np.uint32), int(ends[-1]) + GAP if len(ends) else GAP


def count_blocks(frames: NDArray[np.integer], end: int) -> NDArray[np.int64]:
    """Peaks in each block of a time line that is `end` frames long."""
    return np.bincount(np.asarray(frames, np.int64) >> BLOCK_BITS, minlength=(end >> BLOCK_BITS) + 1)


def offsets(counts: NDArray[np.integer]) -> NDArray[np.uint32]:
    """Counts (n,) -> where each begins, and the total (n + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)


def _bound(lows: NDArray[np.uint8], begin: Integers, end: Integers, value: Integers) -> Integers:
    """First row in [begin, end) whose byte is `value` or more, by binary search in all ranges at once."""
    left, right = begin.copy(), end.copy()
    open_ranges = np.flatnonzero(left < right)
    while len(open_ranges):
        middle = (left[open_ranges] + right[open_ranges]) >> 1
        less = lows[middle] < value[open_ranges]
        left[open_ranges[less]] = middle[less] + 1
        right[open_ranges[~less]] = middle[~less]
        open_ranges = open_ranges[left[open_ranges] < right[open_ranges]]
    return left
