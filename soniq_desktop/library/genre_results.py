"""What the genre classifier said of each track, and what is shown of it: SQL behind the catalogue."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.records import GenreHeard
from soniq_desktop.library.rows import id_list, next_revision

_SOUNDS = (
    "SELECT t.id, t.audio_hash, t.genre, t.genre_corrected, t.duration, f.loudness, f.true_peak, e.vector,"
    " e.scores, t.artist_id"
    " FROM tracks t JOIN features f ON f.track_id = t.id"
    " LEFT JOIN embeddings e ON e.track_id = t.id AND e.embedder = ? AND e.version = ?"
)


@dataclass(frozen=True, slots=True, eq=False)
class SoundsToJudge:
    """Tracks that were listened to, as arrays of one length n.

    Attributes:
        ids: (n,) track ids, ascending.
        artists: (n,) their artists: tracks of one are not independent of each other.
        hashes: audio hash of each, "" where it is not known.
        tags: genre tag of each file, as it is there.
        corrected: what the user says, or None.
        numbers: (n, 3) duration in seconds, loudness in LUFS, true peak in dBTP; NaN where not measurable.
        vectors: (n, dim) float32 of the embedder asked for; NaN where there is none.
        scores: (n, tags) float32, its tag scores, likewise.
    """

    ids: NDArray[np.int64]
    artists: NDArray[np.int64]
    hashes: list[str]
    tags: list[str]
    corrected: list[str | None]
    numbers: NDArray[np.float64]
    vectors: NDArray[np.float32]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)


def sounds_to_judge(
    connection: sqlite3.Connection,
    embedder: str,
    version: int,
    dim: int,
    tags: int,
    ids: Sequence[int] | None = None,
) -> SoundsToJudge:
    """All tracks that were listened to, or those of `ids`."""
    where = "" if ids is None else " WHERE t.id IN (SELECT value FROM json_each(?))"
    rows = connection.execute(
        f"{_SOUNDS}{where} ORDER BY t.id",
        (embedder, version, *(() if ids is None else (id_list(ids),))),
    ).fetchall()
    numbers = np.array([row[4:7] for row in rows], np.float64).reshape(-1, 3)
    return SoundsToJudge(
        np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        np.fromiter((row[9] for row in rows), np.int64, len(rows)),
        [row[1] or "" for row in rows],
        [row[2] for row in rows],
        [row[3] for row in rows],
        numbers,
        _stacked([row[7] for row in rows], dim),
        _stacked([row[8] for row in rows], tags),
    )


def labels(connection: sqlite3.Connection, embedder: str, version: int) -> list[tuple[int, str, str | None]]:
    """(id, genre tag, the user's word) of every track that has one of both, and a vector; by id."""
    rows = connection.execute(
        "SELECT t.id, t.genre, t.genre_corrected FROM tracks t"
        " WHERE (t.genre != '' OR t.genre_corrected IS NOT NULL) AND EXISTS"
        " (SELECT 1 FROM embeddings e WHERE e.track_id = t.id AND e.embedder = ? AND e.version = ?)"
        " ORDER BY t.id",
        (embedder, version),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def unjudged(
    connection: sqlite3.Connection, classifier: str, version: int, limit: int, heard_by: str | None = None
) -> list[int]:
    """Ids of tracks that were listened to and not yet judged by this classifier and version.

    `heard_by`: leave out what this embedder has not heard.
    """
    rows = connection.execute(
        "SELECT f.track_id FROM features f LEFT JOIN genre_results g ON g.track_id = f.track_id"
        " WHERE (g.track_id IS NULL OR g.classifier != ? OR g.version != ?)"
        " AND (? IS NULL OR EXISTS (SELECT 1 FROM embeddings e WHERE e.track_id = f.track_id"
        " AND e.embedder = ?)) ORDER BY f.track_id LIMIT ?",
        (classifier, version, heard_by, heard_by, limit),
    )
    return [row[0] for row in rows]


def store(connection: sqlite3.Connection, heard: Iterable[tuple[int, GenreHeard]]) -> list[int]:
    """Write probabilities and what is shown of them; returns the ids of which something shown changed."""
    revision, changed = 0, []
    for track_id, result in heard:
        connection.execute(
            "INSERT OR REPLACE INTO genre_results (track_id, classifier, version, probabilities)"
            " SELECT id, ?, ?, ? FROM tracks WHERE id = ?",
            (result.classifier, result.version, _blob(result.probabilities), track_id),
        )
        shown = "; ".join(result.shown)
        revision = revision or next_revision(connection)
        cursor = connection.execute(
            "UPDATE tracks SET genre_heard = ?, genre_note = ?, revision = ?"
            " WHERE id = ? AND (genre_heard IS NOT ? OR genre_note != ?)",
            (shown, result.note, revision, track_id, shown, result.note),
        )
        if cursor.rowcount:
            changed.append(track_id)
    return changed


def copy(connection: sqlite3.Connection, source: int, target: int) -> None:
    """Give a track what was said of another one with the same sound."""
    connection.execute(
        "INSERT OR REPLACE INTO genre_results (track_id, classifier, version, probabilities)"
        " SELECT ?, classifier, version, probabilities FROM genre_results WHERE track_id = ?",
        (target, source),
    )
    connection.execute(
        "UPDATE tracks SET (genre_heard, genre_note) ="
        " (SELECT genre_heard, genre_note FROM tracks WHERE id = ?) WHERE id = ?",
        (source, target),
    )


def result(connection: sqlite3.Connection, track_id: int) -> GenreHeard | None:
    """What was said of one track, or None."""
    row: Sequence[Any] | None = connection.execute(
        "SELECT g.classifier, g.version, g.probabilities, t.genre_heard, t.genre_note"
        " FROM genre_results g JOIN tracks t ON t.id = g.track_id WHERE g.track_id = ?",
        (track_id,),
    ).fetchone()
    if row is None:
        return None
    shown = tuple(filter(None, (row[3] or "").split("; ")))
    return GenreHeard(row[0], row[1], np.frombuffer(row[2], "<f4"), shown, row[4])


def _blob(array: NDArray[np.float32]) -> bytes:
    return np.ascontiguousarray(array, "<f4").tobytes()


def _stacked(blobs: list[bytes | None], width: int) -> NDArray[np.float32]:
    """(n, width) float32; a row of NaN for each that is missing or of another width."""
    blank = np.full(width, np.nan, "<f4").tobytes()
    whole = b"".join(blob if blob is not None and len(blob) == 4 * width else blank for blob in blobs)
    return np.frombuffer(whole, "<f4").reshape(len(blobs), width).astype(np.float32, copy=False)
