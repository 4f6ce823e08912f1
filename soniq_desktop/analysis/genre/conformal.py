"""Split conformal prediction: sets of classes that hold the true one as often as was asked for. numpy alone.

Adaptive prediction sets (Romano, Sesia and Candès, "Classification with valid and adaptive coverage", 2020),
regularised as in Angelopoulos, Bates, Malik and Jordan, "Uncertainty sets for image classifiers using
conformal prediction" (2021). The score of a class is the probability of all likelier classes, plus a part u
of its own (u uniform in 0..1, which makes the coverage exact), plus `penalty` for each rank beyond `free`. A
class is in the set where its score is at most the quantile of the scores of the true classes in the
calibration data. The likeliest class scores 0 and so is in every set: an empty set tells nobody anything. As
the calibration counts it so, too, coverage stays exact while that class alone is right less often than asked.

The promise holds for tracks that are like those of the calibration data, on average over tracks (marginal) or
within each class (`per_class`, Mondrian: Vovk, 2003); weights as in Barber, Candès, Ramdas and Tibshirani,
"Conformal prediction beyond exchangeability" (2023).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

LEVELS = (0.80, 0.90, 0.95)
PENALTY, FREE = 0.02, 2  # RAPS: sets beyond two classes get dearer
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calibration:
    """Tracks whose class is known, and what the classifier said of them without having seen them.

    Attributes:
        probabilities: (n, classes), rows sum to 1.
        labels: (n,) index of the true class.
        weights: (n,) in 0..1, how much each counts; a track to be judged counts 1.
    """

    probabilities: Floats
    labels: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: NDArray[np.int64] | Bools) -> "Calibration":
        """Some of them."""
        return Calibration(self.probabilities[chosen], self.labels[chosen], self.weights[chosen])


def joined(parts: list[Calibration]) -> Calibration:
    """All of them together."""
    return Calibration(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What was learned from the calibration data for one level.

    Attributes:
        level: share of tracks whose set shall hold the true class.
        limits: (classes,) largest score that is still in the set; all equal where they are not per class.
    """

    level: float
    limits: Floats
    penalty: float = PENALTY
    free: int = FREE


def scores(probabilities: Floats, chance: Floats, penalty: float = PENALTY, free: int = FREE) -> Floats:
    """(n, classes) probabilities, (n,) chance in 0..1 -> (n, classes) scores; small is conforming.

    That of the likeliest class is 0.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(ranked, axis=1) - ranked
    extra = penalty * np.maximum(np.arange(1, ranked.shape[1] + 1) - free, 0)
    found = np.empty_like(ranked)
    values = before + chance[:, None] * ranked + extra
    values[:, 0] = 0.0
    np.put_along_axis(found, order, values, axis=1)
    return found


def chances(count: int, seed: int = 5) -> Floats:
    """(count,) repeatable uniform numbers."""
    return np.random.default_rng(seed).random(count)


def calibrate(
    known: Calibration,
    level: float,
    *,
    per_class: bool = False,
    chance: Floats | None = None,
    penalty: float = PENALTY,
    free: int = FREE,
) -> Thresholds:
    """Thresholds for a level in 0..1.

    With `per_class`, classes with too few tracks for a limit of their own (fewer than level / (1 − level), by
    weight) share one, and where all of these are too few, they take that of all tracks. (Ding, Angelopoulos,
    Bates, Jordan and Tibshirani, "Class-conditional conformal prediction with many classes", 2023.)
    """
    classes = known.probabilities.shape[1]
    drawn = chances(len(known)) if chance is None else chance
    table = scores(known.probabilities, drawn, penalty, free)
    own = table[np.arange(len(known)), known.labels] if len(known) else np.zeros(0)
    limits = np.full(classes, quantile(own, known.weights, level))
    for group in _groups(known, level) if per_class else ():
        mine = np.isin(known.labels, group)
        limits[group] = quantile(own[mine], known.weights[mine], level)
    return Thresholds(level, limits, penalty, free)


def _groups(known: Calibration, level: float) -> list[list[int]]:
    """Classes that have enough tracks, each alone, and the others together if that is enough."""
    classes = known.probabilities.shape[1]
    weights = np.bincount(known.labels, known.weights, classes)
    enough = weights * (1 - level) >= level
    rest = np.flatnonzero(~enough)
    together = [rest.tolist()] if float(weights[rest].sum()) * (1 - level) >= level else []
    return [[int(each)] for each in np.flatnonzero(enough)] + together


def quantile(values: Floats, weights: Floats, level: float) -> float:
    """The smallest value with `level` of the weight at or below it, the new track's own 1 included."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    needed = level * (float(weights.sum()) + 1.0) - _EPSILON
    place = int(np.searchsorted(reached, needed))
    return float(values[order[place]]) if place < len(values) else float("inf")


