"""The genre of every track as numbers: what the map and other plots colour by."""

import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class GenresOfTracks:
    """Genre tags of the library.

    Attributes:
        names: as the files have them ("Rock", "Rock; Indie").
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


def genres_of_tracks(connection: sqlite3.Connection) -> GenresOfTracks:
    """Genres of all tracks, two queries."""
    names = connection.execute("SELECT id, name FROM genres ORDER BY id").fetchall()
    rows = connection.execute(
        "SELECT id, genre_id FROM tracks WHERE genre_id IS NOT NULL ORDER BY id"
    ).fetchall()
    table = np.array(rows, np.int64).reshape(-1, 2)
    known = np.array([each for each, _ in names], np.int64)
    codes = np.searchsorted(known, table[:, 1]).astype(np.int32)
    return GenresOfTracks(tuple(name for _, name in names), table[:, 0].copy(), codes)
