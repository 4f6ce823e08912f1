"""`soniq lab evaluate`: interactions and item vectors in, Parquet and a report out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.paths import Paths
from soniq_desktop.lab.evaluation import Experiment, Results, make, measure
from soniq_desktop.lab.history import HISTORY, LIBRARY, library_vectors, read_history, session_split
from soniq_desktop.lab.interactions import Interactions
from soniq_desktop.lab.needs import LabError, out_folder
from soniq_desktop.lab.reading import read_interactions
from soniq_desktop.lab.recommenders.base import Progress, silently
from soniq_desktop.lab.recommenders.options import given_to, refuse_unknown
from soniq_desktop.lab.reports import Report, figure
from soniq_desktop.lab.splits import END, START, TEST, Split, split
from soniq_desktop.lab.vectors import cooccurrence, from_parquet

COOCCURRENCE = "cooccurrence"
WITHOUT_CONTENT = ("popularity", "random", "bpr")
COOCCURRENCE_DIM = 64


@dataclass(frozen=True)
class Plan:
    """What `evaluate` is asked for.

    Attributes:
        source: file of interactions, or "history": what was played in SONIQ.
        out: folder for results.parquet, report.html, pictures and checkpoints.
        models: recommenders, in the order of the report.
        embedding: "cooccurrence", "none", "library" (what SONIQ heard, items being its track ids), or a
            Parquet file of `soniq lab embed`.
        ks: cut-offs.
        mode: "val" or "test".
        again: repetitions are recommended and count.
    """

    source: Path
    out: Path
    models: tuple[str, ...]
    embedding: str = COOCCURRENCE
    ks: tuple[int, ...] = (5, 10, 50)
    mode: str = "test"
    start: str = START
    test: str = TEST
    end: str = END
    seed: int = 0
    settings: tuple[tuple[str, float | int | str], ...] = ()
    again: bool = False


def evaluate(plan: Plan, progress: Callable[[str], Progress] = silently) -> dict[str, Any]:
    """Measure every model of the plan; those that were measured before are taken from results.parquet.

    `progress(model)` gives the function that is told how far that model is.

    Raises:
        LabError: see `read_interactions`, `split`, `measure`.
    """
    _check(plan)
    out_folder(plan.out)
    halves, known = read_split(plan.source, plan.mode, start=plan.start, test=plan.test, end=plan.end)
    vectors = _vectors(plan, halves)
    results = Results(plan.out)
    rows = [_row(plan, model, halves, vectors, results, progress(model)) for model in plan.models]
    sentences = [*known, halves.sentence, _cold_sentence(halves)]
    ks = _cutoffs(plan, halves)
    report = _report(plan.out, rows, sentences, ks)
    return {"results": rows, "ks": ks, "sentences": sentences, "report": str(report)}


def _check(plan: Plan) -> None:
    if plan.mode not in {"val", "test"}:
        raise LabError(f"There is no mode {plan.mode}.", "Choose val (to compare settings) or test.")
    if not plan.models or not plan.ks or min(plan.ks) < 1:
        raise LabError("Name at least one model and one k of 1 or more.")
    for model in plan.models:
        make(model)
        given_to(model, dict(plan.settings))
    refuse_unknown(dict(plan.settings), plan.models)


def read_split(source: Path, mode: str, *, start: str, test: str, end: str) -> tuple[Split, list[str]]:
    """The two halves of a file or of the app's own history (see `Plan`), and what to say of the source.

    Raises:
        LabError: see `read_interactions`, `read_history` and the splits.
    """
    if str(source) == HISTORY:
        events = read_history(Paths.from_environment())
        size = f"{events.user_count:,} sessions, {events.item_count:,} songs"
        return session_split(events, mode), [f"{len(events):,} plays in SONIQ: {size}."]
    read = read_interactions(source)
    return split(read.interactions, mode, start=start, test=test, end=end), read.sentences()


def _vectors(plan: Plan, halves: Split) -> NDArray[np.float32] | None:
    if set(plan.models) <= set(WITHOUT_CONTENT):
        return None
    return content_vectors(plan.embedding, halves.train, plan.seed)


def content_vectors(embedding: str, train: Interactions, seed: int) -> NDArray[np.float32] | None:
    """(items, dim) of an embedding by its name or file (see `Plan`); None for "none".

    Raises:
        LabError: see `cooccurrence`, `library_vectors`, `from_parquet`.
    """
    if embedding == "none":
        return None
    if embedding == COOCCURRENCE:
        return cooccurrence(train, COOCCURRENCE_DIM, seed)
    if embedding == LIBRARY:
        return library_vectors(Paths.from_environment(), train.item_names)
    return from_parquet(Path(embedding), train.item_names)


def _row(
    plan: Plan,
    model: str,
    halves: Split,
    vectors: NDArray[np.float32] | None,
    results: Results,
    progress: Progress,
) -> dict[str, Any]:
    content = "none" if model in WITHOUT_CONTENT else Path(plan.embedding).stem
    settings = given_to(model, dict(plan.settings))
    experiment = Experiment(model, content, _cutoffs(plan, halves), plan.seed, settings, plan.again)
    key = experiment.key(halves)
    known = results.get(key)
    if known is not None:
        progress(1.0, "measured before")
        return known
    checkpoint = str(plan.out / "checkpoints" / f"{model}-{content}")
    outcome = measure(experiment, halves, vectors, progress=progress, checkpoint=checkpoint)
    progress(1.0, "measured")
    return results.keep(key, outcome)


def _cutoffs(plan: Plan, halves: Split) -> tuple[int, ...]:
    """Ascending; a k larger than the catalogue is the whole catalogue."""
    return tuple(sorted({min(k, halves.train.item_count) for k in plan.ks}))


def _cold_sentence(halves: Split) -> str:
    if len(halves.cold) == 0:
        return "Every item to predict was played in training."
    events = int(np.isin(halves.test.items, halves.cold).sum())
    return (
        f"{len(halves.cold):,} items ({events:,} events) to predict had no play in training: "
        "only content can find them."
    )


def _report(out: Path, rows: Sequence[dict[str, Any]], sentences: Sequence[str], ks: Sequence[int]) -> Path:
    report = Report("Recommenders compared")
    for sentence in sentences:
        report.text(sentence)
    for k in ks:
        _section(report, rows, k, "")
    if any(row["cold_users"] for row in rows):
        report.heading("Items without a play in training")
        report.text("The same rankings, counted over those items alone.")
        for k in ks:
            _section(report, rows, k, "cold ")
    report.heading("Beyond accuracy")
    beyond = [
        (r["model"], r["embedding"], r["coverage"], r["novelty"], r["users"], r["seconds"]) for r in rows
    ]
    report.table(("Model", "Embedding", "Coverage", "Novelty, bits", "Users", "Seconds"), beyond)
    report.text(f"Coverage and novelty at k = {ks[0]}. Intervals: 95 %, bootstrap over users.", quiet=True)
    report.picture("ndcg", _bars(rows, ks), "NDCG of each model at each k with intervals")
    return report.write(out)


def _section(report: Report, rows: Sequence[dict[str, Any]], k: int, prefix: str) -> None:
    names = ("HitRate", "Recall", "Precision", "NDCG", "MRR")
    shown = [row for row in rows if row.get(f"{prefix}NDCG@{k}") is not None]
    if not prefix:
        report.heading(f"At k = {k}")
    columns = ("Model", "Embedding", *(f"{name}@{k}" for name in names), "NDCG interval")
    report.table(
        columns,
        [
            (
                row["model"],
                row["embedding"],
                *(row[f"{prefix}{name}@{k}"] for name in names),
                f"{row[f'{prefix}NDCG@{k}_low']:.4f} to {row[f'{prefix}NDCG@{k}_high']:.4f}",
            )
            for row in shown
        ],
    )


def _bars(rows: Sequence[dict[str, Any]], ks: Sequence[int]) -> Any:
    drawn = figure()
    axes = drawn.subplots()
    width = 0.8 / len(rows)
    for number, row in enumerate(rows):
        values = np.array([row[f"NDCG@{k}"] for k in ks])
        spread = np.array([[row[f"NDCG@{k}_low"], row[f"NDCG@{k}_high"]] for k in ks]).T
        places = np.arange(len(ks)) + number * width
        axes.bar(places, values, width * 0.9, yerr=np.abs(spread - values), label=row["model"], capsize=3)
    axes.set_xticks(np.arange(len(ks)) + 0.4 - width / 2, [f"k = {k}" for k in ks])
    axes.set_ylabel("NDCG")
    axes.legend(frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return drawn
