"""The cost of a path: what is stated, and the short way to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.discovery.path_cost import GUIDE, KEYS, WORST, path_cost


def costs(seed: int, pool: int, length: int):
    rng = np.random.default_rng(seed)
    distances = rng.random((pool, pool)).astype(np.float32)
    distances = (distances + distances.T) / 2
    clashes = np.asarray(distances > 0.5, np.float32)
    guide = rng.random((length, pool)).astype(np.float32)
    return path_cost(distances, guide, clashes, None, np.zeros(pool, np.float32)), distances, clashes, guide


def test_the_cost_is_the_stated_sum() -> None:
    cost, distances, clashes, guide = costs(1, 9, 4)
    path = np.array([3, 0, 7, 5])
    hops = [(3, 0), (0, 7), (7, 5)]
    expected = np.mean([distances[hop] + KEYS * clashes[hop] for hop in hops])
    expected += WORST * max(distances[hop] for hop in hops)
    expected += GUIDE * np.mean([guide[place, track] for place, track in enumerate(path)])
    assert cost(path[None])[0] == pytest.approx(expected, abs=1e-5)
    assert cost.worst_hop(path) == int(np.argmax([distances[hop] for hop in hops]))


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.data())
def test_inserting_costs_what_the_whole_path_costs(seed: int, length: int, data: st.DataObject) -> None:
    cost, *_ = costs(seed, 20, length)
    rest = np.random.default_rng(seed).permutation(20)[: length - 1]
    gap = data.draw(st.integers(0, length - 1))
    whole = np.stack([np.insert(rest, gap, track) for track in range(20)])
    assert cost.inserted(rest, gap) == pytest.approx(cost(whole), abs=1e-5)
