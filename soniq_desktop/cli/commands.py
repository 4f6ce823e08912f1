"""The commands of `soniq`, by typer. Their work is imported when they are called."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soniq_desktop import __version__
from soniq_desktop.common.errors import SoniqError

if TYPE_CHECKING:
    from soniq_desktop.fingerprint.reports import Listened
    from soniq_desktop.library.catalogue import Catalogue

app = typer.Typer(
    name="soniq",
    help="A music player that listens to your own files. Without arguments it opens the window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Count = Annotated[int, typer.Option("--count", "-k", "-n", min=1, max=1000)]
Genre = Annotated[str | None, typer.Option(help="Only this genre.")]
Tempo = Annotated[str | None, typer.Option(help="Only these BPM: 120-130.")]
Year = Annotated[str | None, typer.Option(help="Only these years: 1990-1999.")]
Key = Annotated[bool, typer.Option("--key", help="Only keys that mix with it.")]
Liked = Annotated[bool, typer.Option("--liked", help="Only liked tracks.")]
Rested = Annotated[float | None, typer.Option(min=0, help="Only what was not heard for that many days.")]
Workers = Annotated[int, typer.Option(help="Listening processes; 0 means one per core but one.", min=0)]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    try:
        app(list(arguments), standalone_mode=True, prog_name="soniq")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Errors become one sentence and exit code 2, Ctrl+C exit code 130, a closed pipe nothing."""

    @functools.wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        from soniq_desktop.cli.output import fail

        try:
            command(*args, **options)
        except SoniqError as error:
            fail(str(error))
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            fail("Stopped. What was finished is kept.")
            raise typer.Exit(130) from None

    return wrapped


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"SONIQ {__version__}")
        raise typer.Exit


