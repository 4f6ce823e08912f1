"""Train, validation and test sets in the order of time: no experiment learns from what comes after what it
predicts."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.interactions import Interactions
from soniq_desktop.lab.needs import LabError

# The year of the Music4All listening data that published comparisons use, its last month held out.
START, TEST, END = "2018-02-20", "2019-01-20", "2019-02-20"


@dataclass(frozen=True)
class Split:
    """What is learned from and what is predicted; numbers of users and items as in the whole.

    Attributes:
        train: events to learn from.
        test: events to predict: of the same users, later.
        cold: (m,) items of `test` without an event in `train`, ascending.
        sentence: how it was split.
        known: what is known of the users when they are predicted; None: what was learned from.
    """

    train: Interactions
    test: Interactions
    cold: NDArray[np.int64]
    sentence: str
    known: Interactions | None = None

    @property
    def heard(self) -> Interactions:
        """What the users had heard when they are predicted."""
        return self.train if self.known is None else self.known


def split(events: Interactions, mode: str, *, start: str = START, test: str = TEST, end: str = END) -> Split:
    """By date where there are dates in the period, else each user's last event is left out.

    `mode` is "val" (choose settings; the test period is not looked at) or "test".

    Raises:
        LabError: dates that are none or in the wrong order, or nothing on one of the sides.
    """
    if not events.dated:
        return leave_last_out(events, mode)
    return temporal(events, mode, moment(start), moment(test), moment(end))


def temporal(events: Interactions, mode: str, start: float, test: float, end: float) -> Split:
    """Train on [start, test), predict [test, end); for "val" the same one test length earlier."""
    if not start < test < end:
        raise LabError("The dates must be in order: start, test, end.")
    if mode == "val":
        test, end = test - (end - test), test
        if test <= start:
            raise LabError(
                "There is no time left to learn from before the validation period.",
                "Choose an earlier start.",
            )
    before = (events.times >= start) & (events.times < test)
    after = (events.times >= test) & (events.times < end)
    sentence = f"Learned from {_day(start)} to {_day(test)}, predicted until {_day(end)}."
    return _made(events, before, after, sentence)


def leave_last_out(events: Interactions, mode: str) -> Split:
    """Each user's last event is predicted ("val": the last but one; the last is not looked at)."""
    from_end = _places_from_end(events)
    count = np.bincount(events.users, minlength=events.user_count)[events.users]
    final, middle = (from_end == 0) & (count >= 2), (from_end == 1) & (count >= 3)
    after = middle if mode == "val" else final
    before = ~(final | middle) if mode == "val" else ~final
    sentence = "There are no dates: each user's last event is predicted from those before it."
    if not after.any():
        least = "three events" if mode == "val" else "two events"
        raise LabError(
            f"No user has {least} or more: nothing can be predicted from anything.", "More plays are needed."
        )
    return _made(events, before, after, sentence)


def _places_from_end(events: Interactions) -> NDArray[np.int64]:
    ends = np.searchsorted(events.users, events.users, side="right")
    return ends - 1 - np.arange(len(events))


def _made(events: Interactions, before: NDArray[np.bool_], after: NDArray[np.bool_], sentence: str) -> Split:
    if not before.any():
        raise LabError(
            "No event falls into the time to learn from.", "Choose an earlier start or a later test date."
        )
    train = events.take(before)
    known = np.bincount(train.users, minlength=events.user_count) > 0
    after = after & known[events.users]
    if not after.any():
        raise LabError("No event of a known user falls into the time to predict.", "Choose other dates.")
    test = events.take(after)
    cold = np.flatnonzero((train.counts() == 0) & (test.counts() > 0))
    return Split(train, test, cold, sentence)


def moment(day: str) -> float:
    """Seconds since 1970 of a date such as 2019-01-20, in UTC.

    Raises:
        LabError: not a date.
    """
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise LabError(f"“{day}” is not a date.", "Write it as 2019-01-20.") from None


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
