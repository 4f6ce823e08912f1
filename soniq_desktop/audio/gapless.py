"""From tracks to one endless stream: gapless joints, crossfades, normalisation, limiter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.gain import Limiter, LoudnessMode, equal_power
from soniq_desktop.audio.timeline import Playback
from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.common.log import topic

if TYPE_CHECKING:
    from soniq_desktop.audio.resample import Resampler

Samples = NDArray[np.float32]
log = topic("player")
CHUNK = 4096  # source frames decoded at once
PREPARE = 5.0  # seconds before the end at which the next file is opened
GAIN_RAMP = 0.02  # seconds; tracks of different gain meet without a click


@dataclass(slots=True)
class Mixing:
    """What the user chose; read at each joint."""

    crossfade: float = 0.0  # seconds, 0 = gapless
    loudness: LoudnessMode = "track"


@dataclass(frozen=True, slots=True)
class Mark:
    """At frame `at` of a program, `playback` begins to sound from `seconds` on."""

    at: int
    playback: Playback
    seconds: float
    speed: float = 1.0


class Voice:
    """One track being decoded at its own rate, in stereo, at its gain.

    Raises:
        UnreadableAudioError: the file cannot be opened. A file that breaks later just ends.
    """

    speed = 1.0  # seconds of the track per second of sound

    def __init__(
        self, playback: Playback, mode: LoudnessMode, seconds: float = 0.0, *, sample_rate: int | None = None
    ) -> None:
        from soniq_desktop.audio.decode import Decoder  # late: the first paint does not wait for FFmpeg

        self.playback = playback
        self.decoder: Decoder = Decoder(playback.source.path, sample_rate)
        self.rate = self.decoder.sample_rate
        self.position = round(seconds * self.rate)
        self.gain = self._from_gain = playback.source.gain(mode)
        self._ramped = 0
        playback.duration = self.decoder.frames / self.rate
        if self.position:
            self.decoder.seek(self.position)

    @property
    def remaining(self) -> float:
        """Seconds to the end, as the header tells."""
        return max(0.0, self.playback.duration - self.position / self.rate)

    def follow(self, other: "Voice") -> None:
        """Begin at the gain of the track before."""
        self._from_gain = other.gain

    def read(self, frames: int) -> Samples:
        """(n, 2) samples, n < frames only at the end."""
        block = self._decode(frames)
        self.position += len(block)
        return self._at_gain(block)

    def take_jumps(self) -> list[tuple[int, float]]:
        """Where the block read last jumped within the track: (frames before the block's end, seconds)."""
        return []

    def _decode(self, frames: int) -> Samples:
        try:
            return self.decoder.read(frames)
        except UnreadableAudioError as error:
            log.warning("%s: %s", self.playback.source.path, error)
            return np.zeros((0, 2), np.float32)

    def _at_gain(self, block: Samples) -> Samples:
        length = round(GAIN_RAMP * self.rate)
        if self._from_gain == self.gain or self._ramped >= length:
            return block if self.gain == 1.0 else block * np.float32(self.gain)
        done = np.minimum((self._ramped + np.arange(len(block))) / length, 1.0)
        self._ramped += len(block)
        return (block * (self._from_gain + (self.gain - self._from_gain) * done)[:, None]).astype(np.float32)

    def close(self) -> None:
        self.decoder.close()


class Chain:
    """Voices of one source rate, one after another through one resampler: a joint is no discontinuity."""

    def __init__(self, voice: Voice, rate: int) -> None:
        self.voice = voice
        self._rate = rate
        self._resampler = None if voice.rate == rate else _resampler(voice.rate, rate)
        self._taken = 0  # source frames that went in
        self._jumps: list[tuple[int, float]] = []
        self._ready = np.zeros((0, 2), np.float32)

    def read(self, frames: int) -> Samples:
        """(n, 2) at the output rate; n < frames when the voice has ended."""
        while len(self._ready) < frames:
            block = self.voice.read(CHUNK)
            self._taken += len(block)
            self._jumps += [
                (round((self._taken - back) * self._rate / self.voice.rate), seconds)
                for back, seconds in self.voice.take_jumps()
            ]
            self._push(block if self._resampler is None else self._resampler.process(block))
            if len(block) < CHUNK:
                break
        return self._take(frames)

    @property
    def left(self) -> int:
        """Output frames to the end of the voice, as the header tells."""
        return len(self._ready) + round(self.voice.remaining * self._rate)

    def _push(self, block: Samples) -> None:
        self._ready = np.concatenate([self._ready, block]) if len(self._ready) else block

    def _take(self, frames: int) -> Samples:
        out, self._ready = self._ready[:frames], self._ready[frames:]
        return out

    def take_jumps(self) -> list[tuple[int, float]]:
        """Output frames of this chain at which its voice jumped within its track, and to where (seconds)."""
        jumps, self._jumps = self._jumps, []
        return jumps

    def join(self, voice: Voice) -> int:
        """Go on with another voice of the same rate; returns the output frame at which it begins."""
        voice.follow(self.voice)
        self.voice.close()
        self.voice = voice
        return round(self._taken * self._rate / voice.rate)

    def finish(self) -> Samples:
        """What the resampler still holds. The chain is spent afterwards."""
        self.voice.close()
        return np.concatenate([self._ready, self._resampler.flush()]) if self._resampler else self._ready

    def close(self) -> None:
        self.voice.close()


def _resampler(rate_in: int, rate_out: int) -> "Resampler":
    from soniq_desktop.audio.resample import Resampler

    return Resampler(rate_in, rate_out, 2)


class Program:
    """A stereo stream at the output's rate that begins with one voice and goes on with what follows.

    `following` gets a playback that is about to end and returns a voice for the next one, or None at the end
    of the queue. `marks` collects where each track begins, in frames of this program.
    """

    def __init__(
        self, voice: Voice, rate: int, mixing: Mixing, following: Callable[[Playback], Voice | None]
    ) -> None:
        self.rate = rate
        self.marks = [Mark(0, voice.playback, voice.position / voice.rate, voice.speed)]
        self.ended = False
        self._mixing = mixing
        self._following = following
        self._chain = Chain(voice, rate)
        self._chain_start = 0
        self._mixed = 0  # frames before the limiter
        self._prepared: Voice | None = None
        self._asked = False
        self._outgoing: Chain | None = None
        self._faded = self._fade_length = 0
        self._limiter = Limiter(rate)

    def read(self, frames: int) -> Samples:
        """About `frames` (n, 2) samples, never none before `ended`."""
        parts: list[Samples] = []
        have = 0
        while have < frames and not self.ended:
            wanted = self._look_ahead(frames - have)  # the limiter keeps a few: they are asked for again
            block = self._mix(self._chain.read(wanted))
            self._mark_jumps()
            self._mixed += len(block)
            parts.append(self._limiter.process(block))
            if len(block) < wanted:
                parts.append(self._limiter.process(self._go_on()))
            if self.ended:
                parts.append(self._limiter.flush())
            have = sum(map(len, parts))
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)

    def reconsider(self) -> None:
        """The queue has changed: forget the track that was made ready to follow."""
        if self._prepared is not None:
            self._prepared.close()
        self._prepared, self._asked = None, False

    def _prepare(self) -> None:
        """Open the next file while there is time."""
        if not self._asked:
            self._prepared, self._asked = self._following(self._chain.voice.playback), True

    def _take_prepared(self) -> Voice | None:
        self._prepare()
        voice, self._prepared, self._asked = self._prepared, None, False
        return voice

    def _go_on(self) -> Samples:
        """The voice has ended: join the next one. Returns the rest of a chain that could not be continued."""
        voice = self._take_prepared()
        if voice is not None and voice.rate == self._chain.voice.rate:
            self._mark(self._chain_start + self._chain.join(voice), voice)
            return np.zeros((0, 2), np.float32)
        rest = self._mix(self._chain.finish())
        self._mixed += len(rest)
        if voice is None:
            self.ended = True
        else:
            voice.follow(self._chain.voice)
            self._begin(voice)
        return rest

    def _begin(self, voice: Voice) -> None:
        self._chain, self._chain_start = Chain(voice, self.rate), self._mixed
        self._mark(self._mixed, voice)

    def _mark(self, at: int, voice: Voice) -> None:
        self.marks.append(Mark(at, voice.playback, 0.0, voice.speed))

    def _mark_jumps(self) -> None:
        voice = self._chain.voice
        for at, seconds in self._chain.take_jumps():
            self.marks.append(Mark(self._chain_start + at, voice.playback, seconds, voice.speed))

    def _look_ahead(self, frames: int) -> int:
        """Near the end, make the next track ready and begin the crossfade; how many frames to read before."""
        fade, left = round(self._mixing.crossfade * self.rate), self._chain.left
        if self._outgoing is not None or left <= 0:
            return frames
        if left <= max(fade, PREPARE * self.rate) + frames:
            self._prepare()
        if not fade or self._prepared is None:
            return frames
        if self._chain.voice.playback.source.continues(self._prepared.playback.source):
            return frames  # an album played in order is joined, never faded
        if left > fade:
            return min(frames, left - fade)
        self._cross(left)
        return frames

    def _cross(self, length: int) -> None:
        self._outgoing, self._faded, self._fade_length = self._chain, 0, length
        voice = self._take_prepared()
        if voice is not None:
            self._begin(voice)

    def _mix(self, block: Samples) -> Samples:
        if self._outgoing is None:
            return block
        old = self._outgoing.read(len(block))
        fading_out, fading_in = equal_power(self._faded, len(block), self._fade_length)
        mixed = block * fading_in
        mixed[: len(old)] += old * fading_out[: len(old)]
        self._faded += len(block)
        if self._faded >= self._fade_length:
            self._outgoing.close()
            self._outgoing = None
        return mixed

    def close(self) -> None:
        """Release all files."""
        self.reconsider()
        self._chain.close()
        if self._outgoing is not None:
            self._outgoing.close()
