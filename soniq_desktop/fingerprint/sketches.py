"""Which tracks may share a recording: a few numbers of each that its copies have too, and who else has them.

A peak and two of the peaks that follow it are a triple. It is named by a number of 64 bits from the bins and
the distances in time of the three, so that different triples hardly ever have one number. Of each track the
triples with the smallest numbers are kept (bottom-k sampling: A. Z. Broder, "On the resemblance and
containment of documents", 1997): which these are does not depend on what else there is, so copies keep the
same ones, and parts of a recording mostly those of the part.

Looking these up costs a hundredth of looking up all pairs of peaks in the index. It is for comparing a whole
library; a single track is looked up in the index by `recordings.related`, for which nothing is prepared.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import LARGEST_BIN_STEP, SHORTEST_PAIR
from soniq_desktop.fingerprint.overlay import StoredPeaks
from soniq_desktop.fingerprint.segment import Integers, spread

REACH = 32  # frames in which the second and third peak follow the first
PARTNERS = 3  # of each peak: those whose pairs with it have the smallest numbers
FEWEST, PER_SECOND = 128, 0.5  # triples kept of a track, whichever is more
FEWEST_VOTES = 4  # triples that agree on an offset, for two tracks to be compared
MOST_OFFSETS, MOST_TRACKS = 24, 100  # of a pair, and of a track
MOST_ALIKE = 1000  # triples of one number in the library, beyond which it is passed over
ROW = np.dtype([("key", "<u8"), ("track", "<u4"), ("frame", "<u4")])  # of a file of sketches

_PAIR_BITS = 30
_EARLIEST = 1 << 30  # frames: keeps offsets positive


class Sketches(NamedTuple):
    """Triples (m,) that occur more than once in a library, in the order of their numbers.

    Attributes:
        tracks, frames: of which track (by its place in the library) each is, and where in it.
        order: rows (m,) in the order of tracks; `starts`: where those of each track begin (tracks + 1,).
    """

    keys: NDArray[np.uint64]
    tracks: NDArray[np.uint32]
    frames: NDArray[np.uint32]
    order: NDArray[np.uint32]
    starts: NDArray[np.int64]


def sketch(peaks: StoredPeaks, track: int) -> NDArray[np.void]:
    """The triples (k,) of `ROW` of a track that are kept; `track` is its place in the library."""
    first, keys = _triples(peaks)
    most = max(FEWEST, round(PER_SECOND * peaks.cells()))
    if len(keys) > most:
        smallest = np.argpartition(keys, most)[:most]
        first, keys = first[smallest], keys[smallest]
    rows = np.empty(len(keys), ROW)
    rows["key"], rows["track"], rows["frame"] = keys, track, peaks.frames[first]
    return rows


def joined(rows: NDArray[np.void], tracks: int) -> Sketches:
    """The sketches of a library of so many tracks, made ready for `candidates`."""
    order = _in_company(np.ascontiguousarray(rows["key"]))
    owners = rows["track"][order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=tracks))])
    by_track = np.argsort(owners).astype(np.uint32)
    return Sketches(rows["key"][order], owners, rows["frame"][order], by_track, starts)


def _in_company(keys: NDArray[np.uint64]) -> Integers:
    """Indices (m,) of the keys that occur more than once, in the order of the keys."""
    order = np.argsort(keys)
    keys = keys[order]
    again = keys[1:] == keys[:-1]
    shared = np.zeros(len(keys), np.bool_)
    shared[1:] |= again
    shared[:-1] |= again
    return order[shared]


def write(sketches: Sketches, folder: Path) -> None:
    """As files that `read` maps. Raises OSError."""
    for name, array in sketches._asdict().items():
        np.save(folder / f"{name}.npy", array)


def read(folder: Path) -> Sketches:
    """Memory-mapped. Raises OSError."""
    return Sketches(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in Sketches._fields))


def candidates(sketches: Sketches, track: int) -> dict[int, list[int]]:
    """Offsets (frames) at which earlier tracks may hold this one, by track, most votes first.

    Only tracks that come earlier in the library: of each pair it is asked once.
    """
    found: dict[int, list[int]] = {}
    for other, offset in _voted(*_agreeing(sketches, track)):
        if other in found or len(found) < MOST_TRACKS:
            found.setdefault(other, []).append(offset)
    return {other: offsets[:MOST_OFFSETS] for other, offsets in found.items()}


def _agreeing(sketches: Sketches, track: int) -> tuple[Integers, Integers]:
    """Earlier tracks (n,) and offsets (n,) of all triples that have the number of one of this track's."""
    own = sketches.order[sketches.starts[track] : sketches.starts[track + 1]]
    keys = sketches.keys[own]
    begin = np.searchsorted(sketches.keys, keys, side="left")
    count = np.searchsorted(sketches.keys, keys, side="right") - begin
    count[count > MOST_ALIKE] = 0
    rows, owner = spread(begin, count)
    others = sketches.tracks[rows].astype(np.int64)
    offsets = sketches.frames[rows].astype(np.int64) - sketches.frames[own][owner]
    earlier = others < track
    return others[earlier], offsets[earlier]


