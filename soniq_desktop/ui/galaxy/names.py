"""What the regions of the map are called."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from soniq_desktop.discovery.galaxy_clusters import WORDS
from soniq_desktop.discovery.galaxy_map import GalaxyMap
from soniq_desktop.ui.galaxy.colours import FAMILIES, OTHER, families, family_colour
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.tokens import DARK

DOMINANT = 0.45  # share of a cluster's songs that one family must have to give it its name


@dataclass(frozen=True, slots=True)
class RegionName:
    """A label on the map: at (x, y) of the map, with what sets the region apart below it."""

    title: str
    words: str
    colour: QColor
    x: float
    y: float
    songs: int


def region_names(galaxy: GalaxyMap) -> list[RegionName]:
    """One label per cluster, the largest first; no title comes twice."""
    of_song = families(galaxy)
    used: set[str] = set()
    names = []
    for number, cluster in enumerate(galaxy.clusters):
        own, counts = np.unique(of_song[galaxy.members == number], return_counts=True)
        best = int(counts.argmax()) if len(counts) else -1
        family = FAMILIES[own[best]] if best >= 0 else OTHER
        clear = best >= 0 and family != OTHER and counts[best] >= DOMINANT * counts.sum()
        title, words = _titled(family if clear else "", cluster.words, used)
        if title:
            used.add(title)
            called = genre_family(title)
            colour = family_colour(called) if called else QColor(DARK["text"])
            names.append(RegionName(title, ", ".join(words), colour, cluster.x, cluster.y, cluster.songs))
    return names


def _titled(family: str, words: Sequence[str], used: set[str]) -> tuple[str, list[str]]:
    """The family where it is clear and not taken, else the strongest word; then the words that add to it."""
    spoken = [word if word.isupper() else word.lower() for word in words]
    candidates = [family] * bool(family) + [word[:1].upper() + word[1:] for word in spoken]
    title = next((each for each in candidates if each not in used), "")
    rest = [word for word in spoken if word.casefold() != title.casefold()]
    told = [word for word in rest if not family or title != family or genre_family(word) != family]
    return title, (told or rest)[:WORDS]
