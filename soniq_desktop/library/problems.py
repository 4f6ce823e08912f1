"""Files that could not be read or analysed."""

import os
import sqlite3
import time

from soniq_desktop.library.records import Problem
from soniq_desktop.library.rows import touch
from soniq_desktop.library.text import clean


def store(connection: sqlite3.Connection, path: str, stage: str, reason: str, track_id: int | None) -> None:
    """Write a problem down; the same file and stage again counts as a further attempt.

    One that was dismissed comes back only with another reason.
    """
    if track_id is not None and not _exists(connection, track_id):
        track_id = None
    connection.execute(
        "INSERT INTO problems (path, track_id, stage, reason, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (path, stage) DO UPDATE SET dismissed = dismissed AND reason = excluded.reason,"
        " track_id = excluded.track_id, reason = excluded.reason, at = excluded.at, attempts = attempts + 1",
        (os.fsencode(path), track_id, stage, clean(reason), time.time()),
    )
    if track_id is not None:
        connection.execute("UPDATE tracks SET state = 'problem' WHERE id = ?", (track_id,))
        touch(connection, [track_id])


def forget(connection: sqlite3.Connection, problem_id: int, *, retry: bool) -> Problem | None:
    """Take a problem off the list; with `retry` its track waits to be listened to again."""
    rows = _select(connection, "WHERE id = ?", (problem_id,))
    if not rows:
        return None
    connection.execute("DELETE FROM problems WHERE id = ?", (problem_id,))
    track_id = rows[0].track_id
    if retry and track_id is not None:
        connection.execute(
            "UPDATE tracks SET state = 'new', listened_version = 0 WHERE id = ? AND state = 'problem'",
            (track_id,),
        )
        touch(connection, [track_id])
    return rows[0]


def dismiss(connection: sqlite3.Connection, problem_id: int) -> None:
    """Show a problem no more; the file is not tried again until it changes."""
    connection.execute("UPDATE problems SET dismissed = 1 WHERE id = ?", (problem_id,))


def every(connection: sqlite3.Connection, *, dismissed: bool) -> list[Problem]:
    """Problems, newest first; with `dismissed` also those the user does not want to see."""
    return _select(connection, "WHERE dismissed <= ? ORDER BY at DESC, id DESC", (int(dismissed),))


def count(connection: sqlite3.Connection) -> int:
    """How many the user has not dismissed."""
    return int(connection.execute("SELECT count(*) FROM problems WHERE NOT dismissed").fetchone()[0])


def _select(connection: sqlite3.Connection, rest: str, values: tuple[object, ...]) -> list[Problem]:
    rows = connection.execute(
        f"SELECT id, path, track_id, stage, reason, at, attempts FROM problems {rest}", values
    )
    return [Problem(row[0], os.fsdecode(row[1]), *row[2:]) for row in rows]


def _exists(connection: sqlite3.Connection, track_id: int) -> bool:
    return connection.execute("SELECT 1 FROM tracks WHERE id = ?", (track_id,)).fetchone() is not None
