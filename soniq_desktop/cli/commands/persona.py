"""persona: what your listening says about you."""

from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, app, plainly


@app.command()
@plainly
def persona(
    since: Annotated[str | None, typer.Option(help="Count from this date on: 2026-01-31.")] = None,
    json: Json = False,
) -> None:
    """Show the entropy of what you play with its interval, your archetype, and your habits."""
    from soniq_desktop.cli import history, library
    from soniq_desktop.cli.output import show
    from soniq_desktop.common.paths import Paths

    with library.opened(Paths.from_environment()) as catalogue:
        data = history.as_data(history.read_portrait(catalogue, since), catalogue)
    show(data, json, lambda: history.print_portrait(data))
