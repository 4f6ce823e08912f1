"""The wormhole: a path of real tracks between two tracks, along the sphere of the embedding.

A great circle between the ends (`slerp`), through the stops and bent by the detour, is the guide. The tracks
near it that the recipe allows are the pool (`wormhole_pool`), and the path of least cost through the pool
(`path_cost`, `path_search`) is the answer: as smooth as the library can make it, its worst hop above all. All
distances are those of the full embedding. docs/decisions/wormhole.md has the reasons and the figures.
"""

import time
from dataclasses import dataclass, replace

import numpy as np

from soniq_desktop.common.errors import AnalysisError, NotFoundError
from soniq_desktop.discovery.neighbours import NeighbourIndex
from soniq_desktop.discovery.path_rules import one_recording
from soniq_desktop.discovery.path_search import PathProblem, best_path
from soniq_desktop.discovery.slerp import bent, guide, spread
from soniq_desktop.discovery.vectors import Vectors, normalised, sound_rows
from soniq_desktop.discovery.wormhole_cost import chance, cost_of
from soniq_desktop.discovery.wormhole_hops import Hop, hops_of, random_order
from soniq_desktop.discovery.wormhole_pool import Source
from soniq_desktop.discovery.wormhole_recipe import Recipe, Stop
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track

BEND = 0.5  # share of the arc towards its aim that a full detour bends the guide by


