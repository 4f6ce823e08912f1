"""Which song of the library a play in somebody else's history is of."""

import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

from soniq_desktop.library.history_files import Listen
from soniq_desktop.library.text import words

_ASIDE = re.compile(
    r"\s*[\(\[][^)\]]*\b(feat|ft|featuring|with|remaster(ed)?|mono|stereo|bonus|explicit|deluxe|version)\b"
    r"[^)\]]*[\)\]]|\s+-\s+[^-]*\b(remaster(ed)?|mono|stereo|version|single|edit)\b.*$"
    r"|\s+(feat|ft|featuring)\.?\s.*$",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\s*(?:;|,|/|&|\bfeat\b|\bft\b|\bfeaturing\b|\band\b|\bx\b|\bvs\b)\.?\s*", re.IGNORECASE)
NEAR_SECONDS, NEAR_SHARE = 5.0, 0.03


@dataclass(frozen=True, slots=True)
class Candidate:
    """One song of the library."""

    id: int
    duration: float
    album: str


@dataclass(slots=True)
class SongIndex:
    """Songs of the library by sound, path, exact names and loose names."""

    sounds: dict[str, Candidate] = field(default_factory=dict)
    paths: dict[bytes, Candidate] = field(default_factory=dict)
    exact: dict[tuple[str, str], list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    loose: dict[tuple[str, str], list[Candidate]] = field(default_factory=lambda: defaultdict(list))

    def find(self, listen: Listen) -> Candidate | None:
        """By sound, path, then names: first as they are, then without "feat." and "Remastered".

        Loose names must agree in duration (within 5 s or 3 %) where the history gives one.
        """
        if listen.audio_hash and (found := self.sounds.get(listen.audio_hash)):
            return found
        if listen.path and (found := self.paths.get(listen.path.encode("utf-8", "surrogateescape"))):
            return found
        album = _joined(listen.album)
        exact = self.exact.get(exact_key(listen.artist, listen.title), [])
        if exact:
            return _best(exact, listen, album)
        near = [
            each for each in self.loose.get(loose_key(listen.artist, listen.title), []) if _near(each, listen)
        ]
        return _best(near, listen, album) if near else None


def song_index(connection: sqlite3.Connection) -> SongIndex:
    """The whole library; missing files too: their history goes on."""
    index = SongIndex()
    rows = connection.execute(
        "SELECT id, duration, album, audio_hash, path, artist, album_artist, title FROM tracks ORDER BY id"
    )
    for track_id, duration, album, audio_hash, path, artist, album_artist, title in rows:
        song = Candidate(track_id, duration, _joined(album))
        if audio_hash:
            index.sounds.setdefault(audio_hash, song)
        index.paths[path] = song
        for name in dict.fromkeys(filter(None, (artist, album_artist))):
            index.exact[exact_key(name, title)].append(song)
            index.loose[loose_key(name, title)].append(song)
    return index


def exact_key(artist: str, title: str) -> tuple[str, str]:
    """Folded words: no case, accents, punctuation."""
    return _joined(artist), _joined(title)


def loose_key(artist: str, title: str) -> tuple[str, str]:
    """The first artist, and the title without what is said in passing."""
    first = next((part for part in _FIRST.split(artist) if part), artist)
    return _joined(first), _joined(_ASIDE.sub("", title) or title)


def _joined(text: str) -> str:
    return " ".join(words(text))


def _near(song: Candidate, listen: Listen) -> bool:
    if not listen.duration or not song.duration:
        return True
    return abs(song.duration - listen.duration) <= max(NEAR_SECONDS, NEAR_SHARE * listen.duration)


def _best(songs: list[Candidate], listen: Listen, album: str) -> Candidate:
    """The one from the same album, then the nearest in duration, then the oldest row."""

    def cost(song: Candidate) -> tuple[bool, float]:
        apart = abs(song.duration - listen.duration) if listen.duration else 0.0
        return (bool(album) and song.album != album, apart)

    return min(songs, key=cost)
