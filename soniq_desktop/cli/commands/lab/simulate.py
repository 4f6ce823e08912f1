"""lab simulate: listeners who do not exist, over the library that does."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, lab, plainly


@lab.command()
@plainly
def simulate(
    out: Annotated[Path, typer.Option(help="CSV file for soniq lab evaluate.")],
    listeners: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    days: Annotated[int, typer.Option(min=7, max=3_650, help="How long they listen.")] = 365,
    random: Annotated[bool, typer.Option("--random", help="Without any taste or habit.")] = False,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    json: Json = False,
) -> None:
    """Write what simulated listeners of your library heard, to compare recommenders on."""
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.lab.history import simulate as write
    from soniq_desktop.lab.simulated import RANDOM, Ways

    ways = RANDOM if random else Ways()
    events = write(Paths.from_environment(), out, ways, listeners, days, seed)
    result = {"events": len(events), "listeners": events.user_count, "songs": events.item_count}
    sentence = (
        f"{len(events):,} plays of {events.item_count:,} songs by {events.user_count:,} listeners: {out}"
    )
    show(result, json, lambda: console.print(sentence, markup=False))
