"""Connections to the library database: one writer behind a lock, one reader for each thread."""

import contextlib
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from soniq_desktop.common.errors import CatalogueError
from soniq_desktop.common.log import topic
from soniq_desktop.library.schema import MIGRATIONS, NewerSchemaError, migrate

log = topic("sql")

BUSY_TIMEOUT = 5.0  # seconds that SQLite itself waits for another process
PATIENCE = 60.0  # seconds after which waiting for another process is given up


class DamagedCatalogueError(CatalogueError):
    """The file is not a database any more, or holds damaged pages."""


class NewerCatalogueError(CatalogueError):
    """The file was written by a later version of SONIQ."""


class _Reader:
    """A read-only connection of one thread, and how deep that thread is inside `reading`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.thread = weakref.ref(threading.current_thread())
        self.lock = threading.RLock()
        self.depth = 0

    def abandoned(self) -> bool:
        thread = self.thread()
        return thread is None or not thread.is_alive()


class Database:
    """Thread-safe access to one SQLite file in WAL mode; other processes may use it at the same time.

    Raises (constructor):
        DamagedCatalogueError: not a database, or damaged.
        NewerCatalogueError: written by a later version of SONIQ.
        CatalogueError: the file cannot be opened or created.
    """

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self.path = path
        self._local = threading.local()
        self._readers: list[_Reader] = []
        self._readers_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._closed = False
        with plain_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _connect(path)
            try:
                _prepare(self._writer, migrations)
            except BaseException:
                self._writer.close()
                raise

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end, rolled back when the block raises.

        Waits while another thread or process writes.
        """
        with self._write_lock, plain_errors(self.path):
            self._check_open()
            _begin(self._writer)
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._writer.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read transaction of this thread: all its statements see one state of the library."""
        reader = self._reader()
        with reader.lock, plain_errors(self.path):
            self._check_open()
            if reader.depth == 0:
                reader.connection.execute("BEGIN")
            reader.depth += 1
            try:
                yield reader.connection
            finally:
                reader.depth -= 1
                if reader.depth == 0:
                    with contextlib.suppress(sqlite3.Error):
                        reader.connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close every connection; reading that goes on in other threads is interrupted. Idempotent."""
        self._closed = True
        with self._readers_lock:
            for reader in self._readers:
                _close_reader(reader)
            self._readers.clear()
        with self._write_lock:
            self._writer.close()

    def _check_open(self) -> None:
        if self._closed:
            raise CatalogueError("The library is closed.")

    def _reader(self) -> _Reader:
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            self._check_open()
            with plain_errors(self.path):
                reader = _Reader(_connect(self.path))
                reader.connection.execute("PRAGMA query_only = ON")
            self._keep(reader)
            self._local.reader = reader
        return reader

    def _keep(self, reader: _Reader) -> None:
        with self._readers_lock:
            for old in [each for each in self._readers if each.abandoned()]:
                self._readers.remove(old)
                _close_reader(old)
            self._readers.append(reader)


def suspicion(path: Path) -> Path:
    """A marker beside the database: damage was met while it was open, so the next start looks closely."""
    return path.with_name(path.name + ".suspect")


def check(path: Path) -> list[str]:
    """What SQLite's quick check says of the file; an empty list means that it is sound.

    Raises:
        CatalogueError: there is no such file, or it cannot be opened.
    """
    if not path.is_file():
        raise CatalogueError(
            "There is no library database yet.", "It is made when the first folder is added."
        )
    try:
        with contextlib.closing(_connect(path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            rows = connection.execute("PRAGMA quick_check(20)").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    found = [str(row[0]) for row in rows if row[0] != "ok"]
    return found + [
        f"A row of {row[0]} points at a row of {row[2]} that is not there." for row in broken[:20]
    ]


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys = ON", "synchronous = NORMAL", "cache_size = -8000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _prepare(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    _patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"))
    connection.execute("PRAGMA journal_size_limit = 16000000")
    _patiently(lambda: migrate(connection, migrations))
    connection.execute("SELECT count(*) FROM meta").fetchone()


def _begin(connection: sqlite3.Connection) -> None:
    _patiently(lambda: connection.execute("BEGIN IMMEDIATE"))


def _patiently(action: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            action()
        except sqlite3.OperationalError as error:
            if not _busy(error) or time.monotonic() > deadline:
                raise
            log.info("waiting for another process that writes to the library")
            time.sleep(0.05)
        else:
            return


def _busy(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _close_reader(reader: _Reader) -> None:
    """Close it, interrupting again and again: a statement may begin just after the first interruption."""
    reader.connection.interrupt()
    while not reader.lock.acquire(timeout=0.05):
        reader.connection.interrupt()
    try:
        with contextlib.suppress(sqlite3.Error):
            reader.connection.close()
    finally:
        reader.lock.release()


@contextlib.contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences."""
    try:
        yield
    except NewerSchemaError as error:
        raise NewerCatalogueError(
            "This library was made by a newer version of SONIQ.",
            "Update SONIQ, or choose another data folder. The library was not changed.",
        ) from error
    except sqlite3.ProgrammingError as error:
        if "closed database" in str(error):
            raise CatalogueError("The library is closed.") from error
        raise
    except sqlite3.DatabaseError as error:
        raise _translated(error, path) from error
    except OSError as error:
        raise CatalogueError(
            f"The library cannot be opened: {error.strerror or error}.", f"Check the folder {path.parent}."
        ) from error


def _translated(error: sqlite3.DatabaseError, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = path.name
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        with contextlib.suppress(OSError):
            suspicion(path).touch()
        return DamagedCatalogueError(
            f"The library database {name} is damaged.",
            "Start SONIQ again: the file is set aside and your likes, plays and folders are restored.",
        )
    sentences: dict[int, CatalogueError] = {
        sqlite3.SQLITE_FULL: CatalogueError(
            "The disk is full: the library could not be saved.",
            "Free some space; nothing that was saved is lost.",
        ),
        sqlite3.SQLITE_READONLY: CatalogueError(
            "The library database cannot be written.", f"Check the permissions of {path.parent}."
        ),
        sqlite3.SQLITE_CANTOPEN: CatalogueError(
            "The library database cannot be opened.", f"Check that {path.parent} exists and can be written."
        ),
        sqlite3.SQLITE_IOERR: CatalogueError(
            "The disk that holds the library could not be read or written.",
            "Check the disk, then start SONIQ again.",
        ),
        sqlite3.SQLITE_BUSY: CatalogueError(
            "Another program has kept the library busy for a minute.", "Close it, then try again."
        ),
        sqlite3.SQLITE_INTERRUPT: CatalogueError("The library is closed."),
    }
    return sentences.get(code, error)
