"""lab tune: the best settings of recommenders. The work is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, lab, plainly
from soniq_desktop.cli.commands.lab.recommenders import END, START, TEST, End, Source, Start, Test


@lab.command()
@plainly
def tune(
    interactions: Source,
    out: Annotated[Path, typer.Option(help="Folder for the study, its report and pictures.")],
    name: Annotated[str, typer.Option(help="Keep the best settings under this name.")],
    model: Annotated[
        list[str] | None, typer.Option(help="bpr, knn, snn or bert4rec; may be repeated.")
    ] = None,
    embedding: Annotated[
        list[str] | None, typer.Option(help="cooccurrence, none, library, or Parquet files; may be repeated.")
    ] = None,
    trials: Annotated[int, typer.Option(min=1, help="In all, those of an earlier start included.")] = 20,
    metric: Annotated[str, typer.Option(help="What to raise, such as NDCG@10.")] = "NDCG@10",
    start: Start = START,
    test: Test = TEST,
    end: End = END,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    setting: Annotated[list[str] | None, typer.Option(help="A setting that is fixed: name=value.")] = None,
    json: Json = False,
) -> None:
    """Find the best settings of recommenders on the validation period."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.lab.presets import Presets, check_name
    from soniq_desktop.lab.settings import parsed
    from soniq_desktop.lab.tune import Search
    from soniq_desktop.lab.tune import tune as run

    check_name(name)
    search = Search(
        interactions, out, tuple(model or ("knn",)), tuple(embedding or ("cooccurrence",)), trials, metric,
        start, test, end, seed, parsed(setting or ()),
    )  # fmt: skip
    with shown(quiet=json) as progress:
        found = run(search, progress("Tuning"))
    Presets(Paths.from_environment().data / "lab").keep(name, found.preset)
    preset = found.preset
    result = {
        "name": name,
        "best": preset.__dict__,
        "trials": found.trials,
        "pruned": found.pruned,
        "report": str(found.report),
    }

    def human() -> None:
        console.print(f"{preset.model}: {preset.metric} {preset.value:.4f}, kept as {name}", markup=False)
        for setting_name, value in preset.settings.items():
            console.print(f"  {setting_name} = {value}", markup=False)
        console.print(f"Report: {found.report}", markup=False)

    show(result, json, human)
