"""Everything that was measured of the tracks, as arrays: what discovery compares.

One query for the whole library; later ones read only what changed since.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.records import Play
from soniq_desktop.library.rows import id_list
from soniq_desktop.library.sound_models import scaled

Floats = NDArray[np.float64]

_BESIDE = " LEFT JOIN embeddings s ON s.track_id = t.id AND s.embedder = ? AND s.version = ?"
ROWS = 4_096  # read at a time: the blobs of a whole library would take its memory twice

# NULL becomes NaN; ids are exact in float64 up to 2**53.
COLUMNS = {
    "id": "t.id",
    "year": "t.year",
    "duration": "t.duration",
    "liked": "t.liked",
    "missing": "t.missing_since IS NOT NULL",
    "plays": "t.plays",
    "last_played": "t.last_played",
    "loudness": "f.loudness",
    "loudness_range": "f.loudness_range",
    "tempo": "coalesce(t.tempo_corrected, f.tempo)",
    "tempo_confidence": "f.tempo_confidence",
    "key": "f.key",
    "minor": "CASE f.mode WHEN 'minor' THEN 1 WHEN 'major' THEN 0 END",
    "key_confidence": "f.key_confidence",
    "energy": "f.energy",
    "brightness": "f.brightness",
    "onset_rate": "f.onset_rate",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Tracks that SONIQ has listened to, ascending by id.

    Attributes:
        revision: state of the catalogue, for asking what changed since.
        deletions: count of deletions: where it differs, everything is to be read again.
        columns: one array (n,) for each name of `COLUMNS`; NaN where nothing is known.
        vectors: (n, dim) float32 of one embedder, NaN where there is none of that length.
        scores: (n, tags) float32, its tag probabilities; NaN where there are none.
    """

    revision: int
    deletions: int
    columns: dict[str, Floats]
    vectors: NDArray[np.float32]
    scores: NDArray[np.float32]


class MeasuredSource(Protocol):
    """The part of the catalogue that gives what was measured."""

    def measured(
        self,
        embedder: str,
        version: int,
        dim: int,
        tags: int,
        since: int = -1,
        ids: Sequence[int] | None = None,
        scores_of: tuple[str, int] | None = None,
    ) -> Measured: ...


def measured(
    connection: sqlite3.Connection,
    embedder: str,
    version: int,
    dim: int,
    tags: int,
    since: int = -1,
    ids: Sequence[int] | None = None,
    scores_of: tuple[str, int] | None = None,
) -> Measured:
    """Everything measured of the tracks that changed after revision `since`; of all for −1, or of `ids`.

    The scores are those of the embedder itself, or of the one (and its version) that `scores_of` names.
    """
    chosen = "" if ids is None else " AND t.id IN (SELECT value FROM json_each(?))"
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    beside = "" if scores_of is None else _BESIDE
    cursor = connection.execute(
        f"SELECT {', '.join(COLUMNS.values())}, e.vector, {'s' if beside else 'e'}.scores FROM tracks t"
        " JOIN features f ON f.track_id = t.id"
        f" LEFT JOIN embeddings e ON e.track_id = t.id AND e.embedder = ? AND e.version = ?{beside}"
        f" WHERE t.revision > ?{chosen} ORDER BY +t.id",
        (embedder, version, *(scores_of or ()), since, *(() if ids is None else (id_list(ids),))),
    )
    count = len(COLUMNS)
    tables, vectors, scores = [np.zeros((0, count))], [_stacked([], dim)], [_stacked([], tags)]
    while rows := cursor.fetchmany(ROWS):
        tables.append(np.array([row[:count] for row in rows], np.float64))
        vectors.append(scaled(connection, embedder, _stacked([row[count] for row in rows], dim)))
        scores.append(_stacked([row[count + 1] for row in rows], tags))
    table = np.concatenate(tables)
    columns = {name: table[:, place].copy() for place, name in enumerate(COLUMNS)}
    return Measured(
        meta["revision"], meta["deletions"], columns, np.concatenate(vectors), np.concatenate(scores)
    )


def _stacked(blobs: list[bytes | None], width: int) -> NDArray[np.float32]:
    """(n, width) float32; a row of NaN for each that is missing or of another width."""
    blank = np.full(width, np.nan, "<f4").tobytes()
    whole = b"".join(blob if blob is not None and len(blob) == 4 * width else blank for blob in blobs)
    return np.frombuffer(whole, "<f4").reshape(len(blobs), width).astype(np.float32, copy=False)


def history(connection: sqlite3.Connection, since: float, limit: int) -> list[Play]:
    """Listening events of tracks in the library from Unix time `since` on, newest first, `limit` at most."""
    rows = connection.execute(
        "SELECT track_id, started_at, seconds_heard, ended, source, position FROM listening_events"
        " WHERE track_id IS NOT NULL AND started_at >= ? ORDER BY started_at DESC, id DESC LIMIT ?",
        (since, limit),
    )
    return [Play(*row) for row in rows]
