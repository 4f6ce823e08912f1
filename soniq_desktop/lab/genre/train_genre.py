"""`soniq lab train-genre`: a genre network from labelled audio, and a report of what it can do."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from soniq_desktop.analysis.genre.conformal import (
    LEVELS,
    Calibration,
    calibrate,
    chances,
    coverage,
    prediction_sets,
)
from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.genre.datasets import Clip, clips_of
from soniq_desktop.lab.genre.excerpts import images_of
from soniq_desktop.lab.genre.metrics import calibration_error, confusion, fitted_temperature, softmax
from soniq_desktop.lab.genre.training import Examples, History, Options, logits_of, scale_of, train
from soniq_desktop.lab.genre.weights_file import packed
from soniq_desktop.lab.needs import LabError, out_folder
from soniq_desktop.lab.reports import Report, figure
from soniq_desktop.models.genre_networks import new_network

PARTS = ("train", "held", "test")
Floats = NDArray[Any]
Told = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """Files of one side of the split, in order, with the excerpts of all of them."""

    clips: list[Clip]
    examples: Examples

    def labels(self) -> NDArray[np.int64]:
        """(files,) index of the class."""
        first = np.unique(self.examples.tracks, return_index=True)[1]
        return np.asarray(self.examples.targets[first].argmax(axis=1), np.int64)


def train_genre(
    data: Path,
    out: Path,
    *,
    labels: Path | None = None,
    network: str = "crnn",
    options: Options = Options(),  # noqa: B008 - immutable
    told: Told = lambda _share, _doing: None,
) -> dict[str, Any]:
    """Train; weights.safetensors, report.html and confusion.png in `out`, the figures as plain values.

    Called again with the same options it goes on where it was stopped.

    Raises:
        LabError: there is too little to learn from.
        ModelError: the checkpoint in `out` belongs to other options, or there is no such network.
    """
    began = time.monotonic()
    clips = clips_of(data, labels)
    names = sorted({clip.label for clip in clips})
    torch.manual_seed(options.seed)
    model = new_network(network, len(names))
    out_folder(out)
    heard, refused = images_of(
        [clip.path for clip in clips],
        out / "excerpts",
        lambda done, total: told(0.3 * done / total, "listening"),
    )
    parts = [_part(clips, names, heard, part) for part in PARTS]
    learned, held, test = parts
    history = train(model, learned.examples, held.examples, options, out, _progress(told, options))
    scale = scale_of(learned.examples.images)
    on_held, on_test = (
        _by_file(logits_of(model, each.examples.images, scale), each) for each in (held, test)
    )
    temperature = fitted_temperature(on_held, np.eye(len(names))[held.labels()])
    content = packed(model, network, names, scale, temperature)
    write_atomic(out / "weights.safetensors", content)
    result = {
        "network": network,
        "files": {name: len(part.clips) for name, part in zip(PARTS, parts, strict=True)},
        "left_out": len(refused),
        "labels": names,
        "epochs": history.epochs,
        "best_epoch": history.best + 1,
        "seconds": round(time.monotonic() - began),
        "temperature": round(temperature, 3),
        **_figures(softmax(on_held / temperature), held.labels(), on_test / temperature, test.labels()),
        "weights": str(out / "weights.safetensors"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    write_report(out, result, history, confusion(on_test.argmax(1), test.labels(), len(names)))
    return result


def _part(clips: Sequence[Clip], names: list[str], heard: dict[Path, Any], part: str) -> Part:
    chosen = [clip for clip in clips if clip.part == part and clip.path in heard]
    if not chosen:
        word = {"train": "to learn from", "held": "to hold out", "test": "to test with"}[part]
        raise LabError(
            f"There is no file {word}.", "More files are needed, or a table with a column “split”."
        )
    counts = [len(heard[clip.path]) for clip in chosen]
    classes = np.repeat([names.index(clip.label) for clip in chosen], counts)
    examples = Examples(
        np.concatenate([heard[clip.path] for clip in chosen]),
        np.eye(len(names), dtype=np.float32)[classes],
        np.repeat(np.arange(len(chosen)), counts),
    )
    return Part(chosen, examples)


def _progress(told: Told, options: Options) -> Callable[[History], None]:
    def report(history: History) -> None:
        losses = (
            f"epoch {history.epochs}, loss {history.training[-1]:.2f}, held out {history.validation[-1]:.2f}"
        )
        told(0.3 + 0.7 * history.epochs / options.epochs, losses)

    return report


def _by_file(logits: Floats, part: Part) -> Floats:
    """(excerpts, classes) -> (files, classes): the mean of a file's excerpts."""
    owners = part.examples.tracks
    return np.stack([logits[owners == number].mean(axis=0) for number in range(len(part.clips))])


