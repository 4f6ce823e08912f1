"""`soniq tour`: what SONIQ does, for a machine without a display.

The tour has a home of its own in the cache folder, so that it never touches the user's library; only the demo
pieces are shared. Later rooms add their stop to `STOPS`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from soniq_desktop.cli import discovery, library, work
from soniq_desktop.cli.output import console, note, table
from soniq_desktop.cli.pictures import take_pictures
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track, TrackQuery
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

if TYPE_CHECKING:
    from soniq_desktop.fingerprint.identify import Identifier

FAVOURITES = 5  # tracks whose neighbours are shown
TAGS = 3  # of the embedder, per track
CLIP, CLIP_RATE = 5.0, 22_050  # seconds and Hz of a clip that is identified


@dataclass(slots=True)
class Tour:
    """What the stops share. `result` is what `--json` prints and what is saved beside the pictures."""

    paths: Paths  # of the tour's own home
    catalogue: Catalogue
    demo: Path
    folder: Path
    workers: int
    quiet: bool
    result: dict[str, Any] = field(default_factory=dict)

    def tracks(self) -> list[Track]:
        return self.catalogue.tracks(self.catalogue.track_ids(TrackQuery(sort="album")))


def give_tour(folder: Path, workers: int = 0, *, quiet: bool = False) -> dict[str, Any]:
    """Visit every stop; pictures and `tour.json` go to `folder`.

    Raises:
        SoniqError: the demo library cannot be made, or the tour's library cannot be written.
    """
    user = Paths.from_environment()
    paths = Paths.under(user.cache / "tour").ensure()
    folder.mkdir(parents=True, exist_ok=True)
    work.compose(user.demo)
    with library.opened(paths) as catalogue:
        tour = Tour(paths, catalogue, user.demo, folder, workers or work.default_workers(), quiet)
        for title, stop in STOPS:
            if not quiet:
                console.print(f"\n[bold]{title}[/bold]")
            stop(tour)
    tour.result["folder"] = str(folder)
    text = json.dumps(tour.result, ensure_ascii=False, indent=2)
    (folder / "tour.json").write_text(text, encoding="utf-8")
    return tour.result


def _listen(tour: Tour) -> None:
    tour.catalogue.add_folder(str(tour.demo))
    work.scan(tour.catalogue, tour.paths, [str(tour.demo)])
    report = work.listen(tour.catalogue, tour.paths, tour.workers)
    tour.result["listening"] = {"tracks": report.listened, "problems": report.problems}
    if report.listened and not tour.quiet:
        speed = report.seconds_of_music / max(report.seconds_taken, 1e-9)
        console.print(f"Listened to {report.listened} tracks at {speed:.0f} times real time.")


def heard_tags(catalogue: Catalogue, track: Track) -> list[str]:
    """The embedder's most probable tags of a track; empty where it has not been listened to."""
    embedding = catalogue.embedding(DEFAULT_EMBEDDER, track.id)
    names = embedder_spec(DEFAULT_EMBEDDER).tags
    if embedding is None or embedding.scores is None or len(names) != len(embedding.scores):
        return []
    return [names[number] for number in (-embedding.scores).argsort()[:TAGS]]


def _tracks(tour: Tour) -> None:
    tracks = tour.tracks()
    tags = {track.id: heard_tags(tour.catalogue, track) for track in tracks}
    tour.result["tracks"] = [{**library.as_data(track), "tags": tags[track.id]} for track in tracks]
    if tour.quiet:
        return
    columns = [*library.TRACK_COLUMNS, ("LUFS", "right"), ("Sounds like", "left")]
    rows = [[*library.row(track), _loudness(track), ", ".join(tags[track.id])] for track in tracks]
    table("", columns, rows, spare=("Album", "Genre", "LUFS"), widest=32)


def _loudness(track: Track) -> str:
    value = track.features.loudness if track.features else None
    return "" if value is None else f"{value:.1f}".replace("-", "−")


def _similar(tour: Tour) -> None:
    recommender = discovery.recommender(tour.catalogue)
    tracks = [track for track in tour.tracks() if track.state == "listened"]
    step = max(1, len(tracks) // FAVOURITES)
    found: dict[str, list[dict[str, Any]]] = {}
    for track in tracks[::step][:FAVOURITES]:
        found[track.title] = [
            {
                "title": each.track.title,
                "artist": each.track.artist,
                "similarity": round(each.score, 4),
                "reason": each.reason.sentence,
            }
            for each in recommender.like(track.id, 4).tracks
        ]
    tour.result["similar"] = found
    if tour.quiet:
        return
    for title, alike in found.items():
        names = ", ".join(f"{other['title']} ({other['similarity']:.2f})" for other in alike)
        console.print(f"  {title}: {names}", markup=False)


def _identify(tour: Tour) -> None:
    """A few seconds from the middle of some tracks, in noise as loud as themselves."""
    from soniq_desktop.fingerprint.identify import Identifier
    from soniq_desktop.fingerprint.store import FingerprintStore

    tracks = [track for track in tour.tracks() if track.state == "listened" and track.tags.duration > CLIP]
    with FingerprintStore(tour.paths.fingerprints, merging=False) as store:
        chosen = tracks[:: max(1, len(tracks) // FAVOURITES)][:FAVOURITES]
        found = [_identified(Identifier(store), track) for track in chosen]
    tour.result["identified"] = found
    if tour.quiet:
        return
    for entry in found:
        heard = f"recognised, at {entry['offset']:.2f} s" if entry["right"] else "not recognised"
        console.print(f"  {entry['title']}, from {entry['from']:.2f} s: {heard}", markup=False)


def _identified(identifier: "Identifier", track: Track) -> dict[str, Any]:
    from soniq_desktop.audio.decode import Decoder
    from soniq_desktop.fingerprint.records import Match

    begin = max(0.0, track.tags.duration / 2 - CLIP)
    decoder = Decoder(track.path, sample_rate=CLIP_RATE, channels=1)
    decoder.seek(round(begin * CLIP_RATE))
    clip = decoder.read(round(CLIP * CLIP_RATE))[:, 0]
    decoder.close()
    noise = np.random.default_rng(track.id).normal(0.0, float(np.sqrt(np.mean(np.square(clip)))), len(clip))
    answer = identifier.identify((clip + noise).astype(np.float32), CLIP_RATE)
    entry = {"title": track.title, "from": round(begin, 2), "right": False}
    if isinstance(answer, Match):
        entry |= {"right": answer.track_id == track.id, "offset": round(answer.offset_seconds, 2)}
        entry["confidence"] = round(answer.confidence, 4)
    return entry


def _pictures(tour: Tour) -> None:
    taken = take_pictures(tour.paths.data, tour.folder)
    tour.result["pictures"] = taken
    if not taken:
        note("The window could not be drawn here; see soniq.log in the tour's folder.")
    elif not tour.quiet:
        for name in taken:
            console.print(f"  {tour.folder / name}", markup=False, soft_wrap=True)


STOPS: tuple[tuple[str, Callable[[Tour], None]], ...] = (
    ("Listening to the demo library", _listen),
    ("What was heard", _tracks),
    ("What sounds alike", _similar),
    ("Five seconds in noise, identified", _identify),
    ("Pictures of the window", _pictures),
)
