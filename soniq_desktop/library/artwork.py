"""Covers: found in files or folders, kept once per picture, named by their content.

The process that reads tags stores the original bytes below `Paths.artwork` as `ab/abcd...` (a BLAKE2b-128).
Thumbnails lie beside them as `abcd...-320`; they are made when one is first shown (services/artwork.py),
because most covers of a large library are never looked at in every size.
"""

import contextlib
import hashlib
import os
from pathlib import Path

from soniq_desktop.common.paths import Paths

MARK = "CACHEDIR.TAG"
SIZES = (64, 320, 640)  # pixels of the longer side of a thumbnail
MAX_BYTES = 24 << 20  # a larger picture is no cover
FOLDER_NAMES = ("cover", "folder", "front", "album", "albumart")  # in this order
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM")


def is_picture(data: bytes) -> bool:
    """Whether bytes begin like a JPEG, PNG, GIF, BMP or WebP picture, and are of a sane size."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return 100 < len(data) <= MAX_BYTES and (webp or data.startswith(_MAGIC))


def store(root: Path, data: bytes) -> str | None:
    """Keep a picture below `root`; returns its key (32 hexadecimal characters), None for what is no picture.

    Safe against other processes that store the same picture, and against being killed.
    """
    if not is_picture(data):
        return None
    key = hashlib.blake2b(data, digest_size=16).hexdigest()
    target = original_path(root, key)
    if not _complete(target, len(data)):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        part.write_bytes(data)
        part.replace(target)
    return key


def mark_cache(root: Path) -> None:
    """Tag the folder as a cache, for backup programs (bford.info/cachedir), and as filled, for us."""
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).write_text("Signature: 8a477f597d28d172789f06886806bc55\n# Covers, kept by SONIQ\n")


def is_marked(root: Path) -> bool:
    """Whether the cache has been filled, and not been cleared since."""
    return (root / MARK).is_file()


def _complete(target: Path, size: int) -> bool:
    try:
        return target.stat().st_size == size
    except OSError:
        return False


def original_path(root: Path, key: str) -> Path:
    """Where the picture itself is, as it was found."""
    return root / key[:2] / key


def thumbnail_path(root: Path, key: str, size: int) -> Path:
    """Where a thumbnail of one of `SIZES` is, or will be."""
    return root / key[:2] / f"{key}-{size}"


def artwork_path(paths: Paths, key: str, size: int) -> Path | None:
    """The file to show at `size` pixels: the thumbnail, else the picture itself; None where both are gone."""
    fitting = next((one for one in SIZES if one >= size), None)
    candidates = [thumbnail_path(paths.artwork, key, fitting)] if fitting else []
    return next((path for path in (*candidates, original_path(paths.artwork, key)) if path.is_file()), None)


def folder_picture(folder: str) -> str | None:
    """The path of cover.jpg, folder.png, front.webp and the like in a folder, upper or lower case."""
    found: dict[tuple[int, int], str] = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name.lower())  # noqa: PTH122 names may hold surrogate escapes
            if stem in FOLDER_NAMES and suffix in _SUFFIXES:
                found[FOLDER_NAMES.index(stem), _SUFFIXES.index(suffix)] = entry.path
    return found[min(found)] if found else None


def store_folder_picture(root: Path, folder: str) -> str | None:
    """Keep the picture that lies in a folder; returns its key."""
    path = folder_picture(folder)
    if path is None:
        return None
    with contextlib.suppress(OSError), open(path, "rb") as file:  # noqa: PTH123
        return store(root, file.read(MAX_BYTES + 1))
    return None
