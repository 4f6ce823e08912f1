"""similar, radio, recommend, wormhole: what to hear next. Their work is imported when they are called."""

from pathlib import Path
from typing import Annotated

import typer

from soniq_desktop.cli.application import Count, Genre, Json, Key, Liked, Rested, Tempo, Year, app, plainly


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
    from soniq_desktop.discovery.for_you import Listener, Wish

    with library.opened(Paths.from_environment()) as catalogue:
        filters = discovery.wanted(catalogue, genre, tempo, year, key=False, liked=liked, rested=rested)
        wish = Wish(count, distance, filters, seed=seed)
        found = Listener(discovery.recommender(catalogue), wish).tracks()
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
    least_seconds: Annotated[
        float, typer.Option(min=0, help="Leave out what is shorter, or shorter than the ends.")
    ] = 45.0,
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
            first, last, tuple(stops), length, seed, detour, artist_cap, curve, keys, fresh, liked,
            least_seconds=least_seconds,
        )  # fmt: skip
        found = path.find(catalogue, paths, recipe)
    if m3u is not None:
        path.save(found, m3u)
    show(path.as_data(found), json, lambda: path.print_path(found))
