"""Identity of a recording on disk: the sound, not the path and not the tags (DESIGN section 4).

`audio_hash` is BLAKE2b-128 over the demuxed packets of the first audio stream, one after the other. Demuxers
skip tags at the beginning and inside containers; tags behind raw streams are cut off here (`audio.trailer`).
"""

import hashlib
from collections.abc import Iterator

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from soniq_desktop.audio.trailer import audio_end
from soniq_desktop.common.errors import UnreadableAudioError

RAW_STREAMS = frozenset({"mp3", "aac", "flac"})  # FFmpeg's names of formats without an end of their own
MAX_ERRORS = 200  # consecutive demuxing errors until a damaged file is given up


class PacketHash:
    """`audio_hash` for those who demux the file anyway: feed it every packet of the first audio stream.

    Args:
        path: the file, to see where trailing tags begin.
        format_name: FFmpeg's name of the container (`container.format.name`).
    """

    def __init__(self, path: str, format_name: str) -> None:
        self._end = audio_end(path) if format_name in RAW_STREAMS else None
        self._hash = hashlib.blake2b(digest_size=16)
        self.bytes = 0  # of audio, so far

    def update(self, packet: "Packet[AudioStream]") -> None:
        """Add one packet; flush packets and packets made of trailing tags are skipped."""
        size = packet.size
        if self._end is not None and packet.pos is not None and packet.pos >= 0:
            size = min(size, self._end - packet.pos)
        if size > 0:
            self._hash.update(memoryview(packet)[:size])
            self.bytes += size

    def hexdigest(self) -> str:
        """32 hexadecimal characters. Raises UnreadableAudioError when there was no audio at all."""
        if not self.bytes:
            raise UnreadableAudioError("There is no sound in this file.")
        return self._hash.hexdigest()


def audio_hash(path: str) -> str:
    """The identity of the sound in a file, 32 hexadecimal characters.

    Raises:
        UnreadableAudioError: not an audio file, or one without any audio packet.
        OSError: the file cannot be opened.
    """
    try:
        with av.open(path) as container:
            if not container.streams.audio:
                raise UnreadableAudioError("There is no sound in this file.")
            digest = PacketHash(path, container.format.name)
            for packet in packets(container, container.streams.audio[0]):
                digest.update(packet)
            return digest.hexdigest()
    except av.FFmpegError as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise UnreadableAudioError("This file cannot be read as audio.") from error


def packets(container: InputContainer, stream: AudioStream) -> "Iterator[Packet[AudioStream]]":
    """The packets of one stream; damaged stretches are skipped instead of ending the file."""
    errors = 0
    while errors < MAX_ERRORS:
        try:
            for packet in container.demux(stream):
                errors = 0
                yield packet
            return
        except av.FFmpegError:
            errors += 1