def prediction_sets(probabilities: Floats, thresholds: Thresholds, chance: Floats) -> Bools:
    """(n, classes) membership; the likeliest class is always in."""
    table = scores(probabilities, chance, thresholds.penalty, thresholds.free)
    members: Bools = table <= thresholds.limits[None, :]
    return members


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often the set held the true class, measured on tracks that had no part in setting the limits.

    `low`, `high`: Wilson's 95 % interval. `sizes[k]`: share of sets with k classes.
    """

    level: float
    share: float
    low: float
    high: float
    tracks: int
    mean_size: float
    sizes: tuple[float, ...]


def measured_coverage(
    known: Calibration,
    level: float,
    *,
    per_class: bool = False,
    beside: Calibration | None = None,
    folds: int = 10,
    seed: int = 5,
) -> Coverage | None:
    """Coverage by cross-validation over the calibration tracks; None for fewer than 20.

    `beside`: further calibration tracks that help to set every limit and are not measured on.
    """
    if len(known) < 20:
        return None
    members = held_out_sets(known, level, per_class=per_class, beside=beside, folds=folds, seed=seed)
    return coverage(members, known.labels, level)


def coverage_by_class(
    known: Calibration,
    level: float,
    *,
    per_class: bool = False,
    beside: Calibration | None = None,
    least: int = 10,
) -> dict[int, Coverage]:
    """The same for each class with at least `least` tracks, by its number."""
    if len(known) < 20:
        return {}
    members = held_out_sets(known, level, per_class=per_class, beside=beside)
    found = {}
    for number in np.unique(known.labels).tolist():
        mine = known.labels == number
        if int(mine.sum()) >= least:
            found[number] = coverage(members[mine], known.labels[mine], level)
    return found


def held_out_sets(
    known: Calibration,
    level: float,
    *,
    per_class: bool = False,
    beside: Calibration | None = None,
    folds: int = 10,
    seed: int = 5,
) -> Bools:
    """(n, classes): the set of each track by limits from the other folds, and from what stands `beside`."""
    extra = (
        Calibration(known.probabilities[:0], known.labels[:0], known.weights[:0])
        if beside is None
        else beside
    )
    first = chances(len(extra), seed + 1)
    drawn = chances(len(known), seed)
    fold = np.random.default_rng(seed).permutation(len(known)) % folds
    members = np.zeros(known.probabilities.shape, np.bool_)
    for number in range(folds):
        rest, held = fold != number, fold == number
        others = joined([extra, known.rows(rest)])
        chance = np.concatenate((first, drawn[rest]))
        limits = calibrate(others, level, per_class=per_class, chance=chance)
        members[held] = prediction_sets(known.probabilities[held], limits, drawn[held])
    return members


def coverage(members: Bools, labels: Ints, level: float) -> Coverage:
    """What sets (n, classes) achieved."""
    hits = members[np.arange(len(labels)), labels]
    sizes = members.sum(axis=1)
    low, high = wilson(int(hits.sum()), len(hits))
    shares = np.bincount(sizes, minlength=members.shape[1] + 1) / max(len(sizes), 1)
    share = float(hits.mean()) if len(hits) else float("nan")
    mean = float(sizes.mean()) if len(sizes) else float("nan")
    return Coverage(level, share, low, high, len(hits), mean, tuple(shares.tolist()))


def wilson(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a proportion; (0, 1) where nothing was tried."""
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = z / (1 + z * z / trials) * sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)
