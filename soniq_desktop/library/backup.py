"""Daily copies of what the user made, and the way back.

A backup is a pair of files with one serial number: a small database with the user's tables and the library
folders, and a copy of the documents. Serial numbers, not dates, say which one is newest: clocks go back.
"""

import contextlib
import datetime as dt
import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.library import user_rows
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.database import plain_errors

log = topic("backup")

KEPT = 7
_NAME = re.compile(r"^library-(\d{6})-(\d{4}-\d{2}-\d{2})\.sqlite3$")


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns that are backed up, and those by which two rows are the same."""

    columns: tuple[str, ...]
    key: tuple[str, ...]


LATER = frozenset({"like_events"})  # tables that backups of earlier versions do not have
_TABLES = {
    "folders": _Table(("path", "added_at"), ("path",)),
    "listening_events": _Table(
        ("audio_hash", "path", "started_at", "seconds_heard", "ended", "source", "position"),
        ("started_at", "seconds_heard", "ended", "source", "position"),
    ),
    "likes": _Table(("audio_hash", "path", "at"), ("at",)),
    "like_events": _Table(("audio_hash", "path", "liked", "at"), ("at", "liked")),
    "corrections": _Table(("audio_hash", "path", "field", "value", "at"), ("field", "at")),
}


@dataclass(frozen=True, slots=True)
class Backup:
    """One day's copy."""

    serial: int
    day: dt.date
    library: Path
    documents: Path  # may not exist, where there were no documents


def backups(folder: Path) -> list[Backup]:
    """All copies in `folder`, newest first."""
    found = []
    for path in folder.glob("library-*.sqlite3"):
        match = _NAME.match(path.name)
        if match:
            documents = path.with_name(path.stem.replace("library-", "documents-") + ".json")
            found.append(Backup(int(match[1]), dt.date.fromisoformat(match[2]), path, documents))
    return sorted(found, key=lambda each: each.serial, reverse=True)


def backup_if_due(paths: Paths, today: dt.date | None = None) -> Backup | None:
    """Make today's copy unless the newest one is of today; the oldest beyond seven go. Returns the new copy.

    Raises:
        CatalogueError, SaveError: the copy cannot be written; earlier copies are untouched.
    """
    today = today or dt.datetime.now().astimezone().date()
    newest = next(iter(backups(paths.backups)), None)
    if not paths.catalogue.is_file() or (newest is not None and newest.day == today):
        return None
    made = make_backup(paths, today)
    for old in backups(paths.backups)[KEPT:]:
        old.library.unlink(missing_ok=True)
        old.documents.unlink(missing_ok=True)
    return made


def make_backup(paths: Paths, today: dt.date) -> Backup:
    """Copy the user's tables and documents now. Raises CatalogueError or SaveError."""
    newest = next(iter(backups(paths.backups)), None)
    serial = 1 if newest is None else newest.serial + 1
    name = f"{serial:06d}-{today.isoformat()}"
    library = paths.backups / f"library-{name}.sqlite3"
    documents = paths.backups / f"documents-{name}.json"
    with plain_errors(paths.catalogue):
        paths.backups.mkdir(parents=True, exist_ok=True)
        if paths.documents.is_file():
            write_atomic(documents, paths.documents.read_bytes())
        _copy_tables(paths.catalogue, library)
    log.info("Backup %s made.", library.name)
    return Backup(serial, today, library, documents)


@dataclass(frozen=True, slots=True)
class Restored:
    """How many rows were added, and whether every table could be read to its end."""

    rows: int
    complete: bool


def restore_tables(catalogue: Catalogue, source: Path) -> Restored:
    """Add the user's rows of a backup, or of a damaged library, that are not in `catalogue` yet.

    Rows find their tracks by sound or path, now or when those are scanned again. What cannot be read is
    left out.
    """
    tables = {name: _read_rows(source, name) for name in _TABLES}
    with catalogue.database.writing() as connection:
        added = sum(_add_rows(connection, name, rows) for name, (rows, _) in tables.items())
        user_rows.attach_all(connection)
    return Restored(added, all(complete for _, complete in tables.values()))


def user_data(catalogue: Catalogue) -> dict[str, Any]:
    """Likes, plays and corrections as JSON types, with title and artist where the track is known."""
    with catalogue.database.reading() as connection:
        return {
            "format": "soniq-user-data",
            "version": 1,
            "likes": _exported(connection, "likes"),
            "like_events": _exported(connection, "like_events"),
            "plays": _exported(connection, "listening_events"),
            "corrections": [
                each | {"value": json.loads(each["value"])} for each in _exported(connection, "corrections")
            ],
        }


def export_user_data(catalogue: Catalogue, file: Path) -> None:
    """Write `user_data` as a JSON file. Raises SaveError."""
    write_atomic(file, json.dumps(user_data(catalogue), ensure_ascii=False, indent=1).encode("utf-8"))


def _copy_tables(catalogue: Path, target: Path) -> None:
    temporary = target.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
            copy.execute("ATTACH ? AS library", (str(catalogue),))
            copy.execute("BEGIN")
            for name, table in _TABLES.items():
                copy.execute(f"CREATE TABLE {name} AS SELECT {', '.join(table.columns)} FROM library.{name}")
            copy.execute("COMMIT")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _read_rows(source: Path, name: str) -> tuple[list[tuple[Any, ...]], bool]:
    """Rows of one table as far as they can be read, and whether that was all of them."""
    rows: list[tuple[Any, ...]] = []
    try:
        with contextlib.closing(sqlite3.connect(source)) as connection:
            if name in LATER and not _has(connection, name):
                return rows, True
            columns = ", ".join(_TABLES[name].columns)
            for row in connection.execute(f"SELECT {columns} FROM {name} ORDER BY rowid"):
                rows.append(row)  # noqa: PERF402 - what came before the damage is kept
    except sqlite3.DatabaseError as error:
        log.warning("%s of %s could be read in part only: %s", name, source.name, error)
        return rows, False
    return rows, True


def _has(connection: sqlite3.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None


def _add_rows(connection: sqlite3.Connection, name: str, rows: list[tuple[Any, ...]]) -> int:
    table = _TABLES[name]
    places = [table.columns.index(column) for column in table.key]
    seen = set(connection.execute(f"SELECT {', '.join(table.key)} FROM {name}"))
    new = []
    for row in rows:
        key = tuple(row[place] for place in places)
        if key not in seen:
            seen.add(key)
            new.append(row)
    marks = ", ".join("?" for _ in table.columns)
    connection.executemany(f"INSERT OR IGNORE INTO {name} ({', '.join(table.columns)}) VALUES ({marks})", new)
    return len(new)


def _exported(connection: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    columns = _TABLES[name].columns
    rows = connection.execute(
        f"SELECT {', '.join(f'u.{column}' for column in columns)}, t.title, t.artist"
        f" FROM {name} u LEFT JOIN tracks t ON t.id = u.track_id ORDER BY u.id"
    )
    named = (dict(zip((*columns, "title", "artist"), row, strict=True)) for row in rows)
    return [each | {"path": user_rows.path_text(each["path"])} for each in named]
