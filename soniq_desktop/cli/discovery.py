"""Recommendations for the command line: what they are asked with, and how they are written."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from soniq_desktop.cli import library
from soniq_desktop.cli.output import clock, console, table
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.compared_by import spec_in_use
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.recommend import Recommended, Recommender
from soniq_desktop.discovery.sounds import SoundStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import TrackQuery

COLUMNS = [
    ("No", "right"), ("Title", "left"), ("Artist", "left"), ("BPM", "right"), ("Key", "left"),
    ("Time", "right"), ("Alike", "right"), ("Why", "left"),
]  # fmt: skip


def recommender(catalogue: Catalogue) -> Recommender:
    """Recommendations by the embedder in use."""
    spec = spec_in_use(catalogue)
    return Recommender(catalogue, SoundStore(catalogue, spec), spec.tags)


def wanted(
    catalogue: Catalogue,
    genre: str | None,
    tempo: str | None,
    year: str | None,
    *,
    key: bool,
    liked: bool,
    rested: float | None,
) -> Wanted:
    """Filters as the options give them.

    Raises:
        NotFoundError: a range that cannot be read.
    """
    among = None if genre is None else catalogue.track_ids(TrackQuery(genre=genre))
    return Wanted(among, between(tempo, "tempo"), between(year, "year"), key, liked, rested)


def between(text: str | None, name: str) -> tuple[float, float] | None:
    """ "120-130" as two numbers; "120" is 120 to 120."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:[-–]\s*(\d+(?:\.\d+)?))?\s*", text)
    if found is None:
        raise NotFoundError(f"“{text}” is no range of the {name}.", f"For example: --{name} 120-130")
    low, high = float(found[1]), float(found[2] or found[1])
    return min(low, high), max(low, high)


def as_data(each: Recommended) -> dict[str, Any]:
    """A recommendation for JSON: the track, and why."""
    return {
        **library.as_data(each.track),
        "similarity": None if np.isnan(each.cosine) else round(each.cosine, 6),
        "score": round(each.score, 6),
        "because": each.because,
        "reason": each.reason.sentence,
        "named": list(each.reason.named),
        "shares": {name: round(value, 4) for name, value in each.reason.shares.items()},
        "facets": {name: round(value, 4) for name, value in each.reason.similarities.items()},
        "exploring": each.exploring,
    }


def print_list(title: str, tracks: Sequence[Recommended], notice: str, *, because: bool = True) -> None:
    """A table of recommendations with their reasons."""
    if notice:
        console.print(notice, markup=False)
    if not tracks:
        return
    rows = []
    for each in tracks:
        tempo = each.track.features.tempo if each.track.features else None
        why = f"{each.because}: {each.reason.sentence}" if because else each.reason.sentence
        rows.append([
            each.track.id, each.track.title[:28], each.track.artist[:24],
            "" if tempo is None else f"{tempo:.0f}",
            library.key_of(each.track), clock(each.track.tags.duration), f"{each.score:.2f}", why,
        ])  # fmt: skip
    table(title, COLUMNS, rows, spare=("Time", "Artist"), widest=96)
