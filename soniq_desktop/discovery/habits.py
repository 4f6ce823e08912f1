"""The hybrid at work: the bonus of a listener's habits, and the sentence of a song that they brought up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from soniq_desktop.discovery.facets import Array
from soniq_desktop.discovery.hybrid import Habit, Use, expected
from soniq_desktop.discovery.reasons import Reason
from soniq_desktop.discovery.sounds import Sounds
from soniq_desktop.library.catalogue import Catalogue

LEAST_TIMES = 3  # a song must have followed another so often for "often" to be said
LEAST_SHARE = 0.25  # of what followed it


@dataclass(frozen=True, slots=True, eq=False)
class HabitBonus:
    """A habit that has won for one use, with the weights that it won with (see `hybrid_judge`)."""

    habit: Habit
    use: Use
    follow: float
    alike: float

    def ahead(self, catalogue: Catalogue, sounds: Sounds, heard: Sequence[int]) -> "Ahead | None":
        """What the habit says after what was heard, the latest last; None where it says nothing."""
        context = self.use.latest(heard)
        follow, alike = expected(self.habit, sounds, context, self.use.fade)
        if not follow.any():
            return None
        bonus: Array = np.float32(self.follow) * follow + np.float32(self.alike) * alike
        titles = {track.id: track.title for track in catalogue.tracks(context)}
        return Ahead(bonus, self.habit, context, titles)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What is added to the similarity, and what can be said of it.

    Attributes:
        bonus: (n,) of each song of the library.
        context: songs heard last, the latest last; titles: theirs, by id.
    """

    bonus: Array
    habit: Habit
    context: tuple[int, ...]
    titles: dict[int, str]

    def explained(self, reason: Reason, track_id: int) -> Reason:
        """The reason with what is true of the habit put first; the same where nothing can be said.

        It is said only where the song came right after one of `context` three times or more, and in a quarter
        of the times that anything did.
        """
        for before in reversed(self.context):
            times, of = self.habit.often(before, track_id)
            if times >= LEAST_TIMES and times >= LEAST_SHARE * of and before in self.titles:
                said = f"Often follows “{self.titles[before]}” in your listening ({times} of {of} times)"
                return replace(reason, sentence=f"{said}; {_lowered(reason.sentence)}")
        return reason


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
