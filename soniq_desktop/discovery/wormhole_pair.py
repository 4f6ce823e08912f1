"""Two songs that are worth joining: far apart, and both of a kind that the library has more of."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from soniq_desktop.discovery.vectors import Ids, Vectors, normalised, sound_rows
from soniq_desktop.discovery.wormhole_cost import chance
from soniq_desktop.library.records import Track, TrackQuery

SAMPLE = 400  # songs that are compared
LEAST = 60.0  # seconds: shorter files are seldom songs
LONELY = 0.1  # share of the sample, the least like the others, that is left out


class Shelf(Protocol):
    """The part of the catalogue that is read here."""

    def track_ids(self, query: TrackQuery) -> Ids: ...

    def tracks(self, ids: Sequence[int]) -> list[Track]: ...

    def embeddings(self, embedder: str, ids: Sequence[int] | None = None) -> tuple[Ids, Vectors]: ...


def far_apart(catalogue: Shelf, embedder: str, seed: int) -> tuple[int, int] | None:
    """Ids of two songs that are far apart; the seed chooses. None where there are no two.

    The furthest pair of a sample, in which the loneliest tenth does not count: a path to a recording of
    birds would be a bad first impression.
    """
    known = catalogue.track_ids(TrackQuery())
    drawn = np.sort(known[np.argsort(chance(seed, known), kind="stable")[: 2 * SAMPLE]])
    tracks = [track for track in catalogue.tracks(drawn.tolist()) if not track.missing]
    songs = [track for track in tracks if track.tags.duration >= LEAST] or tracks
    ids, vectors = catalogue.embeddings(embedder, [track.id for track in songs[:SAMPLE]])
    if len(ids):
        sound = sound_rows(vectors, vectors.shape[1])
        ids, vectors = ids[sound], vectors[sound]
    if len(ids) < 2:
        return None
    cosines = normalised(vectors) @ normalised(vectors).T
    middling = np.median(cosines, axis=1)
    lonely = np.argsort(middling, kind="stable")[: int(LONELY * len(ids))]
    cosines[lonely] = cosines[:, lonely] = 1
    np.fill_diagonal(cosines, 1)
    one, other = np.unravel_index(int(np.argmin(cosines)), cosines.shape)
    return int(ids[one]), int(ids[other])
