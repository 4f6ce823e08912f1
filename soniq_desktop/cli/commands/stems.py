"""stems: take a track apart. The work is imported when the command is called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, app, plainly


@app.command()
@plainly
def stems(
    track: Annotated[list[str], typer.Argument(help="A file, a number, or words that find one track.")],
    out: Annotated[Path, typer.Option(help="Folder for the stems.")],
    engine: Annotated[
        str | None, typer.Option(help="htdemucs or spleeter; without it the best that is here.")
    ] = None,
    two_stems: Annotated[str | None, typer.Option(help="Only this stem, and all others together.")] = None,
    file_format: Annotated[str, typer.Option("--format", help="wav, flac or mp3.")] = "wav",
    overwrite: Annotated[bool, typer.Option("--replace", help="Overwrite files of these names.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Start even if memory looks short.")] = False,
    json: Json = False,
) -> None:
    """Take a track apart into vocals, drums, bass and other, and write these as files."""
    from soniq_desktop.audio.decode import probe
    from soniq_desktop.cli import stems as separation
    from soniq_desktop.cli.output import clock, console, show
    from soniq_desktop.common.errors import NotFoundError
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.models.store import ModelStore

    if file_format not in {"wav", "flac", "mp3"}:
        raise NotFoundError(f"There is no format “{file_format}”.", "Known: wav, flac, mp3.")
    paths = Paths.from_environment()
    path = separation.find_path(paths, " ".join(track))
    length = probe(path).duration
    spec, weights = separation.chosen_engine(ModelStore(paths.models), engine)
    if two_stems is not None and two_stems not in spec.stems:
        raise NotFoundError(f"{spec.title} has no stem “{two_stems}”.", f"It has: {', '.join(spec.stems)}.")
    request = separation.request_of(path, out, spec.stems, file_format, overwrite=overwrite)  # type: ignore[arg-type]
    separation.say_what_to_expect(spec, length, paths)
    stem_set, measured = separation.take_apart(paths, path, spec, weights, force=force)
    files = separation.write(path, stem_set, request, two_stems)

    def human() -> None:
        for file in files:
            console.print(str(file), markup=False, soft_wrap=True)
        if not measured["cached"]:
            console.print(f"{clock(measured['seconds'])} for {clock(length)} of music.", markup=False)

    show(
        {"track": path, "engine": spec.name, "files": [str(file) for file in files], **measured}, json, human
    )
