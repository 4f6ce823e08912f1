"""One opened audio stream: demuxing and decoding by FFmpeg (PyAV), packet by packet, whatever its state.

FFmpeg removes the encoder's delay and padding by itself where the file tells (LAME tag, edit list, Ogg
granules, Opus pre-skip). What it leaves over is done here: the padding at the end of AAC in MP4.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.common.log import topic

av.logging.set_level(av.logging.PANIC)
Packet: TypeAlias = "av.Packet[av.AudioStream]"
log = topic("decode")

# Seconds decoded and dropped before a seek's target: MP3 fills its bit reservoir, Opus needs 0.08.
LEAD_IN = 0.25
STALLED_AFTER = 10.0  # seconds without a single decoded frame
MOST_PLANES = (
    7  # PyAV looks at one plane more than there is, and FFmpeg has room for eight: 7.1 would crash it
)
_FULL_SCALE = {"u8": 128.0, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


@dataclass(frozen=True, slots=True)
class Block:
    """Decoded samples (n, channels) float32 and where in the stream they lie."""

    samples: NDArray[np.float32]
    position: int | None  # source frame of the first sample, where the file has time stamps
    rate: int
    layout: tuple[str, ...]  # FFmpeg's channel names


class Media:
    """An opened file and its best audio stream.

    Raises:
        UnreadableAudioError: the file is missing, empty, damaged beyond use, or holds no sound.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            # The prefix keeps names such as "http:x.mp3" files, the list keeps playlists off the network.
            self._container = av.open(
                f"file:{path}", metadata_errors="ignore", options={"protocol_whitelist": "file"}
            )
        except Exception as error:  # PyAV passes on more than FFmpegError for broken headers
            raise UnreadableAudioError(_reason(path, error)) from error
        try:
            self._choose_stream()
        except BaseException:
            self._container.close()
            raise

    def _choose_stream(self) -> None:
        stream = self._container.streams.best("audio")
        if not isinstance(stream, av.AudioStream) or stream.time_base is None:
            raise UnreadableAudioError("There is no sound in this file.")
        context = stream.codec_context
        if not context.sample_rate or not context.channels:
            raise UnreadableAudioError("The header of this file names no channels or no sample rate.")
        context.thread_count = 1
        self._stream = stream
        self.codec = _codec_name(context.name)
        self.sample_rate = context.sample_rate
        self.channels = context.channels
        self._clip_packets = "mp4" in self._container.format.name and self.codec == "aac"
        self._end = self._end_from_itunes()

    def _end_from_itunes(self) -> int | None:
        """Length in frames from Apple's gapless comment: "00000000 <delay> <padding> <length> ..." in hex."""
        fields = self._container.metadata.get("iTunSMPB", "").split()
        if not self._clip_packets or len(fields) < 4:
            return None
        try:
            return int(fields[3], 16) or None
        except ValueError:
            return None

    @property
    def frames(self) -> int:
        """Length in frames as far as the header tells; 0 where it does not."""
        if self._end is not None:
            return self._end
        if self._stream.duration:
            return round(self._stream.duration * self._tick * self.sample_rate)
        return round((self._container.duration or 0) * self.sample_rate / av.time_base)

    @property
    def _tick(self) -> Fraction:
        return self._stream.time_base or Fraction(1, self.sample_rate)

    @property
    def _start(self) -> int:
        return self._stream.start_time or 0

    def seek(self, frame: int) -> bool:
        """Go to a little before a source frame, then read `blocks` afresh.

        False where the container cannot, and near the beginning: there only a newly opened decoder skips the
        encoder's delay and gives the first samples as they were.
        """
        seconds = frame / self.sample_rate - LEAD_IN
        if seconds < 0:
            return False
        target = math.floor(seconds / self._tick) + self._start
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except Exception as error:  # noqa: BLE001 - any failure means the same: decode from the beginning instead
            log.debug("seek in %r: %s", self.path, error)
            return False
        return True

    def blocks(self) -> Iterator[Block]:
        """Decoded blocks from where the container stands to the end; damaged packets are left out."""
        last = time.monotonic()
        for packet in self._packets():
            for frame in self._decode(packet):
                last = time.monotonic()
                block = self._block(frame)
                if block is not None and len(block.samples):
                    yield block
                    last = time.monotonic()
            if time.monotonic() - last > STALLED_AFTER:
                raise UnreadableAudioError("Decoding this file takes too long: it is probably damaged.")

    def _packets(self) -> Iterator[Packet]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except Exception as error:  # noqa: BLE001 - a torn container ends here; what came before is good
                log.debug("demux %r: %s", self.path, error)
                return
            yield packet

    def _decode(self, packet: Packet) -> list[av.AudioFrame]:
        try:
            return list(packet.decode())
        except Exception as error:  # noqa: BLE001 - PyAV raises IndexError and others beside FFmpegError
            log.debug("packet of %r: %s", self.path, error)
            return []

    def _block(self, frame: av.AudioFrame) -> Block | None:
        if not frame.sample_rate or not frame.samples or not frame.layout.nb_channels:
            return None
        samples = to_float(frame)
        position = self._position(frame)
        if self._clip_packets:
            samples = samples[: self._wanted(frame, position)]
        return Block(samples, position, frame.sample_rate, tuple(c.name for c in frame.layout.channels))

    def _position(self, frame: av.AudioFrame) -> int | None:
        if frame.pts is None:
            return None
        return round((frame.pts - self._start) * (frame.time_base or self._tick) * self.sample_rate)

    def _wanted(self, frame: av.AudioFrame, position: int | None) -> int:
        """How many samples are music: the duration of the last AAC packet leaves the padding out."""
        if self._end is not None and position is not None:
            return max(0, min(frame.samples, self._end - position))
        if frame.duration:
            return min(frame.samples, round(frame.duration * self._tick * frame.sample_rate))
        return frame.samples

    def close(self) -> None:
        """Release the file. Idempotent."""
        self._container.close()


