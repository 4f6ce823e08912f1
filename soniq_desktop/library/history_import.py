"""Taking in a listening history: plays are matched to songs of the library, and none is stored twice."""

import bisect
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from soniq_desktop.library import user_rows
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.history_files import Listen, read_history
from soniq_desktop.library.history_match import Candidate, song_index
from soniq_desktop.library.text import clean

SAME_SECONDS = 2.0  # of one source
SCROBBLED = 0.5  # what a play that was scrobbled was heard of, at least
FOUR_MINUTES = 240.0
MOST_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import.

    Attributes:
        found: plays in the file; added: stored now; known: were there already.
        unmatched: how many plays are of songs that are not in the library.
        missing: (artist, title, plays) of those, most played first, MOST_NAMED at most.
        tracks: ids of songs that got plays.
        sources: plays by source ("Last.fm": 120).
    """

    found: int
    added: int
    known: int
    unmatched: int
    missing: tuple[tuple[str, str, int], ...]
    tracks: tuple[int, ...]
    sources: dict[str, int]


def import_history(catalogue: Catalogue, file: Path) -> ImportReport:
    """Take in a file. Raises DocumentError (no history), CatalogueError (nothing was stored)."""
    return store_history(catalogue, read_history(file))


def store_history(catalogue: Catalogue, listens: Iterable[Listen]) -> ImportReport:
    """Match and store; one transaction."""
    ordered = sorted(listens, key=lambda each: each.started)
    with catalogue.database.reading() as connection:
        index = song_index(connection)
    matched = [(listen, index.find(listen)) for listen in ordered]
    missing = Counter((listen.artist, listen.title) for listen, song in matched if song is None)
    with catalogue.database.writing() as connection:
        known = _Known(connection)
        fresh = [(listen, song) for listen, song in matched if song and known.add(listen, song)]
        _insert(connection, fresh)
        tracks = sorted({song.id for _, song in fresh})
        for track_id in tracks:
            user_rows.count(connection, track_id)
    unmatched = sum(missing.values())
    return ImportReport(
        len(ordered), len(fresh), len(ordered) - unmatched - len(fresh), unmatched,
        tuple((artist, title, plays) for (artist, title), plays in missing.most_common(MOST_NAMED)),
        tuple(tracks), dict(Counter(listen.source for listen in ordered)),
    )  # fmt: skip


class _Known:
    """Plays that are stored. A song cannot begin twice within half of itself: such two, from different
    sources (SONIQ played it, Last.fm was told), are one play. Of one source, the second decides."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._starts: dict[int, list[tuple[float, str]]] = defaultdict(list)
        rows = connection.execute(
            "SELECT track_id, started_at, source FROM listening_events WHERE track_id IS NOT NULL"
            " ORDER BY started_at"
        )
        for track_id, started, source in rows:
            self._starts[track_id].append((started, source))

    def add(self, listen: Listen, song: Candidate) -> bool:
        """Whether this play is new."""
        starts, reach = self._starts[song.id], max(SAME_SECONDS, song.duration / 2)
        place = bisect.bisect_left(starts, (listen.started - reach, ""))
        for started, source in starts[place:]:
            if started > listen.started + reach:
                break
            if source != listen.source or abs(started - listen.started) <= SAME_SECONDS:
                return False
        bisect.insort(starts, (listen.started, listen.source))
        return True


def _insert(connection: sqlite3.Connection, fresh: list[tuple[Listen, Candidate]]) -> None:
    connection.executemany(
        "INSERT INTO listening_events"
        " (track_id, audio_hash, path, started_at, seconds_heard, ended, source, position)"
        " SELECT id, audio_hash, path, ?2, ?3, ?4, ?5, ?6 FROM tracks WHERE id = ?1",
        [(song.id, listen.started, *_heard(listen, song), clean(listen.source), listen.position)
         for listen, song in fresh],
    )  # fmt: skip


def _heard(listen: Listen, song: Candidate) -> tuple[float, str]:
    """Seconds and ending. A scrobble says only that it counted: half of the song or four minutes."""
    if listen.heard is None:
        return min(song.duration * SCROBBLED, FOUR_MINUTES), listen.ended or "part"
    ended = listen.ended or "part"
    if listen.source == "Spotify" and ended == "skipped" and listen.heard >= song.duration / 2:
        ended = "part"  # a short song that was left late
    return listen.heard, ended
