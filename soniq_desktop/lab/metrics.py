"""How good a ranking is: HitRate, Recall, Precision, NDCG and MRR at k, with bootstrap intervals; coverage
and novelty.

Definitions as in Järvelin and Kekäläinen 2002 (NDCG, binary gain), Herlocker et al. 2004 (precision, recall,
coverage) and Zhou et al. 2010 (novelty as self-information). Everything is counted over users who have
something to be predicted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAMES = ("HitRate", "Recall", "Precision", "NDCG", "MRR")
RESAMPLES = 1000
BLOCK = 4_000_000  # counts held at a time


@dataclass(frozen=True)
class Figure:
    """A mean over users with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def hits(ranked: NDArray[np.int64], wanted: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """(users, k): whether the item at each place is one that the user went on to play. A place of −1 is
    empty."""
    return np.array(
        [np.isin(row, items) & (row >= 0) for row, items in zip(ranked, wanted, strict=True)], dtype=bool
    ).reshape(ranked.shape)


def at_k(found: NDArray[np.bool_], sizes: NDArray[np.int64], k: int) -> dict[str, NDArray[np.float64]]:
    """Each metric of each user at cut-off k, (users,).

    Args:
        found: (users, at least k) as `hits` gives it.
        sizes: (users,) how many different items each user went on to play, at least 1.
        k: the cut-off.
    """
    top = found[:, :k]
    count = top.sum(axis=1).astype(np.float64)
    discount = 1 / np.log2(np.arange(2, k + 2))
    best = np.cumsum(discount)[np.minimum(sizes, k) - 1]
    first = np.where(top.any(axis=1), top.argmax(axis=1) + 1, np.inf)
    return {
        "HitRate": (count > 0).astype(np.float64),
        "Recall": count / sizes,
        "Precision": count / k,
        "NDCG": top @ discount[: top.shape[1]] / best,
        "MRR": 1 / first,
    }


def figures(values: Mapping[str, NDArray[np.float64]], seed: int) -> dict[str, Figure]:
    """Means over users with percentile bootstrap intervals (Efron 1979): 1,000 resamples of users, the same
    for all.

    A resample of n users is drawn as how often each occurs (multinomial), a block of resamples at a time.
    """
    names = list(values)
    columns = np.column_stack([values[name] for name in names])
    users = len(columns)
    generator = np.random.default_rng(seed)
    block = max(1, BLOCK // users)
    means = []
    for begin in range(0, RESAMPLES, block):
        counts = generator.multinomial(users, np.full(users, 1 / users), min(block, RESAMPLES - begin))
        means.append(counts @ columns / users)
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5], axis=0)
    return {
        name: Figure(float(columns[:, i].mean()), float(low[i]), float(high[i]))
        for i, name in enumerate(names)
    }


def coverage(ranked: NDArray[np.int64], item_count: int) -> float:
    """Share of the catalogue that is recommended to anybody."""
    return len(np.unique(ranked[ranked >= 0])) / item_count


def novelty(ranked: NDArray[np.int64], counts: NDArray[np.int64]) -> float:
    """Mean self-information of the recommended items in bits: log2(events / events of the item), one event at
    least."""
    shown = ranked[ranked >= 0]
    if len(shown) == 0:
        return 0.0
    return float(np.mean(np.log2(counts.sum() / np.maximum(counts[shown], 1))))
