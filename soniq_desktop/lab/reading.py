"""Interactions from files shaped like Music4All's, Last.fm-1K's or any CSV, and what had to be left out of
them.

Shapes: Music4All `listening_history.csv` (user, song, timestamp), Last.fm-1K `userid-timestamp-artid-artname-
traid-traname.tsv` (six columns, no heading), and tables with a heading whose names say which column is what
(`NAMES`).
"""

import csv
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.interactions import Interactions, interactions
from soniq_desktop.lab.needs import LabError, need

NAMES = {
    "user": (
        "user",
        "user_id",
        "userid",
        "user_name",
        "listener",
        "playlist_id",
        "playlist",
        "session",
        "session_id",
    ),
    "item": ("item", "item_id", "itemid", "song", "song_id", "track", "track_id", "trackid", "traid"),
    "time": ("timestamp", "time", "date", "played_at", "listened_at", "ts", "datetime"),
    "order": ("pos", "position", "order", "index"),
}
LASTFM = {"user": 0, "time": 1, "item": 4}  # columns of Last.fm-1K, which has no heading
MISSING = ("", "nan", "null", "none")
MILLISECONDS_FROM = 1e11  # numbers above this are milliseconds since 1970, not seconds


@dataclass(frozen=True)
class ReadReport:
    """What a file gave. The counts of what was left out are of rows."""

    interactions: Interactions
    shape: str
    rows: int
    incomplete: int
    duplicates: int

    def sentences(self) -> list[str]:
        """What the user should know of the file."""
        events = self.interactions
        size = f"{events.user_count:,} users, {events.item_count:,} items"
        found = [f"{len(events):,} events: {size} ({self.shape})."]
        if self.incomplete:
            found.append(f"{self.incomplete:,} rows without user, item or a readable time were left out.")
        if self.duplicates:
            found.append(f"{self.duplicates:,} repeated rows were left out.")
        return found


def read_interactions(path: Path) -> ReadReport:
    """Read a CSV or TSV file (also .gz), in UTF-8; what is not UTF-8 in names is replaced.

    Raises:
        LabError: no such file, no column for user or item, or no complete row.
    """
    if not path.is_file():
        raise LabError(f"There is no file {path.name}.", "Name a CSV or TSV file of interactions.")
    separator, heading = _first_line(path)
    if not heading:
        raise LabError(f"{path.name} is empty.", "Name a CSV or TSV file of interactions.")
    shape = "Last.fm-1K" if _is_lastfm(separator, heading) else "CSV"
    names = LASTFM if shape == "Last.fm-1K" else _columns(heading, path)
    if {heading[i].strip().lower() for i in names.values()} == {"user", "song", "timestamp"}:
        shape = "Music4All"
    wanted = sorted(set(names.values()))
    table = _table(path, separator, heading, wanted, has_heading=shape != "Last.fm-1K")
    return _made(table, names, shape)


def _first_line(path: Path) -> tuple[str, list[str]]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            line = file.readline(65536).decode("utf-8-sig", "replace").rstrip("\r\n")
        separator = max("\t,;|", key=line.count)
        return separator, next(csv.reader([line], delimiter=separator), [])
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise LabError(f"{path.name} cannot be read as a table.", "Name a CSV or TSV file.") from error


def _is_lastfm(separator: str, fields: list[str]) -> bool:
    return separator == "\t" and len(fields) == 6 and fields[0].startswith("user_") and "T" in fields[1]


def _columns(heading: list[str], path: Path) -> dict[str, int]:
    """Which column is user, item, and time or order."""
    lowered = [name.strip().strip("\ufeff").lower() for name in heading]
    found = {
        kind: next(lowered.index(name) for name in names if name in lowered)
        for kind, names in NAMES.items()
        if any(name in lowered for name in names)
    }
    missing = [kind for kind in ("user", "item") if kind not in found]
    if missing:
        wanted = " or ".join(NAMES[missing[0]][:4])
        raise LabError(
            f"{path.name} has no column for the {missing[0]}.", f"Its heading should name one: {wanted}."
        )
    return found


