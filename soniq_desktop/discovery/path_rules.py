"""Which tracks may stand on one path together: no recording twice, no artist above the cap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.records import Track

Group = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Groups of a pool of p tracks of which a path takes only so many.

    Groups that cannot be exceeded (smaller than their limit) are not kept.

    Attributes:
        members: (p, g) 1 where a track belongs to a group.
        limits: (g,) how many of it a path takes.
    """

    members: NDArray[np.float32]
    limits: NDArray[np.float32]

    def fill(self, order: Iterable[int], chosen: Sequence[int], wanted: int) -> list[int]:
        """`chosen` and, in `order`, what may join them, up to `wanted` in all; fewer where there are not."""
        path, counts = list(chosen), self.members[list(chosen)].sum(axis=0)
        for track in order:
            if len(path) >= wanted:
                break
            if track not in path and self._room(counts, track):
                path.append(track)
                counts = counts + self.members[track]
        return path

    def joining(self, counts: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which tracks (..., p) may join paths whose groups count `counts` (..., g)."""
        full = np.asarray(counts >= self.limits, np.float32)
        return np.asarray(full @ self.members.T < 0.5)

    def _room(self, counts: NDArray[np.float32], track: int) -> bool:
        return not np.any((self.members[track] > 0) & (counts >= self.limits))


def rules_of(tracks: Sequence[Track], artist_cap: int) -> Rules:
    """The rules among tracks; `artist_cap` 0 sets no limit to artists."""
    groups: defaultdict[Group, list[int]] = defaultdict(list)
    for place, track in enumerate(tracks):
        for group in (*recordings(track), *(artists(track) if artist_cap else ())):
            groups[group].append(place)
    limits = {group: artist_cap if group[0] == "artist" else 1 for group in groups}
    kept = [group for group, places in groups.items() if len(places) > limits[group]]
    members = np.zeros((len(tracks), len(kept)), np.float32)
    for column, group in enumerate(kept):
        members[groups[group], column] = 1
    return Rules(members, np.array([limits[group] for group in kept], np.float32))


def recordings(track: Track) -> list[Group]:
    """What makes two tracks one recording: the same sound, or the same title by the same artist."""
    title, artist = track.tags.title.casefold().strip(), track.tags.artist.casefold().strip()
    sound = [("sound", track.audio_hash)] if track.audio_hash else []
    return sound + ([("title", title, artist)] if title and artist else [])


def artists(track: Track) -> list[Group]:
    """Everybody who is credited; nobody for a track without tags, which the cap leaves alone."""
    credit = (track.tags.artist or track.tags.album_artist).casefold()
    return [("artist", name.strip()) for name in dict.fromkeys(credit.split("; ")) if name.strip()]


def one_recording(one: Track, other: Track) -> bool:
    """Whether two tracks are the same row or recording."""
    return one.id == other.id or not set(recordings(one)).isdisjoint(recordings(other))
