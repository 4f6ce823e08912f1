"""The entropy of soft genre sets with its bias taken off, and an interval from a block bootstrap.

Plays are no independent draws: an album brings twelve of a kind. So whole days are drawn with replacement
(block bootstrap: Künsch 1989), or whole sittings where there are too few days. docs/decisions/persona.md has
the simulation that chose this.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.persona.entropy import Array, plug_in, soft_bias

RESAMPLES = 500
LEVEL = 0.9
LEAST_UNITS = 20
FEW_LABELS = 16
SITTING_GAP = 1_800.0  # seconds of silence that end a sitting


@dataclass(frozen=True, slots=True)
class EntropyEstimate:
    """Entropy of genres in bits.

    Attributes:
        bits: with its bias taken off; low, high: 90 % interval.
        raw: the plug-in value that it was made from.
        within: the part that songs have in themselves, being several genres at once or not surely one;
            the rest is variety from song to song (Jensen-Shannon decomposition: Lin 1991).
        most: log2 of the number of genres, which `normalised` divides by.
        units: "days", "sittings" or "plays": what the interval was drawn from.
    """

    bits: float
    low: float
    high: float
    raw: float
    within: float
    most: float
    units: str

    @property
    def normalised(self) -> float:
        return self.bits / self.most

    @property
    def interval(self) -> tuple[float, float]:
        """Normalised."""
        return self.low / self.most, self.high / self.most


def estimate(sets: Array, starts: Array, days: NDArray[np.int64], seed: int = 0) -> EntropyEstimate:
    """Entropy of plays.

    Args:
        sets: (n, K) probabilities of each play's song, rows that add up to 1.
        starts: (n,) Unix seconds, ascending; days: (n,) number of the local day of each.
    """
    labels, name = units(starts, days)
    parts = totals_by(labels, sets)
    weights = np.bincount(labels).astype(np.float64)
    most = float(np.log2(sets.shape[1]))
    raw = float(plug_in(parts.sum(axis=0)))
    bits = min(raw + soft_bias(parts, weights), most)
    spread = _bootstrap(parts, seed)
    low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) - spread.mean()
    within = float(plug_in(sets).mean()) if len(sets) else 0.0
    return EntropyEstimate(
        bits, max(0.0, bits + float(low)), min(most, bits + float(high)), raw, within, most, name
    )


def units(starts: Array, days: NDArray[np.int64]) -> tuple[NDArray[np.int64], str]:
    """(n,) unit of each play from 0 on: days, sittings or plays, the coarsest of which there are enough."""
    sittings = np.cumsum(np.diff(starts, prepend=starts[:1]) > SITTING_GAP)
    for values, name in ((days, "days"), (sittings, "sittings")):
        labels = np.unique(values, return_inverse=True)[1].astype(np.int64)
        if len(labels) and labels.max() + 1 >= LEAST_UNITS:
            return labels, name
    return np.arange(len(starts), dtype=np.int64), "plays"


def totals_by(labels: NDArray[np.int64], values: Array) -> Array:
    """(u, K) sums of values (n, K) by label. Fast where labels ascend, as days do, and where they are few."""
    count = int(labels.max(initial=-1)) + 1
    if count <= FEW_LABELS:
        return np.asarray((labels == np.arange(count)[:, None]).astype(np.float64) @ values)
    if (np.diff(labels) < 0).any():
        order = np.argsort(labels, kind="stable")
        labels, values = labels[order], values[order]
    firsts = np.flatnonzero(np.diff(labels, prepend=-1))
    totals = np.zeros((count, values.shape[1]))
    totals[labels[firsts]] = np.add.reduceat(values, firsts, axis=0)
    return totals


def _bootstrap(parts: Array, seed: int) -> Array:
    """(RESAMPLES,) plug-in entropies of units drawn with replacement."""
    random, count = np.random.default_rng(seed), len(parts)
    found = np.empty(RESAMPLES)
    for place in range(RESAMPLES):
        times = np.bincount(random.integers(0, count, count), minlength=count)
        found[place] = plug_in(times @ parts)
    return found