def _table(path: Path, separator: str, heading: list[str], wanted: list[int], *, has_heading: bool) -> Any:
    """The wanted columns as bytes: numbers of users and items are names, too."""
    pa, reader = need("pyarrow"), need("pyarrow.csv")
    names = [f"c{i}" for i in range(len(heading))]
    quotes = '"' if separator == "," else False  # titles in TSV files hold quotes that quote nothing
    try:
        return reader.read_csv(
            path,
            reader.ReadOptions(column_names=names, skip_rows=1 if has_heading else 0),
            reader.ParseOptions(
                delimiter=separator, quote_char=quotes, invalid_row_handler=lambda _row: "skip"
            ),
            reader.ConvertOptions(
                column_types=dict.fromkeys(names, pa.binary()),
                include_columns=[names[i] for i in wanted],
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, OSError) as error:
        raise LabError(f"{path.name} cannot be read as a table.", f"The reader says: {error}") from error


def _made(table: Any, columns: dict[str, int], shape: str) -> ReadReport:
    users, user_names = _numbered(table.column(f"c{columns['user']}"))
    items, item_names = _numbered(table.column(f"c{columns['item']}"))
    kind = next((kind for kind in ("time", "order") if kind in columns), None)
    times = None if kind is None else _moments(table.column(f"c{columns[kind]}"))
    complete = (users >= 0) & (items >= 0)
    if times is not None:
        complete &= np.isfinite(times)
    kept = np.flatnonzero(complete)
    if times is not None:
        kept = kept[_first_of_each(users[kept], items[kept], times[kept])]
    if len(kept) == 0:
        raise LabError("The file holds no complete row with a user, an item and a readable time.")
    found = interactions(
        user_names[users[kept]],
        item_names[items[kept]],
        None if times is None else times[kept],
        dated=kind == "time",
    )
    left_out = int((~complete).sum())
    return ReadReport(found, shape, table.num_rows, left_out, int(complete.sum() - len(kept)))


def _numbered(column: Any) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Numbers of the names in a column (−1: missing), and the names."""
    coded = column.combine_chunks().dictionary_encode()
    names = [value.decode("utf-8", "replace").strip() for value in coded.dictionary.to_pylist()]
    numbers = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    missing = np.array([name.lower() in MISSING for name in names] or [True])
    return np.where((numbers >= 0) & ~missing[numbers], numbers, -1), np.array(names, dtype=object)


def _first_of_each(
    users: NDArray[np.int64], items: NDArray[np.int64], times: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The first of equal rows, in the order of the file."""
    order = np.lexsort((times, items, users))
    rows = np.column_stack((users, items))[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (rows[1:] != rows[:-1]).any(axis=1) | (times[order][1:] != times[order][:-1])
    return np.sort(order[fresh])


def _moments(column: Any) -> NDArray[np.float64]:
    """Seconds since 1970 from numbers (seconds or milliseconds) or ISO dates; NaN where neither."""
    texts = column.fill_null(b"nan").combine_chunks().to_numpy(zero_copy_only=False).astype("S")
    try:
        numbers = texts.astype(np.float64)
    except ValueError:
        return _dates(texts)
    seconds: NDArray[np.float64] = np.where(np.abs(numbers) > MILLISECONDS_FROM, numbers / 1000, numbers)
    return seconds


def _dates(texts: NDArray[np.bytes_]) -> NDArray[np.float64]:
    """All at once where all are ISO dates in UTC, else one by one."""
    plain = np.char.rstrip(texts, b"Z").astype(str)
    alone = not (np.char.find(plain, "-") > 0).all()  # a lone number would be taken for a year
    try:
        return np.array([_moment(text) for text in plain]) if alone else _seconds(plain)
    except ValueError:
        return np.array([_moment(text) for text in plain])


def _seconds(dates: NDArray[np.str_]) -> NDArray[np.float64]:
    return dates.astype("datetime64[ms]").astype(np.float64) / 1000


def _moment(text: str) -> float:
    try:
        number = float(text)
        return number / 1000 if abs(number) > MILLISECONDS_FROM else number
    except ValueError:
        pass
    try:
        found = np.datetime64(text.replace("/", "-").strip(), "ms")
    except ValueError:
        return float("nan")
    return float("nan") if np.isnat(found) else float(found.astype(np.int64)) / 1000
