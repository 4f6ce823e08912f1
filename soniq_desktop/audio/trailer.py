"""Where the sound of a raw MPEG, ADTS or FLAC file ends and the tags appended to it begin.

These streams have no container that says where they end, so taggers append APEv2, Lyrics3 and ID3v1 blocks,
and demuxers hand (part of) them out as audio packets.
"""

import os
from typing import BinaryIO

ID3V1 = 128  # bytes: "TAG" ...
ENHANCED = 227  # bytes: "TAG+" ..., before the ID3v1 block
APE_FOOTER = 32  # bytes, APEv1 and APEv2: "APETAGEX", version, size, items, flags, reserved
APE_HAS_HEADER = 1 << 31
LYRICS_END = b"LYRICS200"


def audio_end(path: str) -> int:
    """The offset in bytes at which trailing tags begin; the file's size where there are none."""
    with open(path, "rb") as file:  # noqa: PTH123 names with surrogate escapes are plain strings here
        end = file.seek(0, os.SEEK_END)
        while (shorter := _without_last_tag(file, end)) < end:
            end = shorter
        return end


def _without_last_tag(file: BinaryIO, end: int) -> int:
    for ends_before in (_id3v1, _enhanced, _ape, _lyrics):
        size = ends_before(file, end)
        if 0 < size <= end:
            return end - size
    return end


def _id3v1(file: BinaryIO, end: int) -> int:
    return ID3V1 if _read(file, end - ID3V1, 3) == b"TAG" else 0


def _enhanced(file: BinaryIO, end: int) -> int:
    return ENHANCED if _read(file, end - ENHANCED, 4) == b"TAG+" else 0


def _ape(file: BinaryIO, end: int) -> int:
    footer = _read(file, end - APE_FOOTER, APE_FOOTER)
    if footer[:8] != b"APETAGEX":
        return 0
    size = int.from_bytes(footer[12:16], "little")  # items and footer, without the header
    flags = int.from_bytes(footer[20:24], "little")
    return size + (APE_FOOTER if flags & APE_HAS_HEADER else 0)


def _lyrics(file: BinaryIO, end: int) -> int:
    """Lyrics3 v2: "LYRICSBEGIN", fields, six digits with their size, "LYRICS200"."""
    tail = _read(file, end - 15, 15)
    if tail[6:] != LYRICS_END or not tail[:6].isdigit():
        return 0
    return int(tail[:6]) + 15


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    if offset < 0:
        return b""
    file.seek(offset)
    return file.read(size)
