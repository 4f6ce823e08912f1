"""Whether a listener's habits rank better than content alone, on plays later than those that were learned.

Plays are cut by whole sessions in the order of time: 60 % to learn from, 20 % to choose the two weights of
the bonus, 20 % to judge. For every judged play the whole library is ranked. The figure is NDCG@10 of what was
played (Järvelin and Kekäläinen 2002). Habits win where two things hold of the gains by session: their mean
has a bootstrap interval of 99 % above zero (Efron and Tibshirani 1993), and hardly any flip of their signs
gives as great a mean (Fisher's randomisation test; Smucker et al. 2007). The bootstrap alone says yes to one
listener in twenty who listens at random: there a few lucky hits stand among many zeros.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.facets import Array
from soniq_desktop.discovery.hybrid import FOR_YOU, RADIO, Habit, Ids, Mask, Sessions, Use, expected, learn
from soniq_desktop.discovery.sounds import Sounds

LEARN, CHOOSE = 0.6, 0.8  # shares of the plays
LEAST_PLAYS = 300
LEAST_SESSIONS = 20  # that are judged
MOST_QUESTIONS = 400
K = 10
REST = 2 * 86_400.0  # seconds for which For you does not offer what was heard
WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0)
RESAMPLES = 2_000
BY_CHANCE = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Plays to be predicted; arrays of track ids, views where they can be, for a session may be long.

    Attributes:
        context: songs before them, the latest last.
        wanted: songs that were played then; barred: songs that may not be recommended.
        session: its number; at: Unix seconds.
    """

    context: Ids
    wanted: Ids
    barred: Ids
    session: int
    at: float


