"""Comparing recommenders on one split: fit, rank, measure, keep, report. What was measured before is not
measured again."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab import metrics
from soniq_desktop.lab.interactions import Interactions
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import VERSION, Progress, Recommender, Task, ranked
from soniq_desktop.lab.splits import Split

MODELS = {  # imported when asked for: three of them need torch
    "popularity": "baselines:Popularity",
    "random": "baselines:Random",
    "bpr": "factors:BprFactors",
    "knn": "content_knn:ContentKnn",
    "snn": "shallow:ShallowNetwork",
    "bert4rec": "bert4rec:Bert4Rec",
}


@dataclass(frozen=True)
class Experiment:
    """One model on one split.

    Attributes:
        model: one of `MODELS`.
        embedding: name of the content vectors, for the record.
        ks: cut-offs, ascending.
        seed: of everything that is random.
        settings: of the model.
        again: whether items that were heard before are recommended and count.
    """

    model: str
    embedding: str = "none"
    ks: tuple[int, ...] = (5, 10, 50)
    seed: int = 0
    settings: dict[str, float | int | str] = field(default_factory=dict)
    again: bool = False

    def key(self, split: Split) -> str:
        """The same for the same experiment on the same events."""
        halves = (split.train, split.heard, split.test)
        data = [part.tobytes() for half in halves for part in (half.users, half.items)]
        about = json.dumps([VERSION, asdict(self)], sort_keys=True).encode()
        return hashlib.blake2b(b"|".join([about, *data]), digest_size=10).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What was measured.

    Attributes:
        figures: by "NDCG@10" and so on.
        cold: the same over the events whose item had no play in training, or empty where there are none.
        users: how many were predicted for.
    """

    experiment: Experiment
    figures: dict[str, metrics.Figure]
    cold: dict[str, metrics.Figure]
    coverage: float
    novelty: float
    users: int
    cold_users: int
    seconds: float


def make(model: str) -> Recommender:
    """A recommender by its name.

    Raises:
        LabError: no such model.
    """
    if model not in MODELS:
        raise LabError(f"There is no recommender named {model}.", f"Choose one of {', '.join(MODELS)}.")
    module, _, name = MODELS[model].partition(":")
    found: Recommender = getattr(import_module(f"soniq_desktop.lab.recommenders.{module}"), name)()
    return found


def measure(
    experiment: Experiment,
    split: Split,
    vectors: NDArray[np.float32] | None,
    *,
    progress: Progress = lambda _share, _doing: None,
    checkpoint: str = "",
    watch: Callable[[int, float], None] = lambda _epoch, _value: None,
) -> Outcome:
    """Fit the model on the training events and measure its rankings on the rest.

    Raises:
        LabError: the model lacks what it needs, or nothing is left to predict.
    """
    began = time.monotonic()
    model = make(experiment.model)
    settings = dict(experiment.settings)
    how = (experiment.seed, settings, progress, checkpoint, watch, split.known, experiment.again)
    model.fit(Task(split.train, vectors, *how))
    users, wanted = _wanted(split, again=experiment.again)
    histories = split.heard.sequences()
    top = ranked(model, users, histories, max(experiment.ks), again=experiment.again)
    cold_users, cold_wanted = _only(users, wanted, split.cold)
    rows = np.searchsorted(users, cold_users)
    return Outcome(
        experiment,
        _figures(experiment, top, wanted),
        _figures(experiment, top[rows], cold_wanted) if len(cold_users) else {},
        metrics.coverage(top[:, : experiment.ks[0]], split.train.item_count),
        metrics.novelty(top[:, : experiment.ks[0]], split.train.counts()),
        len(users),
        len(cold_users),
        time.monotonic() - began,
    )


def _wanted(split: Split, *, again: bool) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Users to predict for, ascending, and the different items each went on to play."""
    heard, test = _pairs(split.heard), _pairs(split.test)
    if not again:
        test = np.setdiff1d(test, heard)
    if len(test) == 0:
        raise LabError(
            "Every event to predict is a repetition of one learned from.", "Allow repetitions with --again."
        )
    owners, items = np.divmod(test, split.train.item_count)
    users, begins = np.unique(owners, return_index=True)
    return users, np.split(items, begins[1:])


def _pairs(events: Interactions) -> NDArray[np.int64]:
    return np.unique(events.users.astype(np.int64) * events.item_count + events.items)


def _only(
    users: NDArray[np.int64], wanted: Sequence[NDArray[np.int64]], items: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Those who went on to play one of `items`, and which."""
    kept = [each[np.isin(each, items)] for each in wanted]
    some = np.array([len(each) > 0 for each in kept], dtype=bool)
    return users[some], [each for each in kept if len(each)]


def _figures(
    experiment: Experiment, top: NDArray[np.int64], wanted: Sequence[NDArray[np.int64]]
) -> dict[str, metrics.Figure]:
    found = metrics.hits(top, wanted)
    sizes = np.array([len(each) for each in wanted])
    values = {
        f"{name}@{k}": each for k in experiment.ks for name, each in metrics.at_k(found, sizes, k).items()
    }
    return metrics.figures(values, experiment.seed)


class Results:
    """Outcomes kept in results.parquet of a folder, by the experiment's key."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "results.parquet"
        self._rows: dict[str, dict[str, Any]] = {}
        if self._file.is_file():
            from soniq_desktop.lab.tables import read_rows

            self._rows = {row["key"]: row for row in read_rows(self._file)}

    def get(self, key: str) -> dict[str, Any] | None:
        """The row of an experiment that was measured before."""
        return self._rows.get(key)

    def keep(self, key: str, outcome: Outcome) -> dict[str, Any]:
        """Write the outcome down; returns its row."""
        from soniq_desktop.lab.tables import write_rows

        self._rows[key] = as_row(key, outcome)
        write_rows(self._file, list(self._rows.values()))
        return self._rows[key]


def as_row(key: str, outcome: Outcome) -> dict[str, Any]:
    """One flat row: names of figures, with `_low` and `_high` for their intervals."""
    experiment = outcome.experiment
    row: dict[str, Any] = {
        "key": key, "model": experiment.model, "embedding": experiment.embedding, "seed": experiment.seed,
        "settings": json.dumps(experiment.settings, sort_keys=True), "again": experiment.again,
        "users": outcome.users, "cold_users": outcome.cold_users, "coverage": outcome.coverage,
        "novelty": outcome.novelty, "seconds": outcome.seconds,
    }  # fmt: skip
    for prefix, figures in (("", outcome.figures), ("cold ", outcome.cold)):
        for name, figure in figures.items():
            row |= {
                prefix + name: figure.value,
                f"{prefix}{name}_low": figure.low,
                f"{prefix}{name}_high": figure.high,
            }
    return row
