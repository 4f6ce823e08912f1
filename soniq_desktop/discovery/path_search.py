"""The path of least cost through a pool: a beam over the places, then local search with the worst hop first.

An exact answer is out of reach (distinct tracks with a cap per artist make it a travelling salesman's
problem), but the beam ends close to it and the local search mends what the beam could not foresee.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.path_cost import WORST, PathCost, Paths
from soniq_desktop.discovery.path_rules import Rules

BEAM = 256  # partial paths kept at each place
PER_TRACK = 6  # of them, how many may end in the same track
LAYER = 96  # tracks looked at for each place: the cheapest there
STARTS = 4  # finished paths that the local search begins from
ROUNDS = 60  # improvements at most; a dozen is usual


@dataclass(frozen=True, slots=True, eq=False)
class PathProblem:
    """A path out of a pool, by its cost and rules.

    Attributes:
        fitting: as many tracks (places in the pool) as the path has, the anchors first, that the rules let
            together: shows that there is a path.
        fixed: tracks that have their place: place on the path -> place in the pool.
    """

    cost: PathCost
    rules: Rules
    fitting: Sequence[int]
    fixed: Mapping[int, int]

    @property
    def length(self) -> int:
        return len(self.fitting)

    @property
    def anchors(self) -> list[int]:
        return [self.fixed[place] for place in sorted(self.fixed)]

    @property
    def free(self) -> list[int]:
        """Places that are to be filled."""
        return [place for place in range(self.length) if place not in self.fixed]


def best_path(problem: PathProblem) -> Paths:
    """The best path (length,) that was found, as places in the pool."""
    starts = _beam(problem)
    if not len(starts):
        starts = _filled(problem)
    orders = _orders(problem)
    refined = [_refined(problem, start, orders) for start in starts]
    return min(refined, key=lambda path: float(problem.cost(path[None])[0]))


def _filled(problem: PathProblem) -> Paths:
    """A path that keeps the rules, whatever its cost: where they are so tight that the beam found none."""
    path = np.zeros(problem.length, np.int64)
    path[list(problem.fixed)] = list(problem.fixed.values())
    path[problem.free] = problem.fitting[len(problem.fixed) :]
    return path[None]


# -- the beam


@dataclass(slots=True, eq=False)
class _Beam:
    """Partial paths (b, i): tracks used (b, p), group counts (b, g), costs and worst hops so far (b,)."""

    paths: Paths
    used: NDArray[np.bool_]
    counts: NDArray[np.float32]
    sums: NDArray[np.float32]
    worst: NDArray[np.float32]


def _beam(problem: PathProblem) -> Paths:
    """Up to `STARTS` complete paths (m, length), cheapest first; none where the beam came to a dead end."""
    beam = _first(problem)
    for place in range(1, problem.length):
        beam = _grown(problem, beam, place)
    order = np.argsort(problem.cost(beam.paths), kind="stable")
    return beam.paths[order[:STARTS]]


def _first(problem: PathProblem) -> _Beam:
    """The start alone, with every anchor counted: it will be on the path."""
    used = np.zeros((1, len(problem.cost.distances)), bool)
    used[0, problem.anchors] = True
    counts = problem.rules.members[problem.anchors].sum(axis=0)[None]
    start = np.array([[problem.fixed[0]]], np.int64)
    sums = problem.cost.places[0, start[0]]
    return _Beam(start, used, counts, sums, np.zeros(1, np.float32))


def _grown(problem: PathProblem, beam: _Beam, place: int) -> _Beam:
    """Every partial path with every track that may come next, and the best of them."""
    cost, tracks = problem.cost, _layer(problem, place)
    last = beam.paths[:, -1]
    sums = beam.sums[:, None] + cost.hops[np.ix_(last, tracks)] + cost.places[place, tracks]
    worst = np.maximum(beam.worst[:, None], cost.distances[np.ix_(last, tracks)])
    ahead, longest = _outlook(problem, place, tracks)
    score = sums + ahead + WORST * np.maximum(worst, longest)
    if place not in problem.fixed:
        score[beam.used[:, tracks] | ~problem.rules.joining(beam.counts)[:, tracks]] = np.inf
    rows, columns = _kept(score)
    chosen = tracks[columns]
    used, counts = beam.used[rows], beam.counts[rows]
    if place not in problem.fixed:
        used[np.arange(len(rows)), chosen] = True
        counts = counts + problem.rules.members[chosen]
    paths = np.concatenate([beam.paths[rows], chosen[:, None]], axis=1)
    return _Beam(paths, used, counts, sums[rows, columns], worst[rows, columns])


def _layer(problem: PathProblem, place: int) -> NDArray[np.int64]:
    """Tracks that are looked at for a place."""
    if place in problem.fixed:
        return np.array([problem.fixed[place]], np.int64)
    return np.argsort(problem.cost.places[place], kind="stable")[:LAYER]


def _outlook(
    problem: PathProblem, place: int, tracks: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the hops to the next anchor cost at least, in sum and the longest of them: (k,) each.

    m hops over a distance d: were all tracks there that one could wish for, each would be d / m², since
    1 − cosine grows with the square of the angle.
    """
    coming = [other for other in sorted(problem.fixed) if other > place]
    if not coming:
        return np.zeros(len(tracks), np.float32), np.zeros(len(tracks), np.float32)
    hops = coming[0] - place
    longest = problem.cost.distances[tracks, problem.fixed[coming[0]]] / hops**2
    return longest * hops / max(problem.length - 1, 1), longest


