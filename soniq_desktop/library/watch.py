"""Noticing changes in library folders: by the system's notifications where they work, otherwise by looking.

Notifications come through watchdog. Network drives do not send them, and Linux limits how many folders may be
watched; such folders are swept every few minutes, and `troubles` says so in a plain sentence.
"""

import contextlib
import errno
import math
import os
import threading
import time
from collections.abc import Callable, Sequence

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from soniq_desktop.common.log import topic
from soniq_desktop.library.artwork import FOLDER_NAMES
from soniq_desktop.library.mounts import Mounts
from soniq_desktop.library.sniff import has_audio_name

QUIET = 2.0  # seconds without a further event until a change is reported
LONGEST_WAIT = 20.0  # seconds after which a change is reported though events keep coming
SWEEP_EVERY = 300.0  # seconds

Changed = Callable[[list[str]], None]
Notice = Callable[[str], None]
Identity = tuple[int, int] | None  # device and inode of a folder

log = topic("watch")


class Watcher:
    """Watches folders in a thread of its own and reports folders in which something has changed.

    Args:
        changed: called with folders, from the watcher's thread.
        notice: called with a sentence for each folder that can only be swept, once.
        sweep_every: seconds between two looks at folders that cannot be watched.
    """

    def __init__(
        self,
        changed: Changed,
        notice: Notice = lambda _sentence: None,
        *,
        quiet: float = QUIET,
        sweep_every: float = SWEEP_EVERY,
    ) -> None:
        self._changed = changed
        self._notice = notice
        self._quiet = quiet
        self._sweep_every = sweep_every
        self._wake = threading.Condition()
        self._wanted: tuple[str, ...] | None = None  # folders to be watched from now on
        self._dirty: dict[str, None] = {}
        self._first_event = self._last_event = 0.0
        self._ready = True
        self._folders: tuple[str, ...] = ()
        self._swept: dict[str, None] = {}
        self._next_sweep = time.monotonic() + sweep_every
        self._told: set[str] = set()
        self._closed = False
        self._observer: BaseObserver | None = None
        self._watches: dict[str, tuple[ObservedWatch, Identity]] = {}
        self._thread = threading.Thread(target=self._run, name="soniq-watch", daemon=True)

    def start(self) -> None:
        """Begin; `watch` may be called before or after."""
        self._thread.start()

    def watch(self, folders: Sequence[str]) -> None:
        """Watch these folders, and no others, from now on. Returns at once."""
        with self._wake:
            self._wanted = tuple(folders)
            self._ready = False
            self._wake.notify()

    def settled(self) -> bool:
        """Whether the last `watch` has been carried out."""
        with self._wake:
            return self._wanted is None and self._ready

    def set_sweep(self, seconds: float) -> None:
        """Look at unwatchable folders this often."""
        with self._wake:
            self._sweep_every = seconds
            self._next_sweep = time.monotonic() + seconds
            self._wake.notify()

    def close(self) -> None:
        """End the threads. Idempotent."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    # Called by watchdog's threads

    def note(self, folder: str) -> None:
        """Something has changed in a folder."""
        with self._wake:
            now = time.monotonic()
            if not self._dirty:
                self._first_event = now
            self._dirty[folder] = None
            self._last_event = now
            self._wake.notify()

    # The watcher's own thread

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait(self._patience())
                closed, wanted, due = self._closed, self._wanted, self._due()
                self._wanted = None
            if closed:
                break
            if wanted is not None:
                self._watch(wanted)
                self._ready = True
            if due := [*due, *self._sweep()]:
                self._changed(due)
        self._stop_observer()

    def _patience(self) -> float:
        """Seconds until there is something to do."""
        if self._closed or self._wanted is not None:
            return 0.0
        return max(0.0, min(self._report_at(), self._next_sweep) - time.monotonic())

    def _report_at(self) -> float:
        """When the events so far are to be reported."""
        if not self._dirty:
            return math.inf
        return min(self._last_event + self._quiet, self._first_event + LONGEST_WAIT)

    def _due(self) -> list[str]:
        """Folders with events to report now."""
        if time.monotonic() < self._report_at():
            return []
        due, self._dirty = list(self._dirty), {}
        return due

    def _sweep(self) -> list[str]:
        """Folders to look at now because nothing tells of their changes, or because they are others now."""
        if time.monotonic() < self._next_sweep:
            return []
        self._next_sweep = time.monotonic() + self._sweep_every
        exchanged = [folder for folder, (_, was) in self._watches.items() if _identity(folder) != was]
        for folder in exchanged:  # a drive was unplugged or plugged in: the old watch is void
            self._forget(folder)
        due = [*self._swept, *exchanged]
        self._watch(self._folders)
        return due

    def _watch(self, folders: Sequence[str]) -> None:
        self._folders = tuple(folders)
        for folder in set(self._watches) - set(folders):
            self._forget(folder)
        mounts = Mounts.now()
        swept: dict[str, None] = {}
        for folder in folders:
            if folder in self._watches:
                continue
            trouble = self._trouble(folder, mounts)
            if trouble is not None:
                swept[folder] = None
                self._tell(folder, trouble)
        self._swept = swept

    def _trouble(self, folder: str, mounts: Mounts) -> str | None:
        """Why a folder cannot be watched, after trying; None where it is watched, "" where it is absent."""
        if not os.path.isdir(folder):  # noqa: PTH112
            return ""
        if mounts.is_network(folder):
            return "is on a network drive"
        try:
            self._schedule(folder)
        except OSError as error:
            self._forget(folder)
            log.warning("cannot watch %r: %s", folder, error)
            if error.errno in (errno.ENOSPC, errno.EMFILE):
                return "has more folders than this system lets a program watch"
            return "cannot be watched"
        return None

    def _schedule(self, folder: str) -> None:
        if self._observer is None:
            self._observer = Observer()
            self._observer.start()
        watch = self._observer.schedule(_Events(self), folder, recursive=True)
        self._watches[folder] = watch, _identity(folder)

    def _forget(self, folder: str) -> None:
        watch, _ = self._watches.pop(folder, (None, None))
        if watch is not None and self._observer is not None:
            with contextlib.suppress(KeyError, OSError):  # its emitter may have died with the drive
                self._observer.unschedule(watch)

    def _tell(self, folder: str, trouble: str) -> None:
        if not trouble or folder in self._told:
            return
        self._told.add(folder)
        minutes = max(1, round(self._sweep_every / 60))
        often = "every minute" if minutes == 1 else f"every {minutes} minutes"
        name = os.path.basename(folder) or folder  # noqa: PTH119
        self._notice(f"The folder “{name}” {trouble}; SONIQ looks for changes {often}.")

    def _stop_observer(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()


def _identity(folder: str) -> Identity:
    try:
        status = os.stat(folder)  # noqa: PTH116
    except OSError:
        return None
    return status.st_dev, status.st_ino


class _Events(FileSystemEventHandler):
    """Picks the events that matter and names the folder to look at."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog for everything; reading a file is no change."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        for path in (os.fsdecode(event.src_path), os.fsdecode(event.dest_path or "")):
            if path:
                self._note(path, event)

    def _note(self, path: str, event: FileSystemEvent) -> None:
        if event.is_directory:
            if event.event_type != "modified":  # its entries have events of their own
                self._watcher.note(path)
        elif _matters(os.path.basename(path)):  # noqa: PTH119
            self._watcher.note(os.path.dirname(path))  # noqa: PTH120


def _matters(name: str) -> bool:
    return has_audio_name(name) or name.lower().partition(".")[0] in FOLDER_NAMES
