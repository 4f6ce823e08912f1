"""Artists, genres and albums: the rows that tracks point at, and the lists made from them."""

import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

from soniq_desktop.library.records import Album, Group, Tags
from soniq_desktop.library.rows import id_list
from soniq_desktop.library.text import UNKNOWN_ARTIST, clean, fold, sort_key, spaced_words, words_condition

_DISC_FOLDER = re.compile(r"^(cd|disc|disk)[ _.-]*\d+$", re.IGNORECASE)
_SEPARATOR = "\x1f"
_COVERS = 4


@dataclass(slots=True)
class GroupIds:
    """Finds or creates artists, genres and albums during one transaction, remembering what it has seen."""

    connection: sqlite3.Connection
    _known: dict[tuple[str, str], int] = field(default_factory=dict)

    def artist(self, tags: Tags) -> int:
        return self._named("artists", effective_artist(tags))

    def genre(self, tags: Tags) -> int | None:
        return self._named("genres", tags.genre.strip()) if tags.genre.strip() else None

    def album(self, tags: Tags, path: str) -> int | None:
        """None where the file names no album."""
        key = album_key(tags, path)
        if key is None:
            return None
        found = self._known.get(("albums", key))
        return found if found is not None else self._add_album(key, tags)

    def _named(self, table: str, name: str) -> int:
        key = fold(clean(name)).strip() or clean(name)
        found = self._known.get((table, key))
        if found is None:
            row = self.connection.execute(f"SELECT id FROM {table} WHERE key = ?", (key,)).fetchone()
            found = row[0] if row else self._add_named(table, key, clean(name).strip())
            self._known[table, key] = found
        return found

    def _add_named(self, table: str, key: str, name: str) -> int:
        row = self.connection.execute(
            f"INSERT INTO {table} (key, name, sort, words) VALUES (?, ?, ?, ?) RETURNING id",
            (key, name, sort_key(name), spaced_words(name)),
        ).fetchone()
        return int(row[0])

    def _add_album(self, key: str, tags: Tags) -> int:
        row = self.connection.execute("SELECT id FROM albums WHERE key = ?", (key,)).fetchone()
        if row is None:
            title = clean(tags.album).strip()
            row = self.connection.execute(
                "INSERT INTO albums (key, title, artist, title_sort, artist_sort)"
                " VALUES (?, ?, '', ?, '') RETURNING id",
                (key, title, sort_key(title)),
            ).fetchone()
        self._known["albums", key] = int(row[0])
        return int(row[0])


def effective_artist(tags: Tags) -> str:
    """Whom a track is filed under."""
    return tags.artist.strip() or tags.album_artist.strip() or UNKNOWN_ARTIST


def album_key(tags: Tags, path: str) -> str | None:
    """What tracks of one album share: title and album artist, or else title and folder.

    Folders named "CD 1" count as their parent. None where there is no album title.
    """
    title = fold(clean(tags.album)).strip()
    if not title:
        return None
    artist = fold(clean(tags.album_artist)).strip()
    if artist:
        return f"{title}{_SEPARATOR}{artist}"
    folder = PurePath(path).parent
    if _DISC_FOLDER.match(folder.name):
        folder = folder.parent
    return f"{title}{_SEPARATOR}{os.sep}{clean(str(folder))}"


def refresh(
    connection: sqlite3.Connection, *, albums: Iterable[int], artists: Iterable[int], genres: Iterable[int]
) -> None:
    """Recount the albums named, and drop groups that no track belongs to any more."""
    for table, column, ids in (
        ("albums", "album_id", albums),
        ("artists", "artist_id", artists),
        ("genres", "genre_id", genres),
    ):
        connection.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
            f" AND NOT EXISTS (SELECT 1 FROM tracks WHERE {column} = {table}.id)",
            (id_list(ids),),
        )
    for album_id in albums:
        _refresh_album(connection, album_id)


def _refresh_album(connection: sqlite3.Connection, album_id: int) -> None:
    """Count an album's tracks; names are spelt as in its oldest track."""
    names = connection.execute(
        "SELECT album, album_artist, artist FROM tracks WHERE album_id = ? ORDER BY id LIMIT 1", (album_id,)
    ).fetchone()
    if names is None:
        return
    one_artist, *rest = connection.execute(
        "SELECT min(artist_id) = max(artist_id), max(year), min(artwork), count(*), sum(duration)"
        " FROM tracks WHERE album_id = ?",
        (album_id,),
    ).fetchone()
    title, album_artist, track_artist = names
    artist = album_artist or (track_artist if one_artist else "Various artists") or UNKNOWN_ARTIST
    connection.execute(
        "UPDATE albums SET artist = ?, artist_sort = ?, words = ?, year = ?, artwork = ?, tracks = ?,"
        " duration = ? WHERE id = ?",
        (artist, sort_key(artist), spaced_words(f"{title} {artist}"), *rest, album_id),
    )


def albums(connection: sqlite3.Connection, text: str = "", artist: str | None = None) -> list[Album]:
    """Albums by artist and year; those that hold a track of `artist` where one is given."""
    condition, values = words_condition(text)
    if artist is not None:
        condition += (
            " AND (id IN (SELECT album_id FROM tracks"
            " WHERE artist_id = (SELECT id FROM artists WHERE key = ?)) OR artist_sort = ?)"
        )
        values += [fold(artist).strip() or artist, sort_key(artist)]
    rows = connection.execute(
        f"SELECT id, title, artist, year, tracks, duration, artwork FROM albums WHERE {condition}"
        " ORDER BY artist_sort, year, title_sort",
        values,
    )
    return [Album(*row) for row in rows.fetchall()]


def artists(connection: sqlite3.Connection, text: str = "") -> list[Group]:
    """Artists in alphabetical order."""
    return _groups(connection, "artists", "artist_id", text)


def genres(connection: sqlite3.Connection, text: str = "") -> list[Group]:
    """Genres in alphabetical order."""
    return _groups(connection, "genres", "genre_id", text)


def _groups(connection: sqlite3.Connection, table: str, column: str, text: str) -> list[Group]:
    condition, values = words_condition(text)
    names = connection.execute(
        f"SELECT id, name FROM {table} WHERE {condition} ORDER BY sort, id", values
    ).fetchall()
    sums: dict[int, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    covers: dict[int, list[str]] = defaultdict(list)
    artwork = dict(connection.execute("SELECT id, artwork FROM albums WHERE artwork IS NOT NULL"))
    for group, album, tracks, duration in connection.execute(
        f"SELECT {column}, album_id, count(*), sum(duration) FROM tracks"
        f" WHERE {column} IS NOT NULL GROUP BY {column}, album_id"
    ):
        total = sums[group]
        total[0] += tracks
        total[1] += album is not None
        total[2] += duration
        if album in artwork and len(covers[group]) < _COVERS and artwork[album] not in covers[group]:
            covers[group].append(artwork[album])
    return [
        Group(name, int(sums[each][0]), int(sums[each][1]), sums[each][2], tuple(covers.get(each, ())))
        for each, name in names
    ]
