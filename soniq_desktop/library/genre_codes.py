"""The genre of every track as numbers: what the map and other plots colour by."""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.genre_families import FAMILIES, family_of, split_genres
from soniq_desktop.library.bulk import read_columns
from soniq_desktop.library.genre_shown import shown_names
from soniq_desktop.library.records import Group

Ids = NDArray[np.int64]
Bits = NDArray[np.int32]  # bit k: FAMILIES[k]
COVERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class GenresOfTracks:
    """Genres of the library.

    Attributes:
        names: as the files have them ("Rock", "Rock; Indie"), as the user says, or as heard.
        ids: (n,) of the tracks with a genre, ascending.
        codes: (n,) int32, index into `names`.
    """

    names: tuple[str, ...]
    ids: Ids
    codes: NDArray[np.int32]

    def of(self, ids: Ids) -> NDArray[np.int32]:
        """Codes (m,) of these tracks, −1 where there is no genre."""
        result = np.full(len(ids), -1, np.int32)
        if len(self.ids):
            places = np.searchsorted(self.ids, ids).clip(0, len(self.ids) - 1)
            found = self.ids[places] == ids
            result[found] = self.codes[places[found]]
        return result


# As `genre_shown`: the user's word, the file's tag where it means a family, else what was heard.
_SHOWN = """
SELECT t.id, t.genre_corrected, g.name, t.genre_heard FROM tracks t LEFT JOIN genres g ON g.id = t.genre_id
WHERE t.genre_id IS NOT NULL OR t.genre_corrected IS NOT NULL OR t.genre_heard != '' ORDER BY t.id
"""

# The same, ids of equal values together: a row for each combination instead of each track.
_TOGETHER = """
SELECT t.genre_corrected, g.name, t.genre_heard, group_concat(t.id)
FROM tracks t LEFT JOIN genres g ON g.id = t.genre_id
WHERE t.genre_id IS NOT NULL OR t.genre_corrected IS NOT NULL OR t.genre_heard != '' GROUP BY 1, 2, 3
"""


def genres_of_tracks(connection: sqlite3.Connection) -> GenresOfTracks:
    """Genres of all tracks as their chips show them, one query."""
    rows = connection.execute(_SHOWN).fetchall()
    shown = [_name(*row[1:]) for row in rows]
    names = tuple(dict.fromkeys(shown))
    places = {name: place for place, name in enumerate(names)}
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    return GenresOfTracks(names, ids, np.fromiter((places[name] for name in shown), np.int32, len(rows)))


@lru_cache(maxsize=8192)
def _name(corrected: str | None, tag: str | None, heard: str | None) -> str:
    families = tuple(filter(None, (heard or "").split("; ")))
    found = shown_names(corrected, tag or "", families, "")
    return (tag or "") if found.source == "tag" else "; ".join(found.names)


def families_of_tracks(connection: sqlite3.Connection) -> tuple[Ids, Bits]:
    """Ids of the tracks with a genre, ascending, and the families that their chips show."""
    ids, bits = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for corrected, tag, heard, text in connection.execute(_TOGETHER):
        mine = np.array(text.split(","), np.int64)
        ids.append(mine)
        bits.append(np.full(len(mine), _bits(_name(corrected, tag, heard)), np.int32))
    every = np.concatenate(ids)
    order = np.argsort(every)
    return every[order], np.concatenate(bits)[order]


@lru_cache(maxsize=8192)
def _bits(name: str) -> int:
    families = {family_of(each) for each in split_genres(name)} - {None}
    return sum(1 << FAMILIES.index(str(each)) for each in families)


def family_count(connection: sqlite3.Connection) -> int:
    """How many families have songs, as `family_groups` without a text would give them: one scan, no join."""
    names = dict(connection.execute("SELECT id, name FROM genres"))
    shown = connection.execute("SELECT DISTINCT genre_corrected, genre_id, genre_heard FROM tracks")
    found = 0
    for corrected, genre_id, heard in shown:
        found |= _bits(_name(corrected, names.get(genre_id), heard))
    return found.bit_count()


def family_groups(connection: sqlite3.Connection, text: str = "") -> list[Group]:
    """Families with songs, in the order of FAMILIES; a song whose chips show two counts in both."""
    ids, bits = families_of_tracks(connection)
    columns = read_columns(connection, ("id", "album", "duration"))
    places = np.searchsorted(columns["id"], ids)
    albums, durations = columns["album"][places].astype(np.int64), columns["duration"][places]
    artwork = dict(connection.execute("SELECT id, artwork FROM albums WHERE artwork IS NOT NULL"))
    groups = []
    for number, family in enumerate(FAMILIES):
        mine = (bits >> number) & 1 == 1
        if mine.any() and text.strip().casefold() in family.casefold():
            own = np.unique(albums[mine & (albums >= 0)]).tolist()
            covers = dict.fromkeys(artwork[each] for each in own if each in artwork)
            total = float(durations[mine].sum())
            groups.append(Group(family, int(mine.sum()), len(own), total, tuple(covers)[:COVERS]))
    return groups
