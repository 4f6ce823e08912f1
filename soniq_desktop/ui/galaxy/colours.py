"""What the colours and sizes of the stars say, and the legend to it. The canvas is dark in both themes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from soniq_desktop.discovery.galaxy_map import GalaxyMap
from soniq_desktop.discovery.galaxy_picture import SHADES
from soniq_desktop.ui.genres import genre_family, split_genres
from soniq_desktop.ui.tokens import DARK, GENRES, SPECTRAL

OTHER = "Other"
DAY = 86_400.0
ENERGY_EDGES = (0.2, 0.4, 0.6, 0.8)
TEMPO_EDGES = (80.0, 100.0, 120.0, 140.0)
PLAYED_EDGES = (7 * DAY, 30 * DAY, 365 * DAY)
COLOUR_CHOICES = {"genre": "Genre", "energy": "Energy", "tempo": "Tempo", "last_played": "Last played"}
SIZE_CHOICES = {"plays": "Plays", "energy": "Energy", "same": "Same"}
UNKNOWN = QColor(DARK["text3"])
AWAY = QColor(DARK["line_strong"])


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: what it is called, its colour, how many songs."""

    label: str
    colour: QColor
    songs: int


@dataclass(frozen=True, slots=True, eq=False)
class Colouring:
    """Colours of the stars. `codes` (n,) are indexes into `entries`; `colours` (n, 3) uint8."""

    codes: NDArray[np.intp]
    entries: tuple[Entry, ...]
    colours: NDArray[np.uint8]


def colouring(galaxy: GalaxyMap, by: str, now: float | None = None) -> Colouring:
    """The colours of one of `COLOUR_CHOICES`; songs whose file is not there are grey and counted apart."""
    if by == "genre":
        found = _by_family(galaxy)
    elif by == "last_played":
        found = _by_last_played(galaxy, time.time() if now is None else now)
    else:
        found = _by_value(galaxy, by)
    return _greyed(found, galaxy.missing) if galaxy.missing.any() else found


def _greyed(found: Colouring, missing: NDArray[np.bool_]) -> Colouring:
    """With a last line for the missing; lines that hold nothing else any more are left out."""
    counts = np.bincount(found.codes[~missing], minlength=len(found.entries)).tolist()
    kept = [each for each, entry in enumerate(found.entries) if counts[each] or not entry.songs]
    entries = [Entry(found.entries[each].label, found.entries[each].colour, counts[each]) for each in kept]
    rank = np.searchsorted(kept, found.codes)
    codes, colours = np.where(missing, len(entries), rank), found.colours.copy()
    colours[missing] = _rgb(AWAY)
    return Colouring(codes, (*entries, Entry("File not there", AWAY, int(missing.sum()))), colours)


def _by_value(galaxy: GalaxyMap, by: str) -> Colouring:
    values = galaxy.values[by]
    if by == "energy":
        return _banded(values, ENERGY_EDGES, 0.0, 1.0, lambda edge: f"{edge:.1f}", "")
    return _banded(values, TEMPO_EDGES, 60.0, 180.0, lambda edge: f"{edge:.0f}", " BPM")


FAMILIES = (*GENRES["dark"], OTHER)


def families(galaxy: GalaxyMap) -> NDArray[np.intp]:
    """(n,) index into FAMILIES: by the genre tag, else the strongest tag that SONIQ heard, else OTHER."""
    unknown = len(FAMILIES) - 1
    of_genre = _codes([_family_of(name) for name in galaxy.genres])
    of_tag = _codes([genre_family(tag) for tag in galaxy.tags])
    result = of_genre[galaxy.genre]
    for place in range(galaxy.heard.shape[1]):
        result = np.where(result == unknown, of_tag[galaxy.heard[:, place]], result)
    return result


def _codes(names: Sequence[str | None]) -> NDArray[np.intp]:
    """Index into FAMILIES of each name; one more at the end, for the index −1."""
    return np.array([FAMILIES.index(name or OTHER) for name in [*names, None]], np.intp)


