"""scan, status, search: the library from the terminal. Their work is imported when they are called."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Json, Workers, app, plainly


@app.command()
@plainly
def scan(
    folders: Annotated[list[str] | None, typer.Argument(help="Folders; without any, all known ones.")] = None,
    deep: Annotated[bool, typer.Option(help="Compare by content, not by size and time.")] = False,
    listen: Annotated[bool, typer.Option(help="Listen to new tracks afterwards.")] = True,
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Add folders to the library and listen to what is new."""
    from soniq_desktop.cli import library, work
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.errors import NotFoundError
    from soniq_desktop.common.paths import Paths

    paths = Paths.from_environment()
    with library.opened(paths) as catalogue:
        wanted = [str(_existing(folder)) for folder in folders or ()]
        for folder in wanted:
            catalogue.add_folder(folder)
        wanted = wanted or catalogue.folders()
        if not wanted:
            raise NotFoundError("The library has no folders yet.", "Name one: soniq scan FOLDER")
        report = work.scan(catalogue, paths, wanted, deep=deep)
        heard = work.listen(catalogue, paths, workers or work.default_workers()) if listen else None
        counts = catalogue.counts()
    result = {
        "folders": wanted,
        "scan": dataclasses.asdict(report),
        "listening": heard and dataclasses.asdict(heard),
        "library": dataclasses.asdict(counts),
    }

    def human() -> None:
        console.print(
            f"{report.added:,} tracks added, {report.updated:,} updated, {report.moved:,} moved, "
            f"{report.missing:,} missing; {counts.tracks:,} in the library."
        )
        if heard and heard.listened:
            speed = heard.seconds_of_music / max(heard.seconds_taken, 1e-9)
            console.print(f"Listened to {heard.listened:,} tracks at {speed:.0f} times real time.")
        if counts.problems:
            console.print(f"{counts.problems:,} files have problems; the window lists them.")

    show(result, json, human)


def _existing(folder: str) -> Path:
    from soniq_desktop.common.errors import NotFoundError

    path = Path(folder).expanduser().absolute()
    if not path.is_dir():
        raise NotFoundError(f"There is no folder {folder}.")
    return path


@app.command()
@plainly
def status(json: Json = False) -> None:
    """Say what is in the library."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import console, show, size
    from soniq_desktop.common.paths import Paths

    with library.opened(Paths.from_environment()) as catalogue:
        counts, folders = catalogue.counts(), catalogue.folders()
        waiting = catalogue.count_to_listen()

    def human() -> None:
        console.print(
            f"{counts.tracks:,} tracks, {counts.albums:,} albums, {counts.artists:,} artists, "
            f"{counts.genres:,} genres, {size(counts.bytes)}"
        )
        console.print(f"{counts.listened:,} listened to, {waiting:,} to go, {counts.problems:,} problems")
        for folder in folders:
            console.print(f"  {folder}", markup=False)

    show({**dataclasses.asdict(counts), "waiting": waiting, "paths": folders}, json, human)


@app.command()
@plainly
def search(
    text: Annotated[list[str], typer.Argument(help="Words of title, artist, album, genre or path.")],
    limit: Annotated[int, typer.Option(min=1, help="Rows to show.")] = 20,
    where: Annotated[
        list[str] | None,
        typer.Option(
            help="A range, such as tempo=90..120, danceability=0.6.. or speechiness=..0.2; repeatable."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Find tracks by words or their beginnings, and by ranges of what was measured."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import console, show, table
    from soniq_desktop.cli.ranges import ranges
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.library.records import TrackQuery

    words = " ".join(text)
    with library.opened(Paths.from_environment()) as catalogue:
        ids = catalogue.track_ids(TrackQuery(text=words, filters=ranges(where or ())))
        found = catalogue.tracks(ids[:limit])

    def human() -> None:
        if not found:
            console.print(f"Nothing in the library matches “{words}”.", markup=False)
            return
        table("", library.TRACK_COLUMNS, [library.row(track) for track in found], spare=library.SPARE)
        if len(ids) > len(found):
            console.print(f"{len(ids):,} in all; --limit shows more.")

    show({"query": words, "total": len(ids), "tracks": [library.as_data(t) for t in found]}, json, human)
