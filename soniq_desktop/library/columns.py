"""The columns by which tracks are ordered and filtered, held as arrays.

Sorting 100,000 rows in SQL for every key press would take a tenth of a second. Here each order is computed
once, kept until a value changes, and masked by what matches.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.bulk import ESTIMATES, UNKNOWN, Floats, Ids, read_columns, read_ids
from soniq_desktop.library.genre_codes import families_of_tracks
from soniq_desktop.library.records import Filters, TrackQuery
from soniq_desktop.library.text import fold, match_expression

Mask = NDArray[np.bool_]

_MISSING_RANK = np.int64(1) << 33  # above every rank; ranks times the number of tracks stay below 2**63

_STEPS = {"duration": 1000, "tempo": 100, "energy": 10_000}  # ranks per unit
_TEXT_SORTS = {"artist", "album", "genre", "title", "path"}
_HOME = ("artist", "album", "disc", "number")


class _Counters(NamedTuple):
    revision: int
    text_revision: int
    deletions: int


class Columns:
    """Arrays over all tracks in the order of their ids, brought up to date before each query.

    A column is read when a sort or filter first asks for it; from then on only changed tracks are read again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: _Counters | None = None
        self._values: dict[str, Floats] = {}
        self._ids: Ids = np.zeros(0, np.int64)
        self._places: Ids = np.zeros(1, np.int64)  # position of each id, by id
        self._orders: dict[tuple[str, bool], Ids] = {}
        self._ranks: dict[str, Ids] = {}
        self._matches: dict[str, Mask] = {}
        self._families: NDArray[np.int32] | None = None  # of each track, as bits

    def track_ids(self, connection: sqlite3.Connection, query: TrackQuery) -> Ids:
        """Ids of the tracks that `query` asks for, in its order.

        Call at the start of a read transaction: its state of the library is then no older than these arrays.
        """
        with self._lock:
            self._update(connection)
            order = self._order(connection, query)
            mask = self._mask(connection, query)
            return self._ids[order if mask is None else order[mask[order]]]

    def durations(self, connection: sqlite3.Connection, ids: Iterable[int]) -> float:
        """Sum of durations in seconds; an id that is given twice counts twice, an unknown one not at all."""
        wanted = np.fromiter(ids, np.int64)
        with self._lock:
            self._update(connection)
            positions, known = _positions(self._ids, wanted)
            return float(self._column(connection, "duration")[positions[known]].sum())

    # -- keeping up with the file

    def _update(self, connection: sqlite3.Connection) -> None:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        counters = _Counters(meta["revision"], meta["text_revision"], meta["deletions"])
        seen = self._seen
        if counters == seen:
            return
        self._families = None
        if seen is None or counters.deletions != seen.deletions:
            self._values.clear()
            self._set_ids(self._column(connection, "id"))
        else:
            self._patch(connection, seen.revision)
        if seen is None or counters.text_revision != seen.text_revision:
            self._orders.clear()
            self._ranks.clear()
            self._matches.clear()
        self._seen = counters

    def _patch(self, connection: sqlite3.Connection, since: int) -> None:
        """Read the tracks that changed; orders by a column that did not change stay as they are."""
        fresh = read_columns(connection, tuple(self._values), since)
        positions, known = _positions(self._ids, fresh["id"].astype(np.int64))
        for name, values in fresh.items():
            if not np.array_equal(self._values[name][positions[known]], values[known]):
                self._values[name][positions[known]] = values[known]
                self._forget_orders(name)
        if not known.all():  # new ids are always the highest: they go to the end
            self._values = {name: np.concatenate([self._values[name], fresh[name][~known]]) for name in fresh}
            self._set_ids(self._values["id"])

    def _set_ids(self, ids: Floats) -> None:
        self._ids = ids.astype(np.int64)
        self._places = np.zeros(int(self._ids.max(initial=0)) + 1, np.int64)
        self._places[self._ids] = np.arange(len(self._ids))

    def _forget_orders(self, name: str) -> None:
        for descending in (False, True):
            self._orders.pop((name, descending), None)

    def _column(self, connection: sqlite3.Connection, name: str) -> Floats:
        self._need(connection, name)
        return self._values[name]

    def _need(self, connection: sqlite3.Connection, *names: str) -> None:
        missing = tuple(name for name in names if name not in self._values)
        if missing:
            self._values.update(read_columns(connection, missing))

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
        if descending:
            primary = np.where(primary == _MISSING_RANK, primary, -primary)
        # One distinct number for each track: a plain sort of those is six times as fast as lexsort.
        return np.argsort(primary * len(primary) + self._home(connection))

    def _primary(self, connection: sqlite3.Connection, sort: str) -> Ids:
        if sort in _TEXT_SORTS:
            return self._rank(connection, sort)
        values = self._column(connection, sort)
        ranks = np.rint(values * _STEPS.get(sort, 1)).astype(np.int64)
        return np.where(values == UNKNOWN, _MISSING_RANK, ranks)

    def _home(self, connection: sqlite3.Connection) -> Ids:
        """The order of last resort as ranks: artist, album, disc, number, title."""
        if "home" not in self._ranks:
            self._need(connection, *_HOME)
            count = len(self._ids)
            album = _dense(
                self._rank(connection, "artist") * (_MISSING_RANK + 1) + self._rank(connection, "album")
            )
            disc, number = (self._values[name].astype(np.int64) for name in ("disc", "number"))
            place = np.clip(disc, 0, 63) * 1024 + np.clip(number, 0, 1023)
            key = (album * 65_536 + place) * count + self._rank(connection, "title")
            self._ranks["home"] = _inverse(np.argsort(key))
        return self._ranks["home"]

    def _rank(self, connection: sqlite3.Connection, name: str) -> Ids:
        if name not in self._ranks:
            if name in {"title", "path"}:
                order = "title_sort, id" if name == "title" else "path"
                ordered = read_ids(connection, f"SELECT id FROM tracks ORDER BY {order}")
                self._ranks[name] = _inverse(self._places[ordered])
            else:
                self._ranks[name] = self._group_rank(connection, name)
        return self._ranks[name]

    def _group_rank(self, connection: sqlite3.Connection, name: str) -> Ids:
        """Rank of each track's artist, album or genre among those."""
        order = "title_sort, artist_sort" if name == "album" else "sort"
        ordered = read_ids(connection, f"SELECT id FROM {name}s ORDER BY {order}, id")
        rank_of = np.full(int(ordered.max(initial=0)) + 2, _MISSING_RANK)
        rank_of[ordered] = np.arange(len(ordered))
        return rank_of[self._column(connection, name).astype(np.int64)]  # -1, no group: the spare last place

    # -- selection

    def _mask(self, connection: sqlite3.Connection, query: TrackQuery) -> Mask | None:
        def column(name: str) -> Floats:
            return self._column(connection, name)

        masks = list(_filter_masks(query.filters, column))
        if query.album_id is not None:
            masks.append(column("album") == query.album_id)
        if query.artist is not None:
            masks.append(column("artist") == _group_id(connection, "artists", query.artist))
        if query.genre is not None:
            masks.append(column("genre") == _group_id(connection, "genres", query.genre))
        if query.family is not None:
            masks.append(self._of_family(connection, query.family))
        expression = match_expression(query.text)
        if expression:
            masks.append(self._matching(connection, expression))
        return np.logical_and.reduce(masks) if masks else None

    def _of_family(self, connection: sqlite3.Connection, family: str) -> Mask:
        if self._families is None:
            ids, bits = families_of_tracks(connection)
            self._families = np.zeros(len(self._ids), np.int32)
            self._families[self._places[ids]] = bits
        mask: Mask = (self._families >> FAMILIES.index(family)) & 1 == 1
        return mask

    def _matching(self, connection: sqlite3.Connection, expression: str) -> Mask:
        if expression not in self._matches:
            if len(self._matches) >= 64:
                self._matches.pop(next(iter(self._matches)))
            found = read_ids(connection, "SELECT rowid AS id FROM search WHERE search MATCH ?", (expression,))
            mask = np.zeros(len(self._ids), np.bool_)
            mask[self._places[found]] = True
            self._matches[expression] = mask
        return self._matches[expression]


