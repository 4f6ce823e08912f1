"""models list, get, import, remove: weights that are not part of the program."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soniq_desktop.cli.application import Json, app, plainly

if TYPE_CHECKING:
    from soniq_desktop.models.downloads import Received
    from soniq_desktop.models.fetchable import Fetchable
    from soniq_desktop.models.store import ModelStore

models = typer.Typer(
    help="Fetch, import and remove weights that are not part of SONIQ.", no_args_is_help=True
)
app.add_typer(models, name="models")

WORDS = {"absent": "not here", "partial": "partly here", "installed": "here"}


@models.command("list")
@plainly
def list_models(json: Json = False) -> None:
    """List the weights that can be fetched, with size and licence."""
    from soniq_desktop.cli.output import show, size, table
    from soniq_desktop.models.fetchable import FETCHABLE

    states = [_store().state(name) for name in FETCHABLE]
    rows = [
        [each.model.name, each.model.title, size(each.model.bytes), WORDS[each.state], each.model.licence]
        for each in states
    ]
    columns = [
        ("Name", "left"),
        ("What", "left"),
        ("Download", "right"),
        ("State", "left"),
        ("Licence", "left"),
    ]
    data = [
        {
            "name": each.model.name,
            "title": each.model.title,
            "download_bytes": each.model.bytes,
            "state": each.state,
            "bytes": each.bytes,
            "licence": each.model.licence,
            "source": each.model.source,
        }
        for each in states
    ]
    show({"models": data}, json, lambda: table("", columns, rows, widest=40))


@models.command()
@plainly
def get(
    name: str,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Agree without being asked.")
    ] = False,
    url: Annotated[str | None, typer.Option(help="Another place of the same file.")] = None,
    json: Json = False,
) -> None:
    """Fetch weights, after showing their licence. Goes on where an earlier download stopped."""
    from soniq_desktop.cli.output import bars, console, show, size
    from soniq_desktop.models.store import known

    model, store = known(name), _store()
    if store.path(name) is None:
        _ask(model, accept_licence)
        with bars() as display:
            bar = display.add_task(f"{model.title} ", total=model.bytes, item="")

            def report(received: "Received") -> None:
                total = received.total or model.bytes
                display.update(
                    bar, completed=received.done, total=total, item=f"{size(round(received.rate))}/s"
                )

            store.fetch(name, accept_licence=True, report=report, url=url)
    state = store.state(name)
    show(
        {"name": name, "state": state.state, "bytes": state.bytes, "path": str(store.path(name))},
        json,
        lambda: console.print(f"{model.title} is here ({size(state.bytes)}).", markup=False),
    )


def _ask(model: "Fetchable", accepted: bool) -> None:
    """Show the licence and have it accepted. Raises LicenceError."""
    from soniq_desktop.cli.output import note, size
    from soniq_desktop.models.addresses import publisher
    from soniq_desktop.models.store import LicenceError

    note(f"{model.title}: {size(model.bytes)} from {publisher(model.source)}\n\n{model.licence_text}")
    if accepted:
        return
    if not sys.stdin.isatty() or not typer.confirm("Do you accept this licence?", err=True):
        raise LicenceError(
            "Nothing was fetched: the licence was not accepted.", "In scripts, add --accept-licence."
        )


@models.command("import")
@plainly
def import_file(
    file: Path,
    name: Annotated[
        str | None, typer.Option("--as", help="Which weights these are, where it is not clear.")
    ] = None,
    json: Json = False,
) -> None:
    """Take in weights that you have as a file."""
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.models.store import known

    found = _store().import_file(file, name)
    show({"name": found}, json, lambda: console.print(f"Imported: {known(found).title}.", markup=False))


@models.command()
@plainly
def remove(name: str, json: Json = False) -> None:
    """Delete fetched weights from this computer."""
    from soniq_desktop.cli.output import console, show, size

    freed = _store().remove(name)
    show({"name": name, "freed": freed}, json, lambda: console.print(f"{size(freed)} freed.", markup=False))


def _store() -> "ModelStore":
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.models.store import ModelStore

    return ModelStore(Paths.from_environment().models)
