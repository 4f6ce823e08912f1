"""Orders and shares of recommended tracks."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.facets import Array
from soniq_desktop.discovery.sounds import Mask

Item = TypeVar("Item")


def best_first(scores: Array, allowed: Mask) -> NDArray[np.intp]:
    """Allowed rows by score; equal ones by row."""
    rows = np.flatnonzero(allowed)
    return rows[np.argsort(-scores[rows], kind="stable")]


def shares(weights: Sequence[float], count: int) -> list[int]:
    """`count` shared out in proportion to the weights, by largest remainders."""
    exact = np.array(weights, np.float64) / max(sum(weights), 1e-12) * count
    whole = np.floor(exact).astype(int)
    for place in np.argsort(-(exact - whole), kind="stable")[: count - int(whole.sum())]:
        whole[place] += 1
    return [int(each) for each in whole]


def in_turn(lists: list[list[Item]]) -> list[Item]:
    """The first of each list, then the second of each, ..."""
    longest = max(map(len, lists), default=0)
    return [each[place] for place in range(longest) for each in lists if place < len(each)]


def spaced(home: list[Item], others: list[Item]) -> list[Item]:
    """Explorations spread evenly among the rest, never the first unless they are all there is."""
    both = [((place + 0.5) / max(len(home), 1), each) for place, each in enumerate(home)]
    both += [((place + 0.75) / max(len(others), 1), each) for place, each in enumerate(others)]
    return [each for _, each in sorted(both, key=lambda pair: pair[0])]
