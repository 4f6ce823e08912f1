"""history import, history export: plays of other programs, and all plays as a file."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, app, plainly

history = typer.Typer(help="Import and export what was played.", no_args_is_help=True)
app.add_typer(history, name="history")


@history.command("import")
@plainly
def import_(
    file: Annotated[Path, typer.Argument(help="An export of Last.fm, ListenBrainz, Spotify, SONIQ, or CSV.")],
    json: Json = False,
) -> None:
    """Add the plays of another program. Doing it twice changes nothing."""
    from soniq_desktop.cli import history as printing
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.library.history_import import import_history

    with library.opened(Paths.from_environment()) as catalogue:
        report = import_history(catalogue, file)
    show(printing.import_data(report), json, lambda: printing.print_import(report))


@history.command("export")
@plainly
def export(
    file: Annotated[Path, typer.Argument(help="Where to: CSV where the name ends in .csv, else JSON.")],
    json: Json = False,
) -> None:
    """Write every play to a file."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.library.history_export import export_history

    with library.opened(Paths.from_environment()) as catalogue:
        count = export_history(catalogue, file)
    said = f"{count:,} plays written to {file}."
    show({"file": str(file), "plays": count}, json, lambda: console.print(said, markup=False))
