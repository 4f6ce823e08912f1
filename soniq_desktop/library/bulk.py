"""Reading whole columns of the tracks as arrays.

SQLite hands a column over as one text. A row at a time, Python would give up and take back the interpreter
lock 100,000 times, and wait for the window's thread each time.
"""

import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

LOSSLESS = ("flac", "alac", "pcm", "wavpack", "ape", "tta", "aiff", "wav")
UNKNOWN = -1.0  # in place of NULL
ESTIMATES = ("danceability", "acousticness", "instrumentalness", "valence", "speechiness")

COLUMNS = {
    "id": "t.id",
    "artist": "t.artist_id",
    "album": "ifnull(t.album_id, -1)",
    "genre": "ifnull(t.genre_id, -1)",
    "disc": "ifnull(t.disc_number, 0)",
    "number": "ifnull(t.track_number, 0)",
    "year": "ifnull(t.year, -1)",
    "duration": "round(t.duration, 3)",
    "added": "cast(t.added_at AS INTEGER)",
    "plays": "t.plays",
    "last_played": "cast(ifnull(t.last_played, -1) AS INTEGER)",
    "liked": "t.liked",
    "lossless": "t.codec IN ({})".format(", ".join(f"'{name}'" for name in LOSSLESS)),
    "tempo": "ifnull(round(coalesce(t.tempo_corrected, f.tempo), 2), -1)",
    "energy": "ifnull(round(f.energy, 4), -1)",
    **{name: f"ifnull(round(f.{name}, 4), -1)" for name in ESTIMATES},
    "key": "CASE WHEN f.key IS NULL THEN -1 ELSE f.key * 2 + (f.mode IS 'minor') END",
}


def read_columns(
    connection: sqlite3.Connection, names: Sequence[str], since: int | None = None
) -> dict[str, Floats]:
    """Columns of `COLUMNS` in the order of the ids; only tracks changed after revision `since`, if given."""
    inner = ", ".join(f"{COLUMNS[name]} AS c{number}" for number, name in enumerate(names))
    outer = ", ".join(f"group_concat(c{number})" for number in range(len(names)))
    # The plus keeps SQLite from walking all ids in order instead of the few rows of the index.
    rest = "ORDER BY t.id" if since is None else "WHERE t.revision > ? ORDER BY +t.id"
    row = connection.execute(
        f"SELECT {outer} FROM"
        f" (SELECT {inner} FROM tracks t LEFT JOIN features f ON f.track_id = t.id {rest})",
        () if since is None else (since,),
    ).fetchone()
    return {name: _numbers(text) for name, text in zip(names, row, strict=True)}


def read_ids(connection: sqlite3.Connection, select: str, values: Sequence[object] = ()) -> Ids:
    """The ids that `select` yields, in its order (SQLite keeps it, as the outer query aggregates)."""
    (text,) = connection.execute(f"SELECT group_concat(id) FROM ({select})", values).fetchone()
    return _numbers(text).astype(np.int64)


def _numbers(text: str | None) -> Floats:
    return np.fromstring(text, np.float64, sep=",") if text else np.zeros(0)
