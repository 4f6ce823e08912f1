"""The user's tables: listening events, likes, corrections.

Their rows point at a track, and name its sound and path besides. A row whose track has left the library is
loose (`track_id` NULL) until a track with the same sound, or at the same path, comes back.
"""

import json
import os
import sqlite3
import time
from typing import Any

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.library.play_history import COUNTED, ONCE
from soniq_desktop.library.records import Play
from soniq_desktop.library.rows import touch
from soniq_desktop.library.schema import USER_TABLES
from soniq_desktop.library.text import clean

_COUNT = f"""
UPDATE tracks SET
    liked = EXISTS (SELECT 1 FROM likes WHERE track_id = :id),
    plays = (SELECT count(DISTINCT {ONCE}) FROM listening_events WHERE track_id = :id AND {COUNTED}),
    skips = (SELECT count(*) FROM listening_events WHERE track_id = :id AND ended = 'skipped'),
    last_played = (SELECT max(started_at) FROM listening_events WHERE track_id = :id),
    tempo_corrected = (SELECT CAST(value AS REAL) FROM corrections
        WHERE track_id = :id AND field = 'tempo' ORDER BY at DESC, id DESC LIMIT 1),
    genre_corrected = (SELECT json_extract(value, '$') FROM corrections
        WHERE track_id = :id AND field = 'genre' ORDER BY at DESC, id DESC LIMIT 1)
WHERE id = :id
"""


def set_liked(connection: sqlite3.Connection, track_id: int, liked: bool) -> None:
    """Raises NotFoundError where there is no such track."""
    path, audio_hash = _identity(connection, track_id)
    row, now = (track_id, audio_hash, path), time.time()
    before = connection.execute("DELETE FROM likes WHERE track_id = ?", (track_id,)).rowcount > 0
    if liked:
        connection.execute(
            "INSERT INTO likes (track_id, audio_hash, path, at) VALUES (?, ?, ?, ?)", (*row, now)
        )
    if before != liked:
        connection.execute(
            "INSERT INTO like_events (track_id, audio_hash, path, liked, at) VALUES (?, ?, ?, ?, ?)",
            (*row, int(liked), now),
        )
    count(connection, track_id)


def record_play(connection: sqlite3.Connection, play: Play) -> None:
    """Raises NotFoundError where there is no such track."""
    path, audio_hash = _identity(connection, play.track_id)
    connection.execute(
        "INSERT INTO listening_events"
        " (track_id, audio_hash, path, started_at, seconds_heard, ended, source, position)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            play.track_id,
            audio_hash,
            path,
            play.started_at,
            play.seconds_heard,
            play.ended,
            clean(play.source),
            play.position,
        ),
    )
    count(connection, play.track_id)


def set_correction(connection: sqlite3.Connection, track_id: int, field: str, value: object) -> None:
    """Keep what the user says a value really is; None takes the correction back.

    Raises:
        NotFoundError: no such track.
    """
    path, audio_hash = _identity(connection, track_id)
    connection.execute("DELETE FROM corrections WHERE track_id = ? AND field = ?", (track_id, field))
    if value is not None:
        connection.execute(
            "INSERT INTO corrections (track_id, audio_hash, path, field, value, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (track_id, audio_hash, path, field, json.dumps(value), time.time()),
        )
    count(connection, track_id)


def corrections(connection: sqlite3.Connection, track_id: int) -> dict[str, Any]:
    """Field and value of every correction to one track."""
    rows = connection.execute(
        "SELECT field, value FROM corrections WHERE track_id = ? ORDER BY at, id", (track_id,)
    )
    return {field: json.loads(value) for field, value in rows}


def plays(connection: sqlite3.Connection, track_id: int) -> list[Play]:
    """Listening events of one track, oldest first."""
    rows = connection.execute(
        "SELECT track_id, started_at, seconds_heard, ended, source, position FROM listening_events"
        " WHERE track_id = ? ORDER BY started_at, id",
        (track_id,),
    )
    return [Play(*row) for row in rows]


def count(connection: sqlite3.Connection, track_id: int) -> None:
    """Bring the counts in `tracks` up to date with the user's tables."""
    connection.execute(_COUNT, {"id": track_id})
    touch(connection, [track_id])


def attach(connection: sqlite3.Connection, track_id: int, path: bytes, audio_hash: str | None) -> bool:
    """Give loose rows of this sound, or this path, to the track. Says whether there were any."""
    found = 0
    for table in USER_TABLES:
        # Without the hint SQLite would walk all loose rows: there are many after a library was rebuilt.
        for index, column, value in (("sounds", "audio_hash", audio_hash), ("paths", "path", path)):
            found += connection.execute(
                f"UPDATE {table} INDEXED BY {table}_loose_{index}"
                " SET track_id = ?, audio_hash = coalesce(?, audio_hash)"
                f" WHERE track_id IS NULL AND {column} = ?",
                (track_id, audio_hash, value),
            ).rowcount
    if found:
        _drop_double_likes(connection, track_id)
        count(connection, track_id)
    return found > 0


def attach_all(connection: sqlite3.Connection) -> None:
    """Give every loose row to the track of its sound, or else of its path, where there is one."""
    changed: set[int] = set()
    for table in USER_TABLES:
        rows = connection.execute(
            f"UPDATE {table} SET track_id = coalesce("
            f" (SELECT min(id) FROM tracks WHERE tracks.audio_hash = {table}.audio_hash),"
            f" (SELECT id FROM tracks WHERE tracks.path = {table}.path))"
            " WHERE track_id IS NULL RETURNING track_id"
        )
        changed.update(row[0] for row in rows.fetchall() if row[0] is not None)
    for track_id in changed:
        _drop_double_likes(connection, track_id)
        connection.execute(_COUNT, {"id": track_id})
    touch(connection, changed)


def name_sound(connection: sqlite3.Connection, track_id: int, audio_hash: str) -> None:
    """Write the sound of a track into its rows, once it is known or has changed."""
    for table in USER_TABLES:
        connection.execute(f"UPDATE {table} SET audio_hash = ? WHERE track_id = ?", (audio_hash, track_id))


def rename(connection: sqlite3.Connection, track_id: int, path: bytes) -> None:
    """The track's file has another path now."""
    for table in USER_TABLES:
        connection.execute(f"UPDATE {table} SET path = ? WHERE track_id = ?", (path, track_id))


def merge(connection: sqlite3.Connection, gone: int, surviving: int) -> None:
    """Give the rows of a track that goes away to the one that stays."""
    for table in USER_TABLES:
        connection.execute(f"UPDATE {table} SET track_id = ? WHERE track_id = ?", (surviving, gone))
    _drop_double_likes(connection, surviving)
    count(connection, surviving)


def _drop_double_likes(connection: sqlite3.Connection, track_id: int) -> None:
    connection.execute(
        "DELETE FROM likes WHERE track_id = ? AND id != (SELECT min(id) FROM likes WHERE track_id = ?)",
        (track_id, track_id),
    )


def _identity(connection: sqlite3.Connection, track_id: int) -> tuple[bytes, str | None]:
    row = connection.execute("SELECT path, audio_hash FROM tracks WHERE id = ?", (track_id,)).fetchone()
    if row is None:
        raise NotFoundError("This track is not in the library any more.")
    return row[0], row[1]


def path_text(path: bytes) -> str:
    """A stored path as it can be shown and written to JSON."""
    return clean(os.fsdecode(path))
