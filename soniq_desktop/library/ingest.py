"""The scanner's side of the catalogue: folders, files found, files gone, files moved."""

import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.library import groups, user_rows
from soniq_desktop.library.records import Tags, Track
from soniq_desktop.library.rows import SELECT_TRACKS, id_list, next_revision, tag_values, to_track, touch
from soniq_desktop.library.text import clean, index_text, sort_key

SAME_DURATION = 0.06  # seconds by which two readings of one file's length may differ


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file as the scanner found it; `audio_hash` where it was worth computing (changed, perhaps moved)."""

    path: str
    size: int  # bytes
    mtime_ns: int
    tags: Tags
    audio_hash: str | None = None
    tags_version: int = 1


class KnownFile(NamedTuple):
    """What the catalogue remembers of a file."""

    id: int
    size: int  # bytes
    mtime_ns: int
    missing: bool
    tags_version: int


class _Touched:
    """Groups whose members change in a transaction."""

    def __init__(self) -> None:
        self.albums: set[int] = set()
        self.artists: set[int] = set()
        self.genres: set[int] = set()

    def add(self, row: Sequence[Any]) -> None:
        """Note a row of (album_id, artist_id, genre_id)."""
        for seen, value in zip((self.albums, self.artists, self.genres), row, strict=True):
            if value is not None:
                seen.add(value)

    def recount(self, connection: sqlite3.Connection) -> None:
        groups.refresh(connection, albums=self.albums, artists=self.artists, genres=self.genres)


class _Batch:
    """Files that are stored in one transaction, and what they share."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.now = time.time()
        self.ids = groups.GroupIds(connection)
        self.roots = [os.fsdecode(row[0]) for row in connection.execute("SELECT path FROM folders")]
        self.touched = _Touched()
        self.revision = next_revision(connection, "text_revision")

    def store(self, file: ScannedFile) -> int:
        """Insert or update the row of one file; its id."""
        connection, path = self.connection, os.fsencode(file.path)
        old = connection.execute(
            "SELECT id, audio_hash, state, size, mtime_ns, album_id, artist_id, genre_id FROM tracks"
            " WHERE path = ?",
            (path,),
        ).fetchone()
        values = self._columns(file)
        self.touched.add((values["album_id"], values["artist_id"], values["genre_id"]))
        if old is None:
            values |= {"path": path, "added_at": self.now, "audio_hash": file.audio_hash}
            track_id = _insert(connection, values)
            user_rows.attach(connection, track_id, path, file.audio_hash)
        else:
            track_id = int(old[0])
            self.touched.add(old[5:])
            _update(connection, track_id, values | _state_after_change(file, old))
        connection.execute("DELETE FROM problems WHERE path = ? AND stage IN ('scan', 'tags')", (path,))
        self._index(track_id, file, replace=old is not None)
        return track_id

    def _columns(self, file: ScannedFile) -> dict[str, Any]:
        title = file.tags.title or PurePath(file.path).stem
        return tag_values(file.tags) | {
            "size": file.size,
            "mtime_ns": file.mtime_ns,
            "tags_version": file.tags_version,
            "title_sort": sort_key(clean(title)),
            "artist_id": self.ids.artist(file.tags),
            "album_id": self.ids.album(file.tags, file.path),
            "genre_id": self.ids.genre(file.tags),
            "missing_since": None,
            "revision": self.revision,
        }

    def _index(self, track_id: int, file: ScannedFile, *, replace: bool) -> None:
        if replace:
            self.connection.execute("DELETE FROM search WHERE rowid = ?", (track_id,))
        tags, path = file.tags, _below_root(file.path, self.roots)
        texts = (tags.title, f"{tags.artist} {tags.album_artist}", tags.album, tags.genre, path)
        self.connection.execute(
            "INSERT INTO search (rowid, title, artist, album, genre, path) VALUES (?, ?, ?, ?, ?, ?)",
            (track_id, *(index_text(clean(text)) for text in texts)),
        )


