"""What commands do with the library: open it, find a track in it, describe tracks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from soniq_desktop.cli.output import clock, note
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.music import camelot, key_name
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track, TrackQuery
from soniq_desktop.library.recovery import open_library

TRACK_COLUMNS = [
    ("No", "right"), ("Title", "left"), ("Artist", "left"), ("Album", "left"), ("Genre", "left"),
    ("BPM", "right"), ("Key", "left"), ("Time", "right"),
]  # fmt: skip
SPARE = ("Album", "Genre")  # columns that a narrow terminal does without


@contextmanager
def opened(paths: Paths) -> Iterator[Catalogue]:
    """The library of this home; what had to be repaired is said on stderr."""
    library = open_library(paths.ensure())
    for notice in library.notices:
        note(notice)
    try:
        yield library.catalogue
    finally:
        library.catalogue.close()


def find_track(catalogue: Catalogue, wanted: str) -> Track:
    """The track with this number or path, or the only one that a search for the text finds.

    Raises:
        NotFoundError: none or several.
    """
    track = catalogue.track(int(wanted)) if wanted.isdecimal() else None
    track = track or catalogue.track_by_path(str(Path(wanted).absolute()))
    if track is not None:
        return track
    ids = catalogue.track_ids(TrackQuery(text=wanted))
    if len(ids) == 0 or not wanted.strip():
        raise NotFoundError(f"No track in the library matches “{wanted}”.")
    found = catalogue.tracks(ids[:200])
    exact = [track for track in found if track.title.casefold() == wanted.casefold()]
    if len(found) > 1 and len(exact) != 1:
        names = ", ".join(f"{track.id} {track.title}" for track in found[:5])
        raise NotFoundError(
            f"{len(ids)} tracks match “{wanted}”: {names}.", "Give the number of one of them."
        )
    return (exact or found)[0]


def key_of(track: Track) -> str:
    """ "8A  Am", or an empty string."""
    features = track.features
    if features is None or features.key is None or features.mode is None:
        return ""
    return f"{camelot(features.key, features.mode):>3}  {key_name(features.key, features.mode)}"


def row(track: Track) -> list[object]:
    """The cells of `TRACK_COLUMNS`."""
    tempo = track.features.tempo if track.features else None
    return [
        track.id, track.title, track.artist, track.tags.album, track.tags.genre,
        "" if tempo is None else f"{tempo:.0f}", key_of(track), clock(track.tags.duration),
    ]  # fmt: skip


def as_data(track: Track) -> dict[str, Any]:
    """A track for JSON."""
    features, tags = track.features, track.tags
    return {
        "id": track.id,
        "path": track.path,
        "title": track.title,
        "artist": track.artist,
        "album": tags.album,
        "genre": tags.genre,
        "year": tags.year,
        "duration": round(tags.duration, 3),
        "codec": tags.codec,
        "liked": track.liked,
        "plays": track.plays,
        "state": track.state,
        "missing": track.missing,
        "tempo": features and features.tempo,
        "key": key_name(features.key, features.mode)
        if features and features.key is not None and features.mode
        else None,
        "loudness": features and features.loudness,
        "energy": features and features.energy,
    }