def to_float(frame: av.AudioFrame) -> NDArray[np.float32]:
    """Samples of a frame as (n, channels) float32, full scale 1.0; what is not a number becomes 0."""
    if frame.format.is_planar and frame.layout.nb_channels > MOST_PLANES:
        frame = _packed(frame)
    data = frame.to_ndarray()
    samples = data.T if frame.format.is_planar else data.reshape(-1, frame.layout.nb_channels)
    kind = frame.format.name.removesuffix("p")
    if kind in _FULL_SCALE:
        shifted = samples.astype(np.float32) - (128.0 if kind == "u8" else 0.0)
        return np.asarray(shifted / np.float32(_FULL_SCALE[kind]), np.float32)
    floats = np.ascontiguousarray(samples, np.float32)
    return floats if np.isfinite(floats).all() else np.nan_to_num(floats, nan=0.0, posinf=0.0, neginf=0.0)


def _packed(frame: av.AudioFrame) -> av.AudioFrame:
    """The same samples with the channels interleaved."""
    kind, pts = frame.format.name.removesuffix("p"), frame.pts
    resampler = av.AudioResampler(format=kind, layout=frame.layout, rate=frame.sample_rate)
    frame.pts = None  # the resampler would count on from it
    packed = resampler.resample(frame)[0]
    frame.pts = pts
    return packed


def _codec_name(name: str) -> str:
    """Our short names of codecs (see records.Tags.codec)."""
    if name.startswith("pcm_"):
        return "pcm"
    short = {"mp3float": "mp3", "libopus": "opus", "libvorbis": "vorbis", "aac_fixed": "aac"}
    return short.get(name, name)


def _reason(path: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file is not there any more."
    if isinstance(error, PermissionError):
        return "SONIQ may not read this file."
    try:
        if Path(path).stat().st_size == 0:
            return "The file is empty."
    except (OSError, ValueError):
        return "The file cannot be reached."
    return "No known kind of sound was recognised in this file."
