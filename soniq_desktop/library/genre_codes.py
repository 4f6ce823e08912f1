"""The genre of every track as numbers: what the map and other plots colour by."""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.genre_shown import shown_names

Ids = NDArray[np.int64]


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
