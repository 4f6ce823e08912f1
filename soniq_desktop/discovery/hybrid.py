"""What follows what in somebody's listening, as a bonus on the ranking of content neighbours. numpy alone.

The collaborative half of the hybrid is an item-to-item model over sessions (Sarwar et al. 2001; for sessions
Ludewig and Jannach 2018, where such models hold their own against networks): how often one song came soon
after another. Its content half passes that on to songs that were never played: where the songs that follow
sound alike, others that sound so are lifted, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.facets import Array
from soniq_desktop.discovery.sounds import Sounds
from soniq_desktop.library.play_history import COUNTED_SECONDS, ENDINGS, SHORT_SONG, PlayColumns

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SKIPPED = ENDINGS.index("skipped")
SESSION_GAP = 30 * 60.0  # seconds of silence after which another session begins
REACH = 3  # a song follows another up to so many places later, each place counting less
HALF_LIFE = 180 * 86_400.0  # seconds
SHRINKAGE = 2.0  # events of nothing in particular that every song begins with


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """Plays that count, oldest first; arrays (n,).

    Attributes:
        tracks: ids; started: Unix seconds; numbers: of the session, ascending from 0.
    """

    tracks: Ids
    started: Floats
    numbers: Ids

    def __len__(self) -> int:
        return len(self.tracks)

    def where(self, mask: Mask) -> "Sessions":
        """Those plays alone; sessions keep their numbers."""
        return Sessions(self.tracks[mask], self.started[mask], self.numbers[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Habit:
    """Pairs of songs of which one followed the other, ascending by both ids; arrays (m,).

    Attributes:
        first, second: track ids.
        shares: of what follows `first`, shrunk towards nothing, 0 to 1.
        times: how often `second` came right after `first`.
        songs: (k,) ids in `first`, ascending; followed: (k,) how often any song came right after each.
    """

    first: Ids
    second: Ids
    shares: Floats
    times: Ids
    songs: Ids
    followed: Ids

    def after(self, track_id: int) -> tuple[Ids, Floats]:
        """What follows one song: ids and shares."""
        begin, end = np.searchsorted(self.first, [track_id, track_id + 1])
        return self.second[begin:end], self.shares[begin:end]

    def often(self, first: int, second: int) -> tuple[int, int]:
        """How often `second` came right after `first`, of how many times that anything did."""
        begin, end = np.searchsorted(self.first, [first, first + 1])
        place = begin + int(np.searchsorted(self.second[begin:end], second))
        row = int(np.searchsorted(self.songs, first))
        if place == end or self.second[place] != second or row == len(self.songs):
            return 0, int(self.followed[row]) if row < len(self.songs) and self.songs[row] == first else 0
        return int(self.times[place]), int(self.followed[row])


def counted(columns: PlayColumns, sounds: Sounds) -> Mask:
    """(n,) plays of songs that SONIQ has heard and that count: half of the song, or four minutes.

    Songs shorter than 30 s (effects, jingles) say nothing here.
    """
    if not len(columns.tracks) or not len(sounds):
        return np.zeros(len(columns.tracks), bool)
    places = np.minimum(np.searchsorted(sounds.ids, columns.tracks), len(sounds) - 1)
    durations = np.where(sounds.ids[places] == columns.tracks, sounds.columns["duration"][places], np.nan)
    with np.errstate(invalid="ignore"):
        enough = columns.heard >= np.minimum(durations / 2, COUNTED_SECONDS)
        return np.asarray(enough & (durations >= SHORT_SONG) & (columns.ended != SKIPPED))


def sessions_of(columns: PlayColumns, mask: Mask) -> Sessions:
    """The masked plays, cut into sessions; the same song twice in a row is one play, as are repeated rows."""
    tracks, started = columns.tracks[mask], columns.started[mask]
    ends = started + columns.heard[mask]
    numbers = session_numbers(started, ends)
    new = np.ones(len(tracks), bool)
    new[1:] = (tracks[1:] != tracks[:-1]) | (numbers[1:] != numbers[:-1])
    return Sessions(tracks[new], started[new], numbers[new])


def session_numbers(started: Floats, ends: Floats) -> Ids:
    """(n,) number of the session of each play; plays are in the order of time (Unix seconds)."""
    pauses = started[1:] - np.maximum.accumulate(ends)[:-1] if len(started) else np.zeros(0)
    return np.concatenate([np.zeros(min(len(started), 1)), np.cumsum(pauses >= SESSION_GAP)]).astype(np.int64)


def learn(sessions: Sessions, now: float) -> Habit:
    """The habit that these plays show at `now` (Unix seconds); older plays count less."""
    firsts, seconds, weights, right_after = list[Ids](), list[Ids](), list[Floats](), list[Ids]()
    for gap in range(1, REACH + 1):
        together = sessions.numbers[gap:] == sessions.numbers[:-gap]
        together &= sessions.tracks[gap:] != sessions.tracks[:-gap]
        firsts.append(sessions.tracks[:-gap][together])
        seconds.append(sessions.tracks[gap:][together])
        age = np.maximum(now - sessions.started[gap:][together], 0.0)
        weights.append(0.5 ** (age / HALF_LIFE) / gap**2)
        right_after.append(np.full(int(together.sum()), gap == 1, np.int64))
    pairs = np.stack([np.concatenate(firsts), np.concatenate(seconds)], axis=1).reshape(-1, 2)
    unique, places = np.unique(pairs, axis=0, return_inverse=True)
    places = places.reshape(-1)
    weight = np.bincount(places, np.concatenate(weights), len(unique))
    times = np.bincount(places, np.concatenate(right_after), len(unique)).astype(np.int64)
    songs, owners = np.unique(unique[:, 0], return_inverse=True)
    total = np.bincount(owners, weight, len(songs)) + SHRINKAGE
    followed = np.bincount(owners, times, len(songs)).astype(np.int64)
    return Habit(unique[:, 0], unique[:, 1], weight / total[owners], times, songs, followed)


@dataclass(frozen=True, slots=True)
class Use:
    """What the bonus is for.

    Attributes:
        name: "radio": the next song; "for you": the songs of the next session.
        context: songs heard last that say what follows; fade: of each of them against the one after it.
    """

    name: str
    context: int
    fade: float

    def latest(self, tracks: Sequence[int]) -> tuple[int, ...]:
        """The songs that count, of all that were heard, the latest last."""
        return tuple(int(each) for each in tracks[-self.context :])


RADIO, FOR_YOU = Use("radio", 3, 0.5), Use("for you", 20, 0.9)
USES = (RADIO, FOR_YOU)


def expected(habit: Habit, sounds: Sounds, context: Sequence[int], fade: float) -> tuple[Array, Array]:
    """What is expected after songs: two arrays (n,), 0 to 1.

    Args:
        habit: learned.
        sounds: the library.
        context: ids of the songs heard last, the latest last.
        fade: see `Use`.

    Returns:
        Root of the share with which each song follows, and how much each sounds like all that follows.
    """
    shares = np.zeros(len(sounds))
    for age, track_id in enumerate(reversed(context)):
        ids, follows = habit.after(int(track_id))
        rows, known = rows_of(sounds, ids)
        shares[rows] += (1 - fade) * fade**age * follows[known]
    heard = np.flatnonzero(shares)
    mean = shares[heard] @ sounds.vectors[heard]
    length = float(np.linalg.norm(mean))
    alike = np.zeros(len(sounds)) if length < 1e-9 else np.maximum(sounds.vectors @ (mean / length), 0.0)
    mass = min(float(shares.sum()), 1.0)
    return np.sqrt(np.minimum(shares, 1.0)).astype(np.float32), (alike * mass).astype(np.float32)


def rows_of(sounds: Sounds, ids: Ids) -> tuple[NDArray[np.intp], Mask]:
    """Rows of those of `ids` that are in the library, and (len(ids),) which those are."""
    known = np.isin(ids, sounds.ids)
    rows: NDArray[np.intp] = np.searchsorted(sounds.ids, ids[known])
    return rows, known
