"""A segment as a file: written once, in one go, and memory-mapped from then on.

    "SONIQFPS" | arrays, each at a multiple of 64 bytes | JSON footer | its CRC-32 and length | "SPFQINOS"

The footer names format and version, the dimensions, and for each array where it begins, its shape and its
CRC-32. Opening reads the footer alone (its checksum, and that the arrays lie inside a file of the stated
size); `damage` reads everything.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.versions import FINGERPRINT_VERSION
from soniq_desktop.fingerprint.segment import ARRAYS, Dimensions, Segment

MAGIC, END_MAGIC = b"SONIQFPS", b"SPFQINOS"
FORMAT = 1
ALIGNMENT = 64  # bytes
CHUNK = 1 << 22  # bytes checked at a time

_TAIL = struct.Struct("<II8s")  # CRC-32 and length of the footer, END_MAGIC


class SegmentError(SoniqError):
    """A segment file is damaged, cut short, or of another version."""


class OutdatedSegmentError(SegmentError):
    """A segment file is of another version; its tracks must be fingerprinted again."""


class SegmentWriter:
    """Writes the arrays of a segment one after another; the file counts only once `finish` has returned."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._file.write(MAGIC)
        self._arrays: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, name: str, parts: Iterable[NDArray[Any]], row: tuple[int, ...] = ()) -> None:
        """One array in parts; `row` is the shape of one row of it."""
        dtype = np.dtype(ARRAYS[name])
        self._file.write(bytes(-self._file.tell() % ALIGNMENT))
        begin, crc, length = self._file.tell(), 0, 0
        for part in parts:
            data = np.ascontiguousarray(part, dtype).reshape(-1).view(np.uint8).data
            crc = zlib.crc32(data, crc)
            length += self._file.write(data)
        rows = length // (dtype.itemsize * int(np.prod(row)))
        self._arrays[name] = {"at": begin, "shape": [rows, *row], "crc": crc}

    def finish(self, dimensions: Dimensions) -> None:
        """Write the footer and wait until the disk has everything."""
        footer = {
            "format": FORMAT,
            "version": FINGERPRINT_VERSION,
            "dimensions": dimensions._asdict(),
            "arrays": self._arrays,
        }
        data = json.dumps(footer).encode()
        self._file.write(data + _TAIL.pack(zlib.crc32(data), len(data), END_MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())


def save(segment: Segment, path: Path) -> None:
    """Write a segment that is in memory to a new file. Raises OSError."""
    with SegmentWriter(path) as writer:
        for name, array in segment.arrays().items():
            writer.write(name, [array], array.shape[1:])
        writer.finish(segment.dimensions)


def load(path: Path) -> Segment:
    """Map a segment file; all of its tracks are alive.

    Raises:
        FileNotFoundError: it is not there.
        SegmentError: it is damaged, cut short, or of another version.
    """
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise SegmentError(f"{path.name} is empty.") from None
    footer = _footer(path.name, mapped)
    if hasattr(mmap, "MADV_RANDOM"):
        # A question reads some thousand places. Around each the system would read 128 KB, a hundred times too
        # much; without that, what is going to be read is told beforehand: `Segment.expect`.
        mapped.madvise(mmap.MADV_RANDOM)
    arrays = {name: _array(path.name, mapped, footer, name) for name in ARRAYS}
    segment = Segment(path.name, Dimensions(**footer["dimensions"]), **arrays, mapping=mapped)
    _check_shapes(segment)
    return segment.with_alive(np.ones(segment.tracks, np.bool_))


def is_outdated(path: Path) -> bool:
    """Whether a file is a sound segment of another version."""
    try:
        load(path)
    except OutdatedSegmentError:
        return True
    except (SegmentError, OSError):
        return False
    return False


def damage(path: Path) -> list[str]:
    """Names of arrays that are not what was written; reads the whole file. Raises as `load` does."""
    load(path)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with mapped:
        footer = _footer(path.name, mapped)
        return [name for name in ARRAYS if _crc(mapped, footer, name) != footer["arrays"][name]["crc"]]


def _footer(name: str, mapped: mmap.mmap) -> dict[str, Any]:
    size = len(mapped)
    if size < len(MAGIC) + _TAIL.size or mapped[: len(MAGIC)] != MAGIC:
        raise SegmentError(f"{name} is no segment of the fingerprint index.")
    crc, length, magic = _TAIL.unpack(mapped[size - _TAIL.size :])
    data = mapped[max(0, size - _TAIL.size - length) : size - _TAIL.size]
    if magic != END_MAGIC or zlib.crc32(data) != crc:
        raise SegmentError(f"{name} is cut short or damaged.")
    footer: dict[str, Any] = json.loads(data)
    if (footer["format"], footer["version"]) != (FORMAT, FINGERPRINT_VERSION):
        raise OutdatedSegmentError(f"{name} is of another version.")
    return footer


def _array(name: str, mapped: mmap.mmap, footer: dict[str, Any], array: str) -> NDArray[Any]:
    entry = footer["arrays"][array]
    dtype, count = np.dtype(ARRAYS[array]), int(np.prod(entry["shape"]))
    if entry["at"] + count * dtype.itemsize > len(mapped):
        raise SegmentError(f"{name} is cut short.")
    return np.frombuffer(mapped, dtype, count, entry["at"]).reshape(entry["shape"])


def _check_shapes(segment: Segment) -> None:
    """The footer is sound here, so a wrong shape is the writer's error, but it must not crash a reader."""
    shift = segment.dimensions.hash_bits - segment.dimensions.bucket_bits
    fits = (
        len(segment.buckets) == (1 << segment.dimensions.bucket_bits) + 1
        and len(segment.lows) == (len(segment.postings) if shift else 0)
        and len(segment.peak_steps) == len(segment.peak_bins)
        and len(segment.starts) == len(segment.lengths) == segment.tracks == len(segment.audio_hashes)
        and int(segment.buckets[-1]) == len(segment.postings)
        and int(segment.blocks[-1]) == len(segment.peak_bins)
    )
    if not fits:
        raise SegmentError(f"The parts of {segment.name} do not fit together.")


def _crc(mapped: mmap.mmap, footer: dict[str, Any], name: str) -> int:
    crc = 0
    for chunk in _chunks(mapped, footer["arrays"][name], np.dtype(ARRAYS[name]).itemsize):
        crc = zlib.crc32(chunk, crc)
    return crc


def _chunks(mapped: mmap.mmap, entry: dict[str, Any], itemsize: int) -> Iterator[bytes]:
    end = entry["at"] + int(np.prod(entry["shape"])) * itemsize
    for at in range(entry["at"], end, CHUNK):
        yield mapped[at : min(end, at + CHUNK)]
