"""Shannon entropy of what was listened to, its bias, and Hill numbers.

Entropies are in bits. `counts` are plays by category; they may be fractions where a song belongs to several
genres at once (a soft set adds its probabilities).

Sources:
    C. E. Shannon, "A mathematical theory of communication", 1948: H = −Σ p log2 p.
    G. A. Miller, "Note on the bias of information estimates", 1955: the plug-in estimate is too low by about
        (K − 1) / (2 N ln 2) bits.
    A. Chao and T.-J. Shen, "Nonparametric estimation of Shannon's index of diversity when there are unseen
        species in sample", 2003.
    P. Grassberger, "Entropy estimates from insufficient samplings", 2008 (arXiv:physics/0307138v2).
    M. O. Hill, "Diversity and evenness: a unifying notation and its consequences", 1973.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EULER = 0.5772156649015329


def shares(counts: Array) -> Array:
    """Counts (..., K) as shares that add up to 1 along the last axis; zeros where there is nothing."""
    totals = counts.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0))


def plug_in(counts: Array) -> Array:
    """−Σ p log2 p of counts (..., K), in bits: the maximum-likelihood estimate, too low for small samples."""
    p = shares(np.asarray(counts, np.float64))
    logs = np.log2(p, out=np.zeros_like(p), where=p > 0)
    return np.asarray(np.maximum(-(p * logs).sum(axis=-1), 0.0))


def miller_madow(counts: Array) -> float:
    """Plug-in plus (K − 1) / (2 N ln 2) for whole counts (K,), K being the categories that occur."""
    total = float(counts.sum())
    seen = int(np.count_nonzero(counts))
    return float(plug_in(counts)) + ((seen - 1) / (2 * total * np.log(2)) if seen else 0.0)


def chao_shen(counts: Array) -> float:
    """Chao and Shen's estimate for whole counts (K,), in bits: allows for categories not met yet.

    Shares are shrunk by Good's coverage C = 1 − f1 / N (f1: categories met once), and each term is weighted
    by the inverse of its chance to be in the sample, 1 − (1 − C p)^N.
    """
    found = counts[counts > 0]
    total = float(found.sum())
    if total == 0:
        return 0.0
    once = min(float(np.count_nonzero(found == 1)), total - 1)
    p = (1 - once / total) * found / total
    inside = -np.expm1(total * np.log1p(-np.minimum(p, 1 - 1e-12)))
    return max(0.0, float(-(p * np.log2(p) / inside).sum()))


def grassberger(counts: Array) -> float:
    """Grassberger's 2008 estimate for whole counts (K,), in bits: (ln N − Σ n G(n) / N) / ln 2."""
    found = counts[counts > 0].astype(np.int64)
    total = int(found.sum())
    if total == 0:
        return 0.0
    sizes, times = np.unique(found, return_counts=True)
    expected = float((times * sizes * _g(sizes)).sum()) / total
    return max(0.0, (float(np.log(total)) - expected) / float(np.log(2)))


def _g(numbers: NDArray[np.int64]) -> Array:
    """G(n) by its recurrence: G1 = −γ − ln 2, G2 = G1 + 2, G(2k+1) = G(2k), G(2k+2) = G(2k) + 2 / (2k+1)."""
    pairs = int(numbers.max(initial=1)) // 2
    even = -EULER - np.log(2) + np.cumsum(2.0 / (2 * np.arange(pairs + 1) - 1.0)[1:])
    table = np.concatenate([[-EULER - np.log(2)], even])
    return np.asarray(table[numbers // 2])


def soft_bias(parts: Array, weights: Array) -> float:
    """How much too low the plug-in entropy of soft counts is, in bits.

    The second-order term of −Σ p̂ log2 p̂ is −Σ Var(p̂_g) / (2 p_g ln 2). For whole labels Var(p̂) = p(1−p)/N,
    and this is Miller's (K − 1) / (2 N ln 2); a song that is half rock, half jazz varies less than one that
    is either, and plays of one sitting, which resemble each other, vary together: both are in the variance
    between units.

    Args:
        parts: (u, K) soft counts of each sampling unit (a play, a sitting, a day).
        weights: (u,) plays in each unit.
    """
    units, total = len(weights), float(weights.sum())
    if units < 2 or total <= 0:
        return 0.0
    p = parts.sum(axis=0) / total
    residuals = parts - weights[:, None] * p  # ratio estimator: p̂ = Σ parts / Σ weights
    variance = (residuals**2).sum(axis=0) * units / (units - 1) / total**2
    terms = np.divide(variance, p, out=np.zeros_like(p), where=p > 0)
    return float(terms.sum() / (2 * np.log(2)))


def hill(counts: Array, order: float) -> float:
    """Hill number of an order q: the number of equally frequent categories that would be as diverse.

    (Σ p^q)^(1 / (1 − q)); q = 0 counts categories, q = 1 is 2^H (limit), q = 2 is 1 / Σ p².
    """
    p = shares(np.asarray(counts, np.float64))
    p = p[p > 0]
    if not len(p):
        return 0.0
    if abs(order - 1) < 1e-9:
        return float(2 ** plug_in(p))
    return float((p**order).sum() ** (1 / (1 - order)))


def same_twice(counts: Array) -> float:
    """Chance that two plays drawn without putting back are of one category: Σ n(n−1) / N(N−1), unbiased."""
    total = float(counts.sum())
    return float((counts * (counts - 1)).sum() / (total * (total - 1))) if total > 1 else 1.0


def gini(counts: Array) -> float:
    """Gini coefficient: 0 when all categories are played alike, near 1 when one gets everything.

    Σ (2i − n − 1) x_i / (n Σ x) over values in ascending order (Gini 1912, in the form of Dixon 1987).
    """
    values = np.sort(np.asarray(counts, np.float64))
    count, total = len(values), float(values.sum())
    if count == 0 or total == 0:
        return 0.0
    ranks = 2 * np.arange(1, count + 1) - count - 1
    return float((ranks * values).sum() / (count * total))
