"""The user's own documents (settings, playlists, presets) in one small JSON file, by TinyDB.

TinyDB writes its whole file at every change, in place. The storage here keeps the data in memory, writes them
when `flush` is called, never leaves half a file, and recovers from a damaged one.
"""

import copy
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from soniq_desktop.common.errors import DocumentError
from soniq_desktop.common.fileio import SaveError, backup_of, set_aside, sweep_temporaries, write_atomic
from soniq_desktop.common.log import topic

log = topic("documents")

Data: TypeAlias = dict[str, dict[str, Any]]  # table -> document id -> document


class AtomicStorage(Storage):
    """Keeps all documents in memory; `flush` writes them atomically, with one backup.

    When another process has written the file meanwhile, its documents are kept and only those that changed
    here are put on top.

    Raises (constructor):
        DocumentError: the file is there but cannot be read (permissions, disk).
    """

    def __init__(self, path: Path, fallbacks: Sequence[Path] = ()) -> None:
        self.path = path
        self._fallbacks = (backup_of(path), *fallbacks)
        self.notices: list[str] = []
        sweep_temporaries(path)
        self._dirty = False
        self._data: Data = self._load()
        self._baseline = copy.deepcopy(self._data)
        self._signature = _signature(path)

    def read(self) -> Data:
        return self._data

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        self._data = {name: dict(table) for name, table in data.items()}
        self._dirty = True

    def flush(self) -> None:
        """Write what changed since the last flush.

        Raises:
            DocumentError: the disk is full or read-only. Changes stay in memory, the old file as it is.
        """
        if not self._dirty:
            return
        if _signature(self.path) != self._signature:
            theirs = _parse_file(self.path)
            self._data = self._data if theirs is None else _merge(self._baseline, self._data, theirs)
        text = json.dumps(self._data, separators=(",", ":"))
        try:
            write_atomic(self.path, text.encode("ascii"), backup=True)
        except SaveError as error:
            raise DocumentError(error.sentence, error.hint) from error
        self._baseline = json.loads(text)
        self._signature = _signature(self.path)
        self._dirty = False

    def close(self) -> None:
        self.flush()

    def _load(self) -> Data:
        """The file, or else its newest readable copy, or else nothing; a damaged file is set aside."""
        found = _parse_file(self.path)
        if found is not None:
            return found
        kept = ""
        if self.path.exists():
            kept = f" The damaged file is kept as {set_aside(self.path).name}."
        older = next((data for data in map(_parse_file, self._fallbacks) if data is not None), None)
        if older is not None:
            self._dirty = True  # the next flush makes it the file again
            self.notices.append(
                f"Your playlists and settings could not be read; an earlier version was restored.{kept}"
            )
        elif kept:
            self.notices.append(f"Your playlists and settings could not be read.{kept}")
        for notice in self.notices:
            log.error("%s", notice)
        return older or {}


class Documents:
    """The user's documents. Thread-safe; changes are written by `flush` and by `close`.

    Args:
        path: the file; beside it lies its previous version.
        fallbacks: further copies to fall back to, newest first (daily backups).

    Attributes:
        settings: name -> value.
        notices: plain sentences about what happened while opening (restored from the backup).

    Raises (constructor, flush, close):
        DocumentError: the file cannot be read or written.
    """

    def __init__(self, path: Path, fallbacks: Sequence[Path] = ()) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._storage = AtomicStorage(path, fallbacks)
        self.notices = self._storage.notices
        self._database = TinyDB(storage=lambda: self._storage)
        self.settings = Settings(self)

    def table(self, name: str) -> Table:
        """A TinyDB table; hold `lock` while using it, call `flush` when it should reach the disk."""
        return self._database.table(name, cache_size=0)

    def flush(self) -> None:
        """Write what changed; cheap when nothing did."""
        with self.lock:
            self._storage.flush()

    def close(self) -> None:
        """Write what changed. The documents can still be read afterwards."""
        self.flush()


class Settings:
    """Named values of JSON types. `set` changes memory only, so that a slider may call it at any rate."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or `default` where it was never set."""
        with self._documents.lock:
            found = self._documents.table("settings").get(doc_id=_document_id(name))
        return copy.deepcopy(found["value"]) if isinstance(found, Document) else default

    def set(self, name: str, value: Any) -> None:
        """Keep a value; `flush` writes it.

        Raises:
            TypeError: the value is not of JSON types.
        """
        value = json.loads(json.dumps(value))
        with self._documents.lock:
            document = Document({"name": name, "value": value}, doc_id=_document_id(name))
            self._documents.table("settings").upsert(document)

    def flush(self) -> None:
        """Write the documents."""
        self._documents.flush()


def _document_id(name: str) -> int:
    """One number for one name, so that two processes never give one document to two settings."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest(), "big")


def _parse_file(path: Path) -> Data | None:
    """The documents in a file; None where it is not there or holds something else."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        return None
    except OSError as error:
        raise DocumentError(
            f"Your playlists and settings cannot be read: {(error.strerror or str(error)).lower()}.",
            f"Check the permissions of {path}.",
        ) from error
    return data if _well_formed(data) else None


def _well_formed(data: object) -> bool:
    return isinstance(data, dict) and all(
        isinstance(table, dict)
        and all(key.isdigit() and isinstance(each, dict) for key, each in table.items())
        for table in data.values()
    )


def _merge(baseline: Data, mine: Data, theirs: Data) -> Data:
    """`theirs` with the documents that changed between `baseline` and `mine` put on top."""
    merged = copy.deepcopy(theirs)
    for name in baseline.keys() | mine.keys():
        before, after = baseline.get(name, {}), mine.get(name, {})
        table = merged.setdefault(name, {})
        for key in before.keys() | after.keys():
            if before.get(key) == after.get(key):
                continue
            if key in after:
                table[key] = after[key]
            else:
                table.pop(key, None)
    return merged


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
