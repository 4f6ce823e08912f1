"""What the check of the habits found, on disk: one derived file per embedder, beside the neighbour index.

It can be lost at any time: the next check makes it anew.
"""

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.finishing import Evidence, Model
from soniq_desktop.discovery.habits import HabitBonus
from soniq_desktop.discovery.hybrid import Habit, Use
from soniq_desktop.discovery.hybrid_judge import Verdict
from soniq_desktop.models.embedder_specs import EmbedderSpec

FORMAT = 1
HABIT = ("first", "second", "shares", "times", "songs", "followed")
MODEL = ("weights", "means", "scales")

log = topic("habits")


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """One check: for which uses habits win, and what they are; how sure finishing is, and its model."""

    verdicts: tuple[Verdict, ...]
    habit: Habit
    evidence: Evidence
    model: Model | None

    def bonus(self, use: Use) -> HabitBonus | None:
        """The habit for this use, where it has won."""
        for verdict in self.verdicts:
            if verdict.use == use.name and verdict.wins:
                return HabitBonus(self.habit, use, verdict.follow, verdict.alike)
        return None


def habits_path(folder: Path, spec: EmbedderSpec) -> Path:
    """Where it is kept; `folder` is that of the index."""
    return folder / f"{spec.name}.habits"


def save(folder: Path, spec: EmbedderSpec, checked: Checked) -> None:
    """Write it, all or nothing. Raises SaveError."""
    arrays = {f"habit_{name}": getattr(checked.habit, name) for name in HABIT}
    head = _identity(spec) | {
        "verdicts": [asdict(verdict) for verdict in checked.verdicts],
        "evidence": asdict(checked.evidence),
    }
    if checked.model is not None:
        arrays |= {f"model_{name}": getattr(checked.model, name) for name in MODEL}
        head["platt"] = [checked.model.slope, checked.model.shift]
    written = io.BytesIO()
    np.savez(written, head=np.array(json.dumps(head)), **arrays)
    write_atomic(habits_path(folder, spec), written.getvalue())


def load(folder: Path, spec: EmbedderSpec) -> Checked | None:
    """What the last check of this embedder and version found, or None."""
    try:
        with np.load(io.BytesIO(habits_path(folder, spec).read_bytes()), allow_pickle=False) as found:
            return _read(dict(found), spec)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        log.warning("The habits in %s cannot be used: %s", habits_path(folder, spec).name, error)
        return None


def _identity(spec: EmbedderSpec) -> dict[str, object]:
    return {"format": FORMAT, "embedder": spec.name, "version": spec.version}


def _read(arrays: dict[str, np.ndarray], spec: EmbedderSpec) -> Checked:
    head = json.loads(str(arrays["head"]))
    if differing := [key for key, value in _identity(spec).items() if head[key] != value]:
        raise ValueError(f"{', '.join(differing)} is of other habits")
    model = None
    if "platt" in head:
        weights, means, scales = (arrays[f"model_{name}"] for name in MODEL)
        model = Model(weights, means, scales, *map(float, head["platt"]))
    habit = Habit(*(arrays[f"habit_{name}"] for name in HABIT))
    verdicts = tuple(Verdict(**each) for each in head["verdicts"])
    return Checked(verdicts, habit, Evidence(**head["evidence"]), model)