def _kept(score: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the best scores: `PER_TRACK` in a column, `BEAM` in all, none that is infinite."""
    rows = np.argsort(score, axis=0, kind="stable")[:PER_TRACK]
    columns = np.broadcast_to(np.arange(score.shape[1]), rows.shape)
    rows, columns = rows.ravel(), columns.ravel()
    values = score[rows, columns]
    order = np.argsort(values, kind="stable")[:BEAM]
    order = order[np.isfinite(values[order])]
    return rows[order], columns[order]


# -- local search


def _refined(problem: PathProblem, path: Paths, orders: Paths) -> Paths:
    """The path with the best of all moves made until none makes it cheaper."""
    if not problem.free:
        return path
    value = float(problem.cost(path[None])[0])
    for _ in range(ROUNDS):
        moved = np.concatenate([path[orders], _exchanged(problem, path)])
        costs = problem.cost(moved)
        best = int(np.argmin(costs))
        if costs[best] >= value - 1e-6:
            break
        path, value = moved[best], float(costs[best])
    return path


def _exchanged(problem: PathProblem, path: Paths) -> Paths:
    """Paths (m, length), each with one track taken out and the best other one put in, by the rules.

    The other one comes to the same place, or into the worst hop, and the path closes up in between.
    """
    joining, worst = _joining(problem, path), problem.cost.worst_hop(path)
    moved = [path]
    for row, place in enumerate(problem.free):
        rest = np.delete(path, place)
        for gap in {place, worst if place <= worst else worst + 1}:
            if any(min(place, gap) <= other <= max(place, gap) for other in problem.fixed):
                continue  # an anchor would lose its place
            costs = np.where(joining[row], problem.cost.inserted(rest, gap), np.inf)
            best = int(np.argmin(costs))
            if np.isfinite(costs[best]):
                moved.append(np.insert(rest, gap, best))
    return np.stack(moved)


def _joining(problem: PathProblem, path: Paths) -> NDArray[np.bool_]:
    """Which tracks may come instead of the one at each free place: (free, p)."""
    members = problem.rules.members
    counts = members[path].sum(axis=0) - members[path[problem.free]]
    joining = problem.rules.joining(counts)
    joining[:, path] = False
    return joining


def _orders(problem: PathProblem) -> Paths:
    """Orders (m, length): a stretch turned round, two tracks exchanged, one moved; anchors stay in place."""
    places, orders = list(range(problem.length)), [list(range(problem.length))]
    for i, j in itertools.permutations(problem.free, 2):
        rest = places[:i] + places[i + 1 :]
        orders.append([*rest[:j], i, *rest[j:]])
        if i < j:
            orders.append([*places[:i], *places[i : j + 1][::-1], *places[j + 1 :]])
            orders.append([j if place == i else i if place == j else place for place in places])
    found = np.array(orders, np.int64)
    fixed = sorted(problem.fixed)
    kept: Paths = found[(found[:, fixed] == fixed).all(axis=1)]
    return kept
