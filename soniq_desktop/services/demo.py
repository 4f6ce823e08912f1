"""The demo library behind its button, and the guess where the user's music is."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QThread, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.demo.library import DemoProgress, complete, compose_library
from soniq_desktop.library.walk import Walk

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService

LOOK_SECONDS = 2.0  # how long the music folder is counted at most
SONG_SECONDS = 240.0  # a guess of the mean length, before any file was opened
LISTENING_SPEED = 100.0  # times real time for one worker
STOP_WAIT = 3000  # ms

log = topic("demo")


@dataclass(frozen=True, slots=True)
class FolderSuggestion:
    """A folder that looks like the user's music.

    `counted` is False where the folder was too large to count in time: then `files`, `bytes` and `minutes`
    (of listening, roughly) are what was seen so far.
    """

    path: str
    files: int
    bytes: int
    minutes: float
    counted: bool


def count_music(folder: str, seconds: float = LOOK_SECONDS) -> FolderSuggestion | None:
    """Count the audio files of a folder for a limited time; None where there are none."""
    end = time.monotonic() + seconds
    files = size = 0
    counted = True
    for file in Walk().files(folder):
        files, size = files + 1, size + file.size
        if time.monotonic() > end:
            counted = False
            break
    if not files:
        return None
    workers = max(1, (os.cpu_count() or 2) - 1)
    minutes = files * SONG_SECONDS / (LISTENING_SPEED * workers) / 60
    return FolderSuggestion(folder, files, size, minutes, counted)


class _Composer(QThread):
    """Waits for the worker processes that compose."""

    progress = Signal(object)
    ended = Signal(bool, str)  # whether the library is complete, and a sentence where it failed

    def __init__(self, folder: Path, control: Control, workers: int) -> None:
        super().__init__()
        self._folder, self._control, self._workers = folder, control, workers

    def run(self) -> None:
        try:
            done = compose_library(
                self._folder, control=self._control, progress=self.progress.emit, workers=self._workers
            )
        except SoniqError as error:
            self.ended.emit(False, str(error))
        except Exception:
            log.exception("The demo library could not be made.")
            self.ended.emit(False, "The demo library could not be made. The log file says why.")
        else:
            self.ended.emit(done, "")


class _Looker(QThread):
    """Counts the files of the music folder."""

    found = Signal(object)

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def run(self) -> None:
        try:
            self.found.emit(count_music(self._folder))
        except OSError as error:
            log.info("The music folder cannot be read: %s", error)
            self.found.emit(None)


class DemoService(QObject):
    """Composes the demo library in worker processes and adds it to the library."""

    progress = Signal(object)  # DemoProgress, or None when nothing is being composed
    finished = Signal(str)  # the folder, once it was given to the library
    failed = Signal(str)  # a plain sentence

    def __init__(self, paths: Paths, library: "LibraryService", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = paths.demo
        self._library = library
        self._control = Control()
        self._composer: _Composer | None = None
        self._lookers: list[_Looker] = []

    @property
    def running(self) -> bool:
        return self._composer is not None

    @property
    def folder(self) -> str:
        """Where the demo library is, or will be."""
        return str(self._folder)

    def ready(self) -> bool:
        """Whether the library is already on the disk, so that `start` only adds it. Reads the disk."""
        return complete(self._folder)

    def start(self) -> None:
        """Compose what is missing, then add the folder. Does nothing while it runs."""
        if self._composer is not None:
            return
        self._control = Control()
        # Every core: somebody looks at the progress and waits, and the workers give way to the window.
        self._composer = _Composer(self._folder, self._control, os.cpu_count() or 1)
        self._composer.progress.connect(self._tell)
        self._composer.ended.connect(self._end)
        self._composer.start(QThread.Priority.LowPriority)

    def cancel(self) -> None:
        """Stop soon; the pieces that are finished are kept for the next start."""
        self._control.cancel()

    def suggest(self, done: Callable[[FolderSuggestion | None], None]) -> None:
        """Look for the user's music and call `done` here with it, or with None."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        if not folder or Path(folder) == Path.home() or not Path(folder).is_dir():
            done(None)
            return
        looker = _Looker(folder)
        self._lookers.append(looker)
        looker.found.connect(done)
        looker.finished.connect(lambda: self._forget(looker))
        looker.start(QThread.Priority.LowPriority)

    def close(self) -> None:
        """Stop and wait. Idempotent."""
        self.cancel()
        for thread in [self._composer, *self._lookers]:
            if thread is not None:
                thread.wait(STOP_WAIT)
        self._composer = None
        self._lookers.clear()

    def _forget(self, looker: _Looker) -> None:
        if looker in self._lookers:
            self._lookers.remove(looker)

    def _tell(self, progress: DemoProgress) -> None:
        if self._composer is not None:
            self.progress.emit(progress)

    def _end(self, complete: bool, sentence: str) -> None:
        if self._composer is None:  # closed meanwhile
            return
        self._composer.wait()
        self._composer = None
        self.progress.emit(None)
        if sentence:
            self.failed.emit(sentence)
        elif complete:
            self._library.add_folder(str(self._folder))
            self.finished.emit(str(self._folder))
