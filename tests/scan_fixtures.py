"""Small libraries on the disk for tests of scanning: tagged tones, covers, and what becomes of them."""

import struct
import zlib
from collections import deque
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.processes import Finished
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Features, Listening, TrackQuery, Waveform
from soniq_desktop.library.scanner import Scanner
from soniq_desktop.library.tags import read_batch
from tests.audio_fixtures import noise, write_audio


def png(width: int = 32, height: int = 32, colour: tuple[int, int, int] = (200, 30, 60)) -> bytes:
    """A picture of one colour."""
    row = b"\0" + bytes(colour) * width

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(row * height)
    data = chunk(b"IHDR", header) + chunk(b"tEXt", b"Comment\0" + b"-" * 100) + chunk(b"IDAT", pixels)
    return b"\x89PNG\r\n\x1a\n" + data + chunk(b"IEND", b"")


def song(path: Path, number: int = 1, seconds: float = 0.2, **tags: str) -> Path:
    """A short file whose sound depends on `number`; tagged with a title unless tags are given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = noise(seconds, rate=8000, channels=1, seed=number)
    return write_audio(path, samples, 8000, tags=tags or {"title": f"Song {number}", "artist": "Tester"})


def album(folder: Path, count: int = 3, suffix: str = ".flac", first: int = 1) -> list[Path]:
    """`count` songs in a folder."""
    return [song(folder / f"{number:02d}{suffix}", number) for number in range(first, first + count)]


class Library:
    """A catalogue with a scanner over some folders."""

    def __init__(self, home: Path, *folders: Path) -> None:
        self.paths = Paths.under(home).ensure()
        self.catalogue = Catalogue(self.paths.catalogue)
        self.scanner = Scanner(self.catalogue, self.paths)
        self.folders = [str(folder) for folder in folders]
        for folder in self.folders:
            self.catalogue.add_folder(folder)

    def scan(self, *folders: Path, deep: bool = False):
        return self.scanner.scan([str(one) for one in folders] or self.folders, deep=deep)

    def tracks(self):
        return self.catalogue.tracks(self.catalogue.track_ids(TrackQuery(sort="path")))

    def names(self) -> list[str]:
        return [Path(track.path).name for track in self.tracks() if not track.missing]

    def missing(self) -> list[str]:
        return [Path(track.path).name for track in self.tracks() if track.missing]

    def track(self, path: Path):
        return self.catalogue.track_by_path(str(path))

    def listen(self, path: Path) -> str:
        """As the listening pass does; returns the identity of the sound."""
        track = self.track(path)
        bars = np.zeros(16, np.uint8)
        waveform = Waveform(bars, bars, bars, np.zeros(4, np.float32))
        digest = audio_hash(str(path))
        heard = Listening(digest, track.tags.duration, Features(FEATURES_VERSION, tempo=120.0), waveform)
        self.catalogue.store_listening(track.id, heard)
        return digest

    def problems(self) -> dict[str, str]:
        return {Path(one.path).name: one.reason for one in self.catalogue.problems()}


class InlinePool:
    """Stands in for `common.processes.ProcessPool` and reads tags right here."""

    def __init__(self, handler: str, workers: int, **_options: object) -> None:
        self._waiting: deque[tuple[Hashable, dict[str, Any]]] = deque()

    def __enter__(self) -> "InlinePool":
        return self

    def __exit__(self, *_exc: object) -> None:
        self._waiting.clear()

    def submit(self, key: Hashable, task: dict[str, Any]) -> None:
        self._waiting.append((key, task))

    def events(self, timeout: float) -> list[Finished]:
        if not self._waiting:
            return []
        key, task = self._waiting.popleft()
        return [Finished(key, read_batch(task))]

    def idle(self) -> bool:
        return not self._waiting

    def waiting(self) -> int:
        return len(self._waiting)

    def in_hand(self) -> tuple[Hashable, ...]:
        return ()
