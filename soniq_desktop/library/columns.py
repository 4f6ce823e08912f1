"""The columns by which tracks are ordered and filtered, held as arrays.

Sorting 100,000 rows in SQL for every key press would take a tenth of a second. Here each order is computed
once, kept until a value changes, and masked by what matches. Values are fetched as one text per column: a row
at a time would give up and take back the interpreter lock 100,000 times.
"""

import sqlite3
import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.records import Filters, TrackQuery
from soniq_desktop.library.text import fold, match_expression

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LOSSLESS = ("flac", "alac", "pcm", "wavpack", "ape", "tta", "aiff", "wav")
_NONE = -1.0
_MISSING_RANK = np.int64(1) << 40

# Name and SQL of every column; NULL is -1 except where a value may be negative.
_TRACKS = {
    "id": "t.id",
    "artist": "t.artist_id",
    "album": "ifnull(t.album_id, -1)",
    "genre": "ifnull(t.genre_id, -1)",
    "disc": "ifnull(t.disc_number, 0)",
    "number": "ifnull(t.track_number, 0)",
    "year": "ifnull(t.year, -1)",
    "duration": "round(t.duration, 3)",
    "added": "round(t.added_at, 3)",
    "plays": "t.plays",
    "last_played": "ifnull(round(t.last_played, 3), -1)",
    "liked": "t.liked",
    "lossless": "t.codec IN ({})".format(", ".join(f"'{name}'" for name in LOSSLESS)),
    "tempo": "ifnull(round(f.tempo, 3), -1)",
    "energy": "ifnull(round(f.energy, 5), -1)",
    "key": "CASE WHEN f.key IS NULL THEN -1 ELSE f.key * 2 + (f.mode IS 'minor') END",
}
_FROM = "FROM tracks t LEFT JOIN features f ON f.track_id = t.id"


class _Counters(NamedTuple):
    revision: int
    text_revision: int
    deletions: int


