"""Which format a file really is: told by its first bytes, whatever its name says."""

from typing import BinaryIO, Literal

Kind = Literal[
    "mp3", "adts", "flac", "vorbis", "opus", "oggflac", "speex", "mp4", "wav", "aiff", "wavpack", "ape",
]  # fmt: skip

EXTENSIONS = frozenset(
    {".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".alac", ".aac", ".wav", ".wave"}
    | {".aif", ".aiff", ".aifc", ".wv", ".ape"}
)
HEAD = 64  # bytes; enough for the first Ogg page header and the codec's name behind it

_OGG_CODECS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x01vorbis", "vorbis"),
    (b"OpusHead", "opus"),
    (b"\x7fFLAC", "oggflac"),
    (b"Speex", "speex"),
)
_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"fLaC", "flac"),
    (0, b"wvpk", "wavpack"),
    (0, b"MAC ", "ape"),
    (4, b"ftyp", "mp4"),
    (8, b"WAVE", "wav"),
    (8, b"AIFF", "aiff"),
    (8, b"AIFC", "aiff"),
)


def has_audio_name(name: str) -> bool:
    """Whether a file name has one of the extensions that SONIQ looks at."""
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in EXTENSIONS


def sniff(file: BinaryIO) -> Kind | None:
    """The format of an open file, None where its first bytes are of no format we know. Moves the position."""
    file.seek(0)
    head = file.read(HEAD)
    if head[:3] != b"ID3" or len(head) < 10:
        return _kind(head)
    file.seek(10 + _synchsafe(head[6:10]))
    return (
        _kind(file.read(HEAD)) or "mp3"
    )  # padding or damage behind an ID3 tag: MP3 readers search for a frame


def _kind(head: bytes) -> Kind | None:
    if head[:4] == b"OggS":
        return next((kind for mark, kind in _OGG_CODECS if mark in head), None)
    for offset, mark, kind in _MAGIC:
        if head[offset : offset + 4] == mark:
            return kind
    return _mpeg(head)


def _mpeg(head: bytes) -> Kind | None:
    """MPEG audio and ADTS share the sync word; ADTS has layer 0."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0x06:
        return "mp3"
    return "adts" if head[1] & 0xF0 == 0xF0 else None


def _synchsafe(four: bytes) -> int:
    return (four[0] & 127) << 21 | (four[1] & 127) << 14 | (four[2] & 127) << 7 | four[3] & 127
