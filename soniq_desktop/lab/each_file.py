"""One piece of work on every audio file of a folder: in processes that may die, remembered, resumed."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.common.processes import Finished, ProcessPool
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Progress
from soniq_desktop.lab.tables import read_rows, write_rows
from soniq_desktop.library.walk import FoundFile, Walk

SAVE_AFTER = 10.0  # seconds between two versions of the table on the disk: what a kill may cost
POLL = 0.2  # seconds


@dataclass(frozen=True)
class Job:
    """What is done with each file.

    Attributes:
        handler: "package.module:function", called in a child with a dict: `path`, and what `task` adds.
        setup: given to the child once.
        stamp: of what was asked for; rows with another one are made anew.
        workers: processes.
        memory: bytes of one process.
        limit: seconds for one file.
    """

    handler: str
    stamp: str
    setup: dict[str, Any] | None = None
    workers: int = 1
    memory: int = 2 << 30
    limit: float = 600.0


def audio_files(folder: Path) -> list[FoundFile]:
    """All audio files below a folder, by path.

    Raises:
        LabError: no such folder, or no audio file in it.
    """
    if not folder.is_dir():
        raise LabError(f"There is no folder {folder}.")
    found = sorted(Walk().files(str(folder.resolve())), key=lambda file: file.path)
    if not found:
        raise LabError(f"There are no audio files in {folder}.")
    return found


class FileTable:
    """Rows by path in a Parquet file; a row is current while the file and the stamp are what they were."""

    def __init__(self, file: Path, root: Path) -> None:
        self._file, self._root = file, root.resolve()
        self._rows: dict[str, dict[str, Any]] = {}
        if file.is_file():
            self._rows = {row["path"]: row for row in read_rows(file)}

    def name(self, found: FoundFile) -> str:
        """The path below the root; names that are not UTF-8 with replacement characters."""
        name = str(Path(found.path).relative_to(self._root))
        return name.encode("utf-8", "replace").decode()

    def current(self, found: FoundFile, stamp: str) -> bool:
        row = self._rows.get(self.name(found))
        return row is not None and (row["size"], row["mtime_ns"], row["stamp"]) == (
            found.size,
            found.mtime_ns,
            stamp,
        )

    def put(self, found: FoundFile, stamp: str, values: dict[str, Any]) -> None:
        name = self.name(found)
        known = {"path": name, "size": found.size, "mtime_ns": found.mtime_ns, "stamp": stamp}
        self._rows[name] = known | values

    def keep_only(self, found: Iterable[FoundFile]) -> None:
        """Forget files that are gone."""
        names = {self.name(each) for each in found}
        self._rows = {name: row for name, row in self._rows.items() if name in names}

    def rows(self) -> list[dict[str, Any]]:
        return [self._rows[name] for name in sorted(self._rows)]

    def save(self) -> None:
        if self._rows:
            write_rows(self._file, self.rows())


def work(
    files: Sequence[FoundFile],
    table: FileTable,
    job: Job,
    task: Callable[[FoundFile], dict[str, Any]],
    progress: Progress,
) -> int:
    """Do the job on every file that is not current; returns how many were done now.

    A row holds what the handler returned, or `error`: one plain sentence. The table is saved as it grows,
    also when the work is interrupted.
    """
    waiting = {file.path: file for file in files if not table.current(file, job.stamp)}
    table.keep_only(files)
    done, total = len(files) - len(waiting), len(files)
    progress(done / total, f"{done} known from before" if done else "")
    count = len(waiting)
    with ProcessPool(
        job.handler, job.workers, setup=job.setup, time_limit=job.limit, memory_limit=job.memory
    ) as pool:
        for path, file in waiting.items():
            pool.submit(path, {"path": path, **task(file)})
        saved = time.monotonic()
        try:
            while not pool.idle():
                for event in pool.events(POLL):
                    _put(table, waiting[str(event.key)], job.stamp, event)
                    done += 1
                    progress(done / total, Path(str(event.key)).name.encode("utf-8", "replace").decode())
                    if time.monotonic() - saved >= SAVE_AFTER:
                        table.save()
                        saved = time.monotonic()
        finally:
            table.save()
    return count


def _put(table: FileTable, file: FoundFile, stamp: str, event: Any) -> None:
    if isinstance(event, Finished):
        values = event.result if isinstance(event.result, dict) else {"value": event.result}
        table.put(file, stamp, {"error": None, **values})
    else:
        table.put(file, stamp, {"error": event.sentence})
