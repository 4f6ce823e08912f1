"""Figures of a classifier: accuracy, agreement of distributions, calibration."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
BINS = 10


def softmax(logits: Floats) -> Floats:
    """Along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def jensen_shannon(first: Floats, second: Floats) -> Floats:
    """(n,) divergence between rows of two (n, classes) in bits: 0 equal, 1 disjoint (Lin, 1991)."""
    middle = (first + second) / 2
    return (_relative_entropy(first, middle) + _relative_entropy(second, middle)) / 2


def _relative_entropy(p: Floats, q: Floats) -> Floats:
    terms = np.where(p > 0, p * np.log2(np.maximum(p, 1e-12) / np.maximum(q, 1e-12)), 0.0)
    return np.asarray(terms.sum(axis=1))


def agreement(logits: Floats, targets: Floats) -> dict[str, float]:
    """How far a student follows soft targets (n, classes)."""
    chances = softmax(logits)
    return {
        "tracks": len(targets),
        "top-1": round(float((chances.argmax(1) == targets.argmax(1)).mean()), 3),
        "in top 2": round(
            float((np.argsort(-chances, 1)[:, :2] == targets.argmax(1)[:, None]).any(1).mean()), 3
        ),
        "Jensen-Shannon": round(float(jensen_shannon(chances, targets).mean()), 3),
    }


def calibration_error(logits: Floats, labels: NDArray[np.int64]) -> float:
    """Expected calibration error of the likeliest class in 10 equal bins (Guo et al., 2017)."""
    chances = softmax(logits)
    sure, right = chances.max(1), chances.argmax(1) == labels
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        (places == each).mean()
        * abs(float(sure[places == each].mean()) - float(right[places == each].mean()))
        for each in np.unique(places)
    ]
    return float(np.sum(gaps))


def fitted_temperature(logits: Floats, targets: Floats) -> float:
    """What to divide logits by for the least cross entropy with (n, classes) targets."""
    candidates = np.exp(np.linspace(np.log(0.3), np.log(4.0), 120))
    losses = [
        -(targets * np.log(np.maximum(softmax(logits / each), 1e-12))).sum(1).mean() for each in candidates
    ]
    return float(candidates[int(np.argmin(losses))])


def confusion(predicted: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """(classes, classes) counts, rows are the true class."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (labels, predicted), 1)
    return table
