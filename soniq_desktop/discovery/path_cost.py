"""What a path costs: one stated sum, so that two paths can be compared and a third found between them.

    cost = mean over hops of (distance + KEYS · key clash + TEMPO · tempo strain)
         + WORST · distance of the worst hop
         + mean over tracks of (GUIDE · distance from the guide + ENERGY · energy gap
                                + VARIETY · detour · chance)

Distances are 1 − cosine in units of the median distance between two tracks of the pool, so that the weights
mean the same for every embedder. A key clash is 0, 1, or ½ where a key is not known; a tempo strain is 0 to
1, less where a tempo is unsure; chance is a number from 0 to 1 that belongs to a track and a seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float32]
Paths = NDArray[np.int64]  # (m, n) places in the pool

WORST = 1.0
GUIDE = 0.5
KEYS = 0.5
TEMPO = 0.5
ENERGY = 1.0
VARIETY = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class PathCost:
    """The cost of paths of n tracks out of a pool of p.

    Attributes:
        distances: (p, p) between tracks, in units.
        hops: (p, p) share of a hop in the cost, without the worst-hop term.
        places: (n, p) share of a track at a place.
    """

    distances: Costs
    hops: Costs
    places: Costs

    def __call__(self, paths: Paths) -> Costs:
        """Cost (m,) of paths (m, n)."""
        before, after = paths[:, :-1], paths[:, 1:]
        length = paths.shape[1]
        total = self.places[np.arange(length), paths].sum(axis=1)
        if length > 1:
            total = total + self.hops[before, after].sum(axis=1)
            total = total + WORST * self.distances[before, after].max(axis=1)
        return np.asarray(total, np.float32)

    def inserted(self, rest: Paths, gap: int) -> Costs:
        """Cost (p,) of a path (n - 1,) with each track of the pool in turn put in at place `gap`.

        The same as calling the cost with all those paths, without making them.
        """
        others = np.delete(np.arange(len(rest) + 1), gap)
        before, after = np.delete(rest[:-1], gap - 1) if 0 < gap < len(rest) else rest[:-1], rest[1:]
        if 0 < gap < len(rest):
            after = np.delete(after, gap - 1)
        neighbours = rest[max(gap - 1, 0) : gap + 1]
        total = self.places[others, rest].sum() + self.hops[before, after].sum()
        worst = np.maximum(
            self.distances[before, after].max(initial=0), self.distances[neighbours].max(axis=0)
        )
        return np.asarray(total + self.places[gap] + self.hops[neighbours].sum(axis=0) + WORST * worst)

    def worst_hop(self, path: Paths) -> int:
        """Which hop of a path (n,) is the longest; 0 is the one between the first two tracks."""
        return int(np.argmax(self.distances[path[:-1], path[1:]]))


def path_cost(
    distances: Costs,
    guide_distances: Costs,
    clashes: Costs | None,
    energy_gaps: Costs | None,
    chance: Costs,
    strains: Costs | None = None,
) -> PathCost:
    """The cost over distances (p, p) in units.

    Args:
        guide_distances: (n, p) of tracks from waypoints, in units.
        clashes: (p, p) of keys; None where keys do not matter.
        energy_gaps: (n, p) between wanted and measured energy; None where energy does not matter.
        chance: (p,) what variety adds, with the detour in it already.
        strains: (p, p) of tempi; None where tempo does not matter.
    """
    length = len(guide_distances)
    hops = distances if clashes is None else distances + KEYS * clashes
    if strains is not None:
        hops = hops + TEMPO * strains
    places = GUIDE * guide_distances + VARIETY * chance[None]
    if energy_gaps is not None:
        places = places + ENERGY * energy_gaps
    return PathCost(
        distances,
        np.asarray(hops / max(length - 1, 1), np.float32),
        np.asarray(places / length, np.float32),
    )
