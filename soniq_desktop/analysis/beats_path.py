"""Where the beats lie: the best chain of evenly spaced frames through the activations.

Dynamic programming over pairs of frame and beat interval, in the manner of D. Ellis, "Beat tracking by
dynamic programming", J. New Music Research 36 (2007), with the interval as part of the state as in F. Krebs,
S. Böck and G. Widmer, "An efficient state-space model for joint tempo and meter tracking", ISMIR 2015.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.beats_front import FRAME_RATE

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

FLOOR = 0.02  # activation of a frame that holds nothing
STIFFNESS = 1_000.0  # how much a change of the interval costs, per squared share of the interval
NEAR = 2  # frames about a beat in which the network's peak is looked for
BONUS = 1.0  # what a beat is worth where the network says nothing either way


class Chain(NamedTuple):
    """Frames of the beats (n,), ascending, and the score of the chain."""

    frames: Ids
    score: float


def evidence(activation: NDArray[np.float32]) -> Floats:
    """(frames,) probabilities of any beat -> what a beat there adds to the score, in nepers."""
    wide = np.maximum(activation, 0.5 * np.maximum(np.roll(activation, 1), np.roll(activation, -1)))
    clipped = np.clip(wide, FLOOR, 1 - FLOOR)
    return np.asarray(np.log(clipped) - np.log(1 - clipped) + BONUS, np.float64)


def best_chain(gain: Floats, slowest: float, fastest: float) -> Chain:
    """The chain of beats that collects most, with tempi between two BPM.

    Args:
        gain: (frames,) from `evidence`.
    """
    intervals = np.arange(
        int(np.floor(60 * FRAME_RATE / fastest)), int(np.ceil(60 * FRAME_RATE / slowest)) + 1
    )
    scores, before = _forward(gain, intervals)
    last = int(scores.max(axis=1).argmax())
    return Chain(_backward(scores, before, intervals, last), float(scores[last].max()))


def _forward(gain: Floats, intervals: Ids) -> tuple[Floats, NDArray[np.int16]]:
    """Best score (frames, intervals) of a chain that ends there after that interval, and the interval before.

    No interval is shorter than the first: that many frames cannot depend on each other and are done at once.
    """
    count, width, block = len(gain), len(intervals), int(intervals[0])
    change = (
        -STIFFNESS * (np.subtract.outer(intervals, intervals) / np.minimum.outer(intervals, intervals)) ** 2
    )
    lead = int(intervals[-1])
    onward = np.zeros((lead + count, width))  # best way to leave each frame by each interval
    before = np.full((lead + count, width), -1, np.int16)
    scores = np.empty((count, width))
    columns = np.arange(width)
    for start in range(0, count, block):
        frames = np.arange(start, min(start + block, count))
        scores[frames] = gain[frames, None] + onward[lead + frames[:, None] - intervals, columns]
        ways = scores[frames][:, :, None] + change  # (frames, interval before, next interval)
        best = ways.argmax(axis=1)
        gathered = np.take_along_axis(ways, best[:, None, :], axis=1)[:, 0]
        onward[lead + frames] = np.maximum(gathered, 0)  # what has cost more than it brought is left behind
        before[lead + frames] = np.where(gathered > 0, best, -1)
    return scores, before[lead:]


def _backward(scores: Floats, before: NDArray[np.int16], intervals: Ids, last: int) -> Ids:
    frames, frame, choice = [], last, int(scores[last].argmax())
    while frame >= 0:
        frames.append(frame)
        frame -= int(intervals[choice])
        choice = int(before[frame, choice]) if frame >= 0 else -1
        if choice < 0:
            break
    return np.array(frames[::-1], np.int64)


def peaks(activation: NDArray[np.float32], frames: Ids) -> NDArray[np.float32]:
    """The highest value within 40 ms of each frame."""
    around = frames[:, None] + np.arange(-NEAR, NEAR + 1)
    return np.asarray(activation[np.clip(around, 0, len(activation) - 1)].max(axis=1))
