"""Finding tracks again from what was written down about them elsewhere."""

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence


def locate(connection: sqlite3.Connection, wanted: Sequence[tuple[str | None, str]]) -> list[int | None]:
    """Track ids for pairs of (audio hash or None, path).

    By sound first (the same path before another, a file that is there before a missing one), then by path.
    """
    hashes = _by_hash(connection, {audio_hash for audio_hash, _ in wanted if audio_hash})
    paths = _by_path(connection, {path for _, path in wanted})
    found: list[int | None] = []
    for audio_hash, path in wanted:
        same_sound = hashes.get(audio_hash, []) if audio_hash else []
        at_path = paths.get(path)
        found.append(at_path if not same_sound or at_path in same_sound else same_sound[0])
    return found


def _by_hash(connection: sqlite3.Connection, hashes: Iterable[str]) -> dict[str, list[int]]:
    rows = connection.execute(
        "SELECT audio_hash, id FROM tracks WHERE audio_hash IN (SELECT value FROM json_each(?))"
        " ORDER BY missing_since IS NOT NULL, id",
        (json.dumps(sorted(hashes)),),
    )
    found: dict[str, list[int]] = {}
    for audio_hash, track_id in rows:
        found.setdefault(audio_hash, []).append(track_id)
    return found


def _by_path(connection: sqlite3.Connection, paths: Iterable[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        row = connection.execute("SELECT id FROM tracks WHERE path = ?", (os.fsencode(path),)).fetchone()
        if row is not None:
            found[path] = int(row[0])
    return found
