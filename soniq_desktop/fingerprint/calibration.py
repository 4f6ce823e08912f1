"""What a raw score is worth: how often sound that is not in the library scores as high.

The highest score among many wrong alignments follows an extreme-value law, whose upper tail is exponential:
the rate of false alarms is `SHARE * exp((level - support) / scale)` above `level`, the score that a share of
`SHARE` of the queries of unknown music exceed. Level and scale depend on the length of the query and on the
pass that found the candidate; tests/bench/calibrate_identify.py measures them, with the track itself taken
out of the library. Scores are relative to the query's own wrong candidates, and so noise and the amount of
evidence are in them already.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.search import Hypothesis
from soniq_desktop.fingerprint.warp import SAME

ALLOWED_RATE = 0.005  # of queries of unknown music that are given a name
SHARE = 0.1  # of the null above which the tail is taken for exponential


class Tail(NamedTuple):
    """Upper tail of the null for queries of `seconds`."""

    seconds: float
    level: float
    scale: float


class Tails(NamedTuple):
    """Of queries in noise and of those that are clear, by length."""

    noisy: tuple[Tail, ...]
    clear: tuple[Tail, ...]


NOISY, CLEAR = 4.15, 4.45  # clarity of a query (`search.Heard`) up to which, and from which, each counts

# Measured by tests/bench/calibrate_identify.py on the development set, 800 queries of 3 and of 5 s, a fifth
# of them clear, and 320 of 2 and of 10 s. All but noisy ones of 3 and 5 s in the original tempo were then
# made wider by hand, so that the largest scores count, which a few pairs of much alike tracks make; noisy
# ones of 10 s at other tempos once more, after three of 300 unknown excerpts were named there.
EXACT = Tails(
    noisy=(Tail(2, 4.90, 0.80), Tail(3, 4.92, 0.73), Tail(5, 4.85, 0.70), Tail(10, 4.80, 1.15)),
    clear=(Tail(2, 5.40, 1.00), Tail(3, 5.40, 1.00), Tail(5, 5.00, 1.25), Tail(10, 5.60, 1.20)),
)
WARPED = Tails(
    noisy=(Tail(2, 4.90, 0.65), Tail(3, 4.97, 0.65), Tail(5, 4.89, 0.80), Tail(10, 4.80, 1.70)),
    clear=(Tail(2, 6.50, 1.20), Tail(3, 6.56, 1.40), Tail(5, 6.55, 1.60), Tail(10, 6.60, 1.80)),
)

EXACT_PART = 0.75  # of the false alarms allowed; most music is played as it was recorded

_RIGHT_PER_DECADE = 0.025  # share of right answers for each factor of ten in the rate, as on the benchmark


def false_alarm_rate(hypothesis: Hypothesis, seconds: float, clarity: float) -> float:
    """Share of queries of unknown music, as long and clear, to which either pass gives a score as rare."""
    exact = hypothesis.warp == SAME
    noisy, clear = (_tail(tails, seconds) for tails in (EXACT if exact else WARPED))
    share = np.interp(clarity, (NOISY, CLEAR), (0, 1))
    level, scale = (1 - share) * noisy + share * clear
    above = SHARE * np.exp(np.clip((level - hypothesis.support) / scale, -200, 200))
    return float(min(1.0, above / (EXACT_PART if exact else 1 - EXACT_PART)))


def _tail(tails: tuple[Tail, ...], seconds: float) -> NDArray[np.float64]:
    """Level and scale (2,) for a length, between those that were measured."""
    lengths, levels, scales = np.array(tails).T
    place = np.log(seconds), np.log(lengths)
    return np.array([np.interp(*place, levels), np.interp(*place, scales)])


def score(rate: float) -> float:
    """Decades by which a rate is better than what is allowed: 0 is just good enough."""
    return float(np.log10(ALLOWED_RATE / max(rate, 1e-60)))


def confidence(rate: float) -> float:
    """Probability 0..1 that an answer with this false-alarm rate is right, were half of all queries unknown.

    Bayes with the densities of the score in decades: 2.3 * rate for wrong answers, and for right ones an even
    spread, as the benchmark shows near the threshold.
    """
    return float(_RIGHT_PER_DECADE / (_RIGHT_PER_DECADE + np.log(10) * rate))
