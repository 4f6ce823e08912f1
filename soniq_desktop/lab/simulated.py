"""Listeners who do not exist, over a library that does: the test bed of recommenders on a scanned library.

A listener has a few tastes (places in the embedding) whose weights drift, favourites that come again, habits
(this song is followed by that one), listens in sessions, and skips what is far from the tastes. `RANDOM` has
none of that: any song, any ending. Nothing can be learned from it, and whoever finds something is wrong.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.interactions import Interactions, interactions
from soniq_desktop.lab.needs import LabError
from soniq_desktop.library.play_history import ENDINGS, PlayColumns

DAY = 86_400.0
END = 1_763_000_000.0  # Unix seconds; simulated time ends here unless told otherwise
FINISHED, PART, SKIPPED = range(len(ENDINGS))
SOURCE = ("simulated",)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a listener listens.

    Attributes:
        tastes: places in the embedding that are liked; 0: any song is as likely as any other.
        focus: how near to a taste its songs are (weight exp(focus * cosine)).
        drift: standard deviation of the monthly step of the tastes' log weights.
        habit: chance that a song with a habit is followed by the song of that habit.
        habits: share of the favourites that have one.
        repeat: chance of a favourite rather than any song of the taste.
        favourites: songs of that kind.
        sessions: a day, mean; length: songs in a session, mean.
        picky: how much distance from the tastes adds to skipping, in log odds over the library's range.
        skips: share of songs that are skipped.
    """

    tastes: int = 3
    focus: float = 8.0
    drift: float = 0.5
    habit: float = 0.6
    habits: float = 0.7
    repeat: float = 0.55
    favourites: int = 60
    sessions: float = 1.0
    length: float = 8.0
    picky: float = 3.0
    skips: float = 0.25


RANDOM = Ways(tastes=0, habit=0.0, repeat=0.0, picky=0.0)


def simulated_plays(
    ids: NDArray[np.int64],
    vectors: NDArray[np.float32],
    durations: NDArray[np.float64],
    ways: Ways,
    *,
    days: int,
    seed: int,
    end: float = END,
) -> PlayColumns:
    """The history of one listener, oldest first.

    Args:
        ids: (n,) of the songs.
        vectors: (n, dim) unit vectors.
        durations: (n,) seconds.
        ways: how the listener listens.
        days: until `end`.
        seed: makes the listener.
        end: Unix seconds.
    """
    if not len(ids):
        raise LabError("There is no song that SONIQ has heard.", "Scan a folder first.")
    listener = _Listener(vectors, ways, np.random.default_rng(seed))
    rows, started, liking = list[int](), list[float](), list[float]()
    for moment in listener.moments(days, end):
        clock = moment
        for row, likes in listener.session((moment - end) / DAY / 30):
            rows.append(row)
            started.append(clock)
            liking.append(likes)
            clock += float(durations[row]) + 2.0
    return _columns(ids, durations, np.array(rows, int), np.array(started), np.array(liking), listener)


def simulated_interactions(
    ids: NDArray[np.int64],
    vectors: NDArray[np.float32],
    durations: NDArray[np.float64],
    ways: Ways,
    listeners: int,
    *,
    days: int,
    seed: int,
) -> Interactions:
    """What many listeners heard to the end, dated; items are the ids as text."""
    users, items, times = list[str](), list[str](), list[float]()
    for number in range(listeners):
        random = np.random.default_rng((seed, number))
        own = replace(ways, sessions=ways.sessions * float(random.uniform(0.5, 1.5)))
        plays = simulated_plays(ids, vectors, durations, own, days=days, seed=int(random.integers(2**31)))
        kept = plays.ended == FINISHED
        users += [f"listener {number:04d}"] * int(kept.sum())
        items += [str(each) for each in plays.tracks[kept]]
        times += plays.started[kept].tolist()
    return interactions(users, items, np.array(times), dated=True)


class _Listener:
    """What one listener likes, and is used to."""

    def __init__(self, vectors: NDArray[np.float32], ways: Ways, random: np.random.Generator) -> None:
        self.ways, self.random = ways, random
        count = len(vectors)
        if ways.tastes:
            cosines = vectors @ vectors[random.choice(count, min(ways.tastes, count), replace=False)].T
            weights = np.exp(ways.focus * (cosines - cosines.max(axis=0)))
            self.odds = (weights / weights.sum(axis=0)).T
            nearest = cosines.max(axis=1)
            self.liking = (nearest - nearest.mean()) / max(float(nearest.std()), 1e-9)
        else:
            self.odds, self.liking = np.full((1, count), 1 / count), np.zeros(count)
        self.start = random.normal(0, 0.5, len(self.odds))
        self.steps = random.normal(0, ways.drift, (240, len(self.odds))).cumsum(axis=0)
        self.favourites = [self._some(odds) for odds in self.odds]
        own = np.unique(np.concatenate(self.favourites))
        used = random.choice(own, int(ways.habits * len(own)), replace=False)
        self.next = dict(zip(used.tolist(), random.permutation(used).tolist(), strict=True))

    def moments(self, days: int, end: float) -> list[float]:
        """When sessions begin: at most four a day, three hours apart."""
        counts = np.minimum(self.random.poisson(self.ways.sessions, days), 4)
        hours = (8.0, 12.0, 18.0, 21.0)
        return [
            end - (days - day) * DAY + hour * 3600 + float(self.random.uniform(0, 900))
            for day, count in enumerate(counts.tolist())
            for hour in sorted(self.random.choice(hours, count, replace=False).tolist())
        ]

    def session(self, months: float) -> list[tuple[int, float]]:
        """Rows of the songs, with how much each is liked; no song twice. `months` before the end: ≤ 0."""
        step = self.steps[int(np.clip(-months, 0, len(self.steps) - 1))]
        weights = np.exp(self.start + step)
        taste = int(self.random.choice(len(weights), p=weights / weights.sum()))
        count = 1 + int(self.random.poisson(max(self.ways.length - 1, 0)))
        chosen: dict[int, float] = {}
        last: int | None = None
        for _ in range(count):
            row = self._following(last, taste)
            if row not in chosen:
                chosen[row] = float(self.liking[row])
            last = row
        return list(chosen.items())

    def _following(self, last: int | None, taste: int) -> int:
        if last is not None and last in self.next and self.random.random() < self.ways.habit:
            return int(self.next[last])
        if self.random.random() < self.ways.repeat:
            return int(self.random.choice(self.favourites[taste]))
        return int(self.random.choice(self.odds.shape[1], p=self.odds[taste]))

    def _some(self, odds: NDArray[np.float64]) -> NDArray[np.int64]:
        count = max(2, self.ways.favourites // len(self.odds))
        most = int(np.count_nonzero(odds))
        return np.asarray(self.random.choice(len(odds), min(count, most), replace=False, p=odds))


def _columns(
    ids: NDArray[np.int64],
    durations: NDArray[np.float64],
    rows: NDArray[np.int64],
    started: NDArray[np.float64],
    liking: NDArray[np.float64],
    listener: _Listener,
) -> PlayColumns:
    random, ways = listener.random, listener.ways
    odds = np.log(ways.skips / (1 - ways.skips)) - ways.picky / 4 * liking
    skipped = random.random(len(rows)) < 1 / (1 + np.exp(-odds))
    ended = np.where(skipped, SKIPPED, FINISHED)
    heard = np.where(skipped, random.uniform(2, 29, len(rows)), durations[rows])
    zero = np.zeros(len(rows), np.int64)
    return PlayColumns(np.arange(len(rows)), ids[rows], started, heard, ended, zero, SOURCE)
