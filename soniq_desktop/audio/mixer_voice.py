"""A track played from its lanes: mixed, looped, stretched. The player reads it like any other voice.

A change of the mixer makes the player begin a new voice at the same place and fade over to it within 10 ms
(as for every seek), so that a voice works with one state from beginning to end.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.gain import LoudnessMode
from soniq_desktop.audio.gapless import Voice
from soniq_desktop.audio.mixer import Mix, MixState, gains, mixed
from soniq_desktop.audio.timeline import Playback
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic

if TYPE_CHECKING:
    from soniq_desktop.audio.stretch import Stretch

Samples = NDArray[np.float32]
log = topic("player")
BRIDGE = 441  # frames over which lanes and original take turns, and loops are closed
ENDLESS = 1e6  # seconds that a loop has left
NOTHING = 1 << 39  # frames: so long an extent begins at the end of the track
BLOCK = 4096


class MixVoice(Voice):
    """See Voice. Where the lanes are not there yet, the file itself is heard.

    Raises:
        UnreadableAudioError: the file cannot be opened.
    """

    def __init__(self, playback: Playback, mode: LoudnessMode, mix: Mix, seconds: float = 0.0) -> None:
        super().__init__(playback, mode, seconds, sample_rate=mix.sample_rate)
        self._mix, self._state = mix, mix.state
        self._gains = gains(self._state)
        self._source = self.position  # the frame of the track that is read next
        self._decoded = self.position  # where the decoder stands
        self._lanes_on = 0.0  # how much of the lanes is heard, 0 to 1
        self._begun = False
        self.speed = self._state.speed
        self._stretch = _stretch(self._state, self.rate)
        self._taken = self._given = 0  # frames into and out of the stretching
        self._over = False  # the stretching has given all it had
        self._turns: list[tuple[float, float]] = []  # (output frame, seconds): where the position jumps
        self._left = np.zeros((0, 2), np.float32)  # stretched, not given out yet

    @property
    def remaining(self) -> float:
        if self._loop is not None:
            return ENDLESS
        return max(0.0, self.playback.duration - self._source / self.rate) / self.speed

    @property
    def _loop(self) -> tuple[int, int] | None:
        """(from, to) in frames while playing inside or before it; behind its end it is none."""
        if self._state.loop is None:
            return None
        begin, end = (round(second * self.rate) for second in self._state.loop)
        end = min(end, round(self.playback.duration * self.rate)) if self.playback.duration else end
        return (begin, end) if end - begin > 2 * BRIDGE and self._source <= end else None

    def read(self, frames: int) -> Samples:
        """(n, 2) samples, n < frames only at the end."""
        block = self._pieces(frames) if self._stretch is None else self._stretched(frames)
        self._given += len(block)
        self.position += len(block)
        return self._at_gain(block)

    def take_jumps(self) -> list[tuple[int, float]]:
        """See Voice."""
        due = [(round(self._given - at), seconds) for at, seconds in self._turns if at <= self._given]
        self._turns = [turn for turn in self._turns if turn[0] > self._given]
        return due

    # speed and pitch

    def _stretched(self, frames: int) -> Samples:
        parts = [self._left]
        while sum(map(len, parts)) < frames and self._stretch is not None and not self._over:
            piece = self._pieces(BLOCK)
            if len(piece):
                parts.append(self._stretch.process(piece))
            if len(piece) < BLOCK:
                parts.append(self._stretch.flush())
                self._over = True
        sound = np.concatenate(parts)
        self._left = sound[frames:]
        return sound[:frames]

    # loop

    def _pieces(self, frames: int) -> Samples:
        """(n, 2) of the track as the loop orders it."""
        parts: list[Samples] = []
        while frames > 0:
            loop = self._loop
            piece = self._within(frames if loop is None else min(frames, loop[1] - self._source), loop)
            if len(piece) == 0 and (loop is None or self._source < loop[1]):
                break
            parts.append(piece)
            frames -= len(piece)
            if loop is not None and self._source >= loop[1]:
                self._turn(loop[0])
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)

    def _turn(self, begin: int) -> None:
        self._turns.append((self._taken / self.speed, begin / self.rate))
        self._source = begin

    def _within(self, frames: int, loop: tuple[int, int] | None) -> Samples:
        """The next frames; those before a loop's end fade into what comes before its beginning.

        So the first sample after the turn follows the one before it as in the track, and the loop is as long
        as it was asked for, to the sample.
        """
        at = self._source
        piece = self._mixture(at, frames)
        self._source += len(piece)
        self._taken += len(piece)
        if loop is None or at + len(piece) <= loop[1] - BRIDGE or loop[0] < BRIDGE:
            return piece
        first = max(at, loop[1] - BRIDGE)
        count = at + len(piece) - first
        before = self._mixture(loop[0] - (loop[1] - first), count)
        weight = ((first - (loop[1] - BRIDGE) + np.arange(len(before))) / BRIDGE).astype(np.float32)[:, None]
        end = piece[first - at : first - at + len(before)]
        piece[first - at : first - at + len(before)] = end * (1 - weight) + before * weight
        return piece

    # lanes and original

    def _mixture(self, at: int, frames: int) -> Samples:
        """(n, 2) of the track from a frame on: the lanes where they are there, else the file."""
        parts: list[Samples] = []
        while frames > 0:
            ready, extent = self._mix.lanes.extent(at)
            ready = ready and not (self._state.original or self._state.neutral)
            piece = self._some(at, min(frames, extent), ready, extent)
            if len(piece) == 0:
                break
            parts.append(piece)
            at, frames = at + len(piece), frames - len(piece)
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)

    def _some(self, at: int, frames: int, ready: bool, extent: int) -> Samples:
        if not ready:
            self._lanes_on, self._begun = 0.0, True
            return self._file(at, frames)
        if not self._begun:
            self._lanes_on, self._begun = 1.0, True
        try:
            sound = mixed(self._mix.lanes.read(at, frames)[: len(self._gains)], self._gains)
        except SoniqError as error:
            log.warning("%s", error)
            sound = np.zeros((0, 2), np.float32)
        if len(sound) == 0:
            return self._file(at, frames)
        behind, length = self._mix.lanes.extent(at + extent)
        share = self._share(len(sound), extent, behind or length >= NOTHING)
        if share.min() >= 1.0:
            return sound
        original = self._file(at, len(sound))
        sound[: len(original)] += (original - sound[: len(original)]) * (1 - share[: len(original), None])
        return sound

    def _share(self, frames: int, extent: int, goes_on: bool) -> Samples:
        """How much of the lanes is heard: rising where they begin, falling before they end."""
        step = 1 / BRIDGE
        rising = np.minimum(self._lanes_on + step * np.arange(1, frames + 1), 1.0)
        self._lanes_on = float(rising[-1])
        if goes_on:
            return np.asarray(rising, np.float32)
        falling = np.clip((extent - np.arange(1, frames + 1)) * step, 0.0, 1.0)
        return np.asarray(np.minimum(rising, falling), np.float32)

    def _file(self, at: int, frames: int) -> Samples:
        """The original there, at the gain that makes it as loud as the mix while one compares the two."""
        if at != self._decoded:
            self.decoder.seek(at)
            self._decoded = at
        block = self._decode(frames)
        self._decoded += len(block)
        if self._state.original and self._state.original_gain != 1.0:
            return block * np.float32(self._state.original_gain)
        return np.array(block)


def _stretch(state: MixState, sample_rate: int) -> "Stretch | None":
    if state.speed == 1.0 and state.semitones == 0.0:
        return None
    from soniq_desktop.audio.stretch import Stretch  # late: the first paint does not wait for FFmpeg

    return Stretch(sample_rate, state.speed, state.semitones)
