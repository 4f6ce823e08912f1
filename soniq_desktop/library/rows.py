"""Between database rows and records."""

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from soniq_desktop.library.records import Features, Tags, Track
from soniq_desktop.library.text import clean

TAG_FIELDS = tuple(field.name for field in fields(Tags))
FEATURE_FIELDS = tuple(field.name for field in fields(Features))

_OWN = (
    "id",
    "path",
    "audio_hash",
    "size",
    "added_at",
    "missing_since",
    "liked",
    "plays",
    "skips",
    "last_played",
    "state",
    "tempo_corrected",
    "genre_corrected",
    "genre_heard",
    "genre_note",
)
_TAGS_FROM = len(_OWN)
_FEATURES_FROM = _TAGS_FROM + len(TAG_FIELDS)

# What the user says of the tempo counts before what was measured, which becomes the alternative.
TEMPO = "coalesce(t.tempo_corrected, f.tempo)"
_SHOWN = {
    "tempo": TEMPO,
    "tempo_alternative": "CASE WHEN t.tempo_corrected IS NULL THEN f.tempo_alternative ELSE f.tempo END",
}

SELECT_TRACKS = (
    "SELECT "
    + ", ".join(f"t.{name}" for name in _OWN + TAG_FIELDS)
    + ", "
    + ", ".join(_SHOWN.get(name, f"f.{name}") for name in FEATURE_FIELDS)
    + " FROM tracks t LEFT JOIN features f ON f.track_id = t.id "
)


def to_track(row: Sequence[Any]) -> Track:
    """A row of `SELECT_TRACKS`."""
    own = row[:_TAGS_FROM]
    measured = row[_FEATURES_FROM:]
    return Track(
        id=own[0],
        path=os.fsdecode(own[1]),
        tags=Tags(*row[_TAGS_FROM:_FEATURES_FROM]),
        features=None if measured[0] is None else Features(*measured),
        audio_hash=own[2],
        size=own[3],
        added_at=own[4],
        missing=own[5] is not None,
        liked=bool(own[6]),
        plays=own[7],
        skips=own[8],
        last_played=own[9],
        state=own[10],
        tempo_corrected=own[11],
        genre_corrected=own[12],
        genre_heard=None if own[13] is None else tuple(filter(None, own[13].split("; "))),
        genre_note=own[14],
    )


def tag_values(tags: Tags) -> dict[str, Any]:
    """Column values of `tags`, safe to store."""
    values = {name: getattr(tags, name) for name in TAG_FIELDS}
    return {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}


def id_list(ids: Iterable[int]) -> str:
    """Ids as JSON, for `IN (SELECT value FROM json_each(?))`: one parameter, whatever their number."""
    return json.dumps([int(each) for each in ids])


def next_revision(connection: sqlite3.Connection, *counters: str) -> int:
    """Count a change, and in further counters of `meta` too ("text_revision", "deletions")."""
    for counter in counters:
        connection.execute("UPDATE meta SET value = value + 1 WHERE key = ?", (counter,))
    row = connection.execute(
        "UPDATE meta SET value = value + 1 WHERE key = 'revision' RETURNING value"
    ).fetchone()
    return int(row[0])


def touch(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Mark tracks whose values changed: readers, in this process or another, fetch them again."""
    connection.execute(
        "UPDATE tracks SET revision = ? WHERE id IN (SELECT value FROM json_each(?))",
        (next_revision(connection), id_list(ids)),
    )
