"""Which beats begin a bar, and whether bars have three beats or four."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.beats_harmony import PITCHES
from soniq_desktop.analysis.beats_path import Ids, peaks

Floats = NDArray[np.float64]

METERS = (4, 3)
CLIP = 0.1  # no beat is surely a downbeat, none surely not
SLIP = -8.0  # a bar that is cut short or drawn out
THREES = -8.0  # how much rarer bars of three are, once for a track


# What is added at a downbeat: the network's log odds, then change of chord and bass in standard deviations.
NETWORK, CHORDS, BASS = 0.3, 1.0, 0.6


class Bars(NamedTuple):
    """Downbeats (n,) bool among the beats, and beats in a bar."""

    downbeats: NDArray[np.bool_]
    beats_per_bar: int


def find_bars(
    beat: NDArray[np.float32], downbeat: NDArray[np.float32], accents: NDArray[np.float16], frames: Ids
) -> Bars:
    """Bars of a chain of beats.

    Args:
        beat, downbeat: (n,) the network's activations at each beat.
        accents: (frames of the track, 13), see `beats_harmony`.
        frames: (n,) of the beats.
    """
    share = np.clip(downbeat / np.maximum(beat + downbeat, 1e-6), CLIP, 1 - CLIP).astype(np.float64)
    said = np.log(share / (1 - share))
    weights = np.array([NETWORK, CHORDS, BASS])
    first = weights @ np.stack([said - said.mean(), standard(chord_changes(accents, frames)),
                                standard(peaks(accents[:, PITCHES].astype(np.float32), frames))])  # fmt: skip
    found = [(*_positions(first, meter), meter) for meter in METERS]
    positions, _, meter = max(found, key=lambda each: each[1] + (THREES if each[2] == 3 else 0.0))
    return Bars(positions == 0, meter)


def chord_changes(accents: NDArray[np.float16], frames: Ids) -> Floats:
    """(n,) how far the chroma of the two beats from each on is from that of the two before, 0..1."""
    ends = np.append(frames[1:], len(accents))
    sums = np.concatenate(
        [np.zeros((1, PITCHES)), np.cumsum(accents[:, :PITCHES].astype(np.float64), axis=0)]
    )
    beats = unit(sums[np.maximum(ends, frames + 1)] - sums[frames])
    pairs = unit(beats + np.concatenate([beats[1:], beats[-1:]]))
    changes = np.zeros(len(frames))
    changes[2:] = 1 - (pairs[2:] * pairs[:-2]).sum(axis=1)
    return changes


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def standard(values: NDArray[np.float32] | Floats) -> Floats:
    """Of mean 0 and deviation 1."""
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), np.float64)


def _positions(first: Floats, meter: int) -> tuple[NDArray[np.int64], float]:
    """Place of each beat in its bar, and the score: Viterbi with rare slips."""
    count = len(first)
    before = np.zeros((count, meter), np.int64)
    score = np.zeros(meter)
    for beat in range(count):
        onward = np.roll(score, 1)  # from each place to the next
        slip = int(score.argmax())
        jump = score[slip] + SLIP
        before[beat] = np.where(onward >= jump, np.roll(np.arange(meter), 1), slip)
        score = np.maximum(onward, jump)
        score[0] += first[beat]
    place = int(score.argmax())
    total, places = float(score[place]), np.empty(count, np.int64)
    for beat in range(count - 1, -1, -1):
        places[beat] = place
        place = int(before[beat, place])
    return places, total
