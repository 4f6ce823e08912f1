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

from soniq_desktop.fingerprint.search import Hypothesis
from soniq_desktop.fingerprint.warp import SAME

ALLOWED_RATE = 0.005  # of queries of unknown music that are given a name
SHARE = 0.1  # of the null above which the tail is taken for exponential


class Tail(NamedTuple):
    """Upper tail of the null for queries of `seconds`."""

    seconds: float
    level: float
    scale: float


# Written by tests/bench/calibrate_identify.py.
EXACT = (Tail(2, 5.12, 0.60), Tail(3, 4.94, 0.80), Tail(5, 4.70, 0.98), Tail(10, 4.52, 0.97))
WARPED = (Tail(2, 4.84, 0.98), Tail(3, 4.68, 1.28), Tail(5, 4.55, 1.72), Tail(10, 4.86, 2.08))

EXACT_PART = 0.75  # of the false alarms allowed; most music is played as it was recorded

_RIGHT_PER_DECADE = 0.025  # share of right answers for each factor of ten in the rate, as on the benchmark


def false_alarm_rate(hypothesis: Hypothesis, seconds: float) -> float:
    """Share of queries of unknown music, of this length, to which either pass gives a score as rare."""
    exact = hypothesis.warp == SAME
    tails = EXACT if exact else WARPED
    lengths = np.log([tail.seconds for tail in tails])
    level = np.interp(np.log(seconds), lengths, [tail.level for tail in tails])
    scale = np.interp(np.log(seconds), lengths, [tail.scale for tail in tails])
    above = SHARE * np.exp(np.clip((level - hypothesis.support) / scale, -200, 200))
    return float(min(1.0, above / (EXACT_PART if exact else 1 - EXACT_PART)))


def score(rate: float) -> float:
    """Decades by which a rate is better than what is allowed: 0 is just good enough."""
    return float(np.log10(ALLOWED_RATE / max(rate, 1e-60)))


def confidence(rate: float) -> float:
    """Probability 0..1 that an answer with this false-alarm rate is right, were half of all queries unknown.

    Bayes with the densities of the score in decades: 2.3 * rate for wrong answers, and for right ones an even
    spread, as the benchmark shows near the threshold.
    """
    return float(_RIGHT_PER_DECADE / (_RIGHT_PER_DECADE + np.log(10) * rate))
