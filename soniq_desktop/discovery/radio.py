"""Music that goes on from here: by what was chosen, steered by skips, never the same track twice."""

from collections.abc import Sequence

import numpy as np

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.recommend import ANYTHING, Recommended, Recommender, dislike
from soniq_desktop.discovery.sounds import Point
from soniq_desktop.discovery.worth_hearing import Variety
from soniq_desktop.library.records import Track

MOST_SEEDS = 5  # the last ones of a longer queue
MOST_AVOIDED = 8  # the latest skips
RECENT = 4  # tracks after which an artist may come again


class Radio:
    """One session. Not for several threads at once; state is a handful of ids.

    `next()` gives the track that follows, going around the seeds; a track that was finished becomes a seed
    itself and the oldest one makes room, so that the radio wanders with what is liked. A skipped one stops
    being a seed, and what resembles it falls behind from the next track on.
    """

    def __init__(self, recommender: Recommender, seeds: Sequence[int], wanted: Wanted = ANYTHING) -> None:
        """Raises NotFoundError where no seed is in the library and was listened to."""
        self.recommender, self.wanted = recommender, wanted
        self.heard: list[Track] = []  # everything of this session, the seeds included
        self.seeds: list[int] = []
        self.skipped: list[int] = []
        self._turn = 0
        for track_id in dict.fromkeys(seeds):
            self._begin_with(track_id)
        self.seeds = self.seeds[-MOST_SEEDS:]
        if not self.seeds:
            raise NotFoundError(
                "SONIQ has listened to none of these tracks yet.", "The radio starts once it has."
            )

    def next(self) -> Recommended | None:
        """The track that follows; None where the library holds none that was not heard in this session."""
        recommender, sounds = self.recommender, self.recommender.store.current()
        barred = np.zeros(len(sounds), bool)
        barred[sounds.rows(track.id for track in self.heard)] = True
        penalty = dislike(sounds, [(point, 1.0) for point in self._points(self.skipped)])
        points = self._points(self.seeds)
        for step in range(len(points)):
            point = points[(self._turn + step) % len(points)]
            found = recommender.near(
                sounds, point, 12, self.wanted, Variety(per_artist=12, per_album=12),
                avoid=self.heard, barred=barred, penalty=penalty,
            )  # fmt: skip
            if found:
                self._turn += step + 1
                chosen = self._fresh(found)
                self.heard.append(chosen.track)
                return chosen
        return None

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

    def _begin_with(self, track_id: int) -> None:
        track = self.recommender.catalogue.track(track_id)
        if track is not None:
            self.heard.append(track)
            if len(self.recommender.store.current().rows([track_id])):
                self.seeds.append(track_id)

    def _points(self, ids: Sequence[int]) -> list[Point]:
        sounds = self.recommender.store.current()
        tracks = {track.id: track.title for track in self.recommender.catalogue.tracks(ids)}
        return [
            sounds.point(each, tracks[each]) for each in ids if each in tracks and len(sounds.rows([each]))
        ]

    def _fresh(self, found: list[Recommended]) -> Recommended:
        """The first whose artist was not among the last few; the first of all where there is none."""
        recent = {track.artist.casefold() for track in self.heard[-RECENT:] if track.tags.artist}
        return next((each for each in found if each.track.artist.casefold() not in recent), found[0])
