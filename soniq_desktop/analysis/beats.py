"""Beats, downbeats and the tempo that they make, from BeatNet's activations."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.beats_bars import find_bars
from soniq_desktop.analysis.beats_front import FRAME_RATE, BeatFrontEnd
from soniq_desktop.analysis.beats_harmony import ACCENTS, accents
from soniq_desktop.analysis.beats_octave import choose
from soniq_desktop.analysis.beats_path import NEAR, peaks
from soniq_desktop.analysis.spectrum import Samples
from soniq_desktop.analysis.tempo import Periodicity, Tempo
from soniq_desktop.library.records import BeatGrid

Frames = NDArray[np.int64]
Network = Callable[[Samples], Samples]  # (frames, 272) -> (frames, 2): `models.beatnet.Listener`

FEWEST = 8  # beats; fewer are no grid
STEADY = (
    0.1  # mean autocorrelation of the onsets at the beat: noise and talk stay below 0.05, music above 0.3
)
CLEAR = 0.4  # the same for music that leaves no doubt
HEARD = 0.7  # mean activation at the beats of such music


@dataclass(frozen=True, slots=True)
class Heard:
    """What the network made of a track, 50 frames a second.

    Attributes:
        activations: (n, 2), how likely a beat within a bar, and a downbeat.
        accents: (n, 13), see `beats_harmony`.
    """

    activations: NDArray[np.float32]
    accents: NDArray[np.float16]


class BeatMeter:
    """Feeds a stream at 22,050 Hz to a network, block by block: what it holds is 34 bytes a frame."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._front = BeatFrontEnd()
        self._activations: list[NDArray[np.float32]] = [np.zeros((0, 2), np.float32)]
        self._accents: list[NDArray[np.float16]] = [np.zeros((0, ACCENTS), np.float16)]

    def add(self, mono: Samples, *, last: bool = False) -> None:
        """(n,) that follow what was added before."""
        features = self._front.add(mono, last=last)
        if not len(features):
            return
        self._activations.append(self._network(features))
        self._accents.append(accents(features))

    def result(self) -> Heard:
        return Heard(np.concatenate(self._activations), np.concatenate(self._accents))


@dataclass(frozen=True, slots=True)
class Counted:
    """A grid with the tempo that belongs to it."""

    grid: BeatGrid
    tempo: Tempo


def count_beats(heard: Heard, found: Periodicity | None) -> Counted | None:
    """The beat of a track; None where it has no steady one. The octave is chosen by `beats_octave`."""
    if found is None:
        return None
    any_beat = heard.activations.sum(axis=1)
    choice = choose(any_beat, found)
    frames = choice.frames
    if len(frames) < FEWEST or choice.repeats < STEADY:
        return None
    beat, downbeat = (peaks(column, frames) for column in heard.activations.T)
    bars = find_bars(beat, downbeat, heard.accents, frames)
    confidence = choice.sure * steadiness(peaks(any_beat, frames), choice.repeats)
    times = refined(any_beat, frames).astype(np.float32)
    grid = BeatGrid(times, bars.downbeats, confidence, bars.beats_per_bar)
    return Counted(grid, Tempo(choice.bpm, choice.alternative, confidence))


def refined(activation: NDArray[np.float32], frames: Frames) -> NDArray[np.float64]:
    """Seconds (n,): the centre of gravity of the activation about each beat, finer than a frame."""
    around = frames[:, None] + np.arange(-NEAR, NEAR + 1)
    weights = activation[np.clip(around, 0, len(activation) - 1)].astype(np.float64) ** 2 + 1e-6
    times = (weights * around).sum(axis=1) / weights.sum(axis=1) / FRAME_RATE
    return np.maximum.accumulate(np.maximum(times, 0))


def steadiness(activation: NDArray[np.float32], repeats: float) -> float:
    """How clearly the network heard the beats (n,), and how well they repeat: 0..1."""
    return float(np.clip(activation.mean() / HEARD, 0, 1) * np.clip(repeats / CLEAR, 0, 1))
