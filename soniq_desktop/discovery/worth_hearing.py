"""From a ranking to a list worth hearing: one of each recording, few of each artist, some variety."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.facets import Array, product
from soniq_desktop.discovery.similar import SAME_LENGTH, groups, same_recording
from soniq_desktop.discovery.sounds import Sounds
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track

SPARE, LEAST_POOL = 8, 60  # tracks looked at per wanted one
NEAR_COPY = 0.999  # cosine from which on tracks of one length are taken for one recording
VERSION = re.compile(
    r"\s*[\(\[](?:[^)\]]*\b(?:remaster(?:ed)?|mix|edit|version|live|mono|stereo|demo|instrumental|bonus)\b[^)\]]*)[\)\]]"
    r"|\s+-\s+(?:.*\b(?:remaster(?:ed)?|edit|version|live|mono|stereo)\b.*)$",
    re.IGNORECASE,
)


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
    """Tracks chosen so far, and those they stand for; the next one is judged against them."""

    tracks: list[Track] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    crowd: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def take(self, track: Track, row: int) -> None:
        self.tracks.append(track)
        self.rows.append(row)
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
    avoid: Iterable[Track] = (),
) -> list[tuple[Track, int]]:
    """Up to `count` pairs (track, row), best first, of the rows in `order`.

    Args:
        order: rows that may be chosen, best first.
        scores: (n,) similarity of every row of `sounds`.
        avoid: tracks of which no other version may be chosen either.
    """
    chosen, avoided = Chosen(), list(avoid)
    size = max(SPARE * count, LEAST_POOL)
    for start in range(0, len(order), size):  # further pools only where caps leave the first one short
        pool = order[start : start + size]
        tracks = {track.id: track for track in catalogue.tracks(sounds.ids[pool])}
        pairs = [
            (tracks[key], int(row))
            for key, row in zip(sounds.ids[pool].tolist(), pool, strict=True)
            if key in tracks
        ]
        _fill(sounds, pairs, scores, count, variety, avoided, chosen)
        if len(chosen.tracks) >= count:
            break
    return list(zip(chosen.tracks, chosen.rows, strict=True))


def _fill(
    sounds: Sounds,
    pairs: list[tuple[Track, int]],
    scores: Array,
    count: int,
    variety: Variety,
    avoided: list[Track],
    chosen: Chosen,
) -> None:
    """Choose from one pool, one after the other."""
    pairs = [pair for pair in pairs if not any(one_of(sounds, pair, each, None) for each in avoided)]
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
        twin = any(
            one_of(sounds, (track, row), each, there)
            for each, there in zip(chosen.tracks, chosen.rows, strict=True)
        )
        if twin or chosen.full(track, variety):
            continue
        chosen.take(track, row)
        nearest = np.maximum(nearest, product(sounds.vectors[rows], sounds.vectors[row]))


def one_of(sounds: Sounds, pair: tuple[Track, int], other: Track, there: int | None) -> bool:
    """Whether a track is the other's recording, or another version of it."""
    track, row = pair
    if same_recording(track, other) or same_song(track, other):
        return True
    if there is None:
        found = sounds.rows([other.id])
        there = int(found[0]) if len(found) else None
    alike = there is not None and float(sounds.vectors[row] @ sounds.vectors[there]) >= NEAR_COPY
    return alike and abs(track.tags.duration - other.tags.duration) <= SAME_LENGTH


def same_song(one: Track, other: Track) -> bool:
    """Whether artist and title agree once “(2011 remaster)” and the like are left out of both titles."""
    if not (one.tags.artist and one.tags.title and other.tags.title):
        return False
    return one.tags.artist.casefold() == other.tags.artist.casefold() and stem(one.tags.title) == stem(
        other.tags.title
    )


def stem(title: str) -> str:
    """The title without what names a version: “Kite (live)” and “Kite - 2011 Remaster” are “kite”."""
    return VERSION.sub("", title).strip().casefold() or title.casefold()
