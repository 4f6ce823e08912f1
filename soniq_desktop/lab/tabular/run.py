"""`soniq lab tabular`: everything that a table of features can honestly say, as Parquet and a report."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre import conformal
from soniq_desktop.lab.needs import LabError, out_folder
from soniq_desktop.lab.recommenders.base import Progress, silently
from soniq_desktop.lab.reports import Report, figure
from soniq_desktop.lab.tables import write_rows
from soniq_desktop.lab.tabular import folds, models
from soniq_desktop.lab.tabular.alike import alike, row_named
from soniq_desktop.lab.tabular.features import Table, read_table
from soniq_desktop.lab.tabular.kept import Kept

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)
CLASSIFIERS = ("forest", "boosting")


@dataclass(frozen=True)
class Request:
    """What `tabular` is asked for. `like`: words that name a track, or "" for none."""

    source: Path
    out: Path
    seed: int = 0
    like: str = ""
    count: int = 10
    workers: int = 1


def tabular(request: Request, progress: Callable[[str], Progress] = silently) -> dict[str, Any]:
    """Fit, measure and report whatever the table has columns for.

    Raises:
        LabError: see `read_table`; or the table has neither genre, popularity nor the track to compare with.
    """
    out_folder(request.out)
    table = read_table(request.source)
    if table.genres is None and table.popularity is None and not request.like:
        raise LabError("The table has neither a genre nor a popularity column.", "Name a track with --like.")
    named = row_named(table, request.like) if request.like else None
    report = Report("What features of tracks say")
    for sentence in table.sentences:
        report.text(sentence)
    result: dict[str, Any] = {"tracks": len(table), "features": list(table.names)}
    if table.genres is not None:
        result["genre"] = _genre(request, table, report, progress)
    if table.popularity is not None:
        result["popularity"] = _popularity(request, table, report, progress("Popularity"))
    if named is not None:
        result["like"] = _alike(table, named, request.count, report)
    result["sentences"] = list(table.sentences)
    result["report"] = str(report.write(request.out))
    return result


def _genre(
    request: Request, table: Table, report: Report, progress: Callable[[str], Progress]
) -> dict[str, Any]:
    labels = table.genres
    assert labels is not None
    if len(table.genre_names) < 2:
        raise LabError("All tracks of the table are of one genre: there is nothing to tell apart.")
    honest, leaking = folds.grouped(table.artists, request.seed), folds.random(len(table), request.seed)
    rows, best = [], (-1.0, "", np.zeros(0))
    kept = Kept(request.out / "parts", table.values, labels, table.artists, request.seed)
    for name in CLASSIFIERS:
        told = _told(progress(f"Genre, {name}"), 2 * len(honest))
        make = partial(models.classifier, name, request.seed, request.workers)
        fit = partial(models.probabilities, make, table.values, labels)
        found = kept.get(f"genre-{name}", partial(fit, honest, told))
        random = kept.get(f"genre-{name}-random", partial(fit, leaking, _shifted(told, len(honest))))
        good, leak = models.genre_figures(found, labels), models.genre_figures(random, labels)
        rows.append(
            {"model": name, "accuracy": good.accuracy, "balanced": good.balanced, "leaking": leak.accuracy}
        )
        if good.accuracy > best[0]:
            best = (good.accuracy, name, found)
    write_rows(request.out / "genre.parquet", rows)
    _report_genre(report, rows, table)
    shown = _details(request, table, labels, best[1], best[2], honest[0], report)
    return {"models": rows, "best": best[1], **shown}


def _told(progress: Progress, count: int) -> models.Told:
    return lambda done, _all: progress(done / count, f"fold {done} of {count}")


def _shifted(told: models.Told, by: int) -> models.Told:
    return lambda done, count: told(done + by, count)


def _report_genre(report: Report, rows: list[dict[str, Any]], table: Table) -> None:
    report.heading("Genre")
    largest = float(np.bincount(table.genres if table.genres is not None else [0]).max() / len(table))
    report.text(
        f"{len(table.genre_names)} genres; always naming the most frequent one is right for {largest:.1%}. "
        "Artists are in training or in test, never in both. The last column is what a random split claims."
    )
    columns = ("Model", "Accuracy", "Mean recall", "Random split (leaks)")
    report.table(columns, [tuple(row.values()) for row in rows])


def _details(
    request: Request,
    table: Table,
    labels: NDArray[np.int64],
    name: str,
    found: NDArray[np.float64],
    fold: folds.Fold,
    report: Report,
) -> dict[str, Any]:
    """Confusion, importance and sets of the better model."""
    confusion = models.genre_figures(found, labels).confusion
    report.picture("confusion", _confusion(confusion, table.genre_names), "Confusion of genres, by row")
    make = partial(models.classifier, name, request.seed, request.workers)
    worth = models.importance(make, table.values, labels, fold, request.seed)
    report.heading("What the genre model listens to")
    report.text(
        "Accuracy lost on unknown artists when one feature is shuffled. Features that say the same share it."
    )
    report.picture("importance", _importance(worth, table.names), "Permutation importance of each feature")
    sets = _sets(found, labels, table.artists, request.seed)
    write_rows(request.out / "sets.parquet", sets)
    report.heading("Sets that hold the true genre")
    report.text("Split conformal prediction; limits from half of the artists, measured on the others.")
    report.table(
        ("Asked for", "Measured", "Mean size"), [(row["level"], row["coverage"], row["size"]) for row in sets]
    )
    report.picture("sets", _set_curve(sets), "Coverage against the size of the sets")
    order = np.argsort(-worth[:, 0])
    return {
        "confusion": confusion.tolist(),
        "genres": list(table.genre_names),
        "importance": {table.names[i]: float(worth[i, 0]) for i in order},
        "sets": sets,
    }


def _sets(
    found: NDArray[np.float64], labels: NDArray[np.int64], artists: NDArray[np.str_], seed: int
) -> list[dict[str, float]]:
    """Coverage and size by level; out-of-fold probabilities of one half of the artists calibrate for the
    other."""
    known, held = folds.grouped(artists, seed, 2)[0]
    drawn = conformal.chances(len(found), seed)
    data = conformal.Calibration(found, labels, np.ones(len(found)))
    rows = []
    for level in LEVELS:
        limits = conformal.calibrate(data.rows(known), level, chance=drawn[known])
        members = conformal.prediction_sets(found[held], limits, drawn[held])
        reached = conformal.coverage(members, labels[held], level)
        rows.append({
            "level": level, "coverage": reached.share, "low": reached.low, "high": reached.high,
            "size": reached.mean_size,
        })  # fmt: skip
    return rows


def _popularity(request: Request, table: Table, report: Report, progress: Progress) -> list[dict[str, Any]]:
    assert table.popularity is not None
    honest, leaking = folds.grouped(table.artists, request.seed), folds.random(len(table), request.seed)
    rows: list[dict[str, Any]] = []
    kept = Kept(request.out / "parts", table.values, table.popularity, table.artists, request.seed)
    told = _told(progress, 4 * len(honest))
    for number, name in enumerate(CLASSIFIERS):
        make = partial(models.regressor, name, request.seed, request.workers)
        fit = partial(models.predictions, make, table.values, table.popularity)
        begin = 2 * number * len(honest)
        found = kept.get(f"popularity-{name}", partial(fit, honest, _shifted(told, begin)))
        random = kept.get(
            f"popularity-{name}-random", partial(fit, leaking, _shifted(told, begin + len(honest)))
        )
        good = models.number_figures(found, table.popularity)
        leak = models.number_figures(random, table.popularity)
        rows.append({"model": name, "r2": good.r2, "error": good.error, "leaking": leak.r2})
    write_rows(request.out / "popularity.parquet", rows)
    report.heading("Popularity")
    report.text(_popularity_sentence(max(row["r2"] for row in rows)))
    report.table(
        ("Model", "R²", "Mean error", "R², random split (leaks)"), [tuple(row.values()) for row in rows]
    )
    return rows


def _popularity_sentence(r2: float) -> str:
    if r2 <= 0:
        return "How popular a track is cannot be told from these features: no better than naming the mean."
    return (
        f"These features explain {r2:.0%} of how popular tracks of unknown artists are; "
        f"the other {1 - r2:.0%} has other reasons."
    )


def _alike(table: Table, row: int, count: int, report: Report) -> list[dict[str, Any]]:
    found = [
        {"title": str(table.titles[i]), "artist": str(table.artists[i]), "cosine": cosine}
        for i, cosine in alike(table, row, count)
    ]
    report.heading(f"Alike: {table.titles[row]} by {table.artists[row]}")
    report.table(("Title", "Artist", "Cosine"), [tuple(each.values()) for each in found])
    return found


def _confusion(confusion: NDArray[np.int64], names: tuple[str, ...]) -> Any:
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    size = max(4.0, 0.62 * len(names) + 1.8)
    drawn = figure(size + 1, size)
    axes = drawn.subplots()
    picture = axes.imshow(shares, cmap="magma", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="true")
    for (i, j), share in np.ndenumerate(shares):
        axes.text(
            j,
            i,
            f"{share:.0%}",
            ha="center",
            va="center",
            color="black" if share > 0.6 else "white",
            fontsize=8,
        )
    drawn.colorbar(picture, ax=axes, shrink=0.8)
    return drawn


def _importance(worth: NDArray[np.float64], names: tuple[str, ...]) -> Any:
    order = np.argsort(worth[:, 0])
    drawn = figure(8.0, 1 + 0.35 * len(names))
    axes = drawn.subplots()
    axes.barh([names[i] for i in order], worth[order, 0], xerr=worth[order, 1], capsize=2)
    axes.set_xlabel("accuracy lost")
    return drawn


def _set_curve(sets: list[dict[str, float]]) -> Any:
    drawn = figure()
    axes = drawn.subplots()
    axes.plot([row["size"] for row in sets], [row["coverage"] for row in sets], "o-", label="measured")
    axes.plot([row["size"] for row in sets], [row["level"] for row in sets], "--", label="asked for")
    axes.set(xlabel="genres in a set, mean", ylabel="share of sets with the true genre")
    axes.legend(frameon=False)
    return drawn
