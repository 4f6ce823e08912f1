"""Comparing the whole library: what was compared is remembered, and only what is new is compared again.

A few new tracks are looked up in the index. Where there are many, as in a library that is compared for the
first time, sketches of all tracks are made, which tell with which others each is worth comparing.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.common.control import Control
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.common.rate import Rate
from soniq_desktop.fingerprint.compared import Compared, load, save
from soniq_desktop.fingerprint.comparing import IDS, ROWS, ByIndex, BySketch, Found, Join, Sketch, Task
from soniq_desktop.fingerprint.store import FingerprintStore

log = topic("duplicates")
BATCH, SKETCHED = 8, 64  # tracks a worker is given at once: to compare, to sketch
FEWEST_SKETCHED, SHARE_SKETCHED = 64, 0.05  # new tracks from which on sketches pay: so many, of all
SCRATCH = "duplicates-"  # folders of sketches, beside the table
STALE = 86_400.0  # seconds after which such a folder is a crash's
POLL = 0.25  # seconds between looks at cancel
SAVE_EVERY = 30.0  # seconds
TIME_LIMIT, MEMORY_LIMIT = 300.0, 3 << 29  # of a worker; mapped pages of the index count


@dataclass(frozen=True, slots=True)
class ComparingProgress:
    """Where it stands: tracks, and seconds left (None until there is a rate)."""

    done: int
    total: int
    seconds_left: float | None


def compare_library(
    folder: Path,
    file: Path,
    *,
    control: Control,
    workers: int = 1,
    progress: Callable[[ComparingProgress], None] = lambda _progress: None,
) -> Compared:
    """Compare what is new in the index with all that is in it; blocks until it is done or cancelled.

    The work is done in processes of their own. What was compared is saved from time to time and at the end.

    Args:
        folder: of the index.
        file: where the table of relations is kept.

    Raises:
        FingerprintStoreError: the index cannot be read.
        SaveError: the table cannot be written.
    """
    compared = load(file)
    with FingerprintStore(folder, merging=False) as store:
        indexed = store.audio_hashes()
    known = len(compared.sounds)
    waiting = compared.to_compare(indexed)
    try:
        if waiting:
            with comparing_pool(folder, workers) as pool:
                run = _Run(pool, indexed, compared, file, control, progress)
                if len(waiting) >= max(FEWEST_SKETCHED, SHARE_SKETCHED * len(indexed)):
                    run.by_sketch(waiting)
                else:
                    run.by_index(waiting)
    finally:  # Ctrl+C, too, keeps what was compared
        if waiting or len(compared.sounds) != known:
            save(file, compared)
    return compared


def comparing_pool(folder: Path, workers: int) -> ProcessPool:
    """Processes that compare tracks; the caller closes them."""
    return ProcessPool(
        "soniq_desktop.fingerprint.comparing:work",
        workers,
        setup={"folder": str(folder)},
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        ahead=1,
    )


@dataclass(slots=True)
class _Run:
    """One comparison. What is found goes into `compared` as it comes."""

    pool: ProcessPool
    indexed: dict[int, str]
    compared: Compared
    file: Path
    control: Control
    progress: Callable[[ComparingProgress], None]
    saved: float = field(default_factory=time.monotonic)

    def by_index(self, waiting: list[int]) -> None:
        """Each is looked up."""
        steps = _Steps(len(waiting), len(waiting), self.progress)
        self._work([ByIndex(batch) for batch in _batches(waiting, BATCH)], steps, self._take)

    def by_sketch(self, waiting: list[int]) -> None:
        """All tracks are sketched, and the waiting ones compared with those whose sketches agree."""
        new = set(waiting)
        known = [each for each in self.indexed if each not in new]
        ids = known + waiting  # each is compared with earlier ones
        steps = _Steps(len(waiting), len(ids) + len(waiting), self.progress)
        with _scratch(self.file.parent) as folder:
            np.save(folder / IDS, np.array(ids, np.int64))
            places = self._sketched(ids, folder, steps)
            if self._work([Join(folder, len(ids))], steps):
                there = [place for place in places[len(known) :] if place is not None]
                self._work([BySketch(folder, batch) for batch in _batches(there, BATCH)], steps, self._take)
                self._forget([each for each, place in zip(ids, places, strict=True) if place is None])
            elif not self.control.cancelled:
                self.by_index(waiting)
            self.pool.close()  # Windows deletes no file that is mapped

    def _sketched(self, ids: list[int], folder: Path, steps: "_Steps") -> list[int | None]:
        """Places of the tracks in the library; None where one could not be sketched."""
        places: list[int | None] = [None] * len(ids)
        tasks = [Sketch(at, ids[at : at + SKETCHED]) for at in range(0, len(ids), SKETCHED)]
        with (folder / ROWS).open("wb") as file:

            def take(task: Task, rows: Any) -> None:
                assert isinstance(task, Sketch)
                rows.tofile(file)
                places[task.place : task.place + task.size] = range(task.place, task.place + task.size)

            self._work(tasks, steps, take)
        return places

    def _forget(self, tracks: list[int]) -> None:
        """What was known, but could not be sketched, was not compared with what is new."""
        for each in tracks:
            self.compared.sounds.pop(each, None)

    def _take(self, _task: Task, found: Found) -> None:
        for track, relations in found:
            self.compared.add(track, self.indexed[track], relations)
        if time.monotonic() - self.saved > SAVE_EVERY:
            save(self.file, self.compared)
            self.saved = time.monotonic()

    def _work(
        self,
        tasks: Sequence[Task],
        steps: "_Steps",
        take: Callable[[Task, Any], None] = lambda _task, _result: None,
    ) -> bool:
        """Have tasks done; whether all were. What fails is tried again the next time."""
        for number, task in enumerate(tasks):
            self.pool.submit(number, task)
        left = len(tasks)
        while not self.control.cancelled and not self.pool.idle():
            for event in self.pool.events(POLL):
                task = tasks[int(str(event.key))]
                if isinstance(event, Failed):
                    log.warning("comparing: a part failed: %s %s", event.sentence, event.detail)
                else:
                    take(task, event.result)
                    left -= 1
                steps.add(task.size)
        return left == 0


class _Steps:
    """Progress in tracks, over all steps of a comparison."""

    def __init__(self, tracks: int, steps: int, report: Callable[[ComparingProgress], None]) -> None:
        self._tracks, self._left, self._steps = tracks, steps, steps
        self._report = report
        self._rate = Rate()

    def add(self, steps: int) -> None:
        self._rate.add(steps)
        self._left -= steps
        done = self._tracks * (self._steps - self._left) // self._steps
        self._report(ComparingProgress(done, self._tracks, self._rate.seconds_left(self._left)))


def _batches(values: list[int], size: int) -> Iterator[list[int]]:
    return (values[at : at + size] for at in range(0, len(values), size))


@contextlib.contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder that is gone afterwards. What a crash left over goes first."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{SCRATCH}*/"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder, ignore_cleanup_errors=True) as name:
        yield Path(name)
