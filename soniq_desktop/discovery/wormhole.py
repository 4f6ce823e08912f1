"""The wormhole: a path of real tracks between two tracks, along the sphere of the embedding.

A great circle between the ends (`slerp`), through the stops and bent by the detour, is the guide. The tracks
near it that the recipe allows are the pool (`wormhole_pool`), and the path of least cost through the pool
(`path_cost`, `path_search`) is the answer: as smooth as the library can make it, its worst hop above all. All
distances are those of the full embedding. docs/decisions/wormhole.md has the reasons and the figures.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from soniq_desktop.common.errors import AnalysisError, NotFoundError
from soniq_desktop.discovery.neighbours import NeighbourIndex
from soniq_desktop.discovery.path_rules import one_recording
from soniq_desktop.discovery.path_search import PathProblem, best_path
from soniq_desktop.discovery.slerp import bent
from soniq_desktop.discovery.vectors import Vectors, normalised, sound_rows
from soniq_desktop.discovery.wormhole_anchors import Anchors
from soniq_desktop.discovery.wormhole_cost import chance, cost_of
from soniq_desktop.discovery.wormhole_hops import Hop, hops_of, random_order
from soniq_desktop.discovery.wormhole_pool import Source
from soniq_desktop.discovery.wormhole_recipe import Pin, Recipe, Stop
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track
from soniq_desktop.models.embedder_specs import EmbedderSpec

BEND = 0.5  # share of the arc towards its aim that a full detour bends the guide by


class NotHeardError(AnalysisError):
    """Chosen tracks that SONIQ has not listened to yet.

    Attributes:
        tracks: all of them.
    """

    def __init__(self, tracks: Sequence[Track]) -> None:
        super().__init__(
            f"SONIQ has not listened to “{tracks[0].title}” yet.", "A path can begin there once it has."
        )
        self.tracks = tuple(tracks)


@dataclass(frozen=True, slots=True)
class Wormhole:
    """A path and what it is like.

    Attributes:
        tracks: in order, each another recording.
        hops: one less than tracks; from each to the next.
        random_order: mean smoothness that the same tracks have in random order, to compare with.
        recipe: as asked for, with the sounds of its stops: makes the same path again.
        notices: plain sentences: what could not be done as asked, and why.
        among: how many tracks it was chosen from.
    """

    tracks: tuple[Track, ...]
    hops: tuple[Hop, ...]
    random_order: float
    recipe: Recipe
    notices: tuple[str, ...]
    among: int = 0

    @property
    def smoothness(self) -> float:
        """Mean cosine of the hops; 1 where there is none."""
        return float(np.mean([hop.smoothness for hop in self.hops])) if self.hops else 1.0

    @property
    def worst(self) -> int | None:
        """Which hop is the roughest, whether weak or not."""
        return min(range(len(self.hops)), key=lambda i: self.hops[i].smoothness, default=None)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The tracks as stops."""
        return tuple(map(stop_of, self.tracks))


