"""Sample-accurate reading of any audio file."""

import itertools
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.channels import downmix
from soniq_desktop.audio.media import Block, Media
from soniq_desktop.audio.resample import Resampler
from soniq_desktop.common.errors import UnreadableAudioError

Samples = NDArray[np.float32]
PADDING = 4096  # samples; two of Vorbis' usual long blocks
PEEK = 6  # blocks looked at to find out where they are
_WARM_UP = 0.05  # seconds of source that fill the resampler's filter before a seek's target


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What the header says, checked by decoding the first frames."""

    duration: float  # seconds
    sample_rate: int  # Hz
    channels: int
    codec: str
    frames: int  # 0 where unknown


def probe(path: str) -> AudioInfo:
    """Open a file and decode its beginning.

    Raises:
        UnreadableAudioError: no sound can be read from it.
    """
    decoder = Decoder(path)
    try:
        rate, frames = decoder.source_rate, decoder.frames
        return AudioInfo(frames / rate, rate, decoder.source_channels, decoder.codec, frames)
    finally:
        decoder.close()


class Decoder:
    """Reads a file as float32 of a fixed rate and channel count, without the encoder's delay and padding.

    Args:
        path: a file; bytes that are not UTF-8 as `os.fsdecode` gives them.
        sample_rate: Hz to convert to; None keeps the file's own.
        channels: 1 or 2.

    Raises:
        UnreadableAudioError: here or in `read`, when nothing (more) can be decoded in reasonable time.
    """

    def __init__(self, path: str, sample_rate: int | None = None, channels: int | None = 2) -> None:
        self.channels = channels or 2
        self._media = Media(path)
        try:
            self._begin(sample_rate)
        except BaseException:
            self._media.close()
            raise

    def _begin(self, sample_rate: int | None) -> None:
        first, position, blocks = _located(self._media.blocks())
        if first is None:
            raise UnreadableAudioError("Nothing in this file could be decoded.")
        self.codec = self._media.codec
        self.source_channels = len(first.layout)
        # HE-AAC states half its true rate in the header: believe the first frame.
        self._media.sample_rate = self.source_rate = first.rate
        self.sample_rate = sample_rate or self.source_rate
        # What lies before the beginning is the encoder's; a file that begins later counts from there.
        self._before = max(0, -(position or 0))
        self._origin = max(0, position or 0)
        self._ready: deque[Samples] = deque()
        self._output = self._converted(self._part(blocks, self._before, 0))

    @property
    def frames(self) -> int:
        """Length in output frames, an estimate from the header (0: unknown)."""
        return round(self._media.frames * self.sample_rate / self.source_rate)

    def read(self, frames: int) -> Samples:
        """The next (n, channels) samples; n < frames only at the end."""
        have = sum(map(len, self._ready))
        while have < frames:
            block = next(self._output, None)
            if block is None:
                break
            self._ready.append(block)
            have += len(block)
        return self._take(min(frames, have))

    def _take(self, frames: int) -> Samples:
        parts: list[Samples] = []
        missing = frames
        while missing > 0:
            block = self._ready.popleft()
            if len(block) > missing:
                self._ready.appendleft(block[missing:])
                block = block[:missing]
            parts.append(block)
            missing -= len(block)
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.zeros((0, self.channels), np.float32)

    def seek(self, frame: int) -> None:
        """The next `read` begins exactly at this output frame (past the end: reads nothing)."""
        frame = max(0, frame)
        self._ready.clear()
        if self.sample_rate == self.source_rate:
            self._output = self._from(frame)
            return
        # Source frames that fall on whole output frames lie rate_in / gcd apart: start on one of those.
        step = math.gcd(self.sample_rate, self.source_rate)
        period_in, period_out = self.source_rate // step, self.sample_rate // step
        warm_up = math.ceil(_WARM_UP * self.source_rate / period_in)
        periods = max(0, frame // period_out - warm_up)
        source = self._from(periods * period_in)
        self._output = _dropping(self._converted(source), frame - periods * period_out)

    def _from(self, frame: int) -> Iterator[Samples]:
        """Source-rate blocks from exactly one source frame on."""
        for back in (0, 2 * self.source_rate):  # a container that lands too late gets a second try
            if not self._media.seek(frame - back):
                break
            _, position, blocks = _located(self._media.blocks())
            if position is None:
                break
            lead = frame + self._origin - position
            if lead >= 0:
                return self._part(blocks, lead, frame)
        self._reopen()
        return self._part(self._media.blocks(), frame + self._before, frame)

    def _part(self, blocks: Iterator[Block], lead: int, frame: int) -> Iterator[Samples]:
        """Without the first `lead` samples, after which source frame `frame` comes, and without padding."""
        samples = _dropping(self._folded(blocks), lead)
        if self.codec != "vorbis" or not self._media.frames:
            return samples
        return _without_padding(samples, max(0, self._media.frames - frame))

    def _reopen(self) -> None:
        path, rate = self._media.path, self._media.sample_rate
        self._media.close()
        self._media = Media(path)
        self._media.sample_rate = rate

    def _folded(self, blocks: Iterator[Block]) -> Iterator[Samples]:
        """Mix to our channels; a rate that changes in mid-file is converted to the first one."""
        changed: Resampler | None = None
        for block in blocks:
            samples = downmix(block.samples, block.layout, self.channels)
            if changed is not None and block.rate != changed.rate_in:
                yield changed.flush()
                changed = None
            if changed is None and block.rate != self.source_rate:
                changed = Resampler(block.rate, self.source_rate, self.channels)
            yield samples if changed is None else changed.process(samples)
        if changed is not None:
            yield changed.flush()

    def _converted(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        if self.sample_rate == self.source_rate:
            yield from blocks
            return
        resampler = Resampler(self.source_rate, self.sample_rate, self.channels)
        for block in blocks:
            yield resampler.process(block)
        yield resampler.flush()

    def close(self) -> None:
        """Release the file. Idempotent."""
        self._media.close()


def _located(blocks: Iterator[Block]) -> tuple[Block | None, int | None, Iterator[Block]]:
    """The first block, the position of its first sample, and all the blocks.

    A single time stamp may be wrong (FFmpeg's are, where Vorbis changes its block size); two that agree are
    right.
    """
    seen = list(itertools.islice(blocks, PEEK))
    everything = itertools.chain(seen, blocks)
    if not seen:
        return None, None, everything
    before = 0
    for one, two in itertools.pairwise(seen):
        if one.position is not None and two.position == one.position + len(one.samples):
            return seen[0], one.position - before, everything
        before += len(one.samples)
    return seen[0], seen[0].position, everything


def _without_padding(blocks: Iterator[Samples], frames: int) -> Iterator[Samples]:
    """End after `frames` where what comes behind them is no more than the last blocks' padding.

    FFmpeg cuts the padding of Vorbis only when it has read the file from the beginning. More sound than
    padding behind the end that the header tells (streams chained in one file) is given as it is.
    """
    held: list[Samples] = []
    over = 0
    for block in blocks:
        if over > PADDING:
            yield block
            continue
        if frames > 0:
            yield block[:frames]
        held.append(block[max(frames, 0) :])
        over += len(held[-1])
        frames -= len(block)
        if over > PADDING:
            yield from held


def _dropping(blocks: Iterator[Samples], frames: int) -> Iterator[Samples]:
    """Leave out the first frames."""
    for block in blocks:
        if frames >= len(block):
            frames -= len(block)
            continue
        yield block[frames:] if frames else block
        frames = 0