def _filter_masks(filters: Filters, column: Callable[[str], Floats]) -> Iterable[Mask]:
    if filters.lossless:
        yield column("lossless") == 1
    if filters.liked:
        yield column("liked") == 1
    if filters.unplayed:
        yield column("plays") == 0
    if filters.added_after is not None:
        yield column("added") >= np.floor(filters.added_after)
    for name in ("duration", "tempo", "year", "energy", *ESTIMATES):
        bounds = getattr(filters, name)
        if bounds is not None:
            values = column(name)
            yield (values != UNKNOWN) & (values >= bounds[0]) & (values <= bounds[1])
    if filters.keys:
        yield np.isin(column("key"), [key * 2 + (mode == "minor") for key, mode in filters.keys])


def _positions(ids: Ids, wanted: Ids) -> tuple[Ids, Mask]:
    """Where `wanted` lie in the sorted `ids`, and which of them are there at all."""
    positions = np.searchsorted(ids, wanted)
    known = positions < len(ids)
    known[known] = ids[positions[known]] == wanted[known]
    return positions, known


def _dense(keys: Ids) -> Ids:
    """Ranks 0, 1, 2, ... of `keys`, equal ones alike."""
    order = np.argsort(keys)
    ordered = keys[order]
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = np.cumsum(np.concatenate([[False], ordered[1:] != ordered[:-1]])[: len(keys)])
    return ranks


def _inverse(order: Ids) -> Ids:
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _group_id(connection: sqlite3.Connection, table: str, name: str) -> int:
    row = connection.execute(
        f"SELECT id FROM {table} WHERE key = ?", (fold(name).strip() or name,)
    ).fetchone()
    return -2 if row is None else int(row[0])