@dataclass(frozen=True, slots=True)
class Wormholes:
    """Makes paths over the catalogue and the index of one embedder. Any thread; nothing is kept."""

    catalogue: Catalogue
    index: NeighbourIndex
    spec: EmbedderSpec

    def find(self, recipe: Recipe, now: float | None = None) -> Wormhole:
        """The path of a recipe. `now` is Unix seconds, the clock's where it is None.

        The path has the asked length, unless the library has fewer tracks that the recipe allows; `notices`
        says so then. Both ends one recording: a round trip, which ends near where it began.

        Raises:
            NotFoundError: an end or stop is not in the library, or its file is missing.
            NotHeardError: an end or stop was not listened to yet; it says which.
            AnalysisError: what was heard of an end or stop cannot be used.
        """
        anchors = self._anchors(recipe)
        waypoints, placed = self._guide(recipe, anchors, recipe.length, pinned=True)
        source = Source(self.catalogue, self.index, self.spec.name, time.time() if now is None else now)
        pool = source.pool(recipe, anchors.tracks, anchors.vectors, waypoints)
        fitting = pool.rules.fill(pool.order(waypoints), range(len(anchors.tracks)), recipe.length)
        if len(fitting) < recipe.length:
            anchors.notices.append(_too_few(recipe, len(fitting), too_short=pool.too_short))
            waypoints, placed = self._guide(recipe, anchors, len(fitting), pinned=False)
        path = best_path(PathProblem(cost_of(recipe, pool, waypoints), pool.rules, fitting, placed)).tolist()
        return Wormhole(
            tracks=tuple(pool.tracks[place] for place in path),
            hops=hops_of(path, pool, self.catalogue, self.spec),
            random_order=random_order(pool.vectors[path]),
            recipe=self._with_sounds(recipe),
            notices=tuple(anchors.notices),
            among=len(self.index),
        )

    def _with_sounds(self, recipe: Recipe) -> Recipe:
        """The recipe with the present number and the sound of each of its stops."""
        start, end, *via = (stop_of(self._track(stop)) for stop in (recipe.start, recipe.end, *recipe.via))
        pins = tuple(Pin(pin.place, stop_of(self._track(pin.stop))) for pin in recipe.pins)
        return replace(recipe, start=start, end=end, via=tuple(via), pins=pins)

    def _anchors(self, recipe: Recipe) -> Anchors:
        """Start, stops, pinned tracks and end, without those that are a recording which came before."""
        chosen, notices = [self._track(recipe.start)], []
        end = self._track(recipe.end)
        closed = not one_recording(chosen[0], end)
        pinned = [(pin.place, self._track(pin.stop)) for pin in recipe.pins]
        for stop in map(self._track, recipe.via):
            if any(one_recording(stop, other) for other in [*chosen, end]):
                notices.append(f"“{stop.title}” is on the path already and is not a stop of its own.")
            elif not any(one_recording(stop, other) for _, other in pinned):
                chosen.append(stop)
        pins: dict[int, int] = {}
        for place, track in pinned:
            free = 0 < place < recipe.length - closed and place not in pins.values()
            if free and not any(one_recording(track, other) for other in [*chosen, end]):
                pins[len(chosen)] = place
                chosen.append(track)
        if closed:
            chosen.append(end)
        else:
            notices.append("Both ends are the same recording, so this is a round trip.")
        return Anchors(chosen, self._vectors(chosen), closed, pins, notices)

    def _track(self, stop: Stop) -> Track:
        track = self.catalogue.track(stop.track_id)
        if stop.audio_hash and (track is None or track.audio_hash != stop.audio_hash):
            track = self.catalogue.track_by_hash(stop.audio_hash) or track
        if track is None:
            raise NotFoundError("This track is no longer in the library.")
        if track.missing:
            raise NotFoundError(f"The file of “{track.title}” is not there now.", "Choose another track.")
        return track

    def _vectors(self, tracks: Sequence[Track]) -> Vectors:
        """The vectors (n, dim) of chosen tracks at unit length."""
        found = [self.catalogue.embedding(self.spec.name, track.id) for track in tracks]
        if None in found:
            raise NotHeardError([track for track, each in zip(tracks, found, strict=True) if each is None])
        rows = [np.asarray(each.vector, np.float32)[None] for each in found if each is not None]
        for track, row in zip(tracks, rows, strict=True):
            if not sound_rows(row, self.index.dim)[0]:
                raise AnalysisError(
                    f"What SONIQ heard of “{track.title}” cannot be compared.", "Choose another track."
                )
        return normalised(np.concatenate(rows))

    def _guide(
        self, recipe: Recipe, anchors: Anchors, length: int, *, pinned: bool
    ) -> tuple[Vectors, dict[int, int]]:
        """Waypoints (length, dim), and which anchor stands at which place."""
        placed = anchors.placed(length, pinned=pinned)
        waypoints = anchors.guide(placed, length)
        aim = self._aim(recipe) if recipe.detour > 0 else None
        return (waypoints if aim is None else bent(waypoints, aim, BEND * recipe.detour)), placed

    def _aim(self, recipe: Recipe) -> Vectors | None:
        """The vector of the track that the detour bends to: the seed's choice among all of the library."""
        ids = self.index.ids()
        if not len(ids):
            return None
        chosen = int(ids[np.argmin(chance(recipe.seed, ids))])
        embedding = self.catalogue.embedding(self.spec.name, chosen)
        if embedding is None or not sound_rows(embedding.vector[None], self.index.dim)[0]:
            return None
        aim: Vectors = normalised(np.asarray(embedding.vector, np.float32)[None])[0]
        return aim


def stop_of(track: Track) -> Stop:
    """What a recipe keeps of a track."""
    return Stop(track.id, track.audio_hash)


def _too_few(recipe: Recipe, possible: int, *, too_short: bool) -> str:
    """Why the path is shorter than it should be."""
    conditions = [
        "liked" if recipe.liked else "",
        "not heard lately" if recipe.fresh_days else "",
        f"at most {recipe.artist_cap} per artist" if recipe.artist_cap else "",
        f"at least {recipe.least_seconds:.0f} s long" if too_short else "",
        "not refused" if recipe.avoid else "",
    ]
    said = ", ".join(filter(None, conditions))
    allowed = f" that this path may use ({said})" if said else " that SONIQ has listened to"
    tracks = "1 song" if possible == 1 else f"{possible} songs"
    return f"The library has only {tracks}{allowed}, so the path is shorter than {recipe.length}."
