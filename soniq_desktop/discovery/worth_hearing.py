"""From a ranking to a list worth hearing: one of each recording, few of each artist, some variety."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.facets import Array, product
from soniq_desktop.discovery.recordings import Recordings
from soniq_desktop.discovery.sounds import Sounds
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track

SPARE, LEAST_POOL = 4, 32  # tracks looked at per wanted one


@dataclass(frozen=True, slots=True)
class Variety:
    """How mixed a list is.

    Attributes:
        per_artist, per_album: most tracks of one; where the library has no others, the list stays shorter.
        diversity: 0 takes the most similar; at 1 what is unlike the tracks chosen before counts as much
            (maximal marginal relevance, Carbonell and Goldstein 1998).
    """

    per_artist: int = 2
    per_album: int = 2
    diversity: float = 0.15


@dataclass(slots=True)
class Chosen:
    """Tracks chosen so far; the next one is judged against them.

    Attributes:
        taken: recordings of which no other version may be chosen, those of the chosen tracks included.
    """

    taken: Recordings
    tracks: list[Track] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    crowd: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def take(self, track: Track, row: int) -> None:
        self.tracks.append(track)
        self.rows.append(row)
        self.taken.add(track, row)
        self.crowd.update(groups(track))

    def full(self, track: Track, variety: Variety) -> bool:
        """Whether its artist or album has had its turns."""
        limits = {"artist": variety.per_artist, "album": variety.per_album}
        return any(self.crowd[group] >= limits[group[0]] for group in groups(track))


def choose(
    catalogue: Catalogue,
    sounds: Sounds,
    order: NDArray[np.intp],
    scores: Array,
    count: int,
    variety: Variety,
    taken: Recordings | None = None,
) -> list[tuple[Track, int]]:
    """Up to `count` pairs (track, row), best first, of the rows in `order`.

    Args:
        order: rows that may be chosen, best first.
        scores: (n,) similarity of every row of `sounds`.
        taken: recordings of which no other version may be chosen; those of what is chosen are added.
    """
    chosen = Chosen(Recordings(sounds) if taken is None else taken)
    size = max(SPARE * count, LEAST_POOL)
    for start in range(0, len(order), size):  # further pools only where caps leave the first one short
        pool = order[start : start + size]
        tracks = {track.id: track for track in catalogue.tracks(sounds.ids[pool])}
        pairs = [
            (tracks[key], int(row))
            for key, row in zip(sounds.ids[pool].tolist(), pool, strict=True)
            if key in tracks
        ]
        _fill(sounds, pairs, scores, count, variety, chosen)
        if len(chosen.tracks) >= count:
            break
    return list(zip(chosen.tracks, chosen.rows, strict=True))


def _fill(
    sounds: Sounds,
    pairs: list[tuple[Track, int]],
    scores: Array,
    count: int,
    variety: Variety,
    chosen: Chosen,
) -> None:
    """Choose from one pool, one after the other."""
    rows = np.array([row for _, row in pairs], np.intp)
    open_ = np.ones(len(pairs), bool)
    nearest = np.zeros(len(pairs), np.float32)  # cosine to the closest track chosen so far
    for row in chosen.rows:
        nearest = np.maximum(nearest, product(sounds.vectors[rows], sounds.vectors[row]))
    while open_.any() and len(chosen.tracks) < count:
        value = np.where(open_, scores[rows] - variety.diversity * nearest * scores[rows], -np.inf)
        best = int(np.argmax(value))
        track, row = pairs[best]
        open_[best] = False
        if chosen.full(track, variety) or chosen.taken.hold(track, row):
            continue
        chosen.take(track, row)
        nearest = np.maximum(nearest, product(sounds.vectors[rows], sounds.vectors[row]))


def groups(track: Track) -> list[tuple[str, ...]]:
    """Album and artist as keys; a track without tags belongs to neither."""
    artist = (track.tags.album_artist or track.tags.artist).casefold()
    album = track.tags.album.casefold()
    return [("artist", artist)] * bool(artist) + [("album", artist, album)] * bool(album)
