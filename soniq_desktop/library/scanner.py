"""Scanning: make the catalogue agree with the files on the disk.

First names, sizes and times are compared (`scan_plan`); then the tags of new and changed files are read in
worker processes, in batches, and each batch is committed. A kill at any moment loses the batches in hand.
Rows are never deleted: a file that is gone leaves a missing track, and a new file with the sound of a missing
track is that track at its new place.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from soniq_desktop.common.control import Control
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.processes import Failed, Finished, ProcessPool
from soniq_desktop.common.rate import Rate
from soniq_desktop.library.artwork import is_marked, mark_cache
from soniq_desktop.library.catalogue import Catalogue, KnownFile, ScannedFile
from soniq_desktop.library.records import Track
from soniq_desktop.library.scan_plan import Plan, inside, plan_scan
from soniq_desktop.library.tags import TAGS_VERSION, FileRead
from soniq_desktop.library.walk import FoundFile

HANDLER = "soniq_desktop.library.tags:read_batch"
BATCH = 32  # files per task: the pipe costs less than the reading
IDENTIFIED_BATCH = 8  # files that are read in full
WORKERS = 2  # disks do not get faster with more
TIME_LIMIT = 120.0  # seconds for one task
MEMORY_LIMIT = 512 << 20  # bytes for one worker
POLL = 0.2  # seconds
LARGE = 2000  # changed files after which the catalogue is tidied
PROGRESS_EVERY = 0.1  # seconds

log = topic("scan")


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """Where a scan stands. While it walks (`total` is 0), `done` counts the files found so far."""

    done: int = 0
    total: int = 0
    item: str = ""  # the path of a file in hand
    rate: float = 0.0  # files a second
    seconds_left: float | None = None
    added: int = 0
    updated: int = 0
    moved: int = 0
    missing: int = 0
    problems: int = 0
    paused: bool = False

    @property
    def changes(self) -> tuple[int, ...]:
        """What has been done to the library so far; another value means that lists look different."""
        return self.added, self.updated, self.moved, self.missing


@dataclass(slots=True)
class ScanReport:
    """How a scan ended."""

    added: int = 0
    updated: int = 0
    moved: int = 0  # missing tracks that were found at another place
    missing: int = 0  # tracks whose file has gone
    returned: int = 0  # missing tracks whose file is back
    problems: int = 0
    unchanged: int = 0
    folders: tuple[str, ...] = ()  # those that were scanned
    absent: tuple[str, ...] = ()  # library folders that are not there
    seconds: float = 0.0
    cancelled: bool = False

    @property
    def changed(self) -> bool:
        """Whether any list looks different now."""
        return bool(self.added or self.updated or self.moved or self.missing or self.returned)


class Scanner:
    """Scans folders into a catalogue; one scan at a time.

    Args:
        workers: processes that read tags.
    """

    def __init__(self, catalogue: Catalogue, paths: Paths, *, workers: int = WORKERS) -> None:
        self._catalogue = catalogue
        self._artwork = paths.artwork
        self._workers = workers

    def scan(
        self,
        folders: Sequence[str],
        *,
        deep: bool = False,
        control: Control | None = None,
        progress: Callable[[ScanProgress], None] = lambda _progress: None,
    ) -> ScanReport:
        """Bring the rows below `folders` up to date; they are library folders or lie inside one.

        Args:
            deep: compare by content instead of by size and time: every file is read in full.

        Raises:
            CatalogueError: the catalogue cannot be written.
            WorkerStartError: no process can be started to read tags.
        """
        run = _Run(self._catalogue, str(self._artwork), self._workers, control or Control(), progress)
        again = not is_marked(self._artwork)  # the cache was cleared: covers are read again
        plan = plan_scan(self._catalogue, folders, deep=deep, again=again, on_file=run.on_file)
        report = run.execute(plan)
        if not report.cancelled:
            mark_cache(self._artwork)
        if report.added + report.updated > LARGE:
            self._catalogue.tidy()
        log.info("scan of %d folders: %s", len(folders), report)
        return report

    def read(self, paths: Sequence[str], *, control: Control | None = None) -> ScanReport:
        """Read single files again, whatever is known of them (Retry)."""
        run = _Run(self._catalogue, str(self._artwork), 1, control or Control(), lambda _progress: None)
        return run.execute(Plan(read=list(paths), known=_known(self._catalogue, paths)))


class _Run:
    """One scan."""

    def __init__(
        self,
        catalogue: Catalogue,
        artwork: str,
        workers: int,
        control: Control,
        progress: Callable[[ScanProgress], None],
    ) -> None:
        self._catalogue = catalogue
        self._artwork = artwork
        self._workers = workers
        self._control = control
        self._progress = progress
        self._report = ScanReport()
        self._plan = Plan()
        self._rate = Rate()
        self._queue: deque[tuple[str, ...]] = deque()
        self._started = time.monotonic()
        self._told = 0.0
        self._found = 0
        self._item = ""
        self._done = 0
        self._twins: dict[tuple[int, int], list[int]] = {}
        self._may_have_moved = False

    def on_file(self, file: FoundFile) -> bool:
        """Count while walking; False ends the walk."""
        self._found += 1
        self._tell(ScanProgress(done=self._found, item=file.path, paused=self._control.paused))
        self._control.wait_if_paused()
        return not self._control.cancelled

    def execute(self, plan: Plan) -> ScanReport:
        """Do what the plan says."""
        self._plan = plan
        self._rate.restart()
        if not self._control.cancelled:
            self._settle_rows()
            self._queue.extend(_batches([path for path in plan.read if path not in plan.identify], BATCH))
            self._queue.extend(
                _batches([path for path in plan.read if path in plan.identify], IDENTIFIED_BATCH)
            )
        if self._queue:
            self._read_all()
        self._report.cancelled = self._control.cancelled
        self._report.seconds = time.monotonic() - self._started
        return self._report

    def _settle_rows(self) -> None:
        """What is known without opening a file."""
        plan, catalogue, report = self._plan, self._catalogue, self._report
        if plan.returned:
            catalogue.mark_present(plan.returned)
        if plan.vanished:
            catalogue.mark_missing(plan.vanished)
        for folder, reason in plan.unreadable.items():
            catalogue.store_problem(folder, "scan", reason)
        for problem in plan.outdated:
            catalogue.forget_problem(problem.id)
        report.returned, report.missing = len(plan.returned), len(plan.vanished)
        report.problems, report.unchanged = len(plan.unreadable), plan.unchanged
        report.folders, report.absent = tuple(plan.folders), tuple(plan.absent)
        self._note_missing()

    def _note_missing(self) -> None:
        """Remember rows that a new file may turn out to be; not those of an absent folder."""
        vanished = set(self._plan.vanished)
        for path, row in self._plan.known.items():
            gone = row.missing or row.id in vanished
            if gone and not any(inside(path, root) for root in self._plan.absent):
                self._twins.setdefault((row.size, row.mtime_ns), []).append(row.id)
        self._may_have_moved = bool(self._twins)

    # Reading

    def _read_all(self) -> None:
        with ProcessPool(
            HANDLER,
            self._workers,
            setup={},
            time_limit=TIME_LIMIT,
            memory_limit=MEMORY_LIMIT,
            nice=5,
            ahead=1,
        ) as pool:
            while (self._queue or not pool.idle()) and not self._control.cancelled:
                self._feed(pool)
                for event in pool.events(POLL):
                    self._take(event)
                self._tell(self._reading(pool))
                if self._control.paused and pool.idle():
                    self._control.wait_if_paused()
                    self._rate.restart()
        self._told = 0.0
        self._tell(self._reading(None))

    def _feed(self, pool: ProcessPool) -> None:
        """Hand out little at a time, so that a pause or a cancellation is felt at once."""
        while self._queue and not self._control.paused and pool.waiting() < self._workers:
            paths = self._queue.popleft()
            identity = paths[0] in self._plan.identify
            pool.submit(paths, {"paths": paths, "artwork": self._artwork, "identity": identity})

    def _take(self, event: Finished | Failed) -> None:
        paths: tuple[str, ...] = event.key  # type: ignore[assignment]
        if isinstance(event, Finished):
            self._store(event.result)
        elif len(paths) > 1:  # one of them is to blame: each for itself
            self._queue.extend((path,) for path in paths)
            return
        else:
            log.warning("reading %r failed (%s): %s", paths[0], event.reason, event.detail)
            self._problem(paths[0], event.sentence)
            self._count(1)

    # Storing

    def _store(self, results: Sequence[FileRead]) -> None:
        self._item = results[-1].path
        files: list[ScannedFile] = []
        for result in results:
            if result.problem:
                self._problem(result.path, result.problem)
            elif result.tags is None:
                self._vanished(result.path)
            elif self._moved_here(result):
                continue
            else:
                files.append(_scanned(result))
        if files:
            self._catalogue.store_scanned(files)
        for file in files:
            if file.path in self._plan.known:
                self._report.updated += 1
            else:
                self._report.added += 1
        self._count(len(results))

    def _moved_here(self, result: FileRead) -> bool:
        """Let a missing track take over this file where it has the same sound; True when that is settled."""
        if not self._may_have_moved or result.path in self._plan.known or result.tags is None:
            return False
        alike = self._here(self._catalogue.missing_like(result.tags.duration, result.tags.codec))
        if alike and result.audio_hash is None:
            self._plan.identify.add(result.path)
            self._queue.appendleft((result.path,))
            self._done -= 1
            return True
        same = next((track for track in alike if track.audio_hash == result.audio_hash), None)
        same = same or self._unheard_twin(result)
        if same is None:
            return False
        self._catalogue.adopt(same.id, _scanned(result))
        self._report.moved += 1
        return True

    def _unheard_twin(self, result: FileRead) -> Track | None:
        """A missing track that was never listened to, with the size, time and tags of this file."""
        ids = self._twins.get((result.size, result.mtime_ns), [])
        twins = [track for track in self._catalogue.tracks(ids) if track.missing and track.audio_hash is None]
        same = [track for track in twins if track.tags == result.tags]
        return same[0] if len(same) == 1 else None

    def _here(self, tracks: Iterable[Track]) -> list[Track]:
        """Without tracks on drives that are not plugged in: a copy of a file is not its new place."""
        absent = self._plan.absent
        return [track for track in tracks if not any(inside(track.path, root) for root in absent)]

    def _problem(self, path: str, sentence: str) -> None:
        row = self._plan.known.get(path)
        self._catalogue.store_problem(path, "tags", sentence, row.id if row else None)
        self._report.problems += 1

    def _vanished(self, path: str) -> None:
        row = self._plan.known.get(path)
        if row is not None and not row.missing:
            self._catalogue.mark_missing([row.id])
            self._report.missing += 1

    # Progress

    def _count(self, files: int) -> None:
        self._done += files
        self._rate.add(files)

    def _reading(self, pool: ProcessPool | None) -> ScanProgress:
        total = len(self._plan.read)
        for paths in pool.in_hand()[:1] if pool else ():
            self._item = paths[0]  # type: ignore[index]
        report = self._report
        return ScanProgress(
            done=self._done,
            total=total,
            item=self._item,
            rate=self._rate.per_second(),
            seconds_left=self._rate.seconds_left(total - self._done),
            added=report.added,
            updated=report.updated,
            moved=report.moved,
            missing=report.missing,
            problems=report.problems,
            paused=self._control.paused,
        )

    def _tell(self, progress: ScanProgress) -> None:
        now = time.monotonic()
        if now - self._told >= PROGRESS_EVERY:
            self._told = now
            self._progress(progress)


def _known(catalogue: Catalogue, paths: Iterable[str]) -> dict[str, KnownFile]:
    tracks = filter(None, map(catalogue.track_by_path, paths))
    return {track.path: KnownFile(track.id, track.size, 0, track.missing, 0) for track in tracks}


def _batches(paths: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
    return (tuple(paths[at : at + size]) for at in range(0, len(paths), size))


def _scanned(result: FileRead) -> ScannedFile:
    assert result.tags is not None
    return ScannedFile(
        result.path, result.size, result.mtime_ns, result.tags, result.audio_hash, TAGS_VERSION
    )
