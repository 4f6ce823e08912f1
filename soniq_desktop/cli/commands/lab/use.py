"""lab use, lab forget: what the app compares songs by. The work is imported when it is called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soniq_desktop.cli.application import (
    AcceptLicence,
    Json,
    TrustRemoteCode,
    Weights,
    Workers,
    lab,
    plainly,
)

if TYPE_CHECKING:
    from soniq_desktop.lab.embed.sound_choices import SoundChoice

MANY = 100_000  # songs: what a large library would take is told beside one's own


@lab.command()
@plainly
def use(
    model: Annotated[str | None, typer.Argument(help="musicnn is the built-in one; without: list.")] = None,
    weights: Weights = None,
    vectors: Annotated[
        Path | None, typer.Option("--from", help="Parquet file of soniq lab embed: these need not be heard.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="With --from: the folder that was embedded.")] = None,
    workers: Workers = 0,
    accept_licence: AcceptLicence = False,
    trust_remote_code: TrustRemoteCode = False,
    json: Json = False,
) -> None:
    """Compare the songs of the library by another model, everywhere: similar songs, map, radio, paths."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.paths import Paths

    paths = Paths.from_environment()
    with library.opened(paths) as catalogue:
        if model is None:
            _list(catalogue, paths, json)
            return
        from soniq_desktop.lab.embed.use import Use

        if (vectors is None) != (folder is None):
            raise typer.BadParameter("--from and --folder belong together.")
        wanted = Use(model, weights, vectors, folder, accept_licence, trust_remote_code)
        result = _used(catalogue, paths, wanted, workers, quiet=json)

    def human() -> None:
        if result["not_heard"]:
            console.print(f"{result['not_heard']:,} songs could not be heard by it.", markup=False)
        console.print(f"Songs are compared by {result['title']} now.", markup=False)

    show(result, json, human)


@lab.command()
@plainly
def forget(
    model: Annotated[str, typer.Argument(help="A model that was used before.")], json: Json = False
) -> None:
    """Delete what a model that is not in use has heard of the library."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.errors import NotFoundError
    from soniq_desktop.common.paths import Paths

    paths = Paths.from_environment()
    with library.opened(paths) as catalogue:
        used = catalogue.sound_model()
        if used is not None and used.model == model:
            raise NotFoundError(
                f"Songs are compared by {model}.", "Use another one first: soniq lab use musicnn."
            )
        known = [each.name for each in catalogue.sound_models() if each.model == model]
        if not known:
            raise NotFoundError(f"Nothing is kept of “{model}”.")
        gone = sum(catalogue.forget_sound_model(name) for name in known)
    for name in known:
        for file in paths.index.glob(f"{name}.*"):
            file.unlink(missing_ok=True)
    show({"model": model, "vectors": gone}, json, lambda: console.print(f"{gone:,} vectors are deleted."))


def _used(catalogue: Any, paths: Any, wanted: Any, workers: int, *, quiet: bool) -> dict[str, Any]:
    from soniq_desktop.cli.output import note
    from soniq_desktop.cli.work import default_workers, hearing
    from soniq_desktop.lab.embed.use import choice_of
    from soniq_desktop.lab.embed.use import use as run
    from soniq_desktop.library.recovery import open_documents

    choice = choice_of(wanted.model, paths)
    workers = workers or default_workers()
    if not quiet:
        note(f"{choice.title}: weights of {choice.spec.source}, licence: {choice.spec.licence}.")
        for songs in (catalogue.counts().tracks, MANY):
            note(f"{songs:,} songs: {_cost(choice, songs, workers)}.")
    with hearing(choice.title, quiet=quiet) as progress:
        result = run(catalogue, paths, wanted, workers, progress)
    documents = open_documents(paths)
    documents.settings.set("sound.model", wanted.model)
    documents.settings.set("sound.weights", str(wanted.weights.absolute()) if wanted.weights else None)
    documents.close()
    return {**result, "title": choice.title}


def _cost(choice: "SoundChoice", songs: int, workers: int) -> str:
    from soniq_desktop.cli.output import size

    seconds = choice.seconds(songs, workers)
    time = "a time that was not measured" if seconds is None else f"about {_time(seconds)}"
    return f"{time} with {workers} at a time, {size(choice.disk(songs))} on the disk"


def _time(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _list(catalogue: Any, paths: Any, json: bool) -> None:
    """What can be used, and what is."""
    from soniq_desktop.cli.output import show, table
    from soniq_desktop.lab.embed.sound_choices import sound_choices
    from soniq_desktop.lab.embed.sound_model import DEFAULT

    chosen = catalogue.sound_model()
    used = DEFAULT if chosen is None else chosen.model
    words = {"here": "here", "fetch": "to be fetched", "weights": "needs --weights"}
    rows, data = [], []
    for each in sound_choices(paths.models / "hub"):
        spec = each.spec
        state = words.get(each.state, f"needs the package {each.needs}")
        rows.append(["*" if spec.name == used else "", spec.name, spec.dim, state, spec.licence])
        data.append(
            {
                "name": spec.name,
                "dim": spec.dim,
                "state": each.state,
                "needs": each.needs,
                "licence": spec.licence,
            }
        )
    columns = [("", "left"), ("Name", "left"), ("Numbers", "right"), ("State", "left"), ("Licence", "left")]
    show({"used": used, "models": data}, json, lambda: table("", columns, rows, widest=40))
