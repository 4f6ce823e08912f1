"""Tracks for one listener: a list by all tastes, some of it away from home, and a shelf for each taste."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from soniq_desktop.discovery.facets import Array, Comparison, compare
from soniq_desktop.discovery.filters import Wanted, eligible
from soniq_desktop.discovery.habits import Ahead
from soniq_desktop.discovery.hybrid import FOR_YOU
from soniq_desktop.discovery.ordering import spaced
from soniq_desktop.discovery.reasons import Reason
from soniq_desktop.discovery.recommend import (
    USUAL,
    Recommendations,
    Recommended,
    Recommender,
    dislike,
    short_of,
)
from soniq_desktop.discovery.recordings import Recordings
from soniq_desktop.discovery.sounds import Mask, Sounds
from soniq_desktop.discovery.taste import Taste, spread, taste_of
from soniq_desktop.discovery.worth_hearing import Variety, choose
from soniq_desktop.library.records import Track

REST = 2.0  # days for which a track that was heard is not recommended again
RESTED = Wanted(rested=REST)
REFRESHED = 0.5  # share of the library that a refreshed list is drawn from
MOST_SHELVES = 5
HEARD = "Some of what fits was heard lately and is here again."
NOTHING = "SONIQ has not listened to any song yet."
COLD = (
    "SONIQ does not know your taste yet: this is a spread of your library."
    " Play or like a few songs and it changes at once."
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Tracks of one taste.

    Attributes:
        name: genre or strongest tag of the taste, unlike the names of the other shelves.
        leader: the track of the listener's that it goes by most.
        done: what the listener did with that: "finished", "heard" or "liked".
    """

    name: str
    leader: Track
    done: str
    tracks: tuple[Recommended, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list for a listener is asked with.

    Attributes:
        distance: how far from home, 0 to 100. At 0 all are the nearest to what was finished lately; at d,
            d % of them are drawn from farther away, the farther the larger d.
        seed: 0 gives the nearest; any other number draws from another half of the library each time, and the
            same number always from the same half.
        refused: tracks that the listener does not want to be offered, the latest last.
        now: Unix seconds; the clock's where it is None.
    """

    count: int = 20
    distance: float = 20.0
    wanted: Wanted = RESTED
    variety: Variety = USUAL
    seed: int = 0
    refused: tuple[int, ...] = ()
    now: float | None = None


class Listener:
    """One listener as the library is now; `tracks` and `shelves` share what is compared. One thread."""

    def __init__(self, recommender: Recommender, wish: Wish) -> None:
        self.recommender, self.wish = recommender, wish
        self.sounds: Sounds = recommender.store.current()
        self.now = time.time() if wish.now is None else wish.now

    @cached_property
    def taste(self) -> Taste:
        recommender = self.recommender
        return taste_of(recommender.catalogue, self.sounds, recommender.tags, self.now, self.wish.refused)

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """The library against each taste."""
        return [compare(self.sounds, point) for point in self.taste.points]

    @cached_property
    def penalty(self) -> Array | None:
        """What resemblance to skipped and refused tracks takes off."""
        return dislike(self.sounds, self.taste.avoided)

    @cached_property
    def ahead(self) -> Ahead | None:
        """What the listener's habits add after the plays of late, where they have won."""
        habit = self.recommender.habits(FOR_YOU)
        if habit is None:
            return None
        latest = self.recommender.catalogue.history(limit=4 * FOR_YOU.context)
        kept = [play.track_id for play in latest if play.ended != "skipped" and play.started_at <= self.now]
        return habit.ahead(self.recommender.catalogue, self.sounds, kept[::-1])

    def tracks(self) -> Recommendations:
        """The list by all tastes; its notice says where that is a cold start, or short."""
        wish, sounds = self.wish, self.sounds
        if not len(sounds):
            return Recommendations((), NOTHING)
        if not self.taste.points:
            return self._spread()
        found, notice = self._mixed(wish.wanted), self.taste.notice
        if len(found) < wish.count and wish.wanted.rested is not None:
            found, notice = self._mixed(replace(wish.wanted, rested=None)), notice or HEARD
        return Recommendations(tuple(found), short_of(len(found), wish.count, sounds) or notice)

    def shelves(self, count: int = 20) -> tuple[Shelf, ...]:
        """Of the strongest tastes, what is nearest to each; a track stands on one shelf only."""
        taste, taken, shelves = self.taste, Recordings(self.sounds), list[Shelf]()
        for place, point in enumerate(taste.points[:MOST_SHELVES]):
            found = self.recommender.near(
                self.sounds, point, count, self.wish.wanted, self.wish.variety, taken=taken,
                barred=self._barred(self._drawn()), penalty=self.penalty,
                comparison=self.comparisons[place], now=self.now,
            )  # fmt: skip
            leader, done = taste.leaders[place]
            if found:
                name = distinct(taste.names[place], leader, (shelf.name for shelf in shelves))
                shelves.append(Shelf(name, leader, done, tuple(found)))
        return tuple(shelves)

    # -- parts

    def _barred(self, drawn: Mask | None = None) -> Mask:
        """(n,) what is refused, and what is not among the drawn ones."""
        barred = np.zeros(len(self.sounds), bool) if drawn is None else ~drawn
        barred[self.sounds.rows(self.wish.refused)] = True
        return barred

    def _drawn(self) -> Mask | None:
        """(n,) the half of the library that this seed draws from; None for all of it."""
        if not self.wish.seed:
            return None
        drawn: Mask = np.random.default_rng(self.wish.seed).random(len(self.sounds)) < REFRESHED
        return drawn

    def _mixed(self, wanted: Wanted) -> list[Recommended]:
        """Near home, and away from it; where too little was never heard, home fills the list."""
        count = self.wish.count
        away = round(count * min(max(self.wish.distance, 0.0), 100.0) / 100)
        home = self._home(wanted, self._drawn())
        if len(home) < count and self.wish.seed:  # too small a library for halves
            home = self._home(wanted, None)
        kept = home[: count - away]
        others = self._exploring(kept, away, wanted)
        new = {each.track.id for each in others}
        rest = [each for each in home[len(kept) :] if each.track.id not in new]
        kept += rest[: count - len(kept) - len(others)]
        return spaced(kept, others)

    def _home(self, wanted: Wanted, drawn: Mask | None) -> list[Recommended]:
        return self.recommender.mixed(
            self.sounds, self.taste.points, self.taste.weights, self.wish.count, wanted, self.wish.variety,
            Recordings(self.sounds), comparisons=self.comparisons, barred=self._barred(drawn),
            penalty=self.penalty, now=self.now, ahead=self.ahead,
        )  # fmt: skip

    def _exploring(self, home: Sequence[Recommended], count: int, wanted: Wanted) -> list[Recommended]:
        """Unheard tracks from farther away: each the nearest after a step into a drawn taste's ranking."""
        random, sounds, taste = np.random.default_rng(self.wish.seed), self.sounds, self.taste
        barred = self._barred() | (sounds.columns["plays"] > 0)
        barred[sounds.rows(each.track.id for each in home)] = True
        taken, found = Recordings(sounds, [each.track for each in home]), list[Recommended]()
        odds = np.array(taste.weights) / sum(taste.weights)
        for _ in range(count):
            place = int(random.choice(len(odds), p=odds))
            reach = int(random.random() * self.wish.distance / 100 * np.count_nonzero(~barred) / 2)
            got = self.recommender.near(
                sounds, taste.points[place], 1, wanted, self.wish.variety, taken=taken, barred=barred,
                penalty=self.penalty, comparison=self.comparisons[place], skip_nearest=reach, now=self.now,
            )  # fmt: skip
            for each in got:
                barred[sounds.rows([each.track.id])] = True
                found.append(replace(each, exploring=True))
        return found

    def _spread(self) -> Recommendations:
        """A cold start without likes: tracks that are as unlike each other as the library allows."""
        wish, sounds = self.wish, self.sounds
        allowed = eligible(sounds, wish.wanted, self.now) & ~self._barred()
        drawn = self._drawn()
        if drawn is not None and np.count_nonzero(allowed & drawn) >= 3 * wish.count:
            allowed &= drawn
        rows = spread(sounds, allowed, wish.count)
        scores: Array = np.ones(len(sounds), np.float32)
        picked = choose(self.recommender.catalogue, sounds, rows, scores, wish.count, wish.variety)
        nothing = Reason((), False, "Part of a spread of your library", {}, {})
        return Recommendations(
            tuple(Recommended(track, 0.0, float("nan"), "your library", nothing) for track, _ in picked), COLD
        )


def distinct(name: str, leader: Track, others: Iterable[str]) -> str:
    """The name of a shelf; where another has it already, with the artist that tells them apart."""
    name = name or leader.artist or leader.title
    name = name[:1].upper() + name[1:]
    return f"{name} around {leader.artist or leader.title}" if name in set(others) else name
