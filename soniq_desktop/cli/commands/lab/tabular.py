"""lab tabular: models over a table of track features. The work is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, lab, plainly


@lab.command()
@plainly
def tabular(
    csv: Annotated[Path, typer.Option("--csv", help="Table of track features, CSV or ZIP.")],
    out: Annotated[Path, typer.Option(help="Folder for the tables, report.html and pictures.")],
    like: Annotated[str, typer.Option(help="Words that name a track: list those alike.")] = "",
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000)] = 10,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processor cores to use.")] = 1,
    json: Json = False,
) -> None:
    """Genre, popularity and tracks alike from a table of features, tested on unknown artists."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.cli.output import table as print_table
    from soniq_desktop.lab.tabular.run import Request
    from soniq_desktop.lab.tabular.run import tabular as run

    with shown(quiet=json) as progress:
        result = run(Request(csv, out, seed, like, count, workers), progress)

    def human() -> None:
        for sentence in result["sentences"]:
            console.print(sentence, markup=False)
        if "genre" in result:
            rows = [
                [r["model"], *(f"{r[k]:.3f}" for k in ("accuracy", "balanced", "leaking"))]
                for r in result["genre"]["models"]
            ]
            columns = [
                ("Genre by", "left"),
                ("Accuracy", "right"),
                ("Mean recall", "right"),
                ("Random split", "right"),
            ]
            print_table("", columns, rows)
        if "popularity" in result:
            rows = [
                [r["model"], *(f"{r[k]:.3f}" for k in ("r2", "error", "leaking"))]
                for r in result["popularity"]
            ]
            columns = [
                ("Popularity by", "left"),
                ("R²", "right"),
                ("Mean error", "right"),
                ("Random split", "right"),
            ]
            print_table("", columns, rows)
        if "like" in result:
            rows = [[r["title"], r["artist"], f"{r['cosine']:.2f}"] for r in result["like"]]
            print_table("", [("Alike", "left"), ("Artist", "left"), ("Cosine", "right")], rows)
        console.print(f"Report: {result['report']}", markup=False)

    show(result, json, human)
