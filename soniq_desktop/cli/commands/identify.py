"""identify, duplicates: by fingerprint. Their work is imported when they are called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soniq_desktop.cli.application import Json, app, plainly

if TYPE_CHECKING:
    from soniq_desktop.fingerprint.reports import Listened
    from soniq_desktop.library.catalogue import Catalogue


@app.command()
@plainly
def identify(
    file: Annotated[str | None, typer.Argument(help="A clip, or with --setlist a mix.")] = None,
    mic: Annotated[bool, typer.Option("--mic", help="Listen to the microphone, 15 s at most.")] = False,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Use the first seconds of the file.")] = None,
    setlist: Annotated[bool, typer.Option("--setlist", help="List the tracks of a mix.")] = False,
    json: Json = False,
) -> None:
    """Name the track that a clip, or what is playing in the room, is from; exit code 1: not known."""
    from soniq_desktop.cli import identify as identification
    from soniq_desktop.cli import library
    from soniq_desktop.common.errors import NotFoundError
    from soniq_desktop.common.paths import Paths

    if (file is None) != mic or (mic and setlist):
        raise NotFoundError("Name a file, or --mic.", "soniq identify --help shows how.")
    paths = Paths.from_environment()
    with library.opened(paths) as catalogue:
        if setlist:
            _set_list(catalogue, identification.set_list(paths, str(file)), json)
            return
        answer = (
            identification.identify_microphone(paths)
            if mic
            else identification.identify_file(paths, str(file), seconds)
        )
        data = identification.answer_data(catalogue, answer)
        lines = list(identification.answer_lines(catalogue, answer))
    _say({"file": file, **data}, lines, json)
    if data["match"] is None:
        raise typer.Exit(1)


def _set_list(catalogue: "Catalogue", entries: "Sequence[Listened]", json: bool) -> None:
    from soniq_desktop.cli.identify import set_list_data
    from soniq_desktop.cli.output import clock

    rows = set_list_data(catalogue, entries)
    lines = [
        f"{clock(row['begins']):>8}  {row['artist']} – {row['title']}{'' if row['certain'] else '  ?'}"
        for row in rows
    ]
    _say({"tracks": rows}, lines or ["Nothing of your library was recognised in this file."], json)


def _say(result: dict[str, Any], lines: Sequence[str], json: bool) -> None:
    """One JSON object, or plain lines."""
    from soniq_desktop.cli.output import console, show

    def human() -> None:
        for line in lines:
            console.print(line, markup=False, soft_wrap=True)

    show(result, json, human)


@app.command()
@plainly
def duplicates(json: Json = False) -> None:
    """List copies of the same recording, whatever their format and tags. Nothing is deleted."""
    from soniq_desktop.cli import identify as identification
    from soniq_desktop.cli import library
    from soniq_desktop.common.paths import Paths

    paths = Paths.from_environment()
    with library.opened(paths) as catalogue:
        found = identification.duplicates(catalogue, paths)
    lines = [line for group in found.groups for line in identification.group_lines(group)]
    if not lines:
        compared = identification.anything_listened_to(paths)
        lines = ["There are no two copies of a recording." if compared else identification.NOTHING_COMPARED]
    if found.versions:
        lines += ["", "Versions of one recording:"]
        lines += [f"  {identification.version_line(each)}" for each in found.versions]
    result = {
        "groups": [identification.group_data(group) for group in found.groups],
        "versions": [identification.version_data(each) for each in found.versions],
    }
    _say(result, lines, json)
