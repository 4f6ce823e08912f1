"""Which files are one recording, or versions of one song: neither is recommended beside the other.

A recording is known again by its number, by its sound (audio hash), by what the fingerprints told
(`Sounds.copies`), by artist and title without what names a version ("Kite (live)", "Kite - 2011 remaster"),
and, whatever the tags say, by length and embedding: two encodings of one master differ by less than
`NEAR_COPY` in cosine.
"""

import re
from collections.abc import Iterable

import numpy as np

from soniq_desktop.discovery.sounds import Sounds
from soniq_desktop.library.records import Track

SAME_LENGTH = 2.0  # seconds by which two files of one recording may differ
NEAR_COPY = 0.999  # cosine from which on tracks of one length are taken for one recording
VERSION = re.compile(
    r"\s*[\(\[](?:[^)\]]*\b(?:remaster(?:ed)?|mix|edit|version|live|mono|stereo|demo|instrumental|bonus)\b[^)\]]*)[\)\]]"
    r"|\s+-\s+(?:.*\b(?:remaster(?:ed)?|edit|version|live|mono|stereo)\b.*)$",
    re.IGNORECASE,
)


class Recordings:
    """Recordings that are taken; `hold` asks whether a track is one of them."""

    def __init__(self, sounds: Sounds, tracks: Iterable[Track] = ()) -> None:
        self._sounds = sounds
        self._ids: set[int] = set()
        self._hashes: set[str] = set()
        self._groups: set[int] = set()
        self._songs: set[tuple[str, str]] = set()
        self._rows: list[int] = []
        self._lengths: list[float] = []
        for track in tracks:
            self.add(track)

    def add(self, track: Track, row: int | None = None) -> None:
        """Take a track; `row` is its row of the sounds, looked up where it is None."""
        self._ids.add(track.id)
        if (group := self._sounds.copies.get(track.id)) is not None:
            self._groups.add(group)
        if track.audio_hash is not None:
            self._hashes.add(track.audio_hash)
        if (song := song_of(track)) is not None:
            self._songs.add(song)
        if row is None:
            found = self._sounds.rows([track.id])
            row = int(found[0]) if len(found) else None
        if row is not None:
            self._rows.append(row)
            self._lengths.append(track.tags.duration)

    def hold(self, track: Track, row: int) -> bool:
        """Whether the track is one of these recordings, or another version of one."""
        return (
            track.id in self._ids
            or track.audio_hash in self._hashes
            or self._sounds.copies.get(track.id) in self._groups
            or song_of(track) in self._songs
            or self._near_copy(track, row)
        )

    def _near_copy(self, track: Track, row: int) -> bool:
        apart = np.abs(np.array(self._lengths) - track.tags.duration)
        rows = np.array(self._rows, np.intp)[apart <= SAME_LENGTH]
        vectors = self._sounds.vectors
        return bool(len(rows)) and float((vectors[rows] @ vectors[row]).max()) >= NEAR_COPY


def song_of(track: Track) -> tuple[str, str] | None:
    """Artist and title without what names a version; None where either is unknown."""
    if not (track.tags.artist and track.tags.title):
        return None
    return track.tags.artist.casefold(), stem(track.tags.title)


def stem(title: str) -> str:
    """The title without what names a version: “Kite (live)” and “Kite - 2011 Remaster” are “kite”."""
    return VERSION.sub("", title).strip().casefold() or title.casefold()