@app.callback()
def soniq(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """A music player that listens to your own files. Without arguments it opens the window."""


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
    json: Json = False,
) -> None:
    """Find tracks by words or their beginnings."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli.output import console, show, table
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.library.records import TrackQuery

    words = " ".join(text)
    with library.opened(Paths.from_environment()) as catalogue:
        ids = catalogue.track_ids(TrackQuery(text=words))
        found = catalogue.tracks(ids[:limit])

    def human() -> None:
        if not found:
            console.print(f"Nothing in the library matches “{words}”.", markup=False)
            return
        table("", library.TRACK_COLUMNS, [library.row(track) for track in found], spare=library.SPARE)
        if len(ids) > len(found):
            console.print(f"{len(ids):,} in all; --limit shows more.")

    show({"query": words, "total": len(ids), "tracks": [library.as_data(t) for t in found]}, json, human)


@app.command()
@plainly
def similar(
    track: Annotated[list[str], typer.Argument(help="A number, a path, or words that find one track.")],
    count: Count = 10,
    genre: Genre = None,
    tempo: Tempo = None,
    year: Year = None,
    key: Key = False,
    liked: Liked = False,
    rested: Rested = None,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="0: closest first; 1: most mixed.")] = 0.0,
    json: Json = False,
) -> None:
    """List the tracks that sound most like one, and why."""
    from soniq_desktop.cli import discovery, library
    from soniq_desktop.cli.output import show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.discovery.worth_hearing import Variety

    with library.opened(Paths.from_environment()) as catalogue:
        chosen = library.find_track(catalogue, " ".join(track))
        filters = discovery.wanted(catalogue, genre, tempo, year, key=key, liked=liked, rested=rested)
        variety = Variety(diversity=diversity)
        found = discovery.recommender(catalogue).like(chosen.id, count, filters, variety)
    title = f"Sounds like “{chosen.title}” by {chosen.artist}"
    data = [discovery.as_data(each) for each in found.tracks]
    show(
        {"track": library.as_data(chosen), "similar": data, "notice": found.notice},
        json,
        lambda: discovery.print_list(title, found.tracks, found.notice, because=False),
    )


@app.command()
@plainly
def radio(
    seeds: Annotated[list[str], typer.Argument(help="Numbers, paths or quoted words, one track each.")],
    count: Count = 20,
    genre: Genre = None,
    tempo: Tempo = None,
    year: Year = None,
    key: Key = False,
    liked: Liked = False,
    rested: Rested = None,
    skip: Annotated[list[str] | None, typer.Option(help="A track to keep away from; repeatable.")] = None,
    json: Json = False,
) -> None:
    """Go on from one or more tracks; nothing comes twice."""
    from soniq_desktop.cli import discovery, library
    from soniq_desktop.cli.output import show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.discovery.radio import Radio

    with library.opened(Paths.from_environment()) as catalogue:
        chosen = [library.find_track(catalogue, seed) for seed in seeds]
        filters = discovery.wanted(catalogue, genre, tempo, year, key=key, liked=liked, rested=rested)
        session = Radio(discovery.recommender(catalogue), [track.id for track in chosen], filters)
        for each in skip or ():
            session.skip(library.find_track(catalogue, each).id)
        found = session.take(count)
    notice = "" if len(found) == count else f"Only {len(found)} of {count}: nothing else fits."
    show(
        {
            "seeds": [library.as_data(track) for track in chosen],
            "tracks": [discovery.as_data(each) for each in found],
            "notice": notice,
        },
        json,
        lambda: discovery.print_list("Radio", found, notice),
    )


@app.command()
@plainly
def recommend(
    count: Count = 20,
    distance: Annotated[float, typer.Option(min=0, max=100, help="How far from home, 0 to 100.")] = 20.0,
    seed: Annotated[int, typer.Option(help="The same number draws the same explorations.")] = 0,
    genre: Genre = None,
    tempo: Tempo = None,
    year: Year = None,
    liked: Liked = False,
    rested: Rested = 2.0,
    json: Json = False,
) -> None:
    """List tracks for you, by what you finished and skipped lately, and why."""
    from soniq_desktop.cli import discovery, library
    from soniq_desktop.cli.output import show
    from soniq_desktop.common.paths import Paths

    with library.opened(Paths.from_environment()) as catalogue:
        filters = discovery.wanted(catalogue, genre, tempo, year, key=False, liked=liked, rested=rested)
        found = discovery.recommender(catalogue).for_you(count, distance, filters, seed=seed)
    data = [discovery.as_data(each) for each in found.tracks]
    show(
        {"distance": distance, "tracks": data, "notice": found.notice},
        json,
        lambda: discovery.print_list("For you", found.tracks, found.notice),
    )


@app.command()
@plainly
def wormhole(
    start: Annotated[str, typer.Argument(metavar="FROM", help="A number, a path, or quoted words.")],
    end: Annotated[str, typer.Argument(metavar="TO")],
    length: Annotated[int, typer.Option(help="Tracks, both ends included: 4 to 40.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same path.")] = 0,
    detour: Annotated[float, typer.Option(help="0: direct, to 1: scenic.")] = 0.0,
    via: Annotated[list[str] | None, typer.Option(help="A track on the way; repeatable.")] = None,
    energy: Annotated[str, typer.Option(help="rise, arc, calm, or numbers such as 0.2,0.9,0.4.")] = "free",
    keys: Annotated[bool, typer.Option("--keys", help="Keep to neighbouring keys.")] = False,
    artist_cap: Annotated[int, typer.Option(min=0, help="Tracks per artist; 0: any number.")] = 2,
    liked: Liked = False,
    fresh: Annotated[float, typer.Option(min=0, help="Skip what was heard in the last days.")] = 0.0,
    m3u: Annotated[Path | None, typer.Option(help="Write the path to this M3U8 file.")] = None,
    json: Json = False,
) -> None:
    """Find a path of tracks that leads smoothly from one to another."""
    from soniq_desktop.cli import library
    from soniq_desktop.cli import wormhole as path
    from soniq_desktop.cli.output import show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.discovery.wormhole_recipe import Recipe, energy_curve

    paths = Paths.from_environment()
    with library.opened(paths) as catalogue:
        first, last, *stops = (path.stop(catalogue, each) for each in (start, end, *(via or ())))
        curve = energy_curve(energy)
        recipe = Recipe(
            first, last, tuple(stops), length, seed, detour, artist_cap, curve, keys, fresh, liked
        )
        found = path.find(catalogue, paths, recipe)
    if m3u is not None:
        path.save(found, m3u)
    show(path.as_data(found), json, lambda: path.print_path(found))


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
    lines = lines or ["There are no two copies of a recording."]
    if found.versions:
        lines += ["", "Versions of one recording:"]
        lines += [f"  {identification.version_line(each)}" for each in found.versions]
    result = {
        "groups": [identification.group_data(group) for group in found.groups],
        "versions": [identification.version_data(each) for each in found.versions],
    }
    _say(result, lines, json)


@app.command()
@plainly
def demo(
    folder: Annotated[Path | None, typer.Option(help="Where to; without it, the cache folder.")] = None,
    stems: Annotated[bool, typer.Option("--stems", help="Write the stems of each piece as well.")] = False,
    add: Annotated[bool, typer.Option(help="Add the pieces to the library and listen to them.")] = True,
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Compose the demo library: short pieces in many styles."""
    from soniq_desktop.cli import library, work
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.demo.programme import ENTRIES

    paths = Paths.from_environment()
    target = (folder or paths.demo).expanduser().absolute()
    made = work.compose(target, stems=stems, workers=workers or None)
    if add:
        with library.opened(paths) as catalogue:
            catalogue.add_folder(str(target))
            work.scan(catalogue, paths, [str(target)])
            work.listen(catalogue, paths, workers or work.default_workers())
    result = {"folder": str(target), "pieces": len(ENTRIES), "composed": made, "added": add}

    def human() -> None:
        console.print(f"{len(ENTRIES)} pieces are in {target}", markup=False, soft_wrap=True)

    show(result, json, human)


@app.command()
@plainly
def doctor(json: Json = False) -> None:
    """Check devices, models, database, versions and folders."""
    from soniq_desktop.cli.doctor import examine
    from soniq_desktop.cli.output import points, show
    from soniq_desktop.common.paths import Paths

    findings = examine(Paths.from_environment())
    healthy = all(finding.state != "problem" for finding in findings)

    def human() -> None:
        marks = {"ok": "✓", "note": "·", "problem": "✗"}
        rows = [(marks[finding.state], finding.area, finding.text) for finding in findings]
        points(rows)

    show({"healthy": healthy, "findings": [dataclasses.asdict(f) for f in findings]}, json, human)
    if not healthy:
        raise typer.Exit(1)


@app.command()
@plainly
def tour(
    folder: Annotated[Path, typer.Option(help="Where the pictures go.")] = Path("soniq-tour"),
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Show what SONIQ does without a window: demo library, listening, similar tracks, pictures."""
    from soniq_desktop.cli.output import console, show
    from soniq_desktop.cli.tour import give_tour

    result = give_tour(folder.expanduser().absolute(), workers, quiet=json)
    show(result, json, lambda: console.print(f"\nPictures and results are in {folder}", markup=False))