def sizes(galaxy: GalaxyMap, by: str) -> NDArray[np.uint8]:
    """(n,) 0 to SHADES − 1: by plays, on a log scale up to the most played; by energy; or all the same."""
    top = SHADES - 1
    if by == "plays":
        plays = np.log1p(np.nan_to_num(galaxy.values["plays"]))
        share = plays / max(float(plays.max(initial=0)), np.log1p(4))
    elif by == "energy":
        share = np.clip(np.nan_to_num(galaxy.values["energy"]), 0, 1)
    else:
        share = np.full(len(galaxy), 1 / top)
    size: NDArray[np.uint8] = np.round(share * top).astype(np.uint8)
    size[galaxy.missing] = 0
    return size


def family_colour(family: str) -> QColor:
    """The colour of a family on the dark canvas."""
    return QColor(GENRES["dark"].get(family, DARK["text3"]))


def _family_of(tag: str) -> str | None:
    return next((family for name in split_genres(tag) if (family := genre_family(name))), None)


def _by_family(galaxy: GalaxyMap) -> Colouring:
    found, codes, counts = np.unique(families(galaxy), return_inverse=True, return_counts=True)
    names = [FAMILIES[each] for each in found]
    order = sorted(range(len(names)), key=lambda each: (names[each] == OTHER, -counts[each]))
    rank = np.argsort(order)
    entries = [Entry(names[each], family_colour(names[each]), int(counts[each])) for each in order]
    return _finished(rank[codes], entries)


def _banded(
    values: NDArray[np.float64],
    edges: Sequence[float],
    low: float,
    high: float,
    said: Callable[[float], str],
    unit: str,
) -> Colouring:
    """Bands in the legend, the ramp itself on the stars."""
    known = np.isfinite(values)
    codes = np.where(known, np.searchsorted(edges, np.nan_to_num(values), side="right"), len(edges) + 1)
    labels = [
        f"Below {said(edges[0])}{unit}",
        *(f"{said(one)} – {said(two)}{unit}" for one, two in pairwise(edges)),
        f"{said(edges[-1])}{unit} and more",
    ]
    ramp = _ramp()
    shade = np.clip((np.nan_to_num(values) - low) / (high - low), 0, 1)
    middles = np.linspace(0.08, 0.95, len(labels))
    colours = [QColor(*(int(part) for part in _on(ramp, np.array([share]))[0])) for share in middles]
    counts = np.bincount(codes, minlength=len(labels) + 1)
    entries = [Entry(*line) for line in zip(labels, colours, counts.tolist()[:-1], strict=True)]
    if counts[-1]:
        entries.append(Entry("Not known", UNKNOWN, int(counts[-1])))
    points = _on(ramp, shade)
    points[~known] = _rgb(UNKNOWN)
    return Colouring(codes, tuple(entries), points)


def _by_last_played(galaxy: GalaxyMap, now: float) -> Colouring:
    played = galaxy.values["last_played"]
    codes = np.searchsorted(PLAYED_EDGES, now - np.nan_to_num(played), side="left")
    codes = np.where(np.isfinite(played), codes, len(PLAYED_EDGES) + 1)
    labels = ("This week", "This month", "This year", "Longer ago", "Never")
    ramp = _ramp()
    shades = [QColor(*(int(part) for part in ramp[round(share * 255)])) for share in (0.98, 0.7, 0.4, 0.12)]
    counts = np.bincount(codes, minlength=len(labels)).tolist()
    entries = [Entry(*line) for line in zip(labels, [*shades, QColor(DARK["disabled"])], counts, strict=True)]
    return _finished(codes, entries)


def _finished(codes: NDArray[np.intp], entries: Sequence[Entry]) -> Colouring:
    table = np.array([_rgb(entry.colour) for entry in entries], np.uint8).reshape(-1, 3)
    return Colouring(codes, tuple(entries), table[codes])


def _ramp() -> NDArray[np.uint8]:
    """(256, 3) of the spectral ramp."""
    stops = np.array([_rgb(QColor(stop)) for stop in SPECTRAL["dark"]], float)
    at = np.linspace(0, len(stops) - 1, 256)
    return np.stack([np.interp(at, np.arange(len(stops)), stops[:, part]) for part in range(3)], 1).astype(
        np.uint8
    )


def _on(ramp: NDArray[np.uint8], shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    return ramp[(shares * 255).astype(np.intp)]


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
