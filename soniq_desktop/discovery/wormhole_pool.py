"""The tracks that a wormhole may pass through: those near its guide that the recipe allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from soniq_desktop.discovery.neighbours import ExactIndex, NeighbourIndex
from soniq_desktop.discovery.path_rules import Rules, rules_of
from soniq_desktop.discovery.vectors import Ids, Vectors, normalised, sound_rows
from soniq_desktop.discovery.wormhole_recipe import Recipe
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Filters, Track, TrackQuery

NEAR = 64  # tracks near each waypoint
WIDER = 8  # how many times more where too few of them may be taken
SPARE = 6  # allowed tracks per place, below which it looks further
FEW_LIKED = 5_000  # liked tracks that are compared one by one rather than found among all
DAY = 86_400.0

Search = Callable[[Vectors, int], tuple[Ids, Vectors]]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Tracks with their vectors (p, dim) at unit length, the anchors first, and the rules among them.

    `too_short`: whether others were left out for their length alone.
    """

    tracks: list[Track]
    vectors: Vectors
    rules: Rules
    too_short: bool = False

    def order(self, waypoints: Vectors) -> list[int]:
        """Places in the pool, nearest to the guide first."""
        nearness = (self.vectors @ waypoints.T).max(axis=1)
        return [int(place) for place in np.argsort(-nearness, kind="stable")]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the tracks of a pool come from. `now` is Unix seconds, for what was heard lately."""

    catalogue: Catalogue
    index: NeighbourIndex
    embedder: str
    now: float

    def pool(self, recipe: Recipe, anchors: list[Track], vectors: Vectors, waypoints: Vectors) -> Pool:
        """Tracks near the waypoints (n, dim), anchors first; enough for n where the library has them."""
        search, total = self._search(recipe)
        near = NEAR
        while True:
            ids = _near(search, waypoints, min(near, total))
            pool = self._built(recipe, anchors, vectors, ids)
            if near >= total or self._suffices(pool, len(waypoints), len(anchors)):
                return _trimmed(pool, waypoints, len(anchors))
            near *= WIDER

    def _search(self, recipe: Recipe) -> tuple[Search, int]:
        """What is searched, and how many tracks that are: the whole index, or the few that are liked."""
        if not recipe.liked:
            return self.index.search, len(self.index)
        liked = self.catalogue.track_ids(TrackQuery(filters=Filters(liked=True)))
        if len(liked) > FEW_LIKED:
            return self.index.search, len(self.index)
        ids, vectors = self.catalogue.embeddings(self.embedder, liked.tolist())
        sound = sound_rows(vectors, self.index.dim)
        index = ExactIndex(self.index.dim)
        index.add(ids[sound], vectors[sound] if sound.any() else np.zeros((0, self.index.dim)))
        return index.search, len(index)

    def _built(self, recipe: Recipe, anchors: list[Track], vectors: Vectors, ids: Sequence[int]) -> Pool:
        """The anchors and those of `ids` that the recipe allows and that have a usable vector."""
        least = _least_seconds(recipe, anchors)
        allowed = [track for track in self.catalogue.tracks(ids) if self._allowed(track, recipe)]
        found = [track for track in allowed if not 0 < track.tags.duration < least]
        too_short = len(found) < len(allowed)
        taken = {track.id for track in anchors}
        found = [track for track in found if track.id not in taken]
        keys, rows = self.catalogue.embeddings(self.embedder, [track.id for track in found])
        sound = sound_rows(rows, self.index.dim)
        vector = dict(zip(keys[sound].tolist(), rows[sound], strict=True))
        found = [track for track in found if track.id in vector]
        if found:
            vectors = np.concatenate([vectors, normalised(np.stack([vector[track.id] for track in found]))])
        tracks = anchors + found
        return Pool(tracks, vectors, rules_of(tracks, recipe.artist_cap), too_short)

    def _allowed(self, track: Track, recipe: Recipe) -> bool:
        heard = track.last_played if recipe.fresh_days else None
        refused = {stop.track_id for stop in recipe.avoid} | {stop.audio_hash for stop in recipe.avoid}
        return (
            not track.missing
            and track.id not in refused
            and (track.audio_hash is None or track.audio_hash not in refused)
            and (track.liked or not recipe.liked)
            and (heard is None or heard < self.now - recipe.fresh_days * DAY)
        )

    def _suffices(self, pool: Pool, length: int, anchors: int) -> bool:
        """Whether a path of that length can be made, with some choice."""
        possible = pool.rules.fill(range(len(pool.tracks)), range(anchors), length)
        return len(possible) == length and len(pool.tracks) >= SPARE * length


def _least_seconds(recipe: Recipe, anchors: list[Track]) -> float:
    """Who chooses a short piece wants short pieces; a length of 0 is not known."""
    return min([recipe.least_seconds, *(t.tags.duration for t in anchors if t.tags.duration > 0)])


def _near(search: Search, waypoints: Vectors, k: int) -> list[int]:
    """Ids of the k nearest tracks of each waypoint, each once, ascending."""
    if k < 1:
        return []
    return sorted({track for point in np.unique(waypoints, axis=0) for track in search(point, k)[0].tolist()})


def _trimmed(pool: Pool, waypoints: Vectors, anchors: int) -> Pool:
    """The `NEAR` nearest of each waypoint, and what it takes beyond them to fill the path."""
    nearest = np.argsort(-(pool.vectors @ waypoints.T), axis=0, kind="stable")[:NEAR]
    needed = pool.rules.fill(pool.order(waypoints), range(anchors), len(waypoints))
    kept = np.unique([*range(anchors), *needed, *nearest.ravel().tolist()])
    rules = Rules(pool.rules.members[kept], pool.rules.limits)
    return Pool([pool.tracks[place] for place in kept], pool.vectors[kept], rules, pool.too_short)
