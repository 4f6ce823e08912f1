"""demo, doctor, tour: about SONIQ itself. Their work is imported when they are called."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, Workers, app, plainly


@app.command()
@plainly
def demo(
    folder: Annotated[Path | None, typer.Option(help="Where to; without it, the cache folder.")] = None,
    stems: Annotated[bool, typer.Option("--stems", help="Write the stems of each piece as well.")] = False,
    add: Annotated[bool, typer.Option(help="Add the pieces to the library and listen to them.")] = True,
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Compose the demo library: short pieces in many styles."""
    from soniq_desktop.cli import library, work
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.demo.programme import ENTRIES

    paths = Paths.from_environment()
    target = (folder or paths.demo).expanduser().absolute()
    made = work.compose(target, stems=stems, workers=workers or None)
    if add:
        with library.opened(paths) as catalogue:
            catalogue.add_folder(str(target))
            work.scan(catalogue, paths, [str(target)])
            work.listen(catalogue, paths, workers or work.default_workers())
    result = {"folder": str(target), "pieces": len(ENTRIES), "composed": made, "added": add}

    def human() -> None:
        console.print(f"{len(ENTRIES)} pieces are in {target}", markup=False, soft_wrap=True)

    show(result, json, human)


@app.command()
@plainly
def doctor(json: Json = False) -> None:
    """Check devices, models, database, versions and folders."""
    from soniq_desktop.cli.doctor import examine
    from soniq_desktop.cli.output import points, show
    from soniq_desktop.common.paths import Paths

    findings = examine(Paths.from_environment())
    healthy = all(finding.state != "problem" for finding in findings)

    def human() -> None:
        marks = {"ok": "✓", "note": "·", "problem": "✗"}
        rows = [(marks[finding.state], finding.area, finding.text) for finding in findings]
        points(rows)

    show({"healthy": healthy, "findings": [dataclasses.asdict(f) for f in findings]}, json, human)
    if not healthy:
        raise typer.Exit(1)


@app.command()
@plainly
def tour(
    folder: Annotated[Path, typer.Option(help="Where the pictures go.")] = Path("soniq-tour"),
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Show what SONIQ does without a window: demo library, listening, similar tracks, pictures."""
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.cli.tour import give_tour

    result = give_tour(folder.expanduser().absolute(), workers, quiet=json)
    show(result, json, lambda: console.print(f"\nPictures and results are in {folder}", markup=False))
