"""`soniq lab tune`: Optuna (Akiba et al. 2019) over model, item vectors and training settings, on the
validation period only."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab import metrics
from soniq_desktop.lab.evaluate import COOCCURRENCE, content_vectors, read_split
from soniq_desktop.lab.evaluation import Experiment, measure
from soniq_desktop.lab.needs import LabError, need, out_folder
from soniq_desktop.lab.presets import Preset
from soniq_desktop.lab.recommenders.base import Progress, silent
from soniq_desktop.lab.recommenders.options import given_to, refuse_unknown
from soniq_desktop.lab.reports import Report, figure
from soniq_desktop.lab.search_space import SPACES, own_settings, suggested
from soniq_desktop.lab.splits import END, START, TEST, Split
from soniq_desktop.lab.tables import write_rows

WARM_UP = 4  # trials before the worst are cut short


@dataclass(frozen=True)
class Search:
    """What `tune` is asked for.

    Attributes:
        models, embeddings: what may be chosen from.
        trials: how many in all, those of an earlier start included.
        metric: "NDCG@10" or another of `metrics.NAMES` with its k.
        limits: settings that are fixed, such as epochs.
    """

    source: Path
    out: Path
    models: tuple[str, ...]
    embeddings: tuple[str, ...] = (COOCCURRENCE,)
    trials: int = 20
    metric: str = "NDCG@10"
    start: str = START
    test: str = TEST
    end: str = END
    seed: int = 0
    limits: tuple[tuple[str, float | int | str], ...] = ()


@dataclass(frozen=True)
class Found:
    """The best trial, and where the report is."""

    preset: Preset
    trials: int
    pruned: int
    report: Path


def tune(search: Search, progress: Progress = silent) -> Found:
    """Search until `trials` are done; study.sqlite3 in the folder goes on where it was stopped.

    Raises:
        LabError: unknown model or metric, no trial succeeded, or see `read_split`.
    """
    k = _checked(search)
    optuna = need("optuna")
    out_folder(search.out)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    halves, _ = read_split(search.source, "val", start=search.start, test=search.test, end=search.end)
    study = _study(optuna, search, _question(search, halves))
    objective = _Objective(search, halves, k, optuna)

    def told(_study: Any, trial: Any) -> None:
        finished = len(_finished(study))
        complete = trial.state == optuna.trial.TrialState.COMPLETE
        value = f"{search.metric} {trial.value:.4f}" if complete else "given up early"
        progress(finished / search.trials, f"trial {trial.number + 1}: {value}")

    study.optimize(objective, n_trials=max(0, search.trials - len(_finished(study))), callbacks=[told])
    return _found(search, study, optuna)


def _checked(search: Search) -> int:
    """The metric's k."""
    unknown = [model for model in search.models if model not in SPACES]
    if unknown or not search.models:
        raise LabError(
            f"There is nothing to tune in {', '.join(unknown) or 'no model'}.",
            f"Choose of {', '.join(SPACES)}.",
        )
    refuse_unknown(dict(search.limits), search.models)
    for model in search.models:
        given_to(model, dict(search.limits))
    name, _, k = search.metric.partition("@")
    if name not in metrics.NAMES or not k.isdigit() or int(k) < 1:
        raise LabError(f"There is no metric {search.metric}.", "Write it as NDCG@10.")
    return int(k)


def _question(search: Search, halves: Split) -> str:
    """A name for what is asked: the same for the same choices on the same events."""
    choices = f"{search.models} {search.embeddings} {search.metric} {search.limits}"
    return f"recommenders {Experiment(choices).key(halves)}"


def _study(optuna: Any, search: Search, name: str) -> Any:
    """Seeded anew by the number of finished trials, so that a resumed search does not repeat itself.

    A folder keeps a study for each question: figures of other data, models or metrics do not mix.
    """
    file = search.out / "study.sqlite3"
    try:
        study = optuna.create_study(
            study_name=name, storage=f"sqlite:///{file}", direction="maximize", load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(WARM_UP, n_warmup_steps=3),
        )  # fmt: skip
    except need("sqlalchemy.exc").SQLAlchemyError as error:
        raise LabError(f"{file.name} is damaged.", "Delete it; the search begins again.") from error
    study.sampler = optuna.samplers.TPESampler(seed=search.seed + len(study.trials))
    return study


