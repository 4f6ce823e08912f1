"""The library as the window sees it: its questions answered, its work done in the background."""

import os
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from soniq_desktop.analysis.runner import ListenProgress
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.mounts import Mounts
from soniq_desktop.library.records import LibraryCounts, Problem
from soniq_desktop.library.scan_plan import inside
from soniq_desktop.library.scanner import Scanner, ScanProgress, ScanReport
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.library.watch import QUIET, Watcher
from soniq_desktop.models.embedder_specs import GENRE_MODELS
from soniq_desktop.services.artwork import Covers
from soniq_desktop.services.listening import Listener
from soniq_desktop.services.progress import of_listening, of_scan
from soniq_desktop.services.questions import LibraryQuestions
from soniq_desktop.services.scanning import Scanning
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.services.teller import Teller


class LibraryService(LibraryQuestions):
    """Everything about the library; no method blocks, all signals come on the GUI thread.

    `changed`, `tracks_updated`, `counts_changed` and `progress` come at most four times a second each.
    """

    changed = Signal()  # rows came or went: lists ask again
    tracks_updated = Signal(list)  # ids whose values changed
    counts_changed = Signal(object)  # LibraryCounts
    folders_changed = Signal(list)  # list[str]
    problems_changed = Signal(int)
    progress = Signal(object)  # Progress, or None when nothing runs
    notice = Signal(str)  # a plain sentence
    artwork_ready = Signal(str)  # key
    listened = Signal(int)  # track id: its sound is known now
    heard_by = Signal(object)  # SoundModel: it has heard all that it can
    deaf = Signal(object, str)  # SoundModel, and why it cannot be used: a plain sentence
    _watched = Signal(list)  # from the watcher's thread: folders with changes
    _noticed = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        paths: Paths,
        settings: SettingsService,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(catalogue, tasks, parent)
        self._settings = settings
        self._writes = Tasks(1, self)  # one thread, so that writes keep their order
        self._covers = Covers(paths.artwork, self)
        scanner = Scanner(catalogue, paths)
        self._scanning = Scanning(catalogue, scanner.scan, scanner.read, self)
        self._listener = Listener(catalogue, paths.fingerprints, self)
        self._watcher: Watcher | None = None
        self._folders = catalogue.folders()
        self._counts = catalogue.counts()
        self._absent: set[str] = set()
        self._held = False  # the user has stopped listening
        self._closed = False
        self._seen = ScanProgress()
        self._teller = Teller(self)
        self._connect()

    def _connect(self) -> None:
        self._covers.ready.connect(self.artwork_ready)
        self._teller.changed.connect(self._tell_rows)
        self._teller.updated.connect(self._tell_tracks)
        self._teller.progress.connect(self.progress)
        self._watched.connect(self._scanning.request)
        self._noticed.connect(self.notice)
        self._scanning.progressed.connect(self._scan_progressed)
        self._scanning.ended.connect(self._scan_ended)
        self._scanning.idle.connect(self._scanning_idle)
        self._scanning.failed.connect(self.notice)
        self._scanning.folders_changed.connect(self._folders_arrived)
        self._listener.progressed.connect(self._listening_progressed)
        self._listener.stored.connect(self._teller.track)
        self._listener.stored.connect(self.listened)
        self._listener.comparing.connect(self._comparing_progressed)
        self._listener.heard_by.connect(self.heard_by)
        self._listener.deaf.connect(self.deaf)
        self._listener.problem.connect(self._teller.track)
        self._listener.replaced.connect(self._teller.rows)
        self._listener.ended.connect(self._listening_ended)
        self._listener.failed.connect(self.notice)
        self._settings.changed.connect(self._setting_changed)

    # -- life

    def start(self) -> None:
        """Look for changes since the last time, watch the folders, and listen to what is new."""
        self._listener.set_workers(int(self._settings.get("analysis.workers")))
        self._listener.set_genre_embedder(GENRE_MODELS[str(self._settings.get("genre.model"))])
        self._watch()
        if self._folders:
            self._scanning.request(self._folders)
        else:
            self._listen()

    def close(self) -> None:
        """End all threads and processes; what was asked to be written is written. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._teller.close()
        self._scanning.cancel()
        self._listener.cancel()
        if self._watcher is not None:
            self._watcher.close()
        self._scanning.close()
        self._listener.close()
        self._covers.close()
        self._writes.wait(2.0)
        self._writes.close()

    shutdown = close

    # -- folders and background work

    def folders(self) -> list[str]:
        """Library folders, from memory."""
        return list(self._folders)

    def add_folder(self, path: str) -> None:
        """Make a folder a library folder; it is scanned at once."""
        self._tasks.run(lambda: _refusal(path, self._folders), lambda why: self._add_checked(path, why))

    def _add_checked(self, path: str, refusal: str) -> None:
        if refusal:
            self.notice.emit(refusal)
            return
        self._held = False
        self._scanning.add(os.path.abspath(path))  # noqa: PTH100 links stay as the user named them

    def remove_folder(self, path: str) -> None:
        """Take a folder out of the library. No file is touched; likes and plays come back with the folder."""
        self._scanning.remove(os.path.abspath(path))  # noqa: PTH100

    def rescan(self, deep: bool = False) -> None:
        """Look through all folders; `deep` compares every file by its content."""
        self._held = False
        self._scanning.request(self._folders, deep=deep)

    def pause(self) -> None:
        """Finish what is in hand, then wait."""
        self._scanning.pause()
        self._listener.pause()
        self._teller.paused(True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._scanning.resume()
        self._listener.resume()
        self._teller.paused(False)

    def cancel(self) -> None:
        """Stop the background work until the next start, rescan, new folder or retry."""
        self._held = True
        self._scanning.cancel()
        self._listener.cancel()
        self.resume()

    def listen_first(self, ids: Sequence[int]) -> None:
        """These tracks are on screen or play: they jump the queue."""
        self._listener.first(ids)

    def compare_by(self, models: Sequence[SoundModel]) -> None:
        """Let these models of the lab hear every song from now on; `heard_by` says when one has heard all."""
        self._listener.set_sound_models(models)
        if models:
            self._held = False
            self._listen()

    def listen_again(self, track_id: int) -> None:
        """Listen to a track once more, before all others; the old values stay in use until then."""
        self._held = False

        def waits(_none: None) -> None:
            self.listen_first([track_id])
            self._listen()

        self._writes.run(lambda: self._catalogue.listen_again(track_id), waits, self._say)

    # -- problems

    def retry(self, problem_id: int) -> None:
        """Try a file again."""
        self._retry(lambda: [problem_id])

    def retry_all(self) -> None:
        """Try every file with a problem again."""
        self._retry(lambda: [problem.id for problem in self._catalogue.problems()])

    def dismiss(self, problem_id: int) -> None:
        """Take a problem off the list without trying again."""
        self._writes.run(lambda: self._catalogue.dismiss_problem(problem_id), lambda _done: self._count())

    def _retry(self, ids: Callable[[], Iterable[int]]) -> None:
        self._held = False
        self._writes.run(
            lambda: [self._catalogue.forget_problem(each, retry=True) for each in ids()], self._try_again
        )

    def _try_again(self, problems: Sequence[Problem | None]) -> None:
        found = [problem for problem in problems if problem is not None]
        files = [problem.path for problem in found if problem.stage == "tags"]
        folders = [problem.path for problem in found if problem.stage == "scan"]
        if files:
            self._scanning.read(files)
        if folders:
            self._scanning.request(folders)
        self.touch(problem.track_id for problem in found if problem.track_id is not None)
        self._count()
        self._listen()

    # -- questions

    def counts(self) -> LibraryCounts:
        """Figures of the library as last counted, from memory."""
        return self._counts

    def artwork(self, key: str, size: int) -> QPixmap | None:
        """A cover from memory; otherwise it is loaded and `artwork_ready` says when it is there."""
        return self._covers.get(key, size)

    # -- the user's

    def set_liked(self, track_id: int, liked: bool) -> None:
        """Like a track, or no longer."""
        self._writes.run(
            lambda: self._catalogue.set_liked(track_id, liked),
            lambda _none: self._teller.track(track_id),
            self._say,
        )

    def correct_tempo(self, track_id: int, bpm: float | None) -> None:
        """The user says what the tempo is; None takes that back. It outlives listening again."""
        self._writes.run(
            lambda: self._catalogue.set_correction(track_id, "tempo", bpm),
            lambda _none: self._teller.track(track_id),
            self._say,
        )

    def touch(self, ids: Iterable[int]) -> None:
        """Values of these tracks changed elsewhere (a play was recorded): tell everybody."""
        for each in ids:
            self._teller.track(int(each))

    # -- what background work reports

    def _scan_progressed(self, progress: ScanProgress) -> None:
        if progress.total or self._shows_looking():
            self._teller.working(of_scan(progress))
        if progress.changes != self._seen.changes:
            self._teller.rows()
        self._seen = progress

    def _listening_progressed(self, progress: ListenProgress) -> None:
        if not self._scanning.busy:  # a scan is what people wait for
            self._teller.working(of_listening(progress))

    def _comparing_progressed(self, progress: ListenProgress) -> None:
        if not self._scanning.busy:
            self._teller.working(of_listening(progress, "compare"))

    def _shows_looking(self) -> bool:
        """A walk that the user did not ask for is not worth a word until it finds something."""
        return not self._counts.tracks

    def _scan_ended(self, report: ScanReport) -> None:
        if report.changed or report.problems:
            self._teller.rows()
        self._count()
        for folder in set(report.absent) - self._absent:
            name = os.path.basename(folder) or folder  # noqa: PTH119
            self.notice.emit(f"The folder “{name}” is not there now. Its songs stay in the library, greyed.")
        self._absent = (self._absent - set(report.folders)) | set(report.absent)

    def _scanning_idle(self) -> None:
        if not self._listener.busy:
            self._teller.idle()
        self._listen()

    def _listening_ended(self) -> None:
        if not self._scanning.busy:
            self._teller.idle()
        self._teller.rows()  # orders by tempo, key and energy are settled now

    def _listen(self) -> None:
        if not (self._held or self._closed or self._scanning.busy):
            self._listener.start()

    def _folders_arrived(self, folders: list[str]) -> None:
        self._folders = folders
        self.folders_changed.emit(list(folders))
        self._watch()
        self._teller.rows()

    def _setting_changed(self, name: str) -> None:
        if name == "analysis.workers":
            self._listener.set_workers(int(self._settings.get(name)))
        elif name == "genre.model":
            self._listener.set_genre_embedder(GENRE_MODELS[str(self._settings.get(name))])
            self._listener.start()
        elif name.startswith("library."):
            self._watch()

    def _watch(self) -> None:
        """Start, change or end the watching as the folders and settings say."""
        if self._closed:
            return
        if not self._settings.get("library.watch"):
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
            return
        every = 60.0 * float(self._settings.get("library.sweep_minutes"))
        if self._watcher is None:
            self._watcher = Watcher(self._watched.emit, self._noticed.emit, quiet=QUIET, sweep_every=every)
            self._watcher.start()
        else:
            self._watcher.set_sweep(every)
        self._watcher.watch(self._folders)

    # -- telling

    def _tell_rows(self) -> None:
        self.changed.emit()
        self._count()

    def _tell_tracks(self, ids: list[int]) -> None:
        self.tracks_updated.emit(ids)
        self._count()

    def _count(self) -> None:
        self._tasks.run(self._catalogue.counts, self._counts_arrived, key="library.counts")

    def _counts_arrived(self, counts: LibraryCounts) -> None:
        old, self._counts = self._counts, counts
        if counts != old:
            self.counts_changed.emit(counts)
        if counts.problems != old.problems:
            self.problems_changed.emit(counts.problems)

    def _say(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.notice.emit(str(error))
        else:
            raise error


def _refusal(path: str, folders: Sequence[str]) -> str:
    """Why a folder cannot become a library folder; empty where it can. Looks at the disk."""
    path = os.path.abspath(path)  # noqa: PTH100
    name = os.path.basename(path) or path  # noqa: PTH119
    if not os.path.isdir(path):  # noqa: PTH112
        return f"“{name}” is not a folder, or it is not there."
    around = next((folder for folder in folders if inside(path, folder)), None)
    if around is not None:
        return f"“{name}” is in your library already."
    mounts = Mounts.now()
    if any(inside(path, point) for point in mounts.without_files() if point != "/dev"):
        return f"“{name}” belongs to the system and holds no music."
    return ""
