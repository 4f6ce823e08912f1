"""One pass over an audio file: its identity and its sound, block by block, in bounded memory."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import Any, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from soniq_desktop.audio.identity import PacketHash, packets
from soniq_desktop.common.errors import UnreadableAudioError

Block = NDArray[np.float32]  # (channels, frames)

BLOCK_VALUES = 1 << 18  # samples of all channels together in one block: 1 MB, 3 s of CD audio
# Hz; what lies outside is resampled to the nearer end. At lower rates the K-weighting would be off by up to
# 0.6 dB, because its shelf comes too near to half the sample rate.
RATES = (44_100, 192_000)
PLANES = 7  # PyAV looks at one plane more than there is, and FFmpeg has room for eight: a crash
LOUDEST = 16.0  # float files may hold anything; 24 dB above full scale is already absurd
MAX_BAD_SHARE = 0.5  # of the packets

av.logging.set_level(av.logging.PANIC)  # damaged files would fill the terminal


class SoundStream:
    """The sound of a file as planar float32 blocks at one rate and layout, whatever the file does on the way.

    Damaged packets are skipped and counted; samples that are not finite become silence. `audio_hash` and
    `frames` are final when `blocks` has been exhausted.

    Raises:
        UnreadableAudioError: at opening or from `blocks`, with a plain sentence.
    """

    def __init__(self, path: str) -> None:
        self.frames = 0
        self.bad_packets = 0
        self._packets = 0
        self._resampler: AudioResampler | None = None
        self._given: tuple[Any, ...] = ()
        self._container = _open(path)
        try:
            self._stream = _audio_stream(self._container)
            self._hash = PacketHash(path, self._container.format.name)
            self._decoded: Iterator[AudioFrame] = self._begin()
        except BaseException:
            self._container.close()
            raise
        self.expected_duration = _expected_duration(self._container, self._stream)

    def _begin(self) -> Iterator[AudioFrame]:
        """Decode the first frame: headers may be wrong about rate (HE-AAC) and layout."""
        frames = self._frames()
        first = next(frames, None)
        if first is None:
            raise UnreadableAudioError(
                "No sound could be decoded from this file.", "It may be damaged or empty."
            )
        self.rate = int(np.clip(first.sample_rate, *RATES))
        self.layout = first.layout
        self.channel_names = tuple(channel.name for channel in first.layout.channels)
        return chain([first], frames)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._decoded = iter(())  # PyAV crashes where a closed container is read on
        self._container.close()

    @property
    def duration(self) -> float:
        """Seconds decoded so far."""
        return self.frames / self.rate

    @property
    def audio_hash(self) -> str:
        """See `soniq_desktop.audio.identity`."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[Block]:
        """Blocks of at most `BLOCK_VALUES` samples, never an empty one. Can be read once.

        Raises:
            UnreadableAudioError: most of the packets are damaged.
        """
        size = max(1, BLOCK_VALUES // len(self.channel_names))
        fifo, tick = av.AudioFifo(), Fraction(1, self.rate)
        for frame in self._uniform():
            # The queue would insist on one time base, and on timestamps without gaps.
            frame.pts, frame.time_base = None, tick
            fifo.write(frame)
            while fifo.samples >= size:
                yield self._block(fifo, size)
        if fifo.samples:
            yield self._block(fifo, fifo.samples)
        if self.bad_packets > MAX_BAD_SHARE * self._packets:
            raise UnreadableAudioError("Most of this file is damaged.", "Try to get a fresh copy of it.")

    def _block(self, fifo: av.AudioFifo, size: int) -> Block:
        frame = fifo.read(size)
        assert frame is not None
        self.frames += frame.samples
        samples = np.asarray(frame.to_ndarray(), np.float32)
        if not frame.format.is_planar:
            samples = np.ascontiguousarray(samples.reshape(frame.samples, -1).T)
        return _finite(samples)

    def _frames(self) -> Iterator[AudioFrame]:
        for packet in packets(self._container, self._stream):
            self._packets += 1
            self._hash.update(packet)
            try:
                decoded = packet.decode()
            except Exception:  # noqa: BLE001 PyAV raises IndexError and others beside FFmpegError
                self.bad_packets += 1
                continue
            yield from (frame for frame in decoded if isinstance(frame, AudioFrame) and _usable(frame))

    def _uniform(self) -> Iterator[AudioFrame]:
        """Frames in planar float32 at the rate and layout of the start; a chained stream may change both."""
        kind = "fltp" if len(self.channel_names) <= PLANES else "flt"
        wanted = (kind, self.rate, self.layout.name)
        for frame in self._decoded:
            given = (frame.format.name, frame.sample_rate, frame.layout.name)
            if given != self._given:
                yield from self._flushed()
                self._given = given
                if given != wanted:
                    self._resampler = AudioResampler(format=kind, layout=self.layout, rate=self.rate)
            if self._resampler is None:
                yield frame
            else:
                frame.pts = None
                yield from self._resampler.resample(frame)
        yield from self._flushed()

    def _flushed(self) -> list[AudioFrame]:
        resampler, self._resampler = self._resampler, None
        return resampler.resample(None) if resampler is not None else []


def _open(path: str) -> InputContainer:
    try:
        # The prefix keeps names such as "http:x.mp3" files, the white list keeps playlists off the network.
        return av.open(f"file:{path}", metadata_errors="ignore", options={"protocol_whitelist": "file"})
    except FileNotFoundError:
        raise UnreadableAudioError("The file is not there any more.", "Scan its folder again.") from None
    except PermissionError:
        raise UnreadableAudioError("SONIQ may not read this file.", "Check its permissions.") from None
    except Exception as error:  # PyAV passes on more than FFmpegError for broken headers
        raise UnreadableAudioError("No known kind of sound was recognised in this file.") from error


def _audio_stream(container: InputContainer) -> AudioStream:
    """The first audio stream, with a decoder that keeps to one thread (the pool runs one worker per core)."""
    if not container.streams.audio:
        raise UnreadableAudioError("There is no sound in this file.")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None:
        raise UnreadableAudioError("There is no decoder for the sound in this file.")
    if not context.sample_rate or not context.channels:
        raise UnreadableAudioError("The header of this file names no channels or no sample rate.")
    context.thread_count = 1
    return stream


def _expected_duration(container: InputContainer, stream: AudioStream) -> float:
    """Seconds as the header says, 0 where it says nothing. It may be wrong."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0


def _usable(frame: AudioFrame) -> bool:
    return bool(frame.samples and frame.sample_rate and frame.layout.nb_channels)


def _finite(block: Block) -> Block:
    """Samples that are not numbers become silence, absurd ones are limited; usually nothing is copied."""
    if block.max() <= LOUDEST and block.min() >= -LOUDEST:  # False for NaN
        return block
    return np.clip(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0), -LOUDEST, LOUDEST)