def known_files(connection: sqlite3.Connection, folder: str) -> dict[str, KnownFile]:
    """Every file known below `folder`, missing ones too, by path."""
    rows = connection.execute(
        f"SELECT path, id, size, mtime_ns, missing_since IS NOT NULL, tags_version FROM tracks WHERE {BELOW}",
        below(folder),
    )
    return {os.fsdecode(row[0]): KnownFile(row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows}


def store_scanned(connection: sqlite3.Connection, files: Iterable[ScannedFile]) -> list[int]:
    """Insert or update one row for each file; the ids come in the order of the files."""
    batch = _Batch(connection)
    stored = [batch.store(file) for file in files]
    batch.touched.recount(connection)
    return stored


def _state_after_change(file: ScannedFile, old: Sequence[Any]) -> dict[str, Any]:
    """A changed file is listened to again. The sound decides where it is known, else size and time."""
    _, known_hash, state, size, mtime_ns, *_ = old
    changed = (size, mtime_ns) != (file.size, file.mtime_ns)
    if file.audio_hash and known_hash and state == "listened":
        changed = file.audio_hash != known_hash
    return {"state": "new", "listened_version": 0} if changed else {}


def _insert(connection: sqlite3.Connection, values: dict[str, Any]) -> int:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    row = connection.execute(f"INSERT INTO tracks ({names}) VALUES ({marks}) RETURNING id", values).fetchone()
    return int(row[0])


def _update(connection: sqlite3.Connection, track_id: int, values: dict[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(f"UPDATE tracks SET {changes} WHERE id = :id", values | {"id": track_id})


def _below_root(path: str, roots: Sequence[str]) -> str:
    """The path inside its library folder: words of the folder itself would find every track."""
    inside = [root for root in roots if path.startswith(root.rstrip(os.sep) + os.sep)]
    return path[len(max(inside, key=len).rstrip(os.sep)) + 1 :] if inside else PurePath(path).name


def mark_missing(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """The files are not there any more; the rows stay."""
    connection.execute(
        "UPDATE tracks SET missing_since = ?"
        " WHERE missing_since IS NULL AND id IN (SELECT value FROM json_each(?))",
        (time.time(), id_list(ids)),
    )
    touch(connection, ids)


def mark_present(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """The files are there again, unchanged."""
    connection.execute(
        "UPDATE tracks SET missing_since = NULL WHERE id IN (SELECT value FROM json_each(?))", (id_list(ids),)
    )
    touch(connection, ids)


def missing_like(connection: sqlite3.Connection, duration: float, codec: str = "") -> list[Track]:
    """Missing tracks of known sound that are as long as this: a new file may be one of them, moved."""
    rows = connection.execute(
        SELECT_TRACKS + "WHERE t.missing_since IS NOT NULL AND t.audio_hash IS NOT NULL"
        " AND t.duration BETWEEN ? AND ? AND (? = '' OR t.codec = ?) ORDER BY t.id",
        (duration - SAME_DURATION, duration + SAME_DURATION, codec, codec),
    ).fetchall()
    return [to_track(row) for row in rows]


def adopt(connection: sqlite3.Connection, track_id: int, file: ScannedFile) -> int:
    """The track is found again at `file.path`: it takes the path and tags of the file and keeps its history.

    Where a row exists at that path already, that row goes away and its history is merged.

    Raises:
        NotFoundError: no such track.
    """
    path = os.fsencode(file.path)
    row = connection.execute("SELECT path FROM tracks WHERE id = ?", (track_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"Track {track_id} is not in the library.")
    other = connection.execute(
        "SELECT id FROM tracks WHERE path = ? AND id != ?", (path, track_id)
    ).fetchone()
    if other is not None:
        user_rows.merge(connection, other[0], track_id)
        remove_tracks(connection, [other[0]])
    connection.execute("UPDATE tracks SET path = ? WHERE id = ?", (path, track_id))
    user_rows.rename(connection, track_id, path)
    return store_scanned(connection, [file])[0]


def remove_tracks(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Take rows out of the library. The user's rows stay and wait for the sound or path to come back."""
    recount_groups(connection, [], drop_rows(connection, ids))


def drop_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Sequence[Any]]:
    """Delete tracks without recounting; returns the groups they leave: (album_id, artist_id, genre_id)."""
    chosen, listed = "IN (SELECT value FROM json_each(?))", id_list(ids)
    left = connection.execute(
        f"SELECT album_id, artist_id, genre_id FROM tracks WHERE id {chosen}", (listed,)
    ).fetchall()
    connection.execute(f"DELETE FROM search WHERE rowid {chosen}", (listed,))
    connection.execute(f"DELETE FROM tracks WHERE id {chosen}", (listed,))
    next_revision(connection, "text_revision", "deletions")
    return left


def recount_groups(
    connection: sqlite3.Connection, ids: Sequence[int], left: Iterable[Sequence[Any]] = ()
) -> None:
    """Recount the groups of tracks, and those that they `left`: rows of (album_id, artist_id, genre_id)."""
    touched = _Touched()
    rows = connection.execute(
        "SELECT album_id, artist_id, genre_id FROM tracks WHERE id IN (SELECT value FROM json_each(?))",
        (id_list(ids),),
    ).fetchall()
    for row in (*rows, *left):
        touched.add(row)
    touched.recount(connection)


def add_folder(connection: sqlite3.Connection, folder: str) -> None:
    """Remember a library folder; one that is known already stays as it is."""
    connection.execute(
        "INSERT INTO folders (path, added_at) VALUES (?, ?) ON CONFLICT (path) DO NOTHING",
        (os.fsencode(folder), time.time()),
    )


def remove_part_of_folder(connection: sqlite3.Connection, folder: str, limit: int = 2000) -> bool:
    """Forget some tracks that are in `folder` only, and in the end the folder. Says whether that is done."""
    kept = [
        os.fsdecode(row[0])
        for row in connection.execute("SELECT path FROM folders WHERE path != ?", (os.fsencode(folder),))
    ]
    others = " ".join(f"AND NOT ({BELOW})" for _ in kept)
    values = [bound for each in (folder, *kept) for bound in below(each)]
    rows = connection.execute(
        f"SELECT id FROM tracks WHERE {BELOW} {others} LIMIT ?", (*values, limit)
    ).fetchall()
    remove_tracks(connection, [row[0] for row in rows])
    if len(rows) == limit:
        return False
    connection.execute(f"DELETE FROM problems WHERE {BELOW} {others}", values)
    connection.execute("DELETE FROM folders WHERE path = ?", (os.fsencode(folder),))
    return True


BELOW = "path >= ? AND path < ?"


def below(folder: str) -> tuple[bytes, bytes]:
    """Bounds of the paths inside `folder`, for `BELOW`."""
    prefix = os.fsencode(folder.rstrip(os.sep) + os.sep)
    return prefix, prefix[:-1] + bytes([prefix[-1] + 1])
