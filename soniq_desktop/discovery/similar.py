"""Tracks that sound like a given one: by cosine, without copies and without one album taking over."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.neighbours import NeighbourIndex
from soniq_desktop.discovery.recordings import SAME_LENGTH
from soniq_desktop.discovery.worth_hearing import groups
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track

SPARE = 5  # candidates per wanted track: room for copies, missing files and variety
CROWDING = 0.02  # cosine that each track already chosen of the same album or artist costs the next one


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Similar tracks, over the catalogue and the index of one embedder."""

    catalogue: Catalogue
    index: NeighbourIndex
    embedder: str

    def similar(self, track_id: int, k: int = 20, *, missing: bool = False) -> list[tuple[int, float]]:
        """Up to k tracks that sound like this one: (id, cosine), most similar first.

        Left out are the track itself, further copies of one recording (see `same_recording`) and, unless
        `missing`, files that are not there now. Of the others, an album or artist that was chosen before has
        to be more similar by `CROWDING` for each time: a slight preference for variety, never a hard limit.

        Raises:
            NotFoundError: the track is not in the library, or SONIQ has not listened to it yet.
        """
        track = self.catalogue.track(track_id)
        if track is None:
            raise NotFoundError("This track is no longer in the library.")
        embedding = self.catalogue.embedding(self.embedder, track_id)
        if embedding is None or len(embedding.vector) != self.index.dim:
            raise NotFoundError(
                f"SONIQ has not listened to “{track.title}” yet.", "Similar tracks appear once it has."
            )
        ids, cosines = self.index.search(embedding.vector, SPARE * k + 20)
        cosine = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
        found = self.catalogue.tracks(ids)
        others = without_copies(track, (each for each in found if missing or not each.missing))
        chosen = varied([(each, cosine[each.id]) for each in others], k)
        return sorted(((each.id, value) for each, value in chosen), key=lambda pair: -pair[1])


def without_copies(track: Track, others: Iterable[Track]) -> list[Track]:
    """The tracks that are another recording than `track` and than every one before them."""
    kept = [track]
    for other in others:
        if not any(same_recording(other, each) for each in kept):
            kept.append(other)
    return kept[1:]


def same_recording(one: Track, other: Track) -> bool:
    """Whether two rows are one recording: the same row or sound, or title, artist and length agree."""
    if one.id == other.id or (one.audio_hash is not None and one.audio_hash == other.audio_hash):
        return True
    return (
        bool(one.tags.title and one.tags.artist)
        and one.tags.title.casefold() == other.tags.title.casefold()
        and one.tags.artist.casefold() == other.tags.artist.casefold()
        and abs(one.tags.duration - other.tags.duration) <= SAME_LENGTH
    )


def varied(candidates: list[tuple[Track, float]], k: int) -> list[tuple[Track, float]]:
    """Choose k one after the other, each the most similar after what its album and artist cost it by then."""
    crowd: Counter[tuple[str, ...]] = Counter()
    chosen: list[tuple[Track, float]] = []
    remaining = list(candidates)
    while remaining and len(chosen) < k:
        best = max(remaining, key=lambda pair: pair[1] - CROWDING * crowding(pair[0], crowd))
        remaining.remove(best)
        chosen.append(best)
        crowd.update(groups(best[0]))
    return chosen


def crowding(track: Track, crowd: Counter[tuple[str, ...]]) -> int:
    """How many of its album or of its artist were chosen, whichever is more."""
    return max((crowd[group] for group in groups(track)), default=0)
