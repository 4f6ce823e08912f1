"""The stems of one track on the disk: short FLAC files and a journal that says which of them are whole.

A file gets its name when it is complete, and its line in the journal after that. A reader believes the
journal alone, and checks size and CRC before it plays: a crash, a full disk or a damaged disk costs a
chunk, never a wrong sound. Everything here can be made again.
"""

import contextlib
import errno
import json
import os
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.stems import flac
from soniq_desktop.stems.balance import Matrix
from soniq_desktop.stems.errors import StemsError
from soniq_desktop.stems.overlap import Grid
from soniq_desktop.stems.records import PEAKS_PER_SECOND, ChunkRecord, StoredFile, describe, parse_line

Samples = NDArray[np.float32]
DECODED = 3  # chunks kept in memory for the player
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """What all chunks of a set have in common. `frames` is an estimate until `exact`."""

    stems: tuple[str, ...]
    sample_rate: int
    stride: int
    segment: int
    frames: int
    exact: bool = False
    format: int = FORMAT

    @property
    def grid(self) -> Grid:
        return Grid(self.segment, self.stride)


class StemSet:
    """Reads and writes the folder of one track and engine. Thread-safe; one process writes at a time.

    Attributes:
        layout: None before the first separation has begun.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.layout: Layout | None = None
        self._records: dict[int, ChunkRecord] = {}
        self._read_to = 0
        self._decoded: OrderedDict[int, Samples] = OrderedDict()
        self._lock = threading.RLock()
        self.refresh()

    # what there is

    def refresh(self) -> list[int]:
        """Take in what another process has finished meanwhile; returns the new chunks."""
        with self._lock:
            self._load_layout()
            new: list[int] = []
            for record in self._new_records():
                if self._whole(record):
                    self._records[record.index] = record
                    new.append(record.index)
            return new

    def done(self) -> list[int]:
        """Finished chunks, in order."""
        with self._lock:
            return sorted(self._records)

    @property
    def chunks(self) -> int:
        """How many chunks the track has; 0 while nothing is known."""
        return self.layout.grid.chunks(self.layout.frames) if self.layout else 0

    @property
    def complete(self) -> bool:
        return bool(self.layout and self.layout.exact and len(self._records) >= self.chunks > 0)

    @property
    def seconds_ready(self) -> float:
        with self._lock:
            frames = sum(record.frames for record in self._records.values())
        return frames / self.layout.sample_rate if self.layout else 0.0

    @property
    def residual(self) -> float | None:
        """Energy of original minus sum of all stems, in dB of the original's; None for silence."""
        with self._lock:
            rest = sum(record.residual for record in self._records.values())
            power = sum(record.power for record in self._records.values())
        return float(10 * np.log10(max(rest, 1e-20) / power)) if power > 0 else None

    def energies(self) -> tuple[Matrix, Matrix] | None:
        """K-weighted energies of all finished chunks: (2, stems, stems), and of the original (2,)."""
        with self._lock:
            if not self._records:
                return None
            records = self._records.values()
            return (
                np.sum([record.energies for record in records], axis=0),
                np.sum([record.original for record in records], axis=0),
            )

    def peaks(self, stem: str) -> NDArray[np.uint8]:
        """(n,) for the whole track, PEAKS_PER_SECOND, 255 at full scale; 0 where nothing is ready yet."""
        if self.layout is None:
            return np.zeros(0, np.uint8)
        hop = self.layout.sample_rate // PEAKS_PER_SECOND
        line = np.zeros(-(-self.layout.frames // hop) + 1, np.uint8)
        row = self.layout.stems.index(stem)
        with self._lock:
            for record in self._records.values():
                at = round(record.index * self.layout.stride / hop)
                part = record.peaks[row][: max(0, len(line) - at)]
                line[at : at + len(part)] = np.maximum(line[at : at + len(part)], part)
        return line

    def extent(self, frame: int) -> tuple[bool, int]:
        """Whether the stems are there at a frame, and how many frames that holds from there on."""
        if self.layout is None or frame >= self.layout.frames:
            return False, 1 << 40
        stride, chunk = self.layout.stride, frame // self.layout.stride
        with self._lock:
            ready = chunk in self._records
            last = chunk
            while last + 1 < self.chunks and (last + 1 in self._records) == ready and last - chunk < 8:
                last += 1
        return ready, min((last + 1) * stride, self.layout.frames) - frame

    # sound

    def read(self, frame: int, frames: int) -> Samples:
        """(stems, n, 2) from a frame on, within finished chunks; fewer at the end or where one is damaged.

        Raises:
            StemsError: nothing can be read there; the damaged chunk is forgotten and will be made again.
        """
        if self.layout is None:
            raise StemsError("There are no stems of this track yet.")
        parts: list[Samples] = []
        while frames > 0:
            chunk, inside = divmod(frame, self.layout.stride)
            if chunk not in self._records:
                break
            part = self.chunk(chunk)[:, inside : inside + frames]
            if part.shape[1] == 0:
                break
            parts.append(part)
            frame, frames = frame + part.shape[1], frames - part.shape[1]
        if not parts:
            return np.zeros((len(self.layout.stems), 0, 2), np.float32)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def at_hand(self, frame: int, frames: int) -> Samples | None:
        """Like `read` up to the chunk's end, where that is decoded in memory; else None. Never waits."""
        if self.layout is None or not self._lock.acquire(blocking=False):
            return None
        try:
            chunk, inside = divmod(frame, self.layout.stride)
            decoded = self._decoded.get(chunk)
            return None if decoded is None else decoded[:, inside : inside + frames]
        finally:
            self._lock.release()

    def chunk(self, index: int) -> Samples:
        """(stems, n, 2) of a finished chunk. Raises StemsError."""
        with self._lock:
            if index in self._decoded:
                self._decoded.move_to_end(index)
                return self._decoded[index]
            record = self._records.get(index)
            if record is None or self.layout is None:
                raise StemsError("This part of the track has not been taken apart yet.")
            try:
                decoded = np.stack([self._stem(record, lane) for lane in range(len(self.layout.stems))])
            except StemsError:
                self._records.pop(index, None)
                raise
            self._decoded[index] = decoded
            while len(self._decoded) > DECODED:
                self._decoded.popitem(last=False)
            return decoded

    def _stem(self, record: ChunkRecord, number: int) -> Samples:
        file = record.files[number]
        try:
            data = self._path(record.index, number).read_bytes()
        except OSError as error:
            raise StemsError("A stored stem is gone; it will be made again.") from error
        if len(data) != file.size or zlib.crc32(data) != file.crc:
            raise StemsError("A stored stem is damaged; it will be made again.")
        samples = flac.decode(data, file.exponent)
        if len(samples) != record.frames:
            raise StemsError("A stored stem is damaged; it will be made again.")
        return samples

    # writing

    def begin(self, layout: Layout) -> None:
        """Prepare for a separation; what was made with another layout is thrown away. Raises StemsError."""
        with self._lock, _plainly():
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.layout is None or _shape(self.layout) != _shape(layout):
                self._throw_away()
            elif self.layout.exact:
                layout = self.layout
            self._set_layout(layout)
            for left in self.folder.glob("*.tmp"):
                left.unlink(missing_ok=True)

    def set_length(self, frames: int) -> None:
        """The track's exact length is known now."""
        with self._lock, _plainly():
            if self.layout is not None:
                values = {**asdict(self.layout), "frames": frames, "exact": True}
                self._set_layout(Layout(**{**values, "stems": self.layout.stems}))

    def add(self, index: int, stems: Samples, original: Samples) -> ChunkRecord:
        """Keep a chunk (stems, 2, n) whose original is (n, 2); it is there whole, or not at all.

        Raises:
            StemsError: the disk is full or gone; what was finished before stays.
        """
        with self._lock, _plainly():
            if self.layout is None:
                raise StemsError("A chunk came before its layout.")
            files = tuple(
                self._write(index, number, np.ascontiguousarray(lane.T)) for number, lane in enumerate(stems)
            )
            record = describe(index, stems, original, files, self.layout.sample_rate)
            with self._journal.open("a", encoding="ascii") as journal:
                journal.write("\n" + record.line() + "\n")  # a torn line before it ends here
            self._records[index] = record
            self._decoded.pop(index, None)
            return record

    def _write(self, index: int, number: int, samples: Samples) -> StoredFile:
        rate = self.layout.sample_rate if self.layout else 0
        data, exponent = flac.encode(samples, rate)
        target = self._path(index, number)
        temporary = target.with_suffix(".tmp")
        try:
            write_file(temporary, data)
            temporary.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        return StoredFile(len(data), zlib.crc32(data), exponent)

    def _throw_away(self) -> None:
        self._records.clear()
        self._decoded.clear()
        self._journal.unlink(missing_ok=True)
        self._read_to = 0
        for file in self.folder.glob("*.flac"):
            file.unlink(missing_ok=True)

    # the journal

    @property
    def _journal(self) -> Path:
        return self.folder / "chunks.jsonl"

    def _path(self, index: int, number: int) -> Path:
        stem = self.layout.stems[number] if self.layout else str(number)
        return self.folder / f"{index:05d}-{stem}.flac"

    def _set_layout(self, layout: Layout) -> None:
        self.layout = layout
        write_atomic(self.folder / "layout.json", json.dumps(asdict(layout)).encode())

    def _load_layout(self) -> None:
        try:
            data = json.loads((self.folder / "layout.json").read_bytes())
            layout = Layout(**{**data, "stems": tuple(data["stems"])})
        except (OSError, ValueError, KeyError, TypeError):
            return
        if layout.format == FORMAT:
            self.layout = layout

    def _new_records(self) -> list[ChunkRecord]:
        """Lines that came since the last look; a line without its end is left for the next."""
        if self.layout is None:
            return []
        try:
            with self._journal.open("rb") as journal:
                journal.seek(self._read_to)
                data = journal.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read_to += len(whole)
        found = (parse_line(line) for line in whole.decode("ascii", "replace").splitlines() if line)
        return [record for record in found if record is not None]

    def _whole(self, record: ChunkRecord) -> bool:
        """All files of a record are there, with the length that they had."""
        if self.layout is None or len(record.files) != len(self.layout.stems):
            return False
        try:
            return all(
                self._path(record.index, number).stat().st_size == file.size
                for number, file in enumerate(record.files)
            )
        except OSError:
            return False


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file. A function of its own, so that a full disk can be tried out."""
    path.write_bytes(data)


def _shape(layout: Layout) -> tuple[object, ...]:
    return layout.stems, layout.sample_rate, layout.stride, layout.segment, layout.format


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Errors of the disk as sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
            raise StemsError(
                "The disk is full: the stems could not be kept.",
                "Free some space; “Free up space” in Stems deletes other stems. What was finished is kept.",
            ) from error
        reason = (error.strerror or os.strerror(error.errno or 0)).lower()
        raise StemsError(f"The stems could not be kept: {reason}.", "Check the cache folder.") from error
