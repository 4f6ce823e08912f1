"""Taking one track apart, seen from the program: progress, time left, memory, pause and cancel.

The work is in a process of its own. Pausing ends that process: its memory is free at once, what is finished
stays, and going on is the same as starting again after a restart.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Literal

import psutil

from soniq_desktop.common import child
from soniq_desktop.common.control import Control
from soniq_desktop.common.processes import spawn_child
from soniq_desktop.stems.errors import StemsError
from soniq_desktop.stems.forecast import Paces, check_memory, expected
from soniq_desktop.stems.job import Job
from soniq_desktop.stems.stem_set import StemSet

Stage = Literal["loading", "separating", "paused", "done"]
Ended = Literal["done", "paused", "cancelled"]
POLL = 0.25  # seconds
RECENT = 6  # chunks that the speed is taken from


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a separation is.

    Attributes:
        new: chunks that became playable since the last report.
        done, chunks: how many are there, of how many (0: not known yet).
        ready, duration: seconds.
        seconds_left: None where nothing is known.
        speed: seconds of music per second, lately; None before the second chunk.
        memory, peak: bytes of the process now, and at most so far.
        device: "cpu", "cuda", "mps", "" while loading.
    """

    stage: Stage
    new: tuple[int, ...] = ()
    done: int = 0
    chunks: int = 0
    ready: float = 0.0
    duration: float = 0.0
    seconds_left: float | None = None
    speed: float | None = None
    memory: int = 0
    peak: int = 0
    device: str = ""
    elapsed: float = 0.0


@dataclass
class Separation:
    """One run over one track. `run` blocks; call it on a thread of its own.

    Args:
        stem_set: the set that the job writes; refreshed here as chunks come.
        force: start even where memory looks short.
    """

    job: Job
    stem_set: StemSet
    paces: Paces
    force: bool = False
    _times: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=RECENT), init=False)
    _peak: int = field(default=0, init=False)
    _device: str = field(default="", init=False)
    _began: float = field(default=0.0, init=False)

    def run(self, control: Control, report: Callable[[Progress], None] = lambda _: None) -> Ended:
        """Work until all chunks are there, or somebody pauses or cancels.

        Raises:
            NotEnoughMemoryError: the expected peak does not fit; nothing was started.
            StemsError: it failed; what was finished is kept.
        """
        if self.stem_set.complete:
            report(self._progress("done"))
            return "done"
        if not self.force:
            check_memory(self.job.spec, self.paces)
        self._began = time.monotonic()
        report(self._progress("loading"))
        process, pipe = spawn_child(child.call, "soniq_desktop.stems.worker:run", self.job)
        try:
            ended = self._follow(process, pipe, control, report)
        finally:
            process.kill()
            process.join(5.0)
            pipe.close()
        self._learn()
        report(self._progress("done" if ended == "done" else "paused"))
        return ended

    def _follow(
        self, process: SpawnProcess, pipe: Connection, control: Control, report: Callable[[Progress], None]
    ) -> Ended:
        watched = psutil.Process(process.pid)
        while True:
            if control.cancelled:
                return "cancelled"
            if control.paused:
                return "paused"
            message = self._receive(pipe, process)
            memory = self._memory(watched)
            if message is None:
                report(self._progress("separating" if self._device else "loading", memory=memory))
                continue
            kind, *values = message
            if kind == "done":
                self.stem_set.refresh()
                return "done"
            if kind == "failed":
                raise StemsError(values[0], values[1])
            if kind == "loaded":
                self._device = values[0]
            new = tuple(self.stem_set.refresh())
            self._times.append((time.monotonic(), self.stem_set.seconds_ready))
            report(self._progress("separating", new=new, memory=memory))

    def _receive(self, pipe: Connection, process: SpawnProcess) -> tuple[Any, ...] | None:
        """The next message, None where none came; StemsError where the process is gone."""
        try:
            if pipe.poll(POLL):
                message: tuple[Any, ...] = pipe.recv()
                return message
            if process.is_alive():
                return None
        except (EOFError, OSError):
            process.join(2.0)
        raise StemsError(
            f"The process that takes the track apart has ended unexpectedly ({process.exitcode}).",
            "Often there was not enough memory: close other programs, or take the lighter engine.",
        )

    def _memory(self, watched: psutil.Process) -> int:
        try:
            memory = int(watched.memory_info().rss)
        except psutil.Error:
            return 0
        self._peak = max(self._peak, memory)
        return memory

    def _speed(self) -> float | None:
        """From chunk to chunk, so that loading does not count."""
        if len(self._times) < 2:
            return None
        (before, made_before), (now, made) = self._times[0], self._times[-1]
        return (made - made_before) / (now - before) if now > before and made > made_before else None

    def _learn(self) -> None:
        speed = self._speed()
        if speed is not None:
            self.paces.learn(self.job.spec.name, speed, self._peak)

    def _progress(self, stage: Stage, *, new: tuple[int, ...] = (), memory: int = 0) -> Progress:
        layout = self.stem_set.layout
        duration = layout.frames / layout.sample_rate if layout else 0.0
        ready = self.stem_set.seconds_ready
        speed = self._speed()
        left = None
        if duration > 0:
            rest = max(0.0, duration - ready)
            left = rest / speed if speed else expected(self.job.spec, rest, self.paces).seconds
        elapsed = time.monotonic() - self._began if self._began else 0.0
        return Progress(
            stage, new, len(self.stem_set.done()), self.stem_set.chunks, ready, duration, left, speed,
            memory, self._peak, self._device, elapsed,
        )  # fmt: skip