Content = Callable[[Question], Array]  # (n,) what is recommended by the sound alone


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found.

    Attributes:
        use: name of the use, see `hybrid.USES`.
        plays: that count and are known.
        judged: plays that were predicted; sessions: that they are of.
        content, hybrid: mean NDCG@10 over sessions.
        low, high: 99 % interval of the gain; chance: share of sign flips that give as great a gain.
        follow, alike: weights of the bonus.
        at: Unix seconds.
    """

    use: str
    plays: int
    judged: int = 0
    sessions: int = 0
    content: float = 0.0
    hybrid: float = 0.0
    low: float = 0.0
    high: float = 0.0
    chance: float = 1.0
    follow: float = 0.0
    alike: float = 0.0
    at: float = 0.0

    @property
    def wins(self) -> bool:
        """Whether the gain is there by both tests."""
        return bool(self.sessions >= LEAST_SESSIONS and self.low > 0 and self.chance <= BY_CHANCE)

    def sentence(self) -> str:
        """Which recommender is in use, and by how much it wins."""
        who = "The radio goes" if self.use == RADIO.name else "For you goes"
        if not self.sessions:
            return (
                f"{who} by the sound alone. Whether your habits predict better is checked from "
                f"{LEAST_PLAYS} plays on, over enough sessions ({self.plays:,} plays so far)."
            )
        figures = (
            f"NDCG@10 {self.hybrid:.3f} against {self.content:.3f}, gain {_signed(self.low)} to "
            f"{_signed(self.high)}, over {self.sessions:,} of your later sessions"
        )
        if self.wins:
            return f"{who} by the sound and by your habits: {figures}."
        return f"{who} by the sound alone: your habits do not predict better ({figures})."


def judge(use: Use, sounds: Sounds, sessions: Sessions, content: Content, now: float) -> Verdict:
    """Learn, choose and judge. Deterministic; a second for a small library, a minute for 100,000 songs."""
    nothing = Verdict(use.name, len(sessions), at=now)
    if len(sessions) < LEAST_PLAYS:
        return nothing
    first, second = _cut(sessions, LEARN), _cut(sessions, CHOOSE)
    asked = list(ASKED[use.name](sessions))
    late = _spread([each for each in asked if each.session >= second], MOST_QUESTIONS)
    between = _spread([each for each in asked if first <= each.session < second], MOST_QUESTIONS // 2)
    if not between or len({each.session for each in late}) < LEAST_SESSIONS:
        return nothing
    pairs = sorted(product(WEIGHTS, WEIGHTS), key=sum)
    habit = _learned(sessions, first)
    table = _table(habit, use, sounds, between, content, pairs)
    follow, alike = pairs[int(np.argmax(table.mean(axis=0)))]  # the smallest of those that are as good
    habit = _learned(sessions, second)
    table = _table(habit, use, sounds, late, content, [(0.0, 0.0), (follow, alike)])
    owners = np.array([each.session for each in late])
    plain, hybrid = by_session(table[:, 0], owners), by_session(table[:, 1], owners)
    gains = hybrid - plain
    low, high = interval(gains)
    return Verdict(
        use.name, len(sessions), len(late), len(plain), float(plain.mean()), float(hybrid.mean()), low, high,
        flips(gains), follow, alike, now,
    )  # fmt: skip


def next_songs(sessions: Sessions) -> Iterator[Question]:
    """Every play after the first of its session whose song had not been heard in that session before."""
    for part in _parts(sessions):
        tracks, number = sessions.tracks[part], int(sessions.numbers[part[0]])
        _, firsts = np.unique(tracks, return_index=True)
        for place in np.sort(firsts)[1:].tolist():
            before, at = tracks[:place], float(sessions.started[part[place]])
            yield Question(before, tracks[place : place + 1], before, number, at)


def next_sessions(sessions: Sessions) -> Iterator[Question]:
    """Every session after the first: its songs, but for those that were heard within the two days before."""
    for part in _parts(sessions):
        first, at = int(part[0]), float(sessions.started[part[0]])
        lately = int(np.searchsorted(sessions.started, at - REST))
        barred = np.unique(sessions.tracks[lately:first])
        wanted = np.setdiff1d(sessions.tracks[part], barred)
        if first and len(wanted):
            context = sessions.tracks[max(first - FOR_YOU.context, 0) : first]
            yield Question(context, wanted, barred, int(sessions.numbers[first]), at)


ASKED = {RADIO.name: next_songs, FOR_YOU.name: next_sessions}


def ndcg(scores: Array, allowed: Mask, rows: NDArray[np.intp]) -> float:
    """NDCG@10 of the wanted rows among the allowed ones; equal scores share their places."""
    wanted = rows[allowed[rows]]
    if not len(wanted):
        return 0.0
    others, own = scores[allowed], np.sort(scores[wanted])[::-1]
    ranks = [np.count_nonzero(others > each) + (np.count_nonzero(others == each) - 1) / 2 for each in own]
    gains = [1 / np.log2(rank + 2) for rank in ranks if rank < K]
    best = sum(1 / np.log2(place + 2) for place in range(min(len(wanted), K)))
    return float(min(sum(gains) / best, 1.0))


def by_session(values: NDArray[np.float64], owners: NDArray[np.int64]) -> NDArray[np.float64]:
    """(sessions,) mean of each."""
    _, places = np.unique(owners, return_inverse=True)
    return np.asarray(np.bincount(places, values) / np.bincount(places))


def interval(gains: NDArray[np.float64], seed: int = 0) -> tuple[float, float]:
    """99 % percentile bootstrap of the mean."""
    random = np.random.default_rng(seed)
    means = gains[random.integers(0, len(gains), (RESAMPLES, len(gains)))].mean(axis=1)
    low, high = np.quantile(means, [0.005, 0.995])
    return float(low), float(high)


def flips(gains: NDArray[np.float64], seed: int = 0) -> float:
    """Share of random sign flips, this one counted, under which the mean is as great."""
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (RESAMPLES, len(gains)))
    as_great = np.count_nonzero((signs @ gains) >= gains.sum() - 1e-12)
    return float((as_great + 1) / (RESAMPLES + 1))


def _cut(sessions: Sessions, share: float) -> int:
    """The session before which this share of the plays lies."""
    return int(sessions.numbers[int(share * len(sessions))])


def _learned(sessions: Sessions, before: int) -> Habit:
    """The habit of the sessions before a number, as it was then."""
    known = sessions.where(sessions.numbers < before)
    return learn(known, float(known.started[-1]) if len(known) else 0.0)


def _parts(sessions: Sessions) -> list[NDArray[np.intp]]:
    """Places of the plays of each session."""
    return np.split(np.arange(len(sessions)), np.flatnonzero(np.diff(sessions.numbers)) + 1)


def _spread(asked: list[Question], most: int) -> list[Question]:
    places = np.linspace(0, len(asked) - 1, min(most, len(asked))).astype(int)
    return [asked[place] for place in places]


def _table(
    habit: Habit,
    use: Use,
    sounds: Sounds,
    asked: list[Question],
    content: Content,
    pairs: list[tuple[float, float]],
) -> NDArray[np.float64]:
    """(questions, pairs) NDCG@10 of content with each pair of weights."""
    table = np.zeros((len(asked), len(pairs)))
    for place, question in enumerate(asked):
        plain = content(question)
        follow, alike = expected(habit, sounds, use.latest(question.context.tolist()), use.fade)
        allowed = np.ones(len(sounds), bool)  # an unplugged drive must not change the verdict
        allowed[sounds.rows(question.barred)] = False
        rows = sounds.rows(question.wanted)
        for column, (a, b) in enumerate(pairs):
            table[place, column] = ndcg(plain + np.float32(a) * follow + np.float32(b) * alike, allowed, rows)
    return table


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
