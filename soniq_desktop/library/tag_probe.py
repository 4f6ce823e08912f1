"""Technical values and tags as FFmpeg sees them, for files that mutagen cannot read in full."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from soniq_desktop.audio.identity import packets
from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.library.tag_fields import Fields
from soniq_desktop.library.tag_text import repaired

TRIED_PACKETS = 32  # of which half must decode
_NAMES = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "album_artist": "album_artist",
    "genre": "genre",
    "date": "date",
    "track": "track_number",
    "disc": "disc_number",
    "composer": "composer",
    "comment": "comment",
}
_LOSSLESS = frozenset({"pcm", "flac", "alac", "wavpack", "ape"})


def texts(path: str) -> Fields:
    """Text fields alone, as quickly as FFmpeg can: the header is read, and no sound.

    Raises:
        UnreadableAudioError, OSError: as `probe`.
    """
    with _opened(path, {"probesize": "5000", "analyzeduration": "1"}) as container:
        return _fields(container, container.streams.audio[0])


def probe(path: str) -> tuple[Fields, dict[str, Any]]:
    """Text fields and the technical fields of `Tags`.

    Raises:
        UnreadableAudioError: FFmpeg finds no sound that can be decoded.
        OSError: the file cannot be opened.
    """
    with _opened(path, {}) as container:
        stream = container.streams.audio[0]
        found = _fields(container, stream), _technical(container, stream)
        if not _decodes(container, stream):
            raise UnreadableAudioError("There is no sound in this file that can be decoded.")
        return found


@contextmanager
def _opened(path: str, options: dict[str, str]) -> Iterator[InputContainer]:
    """A container with at least one audio stream, and FFmpeg's errors in our words."""
    try:
        # Latin-1 never fails; `repaired` then recognises UTF-8.
        with av.open(path, options=options, metadata_encoding="latin-1") as container:
            if not container.streams.audio:
                raise UnreadableAudioError("There is no sound in this file.")
            yield container
    except av.FFmpegError as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise UnreadableAudioError("This is not a sound file, or it is badly damaged.") from error


def _fields(container: InputContainer, stream: AudioStream) -> Fields:
    found = {**stream.metadata, **container.metadata}
    named = {name.lower(): text for name, text in found.items()}
    return {ours: [repaired(named[theirs])] for theirs, ours in _NAMES.items() if theirs in named}


def _technical(container: InputContainer, stream: AudioStream) -> dict[str, Any]:
    context = stream.codec_context
    codec = _codec(context.name)
    return {
        "duration": _duration(container, stream),
        "codec": codec,
        "sample_rate": context.sample_rate or 0,
        "channels": context.channels or 0,
        "bitrate": stream.bit_rate or container.bit_rate or 0,
        "bit_depth": _bits(context.name) if codec in _LOSSLESS else 0,
    }


def _duration(container: InputContainer, stream: AudioStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration and container.duration > 0 else 0.0


def _codec(name: str) -> str:
    """FFmpeg names decoders ("mp3float", "pcm_s16le"); we name what is in the file."""
    if name.startswith(("pcm_", "adpcm_")):
        return name.split("_", maxsplit=1)[0]
    return name.removeprefix("lib").removesuffix("float").removesuffix("_fixed")


def _bits(name: str) -> int:
    found = re.search(r"pcm_[sfu](\d+)", name)
    return int(found[1]) if found else 0


def _decodes(container: InputContainer, stream: AudioStream) -> bool:
    """Whether most packets turn into sound: FFmpeg takes much noise for MP3 until it decodes it."""
    first = list(islice((packet for packet in packets(container, stream) if packet.size), TRIED_PACKETS))
    return 2 * sum(_sounds(packet) for packet in first) >= max(len(first), 1)


def _sounds(packet: "Packet[AudioStream]") -> bool:
    try:
        return any(frame.samples for frame in packet.decode())
    except av.FFmpegError:
        return False
