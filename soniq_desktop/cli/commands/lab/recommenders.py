"""lab split, lab evaluate: experiments with recommenders. Their work is imported when they are called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, lab, plainly

Source = Annotated[Path, typer.Option(help="CSV or TSV: Music4All, Last.fm-1K, or with a heading.")]
Start = Annotated[str, typer.Option(help="Learn from this day on.")]
Test = Annotated[str, typer.Option(help="Predict from this day on.")]
End = Annotated[str, typer.Option(help="Predict up to this day.")]
START, TEST, END = "2018-02-20", "2019-01-20", "2019-02-20"


@lab.command()
@plainly
def split(
    interactions: Source,
    out: Annotated[Path, typer.Option(help="Folder for train.csv, val.csv and test.csv.")],
    start: Start = START,
    test: Test = TEST,
    end: End = END,
    json: Json = False,
) -> None:
    """Split interactions in the order of time, by dates where there are some."""
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.lab.split_files import write_split

    result = write_split(interactions, out, start=start, test=test, end=end)
    show(result, json, lambda: console.print("\n".join(result["sentences"]), markup=False))


@lab.command()
@plainly
def evaluate(
    interactions: Annotated[
        Path, typer.Option(help="CSV or TSV as for split; or history: what was played in SONIQ.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for results.parquet, report.html and pictures.")],
    model: Annotated[
        list[str] | None, typer.Option(help="popularity, random, bpr, knn, snn or bert4rec; may be repeated.")
    ] = None,
    embedding: Annotated[
        str, typer.Option(help="cooccurrence, none, library, or a Parquet file of soniq lab embed.")
    ] = "cooccurrence",
    k: Annotated[list[int] | None, typer.Option("--k", min=1, help="Cut-off; may be repeated.")] = None,
    mode: Annotated[str, typer.Option(help="val to compare settings, test for the final figures.")] = "test",
    start: Start = START,
    test: Test = TEST,
    end: End = END,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    setting: Annotated[list[str] | None, typer.Option(help="A setting of the model: name=value.")] = None,
    preset: Annotated[str | None, typer.Option(help="A model and settings that soniq lab tune kept.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Songs heard before count, too.")] = False,
    json: Json = False,
) -> None:
    """Compare recommenders on what people went on to play."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.cli.output import table as print_table
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.lab.evaluate import Plan
    from soniq_desktop.lab.evaluate import evaluate as run
    from soniq_desktop.lab.presets import Presets
    from soniq_desktop.lab.settings import parsed

    settings = parsed(setting or ())
    if preset is not None:
        tuned = Presets(Paths.from_environment().data / "lab").get(preset)
        model, embedding = ["popularity", tuned.model], tuned.embedding
        settings = tuple(sorted((tuned.settings | dict(settings)).items()))
    models = tuple(dict.fromkeys(model or ("popularity", "knn")))
    plan = Plan(
        interactions, out, models, embedding, tuple(k or (5, 10, 50)), mode, start, test, end, seed,
        settings, again,
    )  # fmt: skip
    with shown(quiet=json) as progress:
        result = run(plan, progress)

    def human() -> None:
        for sentence in result["sentences"]:
            console.print(sentence, markup=False)
        names = ("HitRate", "Recall", "Precision", "NDCG", "MRR")
        rows = [
            [row["model"], str(cut), *(f"{row[f'{name}@{cut}']:.4f}" for name in names)]
            for cut in result["ks"]
            for row in result["results"]
        ]
        print_table("", [("Model", "left"), ("k", "right"), *((name, "right") for name in names)], rows)
        console.print(f"Report: {result['report']}", markup=False)

    show(result, json, human)
