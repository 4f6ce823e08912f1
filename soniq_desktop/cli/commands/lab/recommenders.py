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
