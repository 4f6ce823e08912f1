"""What the mixer is set to, and the gains that this comes to. Pure values; the sound is in mixer_voice.

Pan follows the sine law of stereo balance: in the middle both channels are as they were, to one side the
other channel falls like a cosine. (A stem is stereo itself: a law for mono sources would make it quieter in
the middle.)
"""

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.gain import db_to_linear

Samples = NDArray[np.float32]
SPEEDS = (0.5, 1.5)
SEMITONES = (-6.0, 6.0)
GAIN_DB = (-60.0, 12.0)  # the lowest is silence


class Lanes(Protocol):
    """Parts of a track that are in step with it, some of them perhaps not there yet.

    `extent(frame)` says whether the lanes are there at a frame and for how many frames that holds;
    `read(frame, n)` gives (lanes, n, 2), fewer frames at the end of what is there (SoniqError where damaged).
    """

    def extent(self, frame: int) -> tuple[bool, int]: ...

    def read(self, frame: int, frames: int) -> Samples: ...


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane's controls: gain in dB, pan from −1 (left) to 1."""

    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    solo: bool = False

    @property
    def untouched(self) -> bool:
        return self.gain_db == 0.0 and self.pan == 0.0 and not self.muted


@dataclass(frozen=True, slots=True)
class MixState:
    """The whole mixer.

    Attributes:
        lanes: one for each stem, in the order of the stems.
        original: hear the file itself, at `original_gain`, instead of the lanes (A/B).
        original_gain: linear; what makes the original as loud as the mix.
        loop: (from, to) in seconds, or None.
        speed: of the music, 0.5 to 1.5, its pitch kept; semitones: −6 to 6, its speed kept.
    """

    lanes: tuple[Lane, ...] = ()
    original: bool = False
    original_gain: float = 1.0
    loop: tuple[float, float] | None = None
    speed: float = 1.0
    semitones: float = 0.0

    def within_limits(self) -> "MixState":
        """The same with every value within its range; a loop shorter than 50 ms is none."""
        lanes = tuple(
            replace(lane, gain_db=_clip(lane.gain_db, GAIN_DB), pan=_clip(lane.pan, (-1.0, 1.0)))
            for lane in self.lanes
        )
        loop = self.loop
        if loop is not None and (loop[0] < 0 or loop[1] - loop[0] < 0.05):
            loop = None
        return replace(
            self,
            lanes=lanes,
            loop=loop,
            speed=_clip(self.speed, SPEEDS),
            semitones=_clip(self.semitones, SEMITONES),
        )

    @property
    def neutral(self) -> bool:
        """No lane is changed: the file itself is heard, sample by sample."""
        return all(lane.untouched for lane in self.lanes) and not any(lane.solo for lane in self.lanes)

    @property
    def plain(self) -> bool:
        """Neutral, and neither looped nor stretched: an ordinary voice plays it, at the file's own rate."""
        return (
            self.neutral and not self.original and (self.loop, self.speed, self.semitones) == (None, 1.0, 0.0)
        )


@dataclass(slots=True, eq=False)
class Mix:
    """What the player plays in place of a track's file; `state` is replaced as a whole, from any thread."""

    path: str
    lanes: Lanes
    sample_rate: int
    state: MixState


def gains(state: MixState) -> Samples:
    """Linear gains (lanes, 2) of left and right: with any lane soloed, only soloed ones sound; mute wins."""
    soloed = any(lane.solo for lane in state.lanes)
    rows = [_gain(lane) if lane.solo or not soloed else (0.0, 0.0) for lane in state.lanes]
    return np.asarray(rows, np.float32).reshape(-1, 2)


def _gain(lane: Lane) -> tuple[float, float]:
    if lane.muted or lane.gain_db <= GAIN_DB[0]:
        return 0.0, 0.0
    level = db_to_linear(lane.gain_db)
    left, right = max(0.0, -lane.pan), max(0.0, lane.pan)
    return level * math.cos(right * math.pi / 2), level * math.cos(left * math.pi / 2)


def mixed(lanes: Samples, gain: Samples) -> Samples:
    """(lanes, n, 2) with gains (lanes, 2) -> (n, 2)."""
    out = np.zeros(lanes.shape[1:], np.float32)
    for lane, factor in zip(lanes, gain, strict=True):
        if factor.any():
            out += lane * factor
    return out


def _clip(value: float, limits: tuple[float, float]) -> float:
    return min(max(float(value), limits[0]), limits[1]) if math.isfinite(value) else 0.5 * sum(limits)
