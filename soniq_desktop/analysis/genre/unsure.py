"""Which tracks would teach the classifier most: uncertain ones that stand for many others. numpy alone.

Information density (Settles and Craven, "An analysis of active learning strategies for sequence labeling
tasks", 2008): entropy of the prediction times the mean similarity to the library; one after the other, each
pick making what sounds like it less worth asking.
"""

import numpy as np
from numpy.typing import NDArray

SAMPLE = 1_500  # vectors that stand for the library
POOL = 2_000  # most uncertain tracks that are considered


def entropy(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, classes) -> (n,) in 0..1, 1 where all are equally likely."""
    safe = np.maximum(probabilities, 1e-12)
    return np.asarray(-(safe * np.log(safe)).sum(axis=1) / np.log(probabilities.shape[1]))


def worth_asking(
    probabilities: NDArray[np.float64], vectors: NDArray[np.float32], count: int
) -> NDArray[np.int64]:
    """Rows of the `count` tracks to ask the user about, the most useful first.

    Args:
        probabilities: (n, classes) of tracks that nobody has labelled.
        vectors: (n, dim) of unit length.
    """
    doubt = entropy(probabilities)
    pool = np.argsort(-doubt, kind="stable")[:POOL]
    sample = vectors[np.random.default_rng(5).permutation(len(vectors))[:SAMPLE]]
    density = np.clip((vectors[pool] @ sample.T), 0, None).mean(axis=1) if len(pool) else np.zeros(0)
    worth = doubt[pool] * density
    chosen: list[int] = []
    for _ in range(min(count, len(pool))):
        best = int(worth.argmax())
        chosen.append(int(pool[best]))
        alike = np.clip(vectors[pool] @ vectors[pool[best]], 0, 1)
        worth = worth * (1 - alike**2)
        worth[best] = -1.0
    return np.asarray(chosen, np.int64)
