"""lab embed, lab embedders: songs as vectors. The work is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import AcceptLicence, Json, TrustRemoteCode, Weights, lab, plainly
from soniq_desktop.cli.commands.lab.files import Folder


@lab.command()
@plainly
def embed(
    folder: Folder,
    model: Annotated[str, typer.Option(help="soniq lab embedders lists them.")],
    out: Annotated[Path, typer.Option(help="Parquet file; where it is there, it is brought up to date.")],
    batch_size: Annotated[
        int, typer.Option(min=0, help="Songs and clips at a time; 0: 30 seconds of sound.")
    ] = 0,
    precision: Annotated[str, typer.Option(help="float16 or float32.")] = "float32",
    beside: Annotated[
        list[str] | None, typer.Option("--with", help="lyrical, metadata: put behind the vector.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 chooses by the model.")] = 0,
    weights: Weights = None,
    lyrical_weights: Annotated[Path | None, typer.Option(help="The same, of --with lyrical.")] = None,
    revision: Annotated[str, typer.Option(help="Another commit of the model's repository.")] = "",
    accept_licence: AcceptLicence = False,
    trust_remote_code: TrustRemoteCode = False,
    json: Json = False,
) -> None:
    """Embed every song of a folder; called again after an interruption, it goes on."""
    from soniq_desktop.cli.commands.lab.progress import shown
    from soniq_desktop.cli.output import console, note, show
    from soniq_desktop.lab.embed.run import Wanted
    from soniq_desktop.lab.embed.run import embed as run
    from soniq_desktop.lab.embed.specs import model_spec

    spec = model_spec(model)
    if not json:
        note(f"{spec.name}: weights of {spec.source}, licence: {spec.licence}.")
    wanted = Wanted(
        model,
        tuple(beside or ()),
        batch_size,
        precision,
        seed,
        workers,
        weights,
        revision,
        accept_licence,
        trust_remote_code,
    )
    own = {"lyrical": lyrical_weights} if lyrical_weights else None
    with shown(quiet=json) as progress:
        result = run(folder, out, wanted, progress("Embedding"), quiet=json, beside_weights=own)

    def human() -> None:
        for each in result["corrupt"]:
            note(f"{each['path']}: {each['reason']}")
        console.print(
            f"{result['vectors']:,} vectors of {result['dim']} numbers ({result['embedded']:,} files now), "
            f"{len(result['corrupt'])} could not be embedded. {result['table']} has them, "
            f"{result['report']} says more.",
            markup=False,
        )

    show(result, json, human)


@lab.command()
@plainly
def embedders(json: Json = False) -> None:
    """List the embedders with dimension, source and licence."""
    from soniq_desktop.cli.output import show
    from soniq_desktop.cli.output import table as print_table
    from soniq_desktop.lab.embed.specs import MODELS

    data = [
        {
            "name": each.name,
            "dim": each.dim,
            "sample_rate": each.sample_rate,
            "source": each.source,
            "revision": each.revision,
            "licence": each.licence,
            "accept_licence": each.consent,
            "remote_code": each.remote_code,
        }
        for each in MODELS.values()
    ]
    columns = [("Name", "left"), ("Numbers", "right"), ("Source", "left"), ("Licence", "left")]
    rows = [[each["name"], each["dim"], each["source"], each["licence"]] for each in data]
    show({"embedders": data}, json, lambda: print_table("", columns, rows, widest=64))
