"""Make the demo library: all pieces into a folder, in worker processes, with progress and cancel."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.demo.programme import ENTRIES, VERSION

MARK = "library.json"


class DemoError(SoniqError):
    """The demo library could not be made."""


@dataclass(frozen=True, slots=True)
class DemoProgress:
    """`done` of `total` pieces are written; `title` is the last one."""

    done: int
    total: int
    title: str


def complete(folder: Path) -> bool:
    """Whether `folder` holds the whole library of this version."""
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return mark.get("version") == VERSION and all(
        (folder / entry.folder / entry.file_name).is_file() for entry in ENTRIES
    )


def compose_library(
    folder: Path,
    *,
    control: Control,
    progress: Callable[[DemoProgress], None],
    workers: int = 1,
    stems: bool = False,
) -> bool:
    """Compose what is missing and put the library at `folder`; nothing to do where it is complete.

    Work goes on in `<folder>.part`, which is renamed at the end: `folder` is never half a library, and a run
    that was cancelled or killed is continued by the next. Returns False where it was cancelled.

    Raises:
        DemoError: a piece could not be made or written (no space, no permission).
    """
    if complete(folder) and not stems:
        return True
    part = folder.with_name(folder.name + ".part")
    _prepare(part)
    missing = [
        number
        for number, entry in enumerate(ENTRIES)
        if stems or not (part / entry.folder / entry.file_name).is_file()
    ]
    with ProcessPool("soniq_desktop.demo.worker:compose", workers, time_limit=600.0) as pool:
        for number in missing:
            pool.submit(number, {"index": number, "folder": str(part), "stems": stems})
        if not _collect(pool, len(missing), control, progress):
            return False
    _publish(part, folder)
    return True


def _prepare(part: Path) -> None:
    """An unfinished folder of another version is of no use."""
    mark = part / MARK
    content = json.dumps({"version": VERSION})
    try:
        if part.exists() and not (mark.is_file() and mark.read_text(encoding="utf-8") == content):
            shutil.rmtree(part)
        part.mkdir(parents=True, exist_ok=True)
        mark.write_text(content, encoding="utf-8")
    except OSError as error:
        raise _no_room(part, error) from error


def _collect(
    pool: ProcessPool, expected: int, control: Control, progress: Callable[[DemoProgress], None]
) -> bool:
    done = len(ENTRIES) - expected
    while done < len(ENTRIES):
        if control.cancelled:
            return False
        for event in pool.events(0.2):
            title = ENTRIES[int(str(event.key))].title
            if isinstance(event, Failed):
                raise DemoError(f"The demo piece “{title}” could not be made.", event.sentence)
            done += 1
            progress(DemoProgress(done, len(ENTRIES), title))
    return True


def _publish(part: Path, folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
    except OSError as error:
        raise _no_room(folder, error) from error


def _no_room(folder: Path, error: OSError) -> DemoError:
    return DemoError(
        f"The demo library cannot be written to {folder}: {error.strerror}.", "Free some space and try again."
    )
