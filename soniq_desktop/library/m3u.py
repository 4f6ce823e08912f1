"""M3U and M3U8 playlists of other programs."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from soniq_desktop.common.errors import DocumentError
from soniq_desktop.common.fileio import write_atomic

_INFO = "#EXTINF:"
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class M3uLine:
    """A file that a playlist names, with what its #EXTINF line says."""

    path: str  # absolute, as os.fsdecode gives it
    title: str = ""
    artist: str = ""
    duration: float = 0.0  # seconds, 0 where unknown


class Line(Protocol):
    """What `write_m3u` needs to know of an entry."""

    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def artist(self) -> str: ...
    @property
    def duration(self) -> float: ...


def read_m3u(file: Path) -> list[M3uLine]:
    """The files that a playlist names; streams from the network are left out.

    Text is UTF-8; where it is not, file names are taken as the bytes that they are.

    Raises:
        DocumentError: the file cannot be read.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"The playlist {file.name} cannot be read: {(error.strerror or str(error)).lower()}."
        ) from error
    return list(_lines(data.removeprefix(_MARK), file.absolute().parent))


def write_m3u(file: Path, entries: Iterable[Line], *, relative: bool) -> None:
    """Write entries as M3U8 (UTF-8; names that are not UTF-8 keep their bytes).

    Raises:
        SaveError: the file cannot be written.
    """
    lines = [b"#EXTM3U"]
    for entry in entries:
        name = " - ".join(part for part in (entry.artist, entry.title) if part)
        info = f"{_INFO}{round(entry.duration) or -1},{' '.join(name.split())}"
        lines.append(info.encode("utf-8", "replace"))
        lines.append(_written(entry.path, file.absolute().parent if relative else None))
    write_atomic(file, b"\n".join(lines) + b"\n")


def _lines(data: bytes, folder: Path) -> Iterator[M3uLine]:
    title = artist = ""
    duration = 0.0
    for raw in data.splitlines():
        line = raw.strip()
        if line.upper().startswith(_INFO.encode()):
            duration, artist, title = _info(line[len(_INFO) :].decode("utf-8", "replace"))
        elif line and not line.startswith(b"#"):
            path = _path(raw.strip(b"\r\n").strip(b" \t"), folder)
            if path is not None:
                yield M3uLine(path, title, artist, duration)
            title, artist, duration = "", "", 0.0


def _info(text: str) -> tuple[float, str, str]:
    """ "123,Artist - Title" as duration, artist, title; attributes after the number are skipped."""
    head, _, name = text.partition(",")
    try:
        duration = max(0.0, float(head.split()[0]))
    except (ValueError, IndexError):
        duration = 0.0
    artist, dash, title = name.strip().partition(" - ")
    return (duration, artist.strip(), title.strip()) if dash else (duration, "", artist.strip())


def _path(raw: bytes, folder: Path) -> str | None:
    if raw.lower().startswith(b"file:"):
        raw = unquote_to_bytes(urlsplit(raw).path)
        raw = raw[1:] if os.name == "nt" else raw
    elif b"://" in raw:
        return None
    text = os.fsdecode(raw)
    found = os.path.normpath(folder / text)
    if os.sep == "/" and "\\" in text and not Path(found).exists():
        found = os.path.normpath(folder / text.replace("\\", "/"))  # written on Windows
    return found


def _written(path: str, folder: Path | None) -> bytes:
    if "\n" in path or "\r" in path or path != path.strip():
        return b"file://" + quote_from_bytes(os.fsencode(path)).encode("ascii")
    if folder is not None:
        path = _relative(path, folder)
    return os.fsencode(f"./{path}" if path.startswith("#") else path)


def _relative(path: str, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # another drive on Windows
        return path