def _figures(
    held: Floats, held_labels: NDArray[np.int64], logits: Floats, labels: NDArray[np.int64]
) -> dict[str, Any]:
    """Figures of the test files; prediction sets are calibrated on the held-out ones."""
    known = Calibration(held.astype(np.float64), held_labels, np.ones(len(held)))
    probabilities = softmax(logits).astype(np.float64)
    sets = {}
    for level in LEVELS:
        members = prediction_sets(probabilities, calibrate(known, level), chances(len(labels), 6))
        found = coverage(members, labels, level)
        sets[f"{level:.2f}"] = {
            "coverage": round(found.share, 3),
            "interval": [round(found.low, 3), round(found.high, 3)],
            "mean_size": round(found.mean_size, 2),
        }
    right = logits.argmax(axis=1) == labels
    return {
        "accuracy": round(float(right.mean()), 4),
        "balanced_accuracy": round(float(np.mean([right[labels == n].mean() for n in np.unique(labels)])), 4),
        "chance": round(max(Counter(labels.tolist()).values()) / len(labels), 4),
        "calibration_error": round(calibration_error(logits, labels), 4),
        "prediction_sets": sets,
    }


def write_report(out: Path, result: dict[str, Any], history: History, table: NDArray[np.int64]) -> None:
    """report.html with the confusion matrix and the course of the training, and both as PNG."""
    report = Report("A genre network")
    files = result["files"]
    report.text(
        f"{result['network']}, {len(result['labels'])} genres, {files['train']} files learned from, "
        f"{files['held']} held out, {files['test']} for the test; {result['left_out']} could not be used."
    )
    report.heading("On files it has not seen")
    report.table(
        ("", "value"),
        [(name.replace("_", " "), result[name])
         for name in ("accuracy", "balanced_accuracy", "chance", "calibration_error", "temperature")],
    )  # fmt: skip
    report.text(
        "chance: always the most frequent genre. Splits keep an artist's or folder's files together.",
        quiet=True,
    )
    report.picture("confusion", _confusion(table, result["labels"]), "Confusion matrix: true genre by row")
    report.heading("Prediction sets")
    rows = [
        (level, one["coverage"], *one["interval"], one["mean_size"])
        for level, one in result["prediction_sets"].items()
    ]
    report.table(("level", "coverage", "from", "to", "mean size"), rows)
    report.heading("Training")
    report.picture("training", _course(history), "Loss by epoch, of training and held-out files")
    report.write(out)


def _confusion(table: NDArray[np.int64], names: list[str]) -> Any:
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = max(4.0, 0.55 * len(names) + 2)
    drawn = figure(side, side)
    axes = drawn.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("heard as")
    axes.set_ylabel("true genre")
    for row, column in np.argwhere(table > 0):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(table[row, column]), ha="center", va="center", color=colour)
    return drawn


def _course(history: History) -> Any:
    drawn = figure(7, 3.5)
    axes = drawn.subplots()
    epochs = range(1, history.epochs + 1)
    axes.plot(epochs, history.training, label="training")
    axes.plot(epochs, history.validation, label="held out")
    axes.axvline(history.best + 1, linestyle=":", color="grey", label="kept")
    axes.set_xlabel("epoch")
    axes.set_ylabel("cross entropy (nats)")
    axes.legend()
    return drawn
