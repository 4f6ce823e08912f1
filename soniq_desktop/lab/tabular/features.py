"""Tables of track features as the public Spotify tables have them: columns found by name, rows cleaned and
counted."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError

FEATURES = (
    "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness",
    "liveness", "valence", "tempo", "duration",
)  # fmt: skip
ALIASES = {
    "duration": ("duration_ms", "duration_s", "duration", "length"),
    "tempo": ("tempo", "bpm"),
    "track": ("track_id", "id", "track", "uri"),
    "title": ("track_name", "title", "name", "song"),
    "artist": ("track_artist", "artist", "artists", "artist_name"),
    "genre": ("playlist_genre", "genre", "track_genre", "label"),
    "popularity": ("track_popularity", "popularity"),
}
NEEDED = 3  # features without which there is nothing to learn from
LARGEST = 1e30  # models compute in float32; NaN is not below it either


@dataclass(frozen=True)
class Table:
    """n tracks with d features.

    Attributes:
        names: the d features found, in the order of `FEATURES`.
        values: (n, d) float64, finite.
        titles, artists: (n,) str; the row's number as artist where the file names none.
        genres: (n,) index into `genre_names`, or None.
        popularity: (n,) float64, or None.
        sentences: what was left out.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    titles: NDArray[np.str_]
    artists: NDArray[np.str_]
    genres: NDArray[np.int64] | None
    genre_names: tuple[str, ...]
    popularity: NDArray[np.float64] | None
    sentences: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)


def read_table(path: Path) -> Table:
    """Read a CSV, or the first CSV in a ZIP file.

    Raises:
        LabError: no such file, too few known columns, or no complete row.
    """
    heading, rows = _rows(path)
    where = _columns(heading)
    found = tuple(name for name in FEATURES if name in where)
    if len(found) < NEEDED:
        raise LabError(
            f"{path.name} has too few known columns: {', '.join(found) or 'none'}.",
            f"Expected are at least {NEEDED} of: {', '.join(FEATURES)}.",
        )
    if not rows:
        raise LabError(f"{path.name} has no rows.")
    whole = [row for row in rows if len(row) == len(heading)]
    values = np.array([[_number(row[where[name]]) for name in found] for row in whole])
    values = values.reshape(-1, len(found))
    kept = np.flatnonzero((np.abs(values) < LARGEST).all(axis=1) & _labelled(whole, where))
    kept, repeated = _first_of_each_track(kept, whole, where)
    if len(kept) == 0:
        raise LabError(
            f"{path.name} has no complete row.",
            "Every feature of a row, and its popularity, must be a number.",
        )
    incomplete = len(rows) - repeated - len(kept)
    return _table(found, values[kept], [whole[i] for i in kept], where, incomplete, repeated)


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    if not path.is_file():
        raise LabError(f"There is no file {path.name}.", "Name a CSV file of track features.")
    try:
        text = _text(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise LabError(f"{path.name} cannot be read.", str(error)) from error
    first = text.split("\n", 1)[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    if not rows:
        raise LabError(f"{path.name} is empty.")
    return rows[0], [row for row in rows[1:] if row]


def _text(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8-sig", "replace")
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if name.lower().endswith((".csv", ".tsv"))]
        if not inside:
            raise LabError(f"{path.name} holds no CSV file.")
        return archive.read(inside[0]).decode("utf-8-sig", "replace")


def _columns(heading: list[str]) -> dict[str, int]:
    """Column of everything known, by our name for it."""
    lowered = [name.strip().lower() for name in heading]
    known = {name: ALIASES.get(name, (name,)) for name in (*FEATURES, *ALIASES)}
    return {
        name: lowered.index(alias)
        for name, aliases in known.items()
        if (alias := next((each for each in aliases if each in lowered), None)) is not None
    }


def _labelled(rows: list[list[str]], where: dict[str, int]) -> NDArray[np.bool_]:
    """Rows with a genre and a popularity, where the table has those columns."""
    good = np.ones(len(rows), dtype=bool)
    if "genre" in where:
        named = [row[where["genre"]].strip().lower() not in {"", "nan", "na"} for row in rows]
        good &= np.array(named, dtype=bool)
    if "popularity" in where:
        good &= np.array([abs(_number(row[where["popularity"]])) < LARGEST for row in rows], dtype=bool)
    return good


def _first_of_each_track(
    kept: NDArray[np.int64], rows: list[list[str]], where: dict[str, int]
) -> tuple[NDArray[np.int64], int]:
    """A track that stands in several lists would be in training and in test: its first row counts."""
    if "track" not in where or len(kept) == 0:
        return kept, 0
    names = np.array([rows[i][where["track"]] for i in kept])
    first = np.sort(np.unique(names, return_index=True)[1])
    return kept[first], len(kept) - len(first)


def _table(
    names: tuple[str, ...],
    values: NDArray[np.float64],
    rows: list[list[str]],
    where: dict[str, int],
    incomplete: int,
    repeated: int,
) -> Table:
    def texts(name: str) -> NDArray[np.str_]:
        if name not in where:
            return np.array([str(i) for i in range(len(rows))])
        return np.array([row[where[name]].strip() for row in rows])

    genres, genre_names = None, ()
    if "genre" in where:
        found, genres = np.unique(texts("genre"), return_inverse=True)
        genre_names = tuple(found.tolist())
    popularity = None
    if "popularity" in where:
        popularity = np.array([_number(row[where["popularity"]]) for row in rows])
    sentences = [f"{len(rows):,} tracks, {len(names)} features."]
    if incomplete:
        sentences.append(f"{incomplete:,} rows with missing or unreadable values were left out.")
    if repeated:
        sentences.append(f"{repeated:,} further rows of tracks that were there before were left out.")
    if "artist" not in where:
        sentences.append("The table names no artists: folds cannot be grouped, so figures may be too good.")
    return Table(
        names, values, texts("title"), texts("artist"), genres, genre_names, popularity, tuple(sentences)
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
