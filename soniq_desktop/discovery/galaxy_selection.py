"""What a part of the map holds: length, ranges, and an order to play it in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.galaxy_map import GalaxyMap

Rows = NDArray[np.intp]

RANGE = (10, 90)  # per cent: a few outliers must not make every range the whole scale


@dataclass(frozen=True, slots=True)
class Spread:
    """Most of the values: four fifths lie from `low` to `high`."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Songs of a selection.

    Attributes:
        songs: how many.
        seconds: their length together.
        unplayed: how many were never played.
        tempo: BPM, None where no tempo is known.
        energy: 0 to 1, likewise.
        samples: rows of a few that stand for the whole, none near another.
    """

    songs: int
    seconds: float
    unplayed: int
    tempo: Spread | None
    energy: Spread | None
    samples: tuple[int, ...]


def summary(galaxy: GalaxyMap, rows: Rows, samples: int = 3) -> Summary:
    """What these rows of the map hold."""
    values = galaxy.values
    return Summary(
        len(rows),
        float(np.nansum(values["duration"][rows])),
        int((np.nan_to_num(values["plays"][rows]) == 0).sum()),
        _spread(values["tempo"][rows]),
        _spread(values["energy"][rows]),
        tuple(int(row) for row in scattered(galaxy.places[:, :2], rows, samples)),
    )


def along(places: NDArray[np.float32], rows: Rows) -> Rows:
    """The rows in the order in which they lie along the selection's longest direction: a walk across it."""
    if len(rows) < 3:
        return rows
    points = places[rows, :2].astype(np.float64)
    points -= points.mean(axis=0)
    axis = np.linalg.eigh(points.T @ points)[1][:, -1]
    axis *= np.sign(axis[np.abs(axis).argmax()])
    ordered: Rows = rows[np.argsort(points @ axis, kind="stable")]
    return ordered


def scattered(places: NDArray[np.float32], rows: Rows, count: int) -> Rows:
    """`count` of the rows: the one in the middle, then each time the one farthest from those chosen."""
    if len(rows) <= count:
        return rows
    points = places[rows].astype(np.float64)
    chosen = [int(np.square(points - np.median(points, axis=0)).sum(axis=1).argmin())]
    apart = np.full(len(rows), np.inf)
    while len(chosen) < count:
        apart = np.minimum(apart, np.square(points - points[chosen[-1]]).sum(axis=1))
        chosen.append(int(apart.argmax()))
    picked: Rows = rows[chosen]
    return picked


def _spread(values: NDArray[np.float64]) -> Spread | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, RANGE)
    return Spread(float(low), float(np.median(known)), float(high))
