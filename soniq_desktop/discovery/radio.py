"""Music that goes on from here: by what was chosen, steered by skips, never the same track twice."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.facets import Array
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.hybrid import RADIO
from soniq_desktop.discovery.recommend import ANYTHING, Recommended, Recommender, dislike
from soniq_desktop.discovery.recordings import Recordings
from soniq_desktop.discovery.sounds import Mask, Point, Sounds
from soniq_desktop.discovery.worth_hearing import Variety
from soniq_desktop.library.records import Track

MOST_SEEDS = 5  # the last ones of a longer queue
MOST_AVOIDED = 8  # the latest skips
RECENT = 4  # tracks after which an artist may come again
VERSIONS = 500  # heard tracks of which no other version comes either
GOLDEN = 0.618034  # steps by it spread evenly over 0 to 1 (Weyl 1916)
LOOKED_AT = 12  # candidates among which an artist is sought who was not heard just now


class Radio:
    """One session. Not for several threads at once; state is a handful of ids, so a `copy` costs nothing.

    `next()` gives the track that follows, going around the seeds; a track that was finished becomes a seed
    itself and the oldest one makes room, so that the radio wanders with what is liked. A skipped one stops
    being a seed, and what resembles it falls behind from the next track on.

    Attributes:
        heard: everything of this session, in order, the seeds included.
        seeds: what it goes by now.
        skipped: what it keeps away from.
        distance: how far from home, 0 to 100: so many of a hundred tracks are unheard ones from farther away.
    """

    def __init__(
        self,
        recommender: Recommender,
        seeds: Sequence[int],
        wanted: Wanted = ANYTHING,
        distance: float = 0.0,
    ) -> None:
        """Raises NotFoundError where no seed is in the library and was listened to."""
        self.recommender, self.wanted = recommender, wanted
        self.distance = min(max(distance, 0.0), 100.0)
        self._given = 0
        self.heard: list[int] = list(dict.fromkeys(int(each) for each in seeds))
        self.skipped: list[int] = []
        self._turn = 0
        self._penalties = _Penalties()
        known = recommender.store.current()
        self.seeds = known.ids[known.rows(self.heard)].tolist()[-MOST_SEEDS:]
        if not self.seeds:
            raise NotFoundError(
                "SONIQ has listened to none of these tracks yet.", "The radio starts once it has."
            )

    def copy(self) -> "Radio":
        """Another session that goes on from where this one is."""
        other = copy.copy(self)
        other.heard, other.seeds, other.skipped = list(self.heard), list(self.seeds), list(self.skipped)
        return other

    def next(self) -> Recommended | None:
        """The track that follows; None where the library holds none that was not heard in this session."""
        recommender, sounds = self.recommender, self.recommender.store.current()
        barred = np.zeros(len(sounds), bool)
        barred[sounds.rows(self.heard)] = True
        latest = recommender.catalogue.tracks(self.heard[-VERSIONS:])
        penalty = self._penalties.of(sounds, self._points(sounds, self.skipped))
        points = self._points(sounds, self.seeds)
        habit = recommender.habits(RADIO)
        kept = [each for each in self.seeds if each not in self.skipped]
        ahead = habit.ahead(recommender.catalogue, sounds, kept) if habit is not None else None
        self._given += 1
        away = self._farther(sounds, points, barred, penalty, latest)
        if away is not None:
            return away
        for step in range(len(points)):
            point = points[(self._turn + step) % len(points)]
            found = recommender.near(
                sounds, point, LOOKED_AT, self.wanted, Variety(per_artist=LOOKED_AT, per_album=LOOKED_AT),
                taken=Recordings(sounds, latest), barred=barred, penalty=penalty,
                ahead=ahead,
            )  # fmt: skip
            if found:
                self._turn += step + 1
                chosen = _fresh(found, latest)
                self.heard.append(chosen.track.id)
                return chosen
        return None

    def _farther(
        self,
        sounds: Sounds,
        points: Sequence[Point],
        barred: Mask,
        penalty: Array | None,
        latest: Sequence[Track],
    ) -> Recommended | None:
        """A track from away from home where it is time for one, and the library holds one."""
        share = self.distance / 100
        if not points or int(self._given * share) == int((self._given - 1) * share):
            return None
        heard = barred | (sounds.columns["plays"] > 0)
        reach = int((self._given * GOLDEN % 1) * share * np.count_nonzero(~heard) / 2)
        found = self.recommender.near(
            sounds, points[self._turn % len(points)], 1, self.wanted, Variety(),
            taken=Recordings(sounds, latest), barred=heard, penalty=penalty, skip_nearest=reach,
        )  # fmt: skip
        if not found:
            return None
        self._turn += 1
        self.heard.append(found[0].track.id)
        return replace(found[0], exploring=True)

    def hear(self, ids: Iterable[int]) -> None:
        """These were heard before, or are going to be: they do not come again."""
        known = set(self.heard)
        before = [each for each in dict.fromkeys(int(i) for i in ids) if each not in known]
        self.heard = before + self.heard

    def finished(self, track_id: int) -> None:
        """It was heard to its end: more like this."""
        if track_id not in self.seeds:
            self.seeds = [*self.seeds, track_id][-MOST_SEEDS:]

    def skip(self, track_id: int) -> None:
        """It was skipped: nothing like this, from the next track on."""
        self.skipped = [*(each for each in self.skipped if each != track_id), track_id][-MOST_AVOIDED:]
        if len(self.seeds) > 1 and track_id in self.seeds:
            self.seeds.remove(track_id)

    def take(self, count: int) -> list[Recommended]:
        """The next `count` tracks; fewer where the library is at its end."""
        found: list[Recommended] = []
        while len(found) < count and (following := self.next()) is not None:
            found.append(following)
        return found

    def _points(self, sounds: Sounds, ids: Sequence[int]) -> list[Point]:
        tracks = {track.id: track.title for track in self.recommender.catalogue.tracks(ids)}
        return [
            sounds.point(each, tracks[each]) for each in ids if each in tracks and len(sounds.rows([each]))
        ]


class _Penalties:
    """What skipped tracks take off, computed once for each of them."""

    def __init__(self) -> None:
        self._sounds: Sounds | None = None
        self._known: dict[int, Array] = {}

    def of(self, sounds: Sounds, points: Sequence[Point]) -> Array | None:
        """(n,) the most that any of the points takes off; None without points."""
        if sounds is not self._sounds:
            self._sounds, self._known = sounds, {}
        for point in points:
            assert point.track_id is not None
            if point.track_id not in self._known and (lost := dislike(sounds, [(point, 1.0)])) is not None:
                self._known[point.track_id] = lost
        lost_to = [self._known[point.track_id] for point in points if point.track_id in self._known]
        return np.max(lost_to, axis=0) if lost_to else None


def _fresh(found: list[Recommended], heard: Sequence[Track]) -> Recommended:
    """The first whose artist was not among the last few; the first of all where there is none."""
    recent = {track.artist.casefold() for track in heard[-RECENT:] if track.tags.artist}
    return next((each for each in found if each.track.artist.casefold() not in recent), found[0])
