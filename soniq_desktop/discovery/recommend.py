"""Recommended tracks with their reasons: like one track, for you, from seeds."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.facets import Array, compare
from soniq_desktop.discovery.filters import Wanted, eligible, fitting
from soniq_desktop.discovery.ordering import best_first, in_turn, shares, spaced
from soniq_desktop.discovery.reasons import Ranking, Reason, explain
from soniq_desktop.discovery.recordings import Recordings
from soniq_desktop.discovery.sounds import Mask, Point, Sounds, SoundStore
from soniq_desktop.discovery.taste import Taste, spread, taste_of
from soniq_desktop.discovery.worth_hearing import Variety, choose
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track

DISLIKE = 0.5  # what a track loses at most for being like what was skipped
REST = 2.0  # days for which a track that was heard is not recommended again
ANYTHING, RESTED, USUAL = Wanted(), Wanted(rested=REST), Variety()
HEARD = "Some of what fits was heard lately and is here again."
NOTHING = "SONIQ has not listened to any track yet."


@dataclass(frozen=True, slots=True)
class Recommended:
    """One recommended track.

    Attributes:
        score: similarity, 0 to 1, less what resemblance to skipped tracks took off.
        cosine: of the embeddings; NaN where one has none.
        because: name of the track or listening that it is compared with.
        reason: why, measured.
        exploring: chosen for being away from home.
    """

    track: Track
    score: float
    cosine: float
    because: str
    reason: Reason
    exploring: bool = False


@dataclass(frozen=True, slots=True)
class Recommendations:
    """A list, and what there is to say about it in a plain sentence (cold start, filters too narrow)."""

    tracks: tuple[Recommended, ...]
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Recommender:
    """Recommendations over the catalogue. Any thread."""

    catalogue: Catalogue
    store: SoundStore
    tags: tuple[str, ...] = ()

    def like(
        self, track_id: int, count: int = 20, wanted: Wanted = ANYTHING, variety: Variety = USUAL
    ) -> Recommendations:
        """Tracks like one track, most similar first.

        Raises:
            NotFoundError: the track is not in the library, or SONIQ has not listened to it yet.
        """
        seed = self.track(track_id)
        sounds = self.store.current()
        point = sounds.point(track_id, seed.title)
        taken = Recordings(sounds, [seed])
        found = self.near(sounds, point, count, wanted, variety, taken=taken)
        ordered = sorted(found, key=lambda each: -each.score)
        return Recommendations(tuple(ordered), _short(len(ordered), count, sounds))

    def from_seeds(
        self,
        ids: Sequence[int],
        count: int = 20,
        wanted: Wanted = ANYTHING,
        variety: Variety = USUAL,
    ) -> Recommendations:
        """A list from one to five tracks, each seed in turn.

        Raises:
            NotFoundError: no seed, or one that SONIQ does not know or has not listened to.
        """
        if not ids:
            raise NotFoundError("There is nothing to start from.", "Pick at least one track.")
        seeds = [self.track(each) for each in dict.fromkeys(ids)]
        sounds = self.store.current()
        points = [sounds.point(seed.id, seed.title) for seed in seeds]
        taken = Recordings(sounds, seeds)
        found = self.mixed(sounds, points, [1.0] * len(points), count, wanted, variety, taken)
        return Recommendations(tuple(found), _short(len(found), count, sounds))

    def for_you(
        self,
        count: int = 20,
        distance: float = 20.0,
        wanted: Wanted = RESTED,
        variety: Variety = USUAL,
        *,
        seed: int = 0,
        now: float | None = None,
    ) -> Recommendations:
        """Tracks by the listening history, `distance` (0 to 100) of them away from home.

        At `distance` 0 all are the nearest to what was finished lately. At d, d % of them are drawn from
        farther away, the farther the larger d; the same `seed` draws the same ones.
        """
        sounds = self.store.current()
        if not len(sounds):
            return Recommendations((), NOTHING)
        at = time.time() if now is None else now
        taste = taste_of(self.catalogue, sounds, self.tags, at)
        if not taste.points:
            return self._spread(sounds, count, wanted, variety, at)
        found = self._by_taste(sounds, taste, count, distance, wanted, variety, seed, at)
        notice = taste.notice
        if len(found) < count and wanted.rested is not None:
            again = replace(wanted, rested=None)
            found = self._by_taste(sounds, taste, count, distance, again, variety, seed, at)
            notice = notice or HEARD
        return Recommendations(tuple(found), _short(len(found), count, sounds) or notice)

    # -- parts, also of the radio

    def near(
        self,
        sounds: Sounds,
        point: Point,
        count: int,
        wanted: Wanted,
        variety: Variety,
        *,
        taken: Recordings | None = None,
        barred: Mask | None = None,
        penalty: Array | None = None,
        skip_nearest: int = 0,
        now: float | None = None,
    ) -> list[Recommended]:
        """Tracks near one point, in the order of choice.

        `taken`: recordings of which no version may be chosen; those of the chosen tracks are added to it.
        `barred` (n,): rows that may not be chosen; `penalty` (n,): what is taken off their scores, see
        `dislike`.
        """
        allowed = eligible(sounds, wanted, now) & fitting(sounds, wanted, point)
        if barred is not None:
            allowed &= ~barred
        if point.track_id is not None:
            allowed[sounds.rows([point.track_id])] = False
        comparison = compare(sounds, point)
        lost: Array | float = 0.0 if penalty is None else penalty
        ranking = Ranking(comparison, allowed, lost)
        scores: Array = comparison.scores - lost
        order = best_first(scores, allowed)[skip_nearest:]
        picked = choose(self.catalogue, sounds, order, scores, count, variety, taken)
        return [
            Recommended(
                track,
                float(scores[row]),
                float(comparison.cosines[row]),
                point.name,
                explain(sounds, point, ranking, row, self.tags),
            )
            for track, row in picked
        ]

    def mixed(
        self,
        sounds: Sounds,
        points: Sequence[Point],
        weights: Sequence[float],
        count: int,
        wanted: Wanted,
        variety: Variety,
        taken: Recordings,
        *,
        penalty: Array | None = None,
        now: float | None = None,
    ) -> list[Recommended]:
        """`count` tracks shared out among the points by weight, the points taking turns."""
        barred = np.zeros(len(sounds), bool)
        barred[sounds.rows(point.track_id for point in points if point.track_id is not None)] = True
        lists = list[list[Recommended]]()
        for point, share in zip(points, shares(weights, count), strict=True):
            if share:
                got = self.near(
                    sounds,
                    point,
                    share,
                    wanted,
                    variety,
                    taken=taken,
                    barred=barred,
                    penalty=penalty,
                    now=now,
                )
                barred[sounds.rows(each.track.id for each in got)] = True
                lists.append(got)
        return in_turn(lists)

    def track(self, track_id: int) -> Track:
        """The track; NotFoundError where it left the library."""
        track = self.catalogue.track(track_id)
        if track is None:
            raise NotFoundError("This track is no longer in the library.")
        return track

    def _by_taste(
        self,
        sounds: Sounds,
        taste: Taste,
        count: int,
        distance: float,
        wanted: Wanted,
        variety: Variety,
        seed: int,
        now: float,
    ) -> list[Recommended]:
        """Near home, and away from it; where too little was never heard, home fills the list."""
        away = round(count * min(max(distance, 0.0), 100.0) / 100)
        penalty = dislike(sounds, taste.avoided)
        home = self.mixed(
            sounds, taste.points, taste.weights, count, wanted, variety, Recordings(sounds),
            penalty=penalty, now=now,
        )  # fmt: skip
        kept = home[: count - away]
        others = self._exploring(sounds, taste, kept, away, distance, wanted, variety, penalty, seed, now)
        new = {each.track.id for each in others}
        rest = [each for each in home[len(kept) :] if each.track.id not in new]
        kept += rest[: count - len(kept) - len(others)]
        return spaced(kept, others)

    def _exploring(
        self,
        sounds: Sounds,
        taste: Taste,
        home: list[Recommended],
        count: int,
        distance: float,
        wanted: Wanted,
        variety: Variety,
        penalty: Array | None,
        seed: int,
        now: float,
    ) -> list[Recommended]:
        """Unheard tracks from farther away: each the nearest after a step into a drawn taste's ranking."""
        random = np.random.default_rng(seed)
        barred = sounds.columns["plays"] > 0
        barred[sounds.rows(each.track.id for each in home)] = True
        taken, found = Recordings(sounds, [each.track for each in home]), list[Recommended]()
        odds = np.array(taste.weights) / sum(taste.weights)
        for _ in range(count):
            point = taste.points[int(random.choice(len(odds), p=odds))]
            reach = int(random.random() * distance / 100 * np.count_nonzero(~barred) / 2)
            got = self.near(
                sounds, point, 1, wanted, variety,
                taken=taken, barred=barred, penalty=penalty, skip_nearest=reach, now=now,
            )  # fmt: skip
            for each in got:
                barred[sounds.rows([each.track.id])] = True
                found.append(_away(each))
        return found

    def _spread(
        self, sounds: Sounds, count: int, wanted: Wanted, variety: Variety, now: float
    ) -> Recommendations:
        """A cold start without likes: tracks that are as unlike each other as the library allows."""
        rows = spread(sounds, eligible(sounds, wanted, now), count)
        scores: Array = np.ones(len(sounds), np.float32)
        picked = choose(self.catalogue, sounds, rows, scores, count, variety)
        nothing = Reason((), False, "Part of a spread of your library", {}, {})
        return Recommendations(
            tuple(Recommended(track, 0.0, float("nan"), "your library", nothing) for track, _ in picked),
            "SONIQ does not know your taste yet: this is a spread of your library."
            " Play or like a few tracks and it changes at once.",
        )


def dislike(sounds: Sounds, avoided: Sequence[tuple[Point, float]]) -> Array | None:
    """(n,) what resemblance to skipped tracks takes off, where it is above the average; None for nothing."""
    penalty: Array | None = None
    for point, weight in avoided:
        comparison = compare(sounds, point)
        above: Array = np.float32(DISLIKE * weight) * np.maximum(comparison.scores - comparison.average, 0)
        penalty = above if penalty is None else np.maximum(penalty, above)
    return penalty


def _away(each: Recommended) -> Recommended:
    return replace(each, exploring=True)


def _short(found: int, wanted: int, sounds: Sounds) -> str:
    if found >= wanted:
        return ""
    if len(sounds) <= 1:
        return "There is nothing to compare with yet."
    if not found:
        return "Nothing in the library fits."
    return f"Only {found} of {wanted}: the library, or the filters, leave no more."