class Columns:
    """Arrays over all tracks in the order of their ids, brought up to date before each query."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: _Counters | None = None
        self._values: dict[str, Floats] = {}
        self._ids: Ids = np.zeros(0, np.int64)
        self._orders: dict[tuple[str, bool], Ids] = {}
        self._ranks: dict[str, Ids] = {}
        self._matches: dict[str, Mask] = {}

    def track_ids(self, connection: sqlite3.Connection, query: TrackQuery) -> Ids:
        """Ids of the tracks that `query` asks for, in its order. Call inside a read transaction."""
        with self._lock:
            self._update(connection)
            order = self._order(connection, query)
            mask = self._mask(connection, query)
            return self._ids[order if mask is None else order[mask[order]]]

    def durations(self, connection: sqlite3.Connection, ids: Iterable[int]) -> float:
        """Sum of durations in seconds; an id that is given twice counts twice, an unknown one not at all."""
        wanted = np.asarray(list(ids), np.int64)
        with self._lock:
            self._update(connection)
            positions = np.searchsorted(self._ids, wanted)
            inside = positions < len(self._ids)
            positions, wanted = positions[inside], wanted[inside]
            positions = positions[self._ids[positions] == wanted]
            return float(self._values["duration"][positions].sum()) if len(positions) else 0.0

    # -- keeping up with the file

    def _update(self, connection: sqlite3.Connection) -> None:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        counters = _Counters(meta["revision"], meta["text_revision"], meta["deletions"])
        seen = self._seen
        if counters == seen:
            return
        if seen is None or counters.deletions != seen.deletions:
            self._load(connection)
        else:
            self._patch(connection, seen.revision)
        self._orders.clear()
        if seen is None or counters.text_revision != seen.text_revision:
            self._ranks.clear()
            self._matches.clear()
        self._seen = counters

    def _load(self, connection: sqlite3.Connection) -> None:
        self._values = _fetch(connection, "ORDER BY t.id")
        self._ids = self._values["id"].astype(np.int64)

    def _patch(self, connection: sqlite3.Connection, since: int) -> None:
        fresh = _fetch(connection, "WHERE t.revision > ? ORDER BY t.id", (since,))
        ids = fresh["id"].astype(np.int64)
        positions = np.searchsorted(self._ids, ids)
        old = np.zeros(len(ids), np.bool_)
        inside = positions < len(self._ids)
        old[inside] = self._ids[positions[inside]] == ids[inside]
        for name, values in fresh.items():
            self._values[name][positions[old]] = values[old]
        if not old.all():  # new ids are always the highest: they go to the end
            self._values = {name: np.concatenate([self._values[name], fresh[name][~old]]) for name in fresh}
            self._ids = self._values["id"].astype(np.int64)

    # -- order

    def _order(self, connection: sqlite3.Connection, query: TrackQuery) -> Ids:
        if query.sort == "shuffle":
            return np.random.default_rng(query.seed).permutation(len(self._ids))
        key = (query.sort, query.descending)
        if key not in self._orders:
            self._orders[key] = self._sorted(connection, *key)
        return self._orders[key]

    def _sorted(self, connection: sqlite3.Connection, sort: str, descending: bool) -> Ids:
        """Positions by the primary rank (unknown values last either way), then as in the artist order."""
        primary = self._primary(connection, sort)
        unknown = primary == _MISSING_RANK
        if descending:
            primary = np.where(unknown, primary, -primary)
        return np.lexsort((self._home(connection), primary))

    def _primary(self, connection: sqlite3.Connection, sort: str) -> Ids:
        if sort in {"artist", "album", "genre", "title", "path"}:
            return self._rank(connection, sort)
        values = self._values[sort]
        unit = {"duration": 1000, "added": 1000, "last_played": 1000, "tempo": 1000, "energy": 100_000}.get(
            sort, 1
        )
        ranks = np.rint(values * unit).astype(np.int64)
        return np.where(values == _NONE, _MISSING_RANK, ranks)

    def _home(self, connection: sqlite3.Connection) -> Ids:
        """The order of last resort as ranks: artist, album, disc, number, title."""
        if "home" not in self._ranks:
            keys = [self._rank(connection, name) for name in ("title",)]
            keys += [self._values[name].astype(np.int64) for name in ("number", "disc")]
            keys += [self._rank(connection, name) for name in ("album", "artist")]
            self._ranks["home"] = _inverse(np.lexsort(keys))
        return self._ranks["home"]

    def _rank(self, connection: sqlite3.Connection, name: str) -> Ids:
        if name not in self._ranks:
            if name in {"title", "path"}:
                ordered = _ids(
                    connection,
                    "SELECT id FROM tracks ORDER BY " + {"title": "title_sort, id", "path": "path"}[name],
                )
                self._ranks[name] = _inverse(np.searchsorted(self._ids, ordered))
            else:
                self._ranks[name] = self._group_rank(connection, name)
        return self._ranks[name]

    def _group_rank(self, connection: sqlite3.Connection, name: str) -> Ids:
        """Rank of each track's artist, album or genre among those."""
        order = "title_sort, artist_sort" if name == "album" else "sort"
        ordered = _ids(connection, f"SELECT id FROM {name}s ORDER BY {order}, id")
        rank_of = np.full(int(ordered.max(initial=0)) + 2, _MISSING_RANK)
        rank_of[ordered] = np.arange(len(ordered))
        return rank_of[self._values[name].astype(np.int64)]  # -1, no group, is the spare last place

    # -- selection

    def _mask(self, connection: sqlite3.Connection, query: TrackQuery) -> Mask | None:
        masks = list(self._filter_masks(query.filters))
        if query.album_id is not None:
            masks.append(self._values["album"] == query.album_id)
        if query.artist is not None:
            masks.append(self._values["artist"] == _group_id(connection, "artists", query.artist))
        if query.genre is not None:
            masks.append(self._values["genre"] == _group_id(connection, "genres", query.genre))
        expression = match_expression(query.text)
        if expression:
            masks.append(self._matching(connection, expression))
        return np.logical_and.reduce(masks) if masks else None

    def _filter_masks(self, filters: Filters) -> Iterable[Mask]:
        values = self._values
        if filters.lossless:
            yield values["lossless"] == 1
        if filters.liked:
            yield values["liked"] == 1
        if filters.unplayed:
            yield values["plays"] == 0
        if filters.added_after is not None:
            yield values["added"] >= filters.added_after
        for name in ("duration", "tempo", "year", "energy"):
            bounds = getattr(filters, name)
            if bounds is not None:
                yield (values[name] != _NONE) & (values[name] >= bounds[0]) & (values[name] <= bounds[1])
        if filters.keys:
            yield np.isin(values["key"], [key * 2 + (mode == "minor") for key, mode in filters.keys])

    def _matching(self, connection: sqlite3.Connection, expression: str) -> Mask:
        if expression not in self._matches:
            if len(self._matches) >= 64:
                self._matches.pop(next(iter(self._matches)))
            found = _ids(connection, "SELECT rowid AS id FROM search WHERE search MATCH ?", (expression,))
            mask = np.zeros(len(self._ids), np.bool_)
            mask[np.searchsorted(self._ids, found)] = True
            self._matches[expression] = mask
        return self._matches[expression]


def _fetch(connection: sqlite3.Connection, rest: str, values: tuple[object, ...] = ()) -> dict[str, Floats]:
    inner = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(_TRACKS.values()))
    outer = ", ".join(f"group_concat(c{number})" for number in range(len(_TRACKS)))
    row = connection.execute(f"SELECT {outer} FROM (SELECT {inner} {_FROM} {rest})", values).fetchone()
    return {name: _numbers(text) for name, text in zip(_TRACKS, row, strict=True)}


def _ids(connection: sqlite3.Connection, select: str, values: tuple[object, ...] = ()) -> Ids:
    """The ids that `select` yields, in its order (SQLite keeps it: the outer query aggregates)."""
    (text,) = connection.execute(f"SELECT group_concat(id) FROM ({select})", values).fetchone()
    return _numbers(text).astype(np.int64)


def _numbers(text: str | None) -> Floats:
    return np.fromstring(text, np.float64, sep=",") if text else np.zeros(0)


def _inverse(order: Ids) -> Ids:
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _group_id(connection: sqlite3.Connection, table: str, name: str) -> int:
    row = connection.execute(
        f"SELECT id FROM {table} WHERE key = ?", (fold(name).strip() or name,)
    ).fetchone()
    return -2 if row is None else int(row[0])