class _Objective:
    """Measures one trial; item vectors are made once."""

    def __init__(self, search: Search, halves: Split, k: int, optuna: Any) -> None:
        self._search, self._halves, self._k, self._optuna = search, halves, k, optuna
        self._vectors: dict[str, NDArray[np.float32] | None] = {}

    def __call__(self, trial: Any) -> float:
        search = self._search
        model = trial.suggest_categorical("model", search.models)
        embedding = trial.suggest_categorical("embedding", search.embeddings)
        settings = suggested(model, trial) | given_to(model, dict(search.limits))
        experiment = Experiment(model, Path(embedding).stem, (self._k,), search.seed, settings)

        def watch(epoch: int, value: float) -> None:
            trial.report(value, epoch)
            if trial.should_prune():
                raise self._optuna.TrialPruned

        outcome = measure(experiment, self._halves, self._content(embedding), watch=watch)
        return outcome.figures[search.metric].value

    def _content(self, embedding: str) -> NDArray[np.float32] | None:
        if embedding not in self._vectors:
            self._vectors[embedding] = content_vectors(embedding, self._halves.train, self._search.seed)
        return self._vectors[embedding]


def _found(search: Search, study: Any, optuna: Any) -> Found:
    complete = _complete(study, optuna)
    if not complete:
        raise LabError("No trial came to an end.", "Allow more trials or fewer epochs.")
    best = study.best_trial
    model = best.params["model"]
    settings = own_settings(model, best.params) | given_to(model, dict(search.limits))
    preset = Preset(model, best.params["embedding"], settings, search.metric, best.value)
    finished = _finished(study)
    rows = [
        {
            "trial": trial.number,
            "value": trial.value if trial in complete else None,
            "state": trial.state.name.lower(),
        }
        | trial.params
        for trial in finished
    ]
    write_rows(search.out / "trials.parquet", rows)
    report = _report(search, study, preset, optuna)
    return Found(preset, len(finished), len(finished) - len(complete), report)


def _finished(study: Any) -> list[Any]:
    """Trials that are over. (One whose process was killed is running for ever.)"""
    return [trial for trial in study.trials if trial.state.is_finished()]


def _complete(study: Any, optuna: Any) -> list[Any]:
    """Trials that came to an end. (A trial that was given up has a value, too: its last figure on held-back
    data.)"""
    return [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]


def _report(search: Search, study: Any, preset: Preset, optuna: Any) -> Path:
    report = Report("Tuning")
    report.text(f"Best {search.metric} on the validation period: {preset.value:.4f} by {preset.model}.")
    report.table(("Setting", "Value"), [(name, str(value)) for name, value in preset.settings.items()])
    report.heading("History")
    report.picture(
        "history",
        _history(_complete(study, optuna), search.metric),
        "Value of every trial and the best so far",
    )
    importance = _importance(study, optuna)
    if importance:
        report.heading("What mattered")
        report.picture("importance", _bars(importance), "Share of the variance that each setting explains")
    report.text(
        "Tuned on the validation period; measure the result with soniq lab evaluate --mode test.", quiet=True
    )
    return report.write(search.out)


def _history(complete: Sequence[Any], metric: str) -> Any:
    numbers, values = np.array([(trial.number + 1, trial.value) for trial in complete]).T
    drawn = figure()
    axes = drawn.subplots()
    axes.plot(numbers, values, "o", alpha=0.6, label="trial")
    axes.step(numbers, np.maximum.accumulate(values), where="post", label="best so far")
    axes.set(xlabel="Trial", ylabel=metric)
    axes.legend(frameon=False)
    return drawn


def _importance(study: Any, optuna: Any) -> dict[str, float]:
    """PED-ANOVA importances (Watanabe et al. 2023) of the settings; empty where nothing can be said."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # few trials: the picture shows what there is
            found: dict[str, float] = optuna.importance.get_param_importances(study)
    except (RuntimeError, ValueError):
        return {}
    return found


def _bars(importance: dict[str, float]) -> Any:
    drawn = figure(8.0, 1 + 0.4 * len(importance))
    axes = drawn.subplots()
    names = list(importance)[::-1]
    axes.barh(names, [importance[name] for name in names])
    axes.set_xlabel("Importance")
    return drawn