@dataclass(frozen=True, slots=True)
class Wormhole:
    """A path and what it is like.

    Attributes:
        tracks: in order, each another recording.
        hops: one less than tracks; from each to the next.
        random_order: mean smoothness that the same tracks have in random order, to compare with.
        recipe: as asked for, with the sounds of its stops: makes the same path again.
        notices: plain sentences: what could not be done as asked, and why.
    """

    tracks: tuple[Track, ...]
    hops: tuple[Hop, ...]
    random_order: float
    recipe: Recipe
    notices: tuple[str, ...]

    @property
    def smoothness(self) -> float:
        """Mean cosine of the hops; 1 where there is none."""
        return float(np.mean([hop.smoothness for hop in self.hops])) if self.hops else 1.0

    @property
    def worst(self) -> int | None:
        """Which hop is the roughest, whether weak or not."""
        return min(range(len(self.hops)), key=lambda i: self.hops[i].smoothness, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class _Anchors:
    """The chosen tracks with their vectors (a, dim). `closed`: the last one is the end of the path."""

    tracks: list[Track]
    vectors: Vectors
    closed: bool
    notices: list[str]


@dataclass(frozen=True, slots=True)
class Wormholes:
    """Makes paths over the catalogue and the index of one embedder. Any thread; nothing is kept."""

    catalogue: Catalogue
    index: NeighbourIndex
    embedder: str

    def find(self, recipe: Recipe, now: float | None = None) -> Wormhole:
        """The path of a recipe. `now` is Unix seconds, the clock's where it is None.

        The path has the asked length, unless the library has fewer tracks that the recipe allows; `notices`
        says so then. Both ends one recording: a round trip, which ends near where it began.

        Raises:
            NotFoundError: an end or stop is not in the library, or its file is missing.
            AnalysisError: an end or stop was not listened to yet, or its vector is unusable.
        """
        anchors = self._anchors(recipe)
        waypoints, places = self._guide(recipe, anchors, recipe.length)
        source = Source(self.catalogue, self.index, self.embedder, time.time() if now is None else now)
        pool = source.pool(recipe, anchors.tracks, anchors.vectors, waypoints)
        fitting = pool.rules.fill(pool.order(waypoints), range(len(anchors.tracks)), recipe.length)
        if len(fitting) < recipe.length:
            anchors.notices.append(_too_few(recipe, len(fitting)))
            waypoints, places = self._guide(recipe, anchors, len(fitting))
        fixed = {place: number for number, place in enumerate(places[: len(anchors.tracks)])}
        path = best_path(PathProblem(cost_of(recipe, pool, waypoints), pool.rules, fitting, fixed)).tolist()
        return Wormhole(
            tracks=tuple(pool.tracks[place] for place in path),
            hops=hops_of(path, pool.tracks, pool.vectors),
            random_order=random_order(pool.vectors[path]),
            recipe=self._with_sounds(recipe),
            notices=tuple(anchors.notices),
        )

    def _with_sounds(self, recipe: Recipe) -> Recipe:
        """The recipe with the present number and the sound of each of its stops."""
        start, end, *via = (
            Stop(track.id, track.audio_hash)
            for track in map(self._track, (recipe.start, recipe.end, *recipe.via))
        )
        return replace(recipe, start=start, end=end, via=tuple(via))

    def _anchors(self, recipe: Recipe) -> _Anchors:
        """Start, stops and end, without those that are a recording which came before."""
        chosen, notices = [self._track(recipe.start)], []
        end = self._track(recipe.end)
        closed = not one_recording(chosen[0], end)
        for stop in map(self._track, recipe.via):
            if any(one_recording(stop, other) for other in [*chosen, end]):
                notices.append(f"“{stop.title}” is on the path already and is not a stop of its own.")
            else:
                chosen.append(stop)
        if closed:
            chosen.append(end)
        else:
            notices.append("Both ends are the same recording, so this is a round trip.")
        return _Anchors(chosen, np.stack([self._vector(track) for track in chosen]), closed, notices)

    def _track(self, stop: Stop) -> Track:
        track = self.catalogue.track(stop.track_id)
        if stop.audio_hash and (track is None or track.audio_hash != stop.audio_hash):
            track = self.catalogue.track_by_hash(stop.audio_hash) or track
        if track is None:
            raise NotFoundError("This track is no longer in the library.")
        if track.missing:
            raise NotFoundError(f"The file of “{track.title}” is not there now.", "Choose another track.")
        return track

    def _vector(self, track: Track) -> Vectors:
        """The track's vector (dim,) at unit length."""
        embedding = self.catalogue.embedding(self.embedder, track.id)
        if embedding is None:
            raise AnalysisError(
                f"SONIQ has not listened to “{track.title}” yet.", "A path can begin there once it has."
            )
        rows = np.asarray(embedding.vector, np.float32)[None]
        if not sound_rows(rows, self.index.dim)[0]:
            raise AnalysisError(
                f"What SONIQ heard of “{track.title}” cannot be compared.", "Choose another track."
            )
        unit: Vectors = normalised(rows)[0]
        return unit

    def _guide(self, recipe: Recipe, anchors: _Anchors, length: int) -> tuple[Vectors, list[int]]:
        """Waypoints (length, dim) and where the anchors stand. A round trip comes back to its start."""
        points = anchors.vectors if anchors.closed else np.concatenate([anchors.vectors, anchors.vectors[:1]])
        if len(points) > length:  # a round trip of nothing but its stops
            points = points[:length]
        places = spread(points, length)
        waypoints = guide(points, places, length)
        aim = self._aim(recipe) if recipe.detour > 0 else None
        return (waypoints if aim is None else bent(waypoints, aim, BEND * recipe.detour)), places

    def _aim(self, recipe: Recipe) -> Vectors | None:
        """The vector of the track that the detour bends to: the seed's choice among all of the library."""
        ids = self.index.ids()
        if not len(ids):
            return None
        chosen = int(ids[np.argmin(chance(recipe.seed, ids))])
        embedding = self.catalogue.embedding(self.embedder, chosen)
        if embedding is None or not sound_rows(embedding.vector[None], self.index.dim)[0]:
            return None
        aim: Vectors = normalised(np.asarray(embedding.vector, np.float32)[None])[0]
        return aim


def _too_few(recipe: Recipe, possible: int) -> str:
    """Why the path is shorter than it should be."""
    conditions = [
        "liked" if recipe.liked else "",
        "not heard lately" if recipe.fresh_days else "",
        f"at most {recipe.artist_cap} per artist" if recipe.artist_cap else "",
    ]
    said = ", ".join(filter(None, conditions))
    allowed = f" that this path may use ({said})" if said else " that SONIQ has listened to"
    tracks = "1 track" if possible == 1 else f"{possible} tracks"
    return f"The library has only {tracks}{allowed}, so the path is shorter than {recipe.length}."
