"""The wormhole for the command line: asked for, written as a table, as JSON and as a playlist file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soniq_desktop.cli import library
from soniq_desktop.cli.output import console, note, table
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.compared_by import spec_in_use
from soniq_desktop.discovery.index_store import open_index
from soniq_desktop.discovery.wormhole import Wormhole, Wormholes
from soniq_desktop.discovery.wormhole_hops import Hop
from soniq_desktop.discovery.wormhole_reasons import signed
from soniq_desktop.discovery.wormhole_recipe import Recipe, Stop
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.m3u import write_m3u
from soniq_desktop.library.playlists import entry_of

COLUMNS = [
    ("No", "right"), ("Title", "left"), ("Artist", "left"), ("BPM", "right"), ("", "right"), ("Key", "left"),
    ("Smooth", "right"), ("Why it connects", "left"),
]  # fmt: skip


def stop(catalogue: Catalogue, wanted: str) -> Stop:
    """The track that a number, a path or words name."""
    track = library.find_track(catalogue, wanted)
    return Stop(track.id, track.audio_hash)


def find(catalogue: Catalogue, paths: Paths, recipe: Recipe) -> Wormhole:
    """The path of a recipe by the embedder in use."""
    spec = spec_in_use(catalogue)
    stored = open_index(catalogue, spec, paths.index)
    return Wormholes(catalogue, stored.index, spec).find(recipe)


def save(found: Wormhole, file: Path) -> None:
    """Write the path as M3U8, with names relative to the file. SaveError where that is not possible."""
    write_m3u(file.expanduser(), [entry_of(track) for track in found.tracks], relative=True)


def as_data(found: Wormhole) -> dict[str, Any]:
    """A path for JSON; a track's `hop` is the one that leads to it."""
    hops: Sequence[Hop | None] = (None, *found.hops)
    return {
        "tracks": [
            {**library.as_data(track), "hop": hop and hop_data(hop)}
            for track, hop in zip(found.tracks, hops, strict=True)
        ],
        "smoothness": round(found.smoothness, 6),
        "random_order": round(found.random_order, 6),
        "worst_hop": found.worst,
        "notices": list(found.notices),
        "recipe": found.recipe.as_data(),
    }


def hop_data(hop: Hop) -> dict[str, Any]:
    """A hop for JSON."""
    return {
        "smoothness": round(hop.smoothness, 6),
        "tempo_change": None if hop.tempo_change is None else round(hop.tempo_change, 2),
        "key": hop.key_relation,
        "energy_change": None if hop.energy_change is None else round(hop.energy_change, 4),
        "weak": hop.weak,
        "facets": list(hop.named),
        "reason": hop.reason,
    }


def print_path(found: Wormhole) -> None:
    """A table of the path, then its figures; what could not be done as asked goes to stderr."""
    rows = [_row(found, place) for place in range(len(found.tracks))]
    title = f"From “{found.tracks[0].title}” to “{found.tracks[-1].title}”"
    table(title, COLUMNS, rows, spare=("Artist",), widest=72)
    if found.worst is not None:
        worst = found.hops[found.worst]
        console.print(
            f"Mean smoothness {found.smoothness:.2f}, in random order {found.random_order:.2f}; "
            f"worst hop {worst.smoothness:.2f} ({found.worst + 1} to {found.worst + 2})."
        )
    for notice in found.notices:
        note(notice)


def _row(found: Wormhole, place: int) -> list[object]:
    track, hop = found.tracks[place], found.hops[place - 1] if place else None
    tempo = track.features.tempo if track.features else None
    change = hop.tempo_change if hop else None
    return [
        track.id, track.title, track.artist,
        "" if tempo is None else f"{tempo:.0f}",
        "" if change is None else f"{signed(change)} %",
        library.key_of(track),
        "" if hop is None else f"{hop.smoothness:.2f}",
        "" if hop is None else f"{'Weak hop: ' if hop.weak else ''}{hop.reason}",
    ]  # fmt: skip
