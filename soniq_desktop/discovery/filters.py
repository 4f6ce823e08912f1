"""Which tracks may be recommended at all."""

import time
from dataclasses import dataclass

import numpy as np

from soniq_desktop.discovery.facets import SHORTEST, wheel_steps
from soniq_desktop.discovery.sounds import Mask, Point, Sounds
from soniq_desktop.discovery.vectors import Ids

DAY = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a recommended track must be; None and False: anything.

    Attributes:
        among: only tracks with these ids: a genre, a playlist, the result of a search.
        tempo: BPM, from and to, both included.
        year: from and to, both included.
        compatible_key: same, relative or neighbouring key of what it is compared with.
        liked: only liked tracks.
        rested: not heard for that many days (or never).
        missing: also files that are not there now.
    """

    among: Ids | None = None
    tempo: tuple[float, float] | None = None
    year: tuple[float, float] | None = None
    compatible_key: bool = False
    liked: bool = False
    rested: float | None = None
    missing: bool = False


def eligible(sounds: Sounds, wanted: Wanted, now: float | None = None) -> Mask:
    """(n,) the tracks that pass everything that does not depend on a point."""
    columns = sounds.columns
    mask: Mask = np.ones(len(sounds), bool)
    if not wanted.missing:
        mask &= columns["missing"] == 0
    if wanted.among is not None:
        mask &= np.isin(sounds.ids, wanted.among)
    for name in ("tempo", "year"):
        if (bounds := getattr(wanted, name)) is not None:
            mask &= (columns[name] >= bounds[0]) & (columns[name] <= bounds[1])
    if wanted.liked:
        mask &= columns["liked"] == 1
    if wanted.rested is not None:
        heard_until = (time.time() if now is None else now) - wanted.rested * DAY
        mask &= ~(columns["last_played"] > heard_until)  # never played is NaN
    return mask


def fitting(sounds: Sounds, wanted: Wanted, point: Point) -> Mask:
    """(n,) the tracks that go with this point: long enough to be its like, and in a key that mixes."""
    long_enough = sounds.columns["duration"] >= min(SHORTEST, point.values["duration"] / 2)
    mask: Mask = long_enough | np.isnan(sounds.columns["duration"])
    if wanted.compatible_key:
        steps = wheel_steps(
            sounds.columns["key"], sounds.columns["minor"], point.values["key"], point.values["minor"]
        )
        mask &= steps <= 1
    return mask
