"""How long an engine will take here, and how much memory: measured values, corrected by this machine's."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from soniq_desktop.common.fileio import SaveError, write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.stems.engine import ENGINES, EngineSpec
from soniq_desktop.stems.errors import NotEnoughMemoryError

log = topic("stems")
LEARNING = 0.4  # weight of the newest run
SPARE = 300_000_000  # bytes that everything else may need meanwhile


@dataclass(frozen=True, slots=True)
class Pace:
    """What this machine has shown: seconds of music per second, and bytes of the worker at its peak."""

    speed: float
    memory: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What to expect of an engine for one track.

    Attributes:
        seconds: of waiting until all of it is there.
        memory: bytes at the peak; free: bytes that are free now.
        learned: seconds and memory come from this machine's own runs.
    """

    seconds: float
    memory: int
    free: int
    learned: bool

    @property
    def fits(self) -> bool:
        return self.memory + SPARE <= self.free


class Paces:
    """The paces of all engines in one small file; losing it costs nothing."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, engine: str) -> Pace | None:
        """None where the engine has not run here yet."""
        try:
            values = json.loads(self._file.read_bytes())[engine]
            return Pace(float(values["speed"]), int(values["memory"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def learn(self, engine: str, speed: float, memory: int) -> None:
        """Take in one run: its speed by and by, its memory at once where it was more."""
        if speed <= 0 or memory <= 0:
            return
        before = self.get(engine)
        if before is not None:
            speed = before.speed + LEARNING * (speed - before.speed)
            memory = max(memory, round(before.memory + LEARNING * (memory - before.memory)))
        try:
            paces = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            paces = {}
        paces[engine] = asdict(Pace(speed, memory)) | {"at": round(time.time())}
        try:
            write_atomic(self._file, json.dumps(paces).encode())
        except SaveError as error:
            log.warning("%s", error)


def threads() -> int:
    """Threads of an engine: all cores of a small machine, all but one of a larger one."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return cores if cores <= 2 else cores - 1


def total_memory() -> int:
    """Bytes of this machine."""
    return int(psutil.virtual_memory().total)


def expected(spec: EngineSpec, seconds: float, paces: Paces) -> Expectation:
    """The forecast for `seconds` of music."""
    free = int(psutil.virtual_memory().available)
    learned = paces.get(spec.name)
    if learned is not None:
        return Expectation(seconds / learned.speed, learned.memory, free, True)
    speed = spec.speed * min(threads(), 4) ** 0.7  # as more threads were seen to help
    return Expectation(seconds / speed, spec.memory, free, False)


def check_memory(spec: EngineSpec, paces: Paces) -> None:
    """Raise NotEnoughMemoryError where the expected peak does not fit, naming a lighter engine that does."""
    forecast = expected(spec, 0.0, paces)
    if forecast.fits:
        return
    needed, free = (f"{value / 1e9:.1f} GB" for value in (forecast.memory, forecast.free))
    others = sorted(ENGINES.values(), key=lambda each: each.memory)
    lighter = next((each for each in others if expected(each, 0.0, paces).fits), None)
    hint = "Close other programs and try again."
    if lighter is not None:
        size = expected(lighter, 0.0, paces).memory / 1e9
        hint = f"{lighter.title} needs about {size:.1f} GB and would fit; or close other programs."
    raise NotEnoughMemoryError(
        f"{spec.title} needs about {needed} of memory, and {free} are free.",
        hint,
        lighter.name if lighter else None,
    )
