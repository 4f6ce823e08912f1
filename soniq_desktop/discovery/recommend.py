"""Recommended tracks with their reasons: like one track, or from several seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.facets import Array, Comparison, compare
from soniq_desktop.discovery.filters import Wanted, eligible, fitting
from soniq_desktop.discovery.habits import Ahead, HabitBonus
from soniq_desktop.discovery.hybrid import Use
from soniq_desktop.discovery.ordering import best_first, in_turn, shares
from soniq_desktop.discovery.reasons import Ranking, Reason, explain
from soniq_desktop.discovery.recordings import Recordings
from soniq_desktop.discovery.sounds import Mask, Point, Sounds, SoundStore
from soniq_desktop.discovery.worth_hearing import Variety, choose
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track

DISLIKE = 0.5  # what a track loses at most for being like what was skipped
ANYTHING, USUAL = Wanted(), Variety()


@dataclass(frozen=True, slots=True)
class Recommended:
    """One recommended track.

    Attributes:
        score: similarity, 0 to 1, less what resemblance to skipped tracks took off.
        cosine: of the embeddings; NaN where one has none.
        because: name of the track or listening that it is compared with.
        beside: the track that it is compared with; None for a listening.
        reason: why, measured.
        exploring: chosen for being away from home.
    """

    track: Track
    score: float
    cosine: float
    because: str
    reason: Reason
    exploring: bool = False
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Recommendations:
    """A list, and what there is to say about it in a plain sentence (cold start, filters too narrow)."""

    tracks: tuple[Recommended, ...]
    notice: str = ""


def no_habits(_use: Use) -> HabitBonus | None:
    """By the sound alone."""
    return None


@dataclass(frozen=True, slots=True)
class Recommender:
    """Recommendations over the catalogue. Any thread.

    `habits(use)` is the listener's habit where that has won for a use, else None (docs/decisions/hybrid.md).
    """

    catalogue: Catalogue
    store: SoundStore
    tags: tuple[str, ...] = ()
    habits: Callable[[Use], HabitBonus | None] = no_habits

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
        return Recommendations(tuple(ordered), short_of(len(ordered), count, sounds))

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
        return Recommendations(tuple(found), short_of(len(found), count, sounds))

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
        comparison: Comparison | None = None,
        skip_nearest: int = 0,
        now: float | None = None,
        ahead: Ahead | None = None,
    ) -> list[Recommended]:
        """Tracks near one point, in the order of choice.

        `taken`: recordings of which no version may be chosen; those of the chosen tracks are added to it.
        `barred` (n,): rows that may not be chosen; `penalty` (n,): what is taken off their scores, see
        `dislike`; `comparison`: with this point, where it was made before; `ahead`: what the listener's
        habits add.
        """
        allowed = eligible(sounds, wanted, now) & fitting(sounds, wanted, point)
        if barred is not None:
            allowed &= ~barred
        if point.track_id is not None:
            allowed[sounds.rows([point.track_id])] = False
        comparison = compare(sounds, point) if comparison is None else comparison
        lost: Array | float = 0.0 if penalty is None else penalty
        if ahead is not None:
            lost = lost - ahead.bonus
        ranking = Ranking(comparison, allowed, lost)
        scores: Array = comparison.scores - lost
        order = best_first(scores, allowed)[skip_nearest:]
        picked = choose(self.catalogue, sounds, order, scores, count, variety, taken)
        return [
            Recommended(
                track,
                min(float(scores[row]), 1.0),
                float(comparison.cosines[row]),
                point.name,
                explained(explain(sounds, point, ranking, row, self.tags), track, row, ranking, ahead),
                beside=point.track_id,
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
        comparisons: Sequence[Comparison] | None = None,
        barred: Mask | None = None,
        penalty: Array | None = None,
        now: float | None = None,
        ahead: Ahead | None = None,
    ) -> list[Recommended]:
        """`count` tracks shared out among the points by weight, the points taking turns."""
        barred = np.zeros(len(sounds), bool) if barred is None else barred.copy()
        barred[sounds.rows(point.track_id for point in points if point.track_id is not None)] = True
        lists = list[list[Recommended]]()
        for place, share in enumerate(shares(weights, count)):
            if share:
                point = points[place]
                got = self.near(
                    sounds, point, share, wanted, variety, taken=taken, barred=barred, penalty=penalty,
                    comparison=comparisons[place] if comparisons else None, now=now, ahead=ahead,
                )  # fmt: skip
                barred[sounds.rows(each.track.id for each in got)] = True
                lists.append(got)
        return in_turn(lists)

    def track(self, track_id: int) -> Track:
        """The track; NotFoundError where it left the library."""
        track = self.catalogue.track(track_id)
        if track is None:
            raise NotFoundError("This track is no longer in the library.")
        return track


def explained(reason: Reason, track: Track, row: int, ranking: Ranking, ahead: Ahead | None) -> Reason:
    """The reason with the habit in it, where the track stands higher because of that."""
    if ahead is None:
        return reason
    without: Array = ranking.comparison.scores - ranking.penalty - ahead.bonus
    before = np.count_nonzero(without[ranking.eligible] > without[row])
    return ahead.explained(reason, track.id) if ranking.rank(row) < before else reason


def dislike(sounds: Sounds, avoided: Sequence[tuple[Point, float]]) -> Array | None:
    """(n,) what resemblance to skipped tracks takes off, where it is above the average; None for nothing."""
    penalty: Array | None = None
    for point, weight in avoided:
        comparison = compare(sounds, point)
        above: Array = np.float32(DISLIKE * weight) * np.maximum(comparison.scores - comparison.average, 0)
        penalty = above if penalty is None else np.maximum(penalty, above)
    return penalty


def short_of(found: int, wanted: int, sounds: Sounds) -> str:
    """What to say where fewer tracks were found than wanted; empty where there were enough."""
    if found >= wanted:
        return ""
    if len(sounds) <= 1:
        return "There is nothing to compare with yet."
    if not found:
        return "Nothing in the library fits."
    return f"Only {found} of {wanted}: the library, or the filters, leave no more."
