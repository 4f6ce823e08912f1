"""lab train-genre, lab export: genre networks of one's own. Their work is imported when they are called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, lab, plainly


@lab.command("train-genre")
@plainly
def train_genre(
    data: Annotated[
        Path, typer.Option(help="Folder with audio; a folder per genre unless there is a table.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for weights, checkpoint, report and pictures.")],
    labels: Annotated[
        Path | None,
        typer.Option(help="CSV of paths and genres, FMA's tracks.csv, or GTZAN's filtered lists."),
    ] = None,
    network: Annotated[str, typer.Option(help="crnn or resnet18.")] = "crnn",
    epochs: Annotated[int, typer.Option(min=1, help="At most; training stops when it gets no better.")] = 40,
    batch: Annotated[int, typer.Option(min=1)] = 32,
    patience: Annotated[int, typer.Option(min=1, help="Epochs without gain before it stops.")] = 6,
    seed: Annotated[int, typer.Option(min=0)] = 5,
    json: Json = False,
) -> None:
    """Train a genre network; called again after an interruption, it goes on."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.lab.genre.train_genre import train_genre as run
    from soniq_desktop.lab.genre.training import Options

    options = Options(epochs=epochs, batch=batch, patience=patience, seed=seed)
    with shown(quiet=json) as begin:
        result = run(data, out, labels=labels, network=network, options=options, told=begin("training"))
    right, chance = result["accuracy"], result["chance"]
    show(
        result,
        json,
        lambda: console.print(
            f"{100 * right:.1f} % of {result['files']['test']} unseen files are right "
            f"(always the most frequent genre: {100 * chance:.1f} %). {out / 'report.html'} says more.",
            markup=False,
        ),
    )


@lab.command()
@plainly
def export(
    out: Annotated[Path, typer.Option(help="Folder for model.onnx and model.int8.onnx.")],
    weights: Annotated[
        str, typer.Option(help="genre_crnn, or a weights.safetensors of train-genre.")
    ] = "genre_crnn",
    data: Annotated[Path | None, typer.Option(help="Folder with music to compare on.")] = None,
    json: Json = False,
) -> None:
    """Export a genre network to ONNX and to 8-bit weights, with speed and differences."""
    from soniq_desktop.cli.output import show
    from soniq_desktop.cli.output import table as print_table
    from soniq_desktop.lab.genre.export import export as run

    result = run(weights, out, data)
    columns = [
        ("", "left"),
        ("kB", "right"),
        ("ms", "right"),
        ("largest difference", "right"),
        ("same answer", "right"),
    ]
    rows = [
        (
            name,
            round(row["bytes"] / 1000),
            row["ms"],
            row.get("largest_difference", ""),
            row.get("same_answer", ""),
        )
        for name, row in result["rows"].items()
    ]
    show(result, json, lambda: print_table(f"{result['excerpts']} excerpts, {result['on']}", columns, rows))
