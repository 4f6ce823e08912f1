"""The listening history ready for counting: which plays count, local days and hours, first listens."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.play_history import (
    COUNTED_SECONDS,
    ENDINGS,
    SHORT_SONG,
    PlayColumns,
    PlayedSongs,
)

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
OffsetOf = Callable[[float], int]

DAY = 86_400
HOUR = 3_600
FINISHED, PART, SKIPPED = range(len(ENDINGS))
# Histories of other programs that list what counted there and do not say how a play ended.
WITHOUT_ENDINGS = frozenset({"Last.fm", "ListenBrainz"})
IMPORTED = WITHOUT_ENDINGS | {"Spotify", "imported"}


def local_offset(moment: float) -> int:
    """Seconds by which local time is ahead of UTC at a moment (Unix seconds)."""
    return time.localtime(moment).tm_gmtoff or 0


@dataclass(frozen=True, slots=True, eq=False)
class Plays:
    """Listening events, oldest first; arrays (n,).

    Attributes:
        ids: row ids of the events; songs: row in `History.songs`.
        started: Unix seconds; heard: seconds that sounded.
        ended: FINISHED, PART or SKIPPED; known: whether that was recorded at all.
        sources: place in `History.sources`.
        counted: by the rule (library/play_history.py); first: the first counted play of its song.
        day: number of the local day since 1970; hour: local hour, 0 to 23.
    """

    ids: Ids
    songs: Ids
    started: Floats
    heard: Floats
    ended: Ids
    known: Mask
    sources: Ids
    counted: Mask
    first: Mask
    day: Ids
    hour: Ids

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, mask: Mask | Ids) -> "Plays":
        """Those events alone, by a mask or by rows."""
        return replace(self, **{each.name: getattr(self, each.name)[mask] for each in fields(self)})

    @property
    def weekday(self) -> Ids:
        """0 is Monday (1 January 1970 was a Thursday)."""
        return (self.day + 3) % 7


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All plays, and the songs that they are of."""

    plays: Plays
    songs: PlayedSongs
    sources: tuple[str, ...]


def history_of(columns: PlayColumns, songs: PlayedSongs, offset_of: OffsetOf = local_offset) -> History:
    """Work out what every period needs. Events of songs that are not in `songs` are left out."""
    rows = np.searchsorted(songs.ids, columns.tracks)
    there = rows < len(songs.ids)
    there[there] = songs.ids[rows[there]] == columns.tracks[there]
    rows, started = rows[there], columns.started[there]
    heard, ended = columns.heard[there], columns.ended[there]
    sources = columns.sources[there]
    unknown = [code for code, name in enumerate(columns.source_names) if name in WITHOUT_ENDINGS]
    counted = counts(rows, started, heard, ended, songs.durations[rows])
    local = started + offsets(started, offset_of)
    plays = Plays(
        columns.ids[there],
        rows,
        started,
        heard,
        ended,
        ~np.isin(sources, unknown),
        sources,
        counted,
        first_of(rows, counted),
        np.floor(local / DAY).astype(np.int64),
        (np.floor(local / HOUR) % 24).astype(np.int64),
    )
    return History(plays, songs, columns.source_names)


def counts(songs: Ids, started: Floats, heard: Floats, ended: Ids, durations: Floats) -> Mask:
    """(n,) whether each event counts as a play: half of the song or four minutes were heard, whatever was
    jumped over or heard twice; of a song shorter than 30 s the first of an hour alone.
    """
    enough = (heard >= np.minimum(durations / 2, COUNTED_SECONDS)) & (ended != SKIPPED)
    short = np.flatnonzero(enough & (durations < SHORT_SONG))
    hours = np.stack([songs[short], (started[short] // HOUR).astype(np.int64)], axis=1)
    _, kept = np.unique(hours, axis=0, return_index=True)
    again = np.ones(len(short), np.bool_)
    again[kept] = False
    enough[short[again]] = False
    return np.asarray(enough)


def first_of(songs: Ids, counted: Mask) -> Mask:
    """(n,) the first counted event of each song; events are in the order of time."""
    rows = np.flatnonzero(counted)
    _, places = np.unique(songs[rows], return_index=True)
    first = np.zeros(len(songs), np.bool_)
    first[rows[places]] = True
    return first


def offsets(started: Floats, offset_of: OffsetOf) -> Floats:
    """(n,) seconds to add for local time; asked once for each hour that occurs."""
    hours, places = np.unique(np.floor(started / HOUR), return_inverse=True)
    table = np.fromiter((offset_of(hour * HOUR) for hour in hours.tolist()), np.float64, len(hours))
    return np.asarray(table[places]) if len(hours) else np.zeros(0)


def genre_sets(history: History, plays: Plays) -> tuple[Floats, Mask]:
    """(k, 12) genres of those plays whose songs have one, and (n,) which those are."""
    sets = history.songs.genres[plays.songs]
    known = ~np.isnan(sets[:, 0]) if len(sets) else np.zeros(0, np.bool_)
    return sets[known], known
