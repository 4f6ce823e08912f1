"""The whole listening history as arrays, with what is known of the songs: what Persona computes from."""

import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.genre_families import FAMILIES, VAGUE, family_of, split_genres
from soniq_desktop.library.database import Database

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

ENDINGS = ("finished", "part", "skipped")
COUNTED_SECONDS = 240.0  # this much counts, however long the song is
SHORT_SONG = 30.0  # seconds; a shorter one counts once an hour at most

# One rule, here and in numpy (persona/history.py): half of the song, or four minutes of it, was heard. A song
# shorter than 30 s counts once an hour at most, so that a jingle on repeat is no favourite.
COUNTED = "seconds_heard >= min(tracks.duration / 2, 240) AND ended != 'skipped'"
ONCE = (
    "CASE WHEN tracks.duration >= 30 THEN 'e' || listening_events.id"
    " ELSE CAST(started_at / 3600 AS INTEGER) END"
)

# Whole numbers only: SQLite writes and numpy reads those many times faster than fractions.
_EVENTS = {
    "id": "id",
    "track": "track_id",
    "started": "CAST(round(started_at * 1000) AS INTEGER)",
    "heard": "CAST(round(seconds_heard * 1000) AS INTEGER)",
    "ended": "CASE ended WHEN 'finished' THEN 0 WHEN 'part' THEN 1 ELSE 2 END",
}


@dataclass(frozen=True, slots=True, eq=False)
class PlayColumns:
    """Listening events of songs in the library, oldest first; arrays (n,).

    Attributes:
        ids: row ids; tracks: track ids; started: Unix seconds; heard: seconds that sounded.
        ended: place in ENDINGS; sources: place in `source_names`.
    """

    ids: Ids
    tracks: Ids
    started: Floats
    heard: Floats
    ended: Ids
    sources: Ids
    source_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlayedSongs:
    """Songs that occur in the history, ascending by id; arrays (m,).

    Attributes:
        ids, durations (seconds), liked.
        artists, albums: ids; albums −1 where there is none.
        genres: (m, 12) probabilities over FAMILIES, rows that add up to 1; NaN where nothing is known.
    """

    ids: Ids
    durations: Floats
    liked: NDArray[np.bool_]
    artists: Ids
    albums: Ids
    genres: Floats


def play_columns(database: Database) -> PlayColumns:
    """Every listening event of a song in the library."""
    with database.reading() as connection:
        return _play_columns(connection)


def _play_columns(connection: sqlite3.Connection) -> PlayColumns:
    names = tuple(row[0] for row in connection.execute("SELECT DISTINCT source FROM listening_events"))
    columns = _EVENTS | {"source": _case(names)}
    row = connection.execute(
        f"SELECT {', '.join(f'group_concat({what})' for what in columns.values())}"
        " FROM listening_events WHERE track_id IS NOT NULL",
        names,
    ).fetchone()
    found = {name: _numbers(text) for name, text in zip(columns, row, strict=True)}
    order = np.lexsort((found["id"], found["started"]))
    found = {name: values[order] for name, values in found.items()}
    return PlayColumns(
        found["id"], found["track"], found["started"] / 1000, found["heard"] / 1000, found["ended"],
        found["source"], names,
    )  # fmt: skip


def played_songs(database: Database) -> PlayedSongs:
    """What is known of every song that was ever played."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT t.id, t.duration, t.liked, t.artist_id, ifnull(t.album_id, -1), t.genre,"
            " t.genre_corrected, g.probabilities FROM tracks t LEFT JOIN genre_results g ON g.track_id = t.id"
            " WHERE t.last_played IS NOT NULL ORDER BY t.id"
        ).fetchall()
    numbers = np.array([row[:5] for row in rows], np.float64).reshape(-1, 5)
    whole = numbers.astype(np.int64)
    genres = np.array([genre_set(*row[5:]) for row in rows], np.float64).reshape(-1, len(FAMILIES))
    return PlayedSongs(
        whole[:, 0], numbers[:, 1].copy(), whole[:, 2] > 0, whole[:, 3].copy(), whole[:, 4].copy(), genres
    )


def like_moments(database: Database) -> Floats:
    """When the user liked something or took that back (Unix seconds), ascending."""
    with database.reading() as connection:
        rows = connection.execute("SELECT at FROM like_events ORDER BY at").fetchall()
    return np.array(rows, np.float64).reshape(-1)


def genre_set(tag: str, corrected: str | None, heard: bytes | None) -> Floats:
    """(12,) probabilities of a song: what the user says, else its tag where that means families, else what
    was heard (calibrated), else a vague tag; NaN where nothing is known."""
    if corrected and (family := family_of(corrected)):
        return _even((family,))
    families = {family_of(name) for name in split_genres(tag) if not VAGUE.search(name)} - {None}
    if families:
        return _even(families)
    if heard is not None and len(heard) == 4 * len(FAMILIES):
        p = np.frombuffer(heard, "<f4").astype(np.float64)
        if np.isfinite(p).all() and p.sum() > 0:
            return np.asarray(p / p.sum())
    vague = {family_of(name) for name in split_genres(tag)} - {None}
    return _even(vague) if vague else np.full(len(FAMILIES), np.nan)


def _even(families: "set[str | None] | tuple[str, ...]") -> Floats:
    found = np.array([name in families for name in FAMILIES], np.float64)
    return np.asarray(found / found.sum())


def _case(names: tuple[str, ...]) -> str:
    whens = " ".join(f"WHEN ? THEN {code}" for code in range(len(names)))
    return f"CASE source {whens} ELSE 0 END" if names else "0"


def _numbers(text: str | None) -> Ids:
    return np.fromstring(text, np.int64, sep=",") if text else np.zeros(0, np.int64)
