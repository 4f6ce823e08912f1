"""The tracks that the user chose for a path, and where on it they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from soniq_desktop.discovery.slerp import guide, spread
from soniq_desktop.discovery.vectors import Vectors
from soniq_desktop.library.records import Track


@dataclass(slots=True, eq=False)
class Anchors:
    """The chosen tracks with their vectors (a, dim): start, stops, pinned ones, end.

    Attributes:
        closed: the last one is the end of the path; a round trip has none.
        pins: number of an anchor -> the place that it keeps.
        notices: plain sentences on what could not be done as asked.
    """

    tracks: list[Track]
    vectors: Vectors
    closed: bool
    pins: dict[int, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def placed(self, length: int, *, pinned: bool = True) -> dict[int, int]:
        """Place on a path of `length` tracks -> number of the anchor. `pinned` False: pins are mere stops."""
        pins = {place: number for number, place in self.pins.items()} if pinned else {}
        order = self._order(set(pins.values()))
        points = self._round(self.vectors[order])[:length]
        wanted = spread(points, length)[: len(order)]
        last = [length - 1] if self.closed else []
        middle = settled(wanted[1 : len(order) - len(last)], set(pins) | {0, *last}, length)
        return pins | dict(zip([0, *middle, *last], order, strict=True))

    def guide(self, placed: dict[int, int], length: int) -> Vectors:
        """Waypoints (length, dim) through the anchors; a round trip comes back to its start."""
        places = sorted(placed)
        points = self.vectors[[placed[place] for place in places]]
        if not self.closed and length - 1 not in placed:
            points, places = self._round(points), [*places, length - 1]
        return guide(points, places, length)

    def _order(self, pinned: set[int]) -> list[int]:
        """Numbers of the anchors that have no place of their own; where all are stops, those with a place
        come in its order."""
        if pinned:
            return [number for number in range(len(self.tracks)) if number not in pinned]
        ends = [len(self.tracks) - 1] if self.closed else []
        middle = [n for n in range(1, len(self.tracks) - len(ends)) if n not in self.pins]
        return [0, *middle, *sorted(self.pins, key=self.pins.__getitem__), *ends]

    def _round(self, points: Vectors) -> Vectors:
        return points if self.closed else np.concatenate([points, self.vectors[:1]])


def settled(wanted: Sequence[int], taken: set[int], length: int) -> list[int]:
    """Ascending free places near the wanted ones, one each. There must be enough of them."""
    free = [place for place in range(length) if place not in taken]
    places: list[int] = []
    first = 0
    for left, wish in zip(range(len(wanted) - 1, -1, -1), wanted, strict=True):
        choice = range(first, len(free) - left)
        best = min(choice, key=lambda at: (abs(free[at] - wish), free[at]))
        places.append(free[best])
        first = best + 1
    return places
