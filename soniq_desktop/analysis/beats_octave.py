"""At which octave people count: the tempo of the periodicity, half of it, twice it, and so on.

Beats at 65 and at 130 BPM repeat equally well. What tells them apart is how fast people like to tap, how many
onsets a beat holds, and what lies between the beats. The weights were fitted on the development set of
docs/decisions/beats.md: a softmax over the candidates of each track.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.beats_front import FRAME_RATE
from soniq_desktop.analysis.beats_path import Chain, Ids, best_chain, evidence, peaks
from soniq_desktop.analysis.spectrum import FRAME_RATE as ONSET_RATE
from soniq_desktop.analysis.tempo import Periodicity, comb, tempo_of

Floats = NDArray[np.float64]

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
SLOWEST, FASTEST = 45.0, 220.0  # BPM
HALF_OCTAVE = 2**0.5
EARLY, LATE = 3, 5  # frames of the onsets about a place in the beat


class Choice(NamedTuple):
    """The tempo, its chain of beats, the next likely octave, how likely this one is (0..1), and the mean
    autocorrelation of the onsets at it."""

    bpm: float
    frames: Ids
    alternative: float
    sure: float
    repeats: float


# Weights of `terms`, in their order.
WEIGHTS = np.array([2.87, -0.99, -2.05, -1.64, 1.23, 5.78, 1.35, -1.0, 0.08])


def choose(activation: NDArray[np.float32], found: Periodicity) -> Choice:
    """The best octave for a track.

    Args:
        activation: (frames,) of any beat, at 50 frames a second.
    """
    bpm = tempo_of(found).bpm
    tempi = [bpm * factor for factor in FACTORS if SLOWEST <= bpm * factor <= FASTEST]
    gain = evidence(activation)
    chains = [best_chain(gain, each / HALF_OCTAVE, each * HALF_OCTAVE) for each in tempi]
    scores = np.array([WEIGHTS @ terms(*pair, activation, found) for pair in zip(tempi, chains, strict=True)])
    order = np.argsort(-scores)
    likely = np.exp(scores - scores.max())
    best = int(order[0])
    repeats = float(comb(found.correlation, np.array([tempi[best]]))[0])
    other = tempi[int(order[1])] if len(order) > 1 else tempi[best]
    return Choice(tempi[best], chains[best].frames, other, float(likely[best] / likely.sum()), repeats)


def terms(bpm: float, chain: Chain, activation: NDArray[np.float32], found: Periodicity) -> Floats:
    """What speaks for counting at this tempo, (9,)."""
    pace = np.log2(bpm / 110)
    busy = np.log2(max(found.onsets, 0.1) * 60 / bpm)
    clear = np.log(max(float(comb(found.correlation, np.array([bpm]))[0]), 0.02))
    return np.array(
        [clear, pace**2, pace, busy**2, busy, *_between(chain.frames, activation, found.strength)]
    )


def _between(frames: Ids, activation: NDArray[np.float32], strength: Floats) -> tuple[float, ...]:
    """Activation at the beats and half way; onset strength at the half and the quarters, the beat being 1."""
    if len(frames) < 3:
        return (0.0, 0.0, 0.0, 0.0)
    middles = (frames[1:] + frames[:-1]) // 2
    on, half, first, last = (_strength(frames, place, strength) for place in (0, 0.5, 0.25, 0.75))
    scale = max(on, 1e-9)
    beat, middle = peaks(activation, frames).mean(), peaks(activation, middles).mean()
    return float(beat), float(middle), half / scale, (first + last) / 2 / scale


def _strength(frames: Ids, place: float, strength: Floats) -> float:
    """Mean onset strength at a place of the beats, 0 to 1."""
    seconds = (frames[:-1] + place * np.diff(frames)) / FRAME_RATE
    around = (seconds * ONSET_RATE).astype(np.intp)[:, None] + np.arange(-EARLY, LATE)
    return float(strength[np.clip(around, 0, len(strength) - 1)].max(axis=1).mean())