def _voted(tracks: Integers, offsets: Integers) -> Iterator[tuple[int, int]]:
    """Tracks and offsets on which enough triples agree, most votes first.

    A copy that is cut lies between the frames of the other: neighbouring offsets are counted together.
    """
    found, votes = np.unique((tracks << 32) + ((offsets + _EARLIEST) >> 1), return_counts=True)
    beside = np.flatnonzero(np.diff(found) == 1)
    votes[beside] += votes[beside + 1]
    enough = np.flatnonzero(votes >= FEWEST_VOTES)
    for row in enough[np.argsort(-votes[enough], kind="stable")]:
        yield int(found[row] >> 32), (int(found[row] & 0xFFFFFFFF) << 1) - _EARLIEST


def _triples(peaks: StoredPeaks) -> tuple[Integers, NDArray[np.uint64]]:
    """First peaks (m,) and numbers (m,) of the triples of a track."""
    first, pairs = _partners(peaks)
    parts = [(first[:0], pairs[:0])]
    for step in range(1, PARTNERS):
        same = first[step:] == first[:-step]
        both = pairs[:-step][same] << np.uint64(_PAIR_BITS) | pairs[step:][same]
        parts.append((first[step:][same], _mixed(both)))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _partners(peaks: StoredPeaks) -> tuple[Integers, NDArray[np.uint64]]:
    """Pairs (n,) of each peak with some that follow it: the peak, and the pair's number, which ascends.

    The distance in time is halved: a peak may be in the next frame where a copy was cut.
    """
    first, second = _near(peaks.frames.astype(np.int32), peaks.bins.astype(np.int32))
    bins, frames = peaks.bins, (peaks.frames[second] - peaks.frames[first]) >> 1
    numbers = _mixed((bins[first] << 20 | bins[second] << 8 | frames).astype(np.uint64))
    keys = first.astype(np.uint64) << np.uint64(_PAIR_BITS) | numbers >> np.uint64(64 - _PAIR_BITS)
    keys.sort()
    first = (keys >> np.uint64(_PAIR_BITS)).astype(np.int64)
    few = np.ones(len(first), np.bool_)
    few[PARTNERS:] = first[PARTNERS:] != first[:-PARTNERS]
    return first[few], keys[few] & np.uint64((1 << _PAIR_BITS) - 1)


def _near(frames: NDArray[np.int32], bins: NDArray[np.int32]) -> tuple[Integers, Integers]:
    """Pairs (n,) of peaks, the earlier and the later one, that are near each other, but no held note.

    Each turn compares every peak with the one so many places after it, until all of those are out of reach.
    """
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, len(frames)):
        apart, rise = frames[step:] - frames[:-step], np.abs(bins[step:] - bins[:-step])
        if apart.min() > REACH:
            break
        inside = (apart <= REACH) & (apart >= SHORTEST_PAIR)
        near = np.flatnonzero(inside & (rise > 0) & (rise <= LARGEST_BIN_STEP))
        first.append(near)
        second.append(near + step)
    return np.concatenate(first), np.concatenate(second)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Values (n,) as if drawn by chance, equal ones alike: the finaliser of A. Appleby's MurmurHash3."""
    mixed = values.copy()
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 1):
        mixed ^= mixed >> np.uint64(33)
        mixed *= np.uint64(factor)
    return mixed
