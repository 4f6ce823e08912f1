"""lab visualise, lab find-corrupt: work on every file of a folder. It is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, lab, plainly

Folder = Annotated[Path, typer.Argument(help="Folder with music, with all below it.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes; 0 means one per core but one.")]


@lab.command()
@plainly
def visualise(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder for the images and images.parquet.")],
    kind: Annotated[
        str, typer.Option(help="Of mel, chroma, fft, tempogram; commas between.")
    ] = "mel,chroma,fft,tempogram",
    image_size: Annotated[str, typer.Option(help="Pixels: 224, or 640x360.")] = "224",
    seconds: Annotated[float, typer.Option(min=0, help="From the middle; 0 for whole files.")] = 30.0,
    axes: Annotated[bool, typer.Option("--axes", help="With axes and a colour bar, for people.")] = False,
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Draw spectrograms of every file, for vision models or for people."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, note, show
    from soniq_desktop.cli.work import default_workers
    from soniq_desktop.lab.settings import size
    from soniq_desktop.lab.visualise import Wanted
    from soniq_desktop.lab.visualise import visualise as run

    width, height = size(image_size)
    kinds = tuple(dict.fromkeys(each.strip() for each in kind.split(",") if each.strip()))
    wanted = Wanted(kinds, width, height, seconds, axes)
    with shown(quiet=json) as progress:
        result = run(folder, out, wanted, workers or default_workers(), progress("Drawing"))

    def human() -> None:
        for each in result["corrupt"]:
            note(f"{each['path']}: {each['reason']}")
        console.print(
            f"{result['images']:,} images of {result['files']:,} files ({result['drawn']:,} files now), "
            f"{len(result['corrupt'])} could not be read. {result['table']} lists them.",
            markup=False,
        )

    show(result, json, human)


@lab.command("find-corrupt")
@plainly
def find_corrupt(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder for corrupt.parquet and report.html.")] = Path(
        "soniq-corrupt"
    ),
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Find files that are unreadable, silent, clipped or cut short. Nothing is changed."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.cli.output import table as print_table
    from soniq_desktop.cli.work import default_workers
    from soniq_desktop.lab.corrupt import find_corrupt as run

    with shown(quiet=json) as progress:
        result = run(folder, out, workers or default_workers(), progress("Reading"))

    def human() -> None:
        rows = [[each["path"], ", ".join(each["faults"]), each["detail"]] for each in result["found"]]
        if rows:
            print_table("", [("File", "left"), ("Fault", "left"), ("Measured", "left")], rows, widest=60)
        console.print(
            f"{len(rows):,} of {result['files']:,} files have faults. {result['report']}", markup=False
        )

    show(result, json, human)
