"""Who listened to what, and when: the data of every experiment with recommenders."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError


@dataclass(frozen=True)
class Interactions:
    """Plays (or likes, or places in playlists) of n events, by user and within a user in the order of time.

    Attributes:
        users: (n,) int32, row of `user_names`; ascending.
        items: (n,) int32, row of `item_names`.
        times: (n,) float64, seconds since 1970 (NaN: not known), or an order of any unit where `dated` is
            false.
        user_names, item_names: names as the file gives them, sorted.
        dated: whether `times` are moments that can be compared between users.
    """

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    times: NDArray[np.float64]
    user_names: tuple[str, ...]
    item_names: tuple[str, ...]
    dated: bool

    def __len__(self) -> int:
        return len(self.users)

    @property
    def user_count(self) -> int:
        return len(self.user_names)

    @property
    def item_count(self) -> int:
        return len(self.item_names)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Interactions":
        """Some events; users and items keep their numbers."""
        return replace(self, users=self.users[chosen], items=self.items[chosen], times=self.times[chosen])

    def sequences(self) -> list[NDArray[np.int32]]:
        """The items of every user, oldest first; empty for users without events."""
        ends = np.searchsorted(self.users, np.arange(self.user_count + 1))
        return [self.items[ends[i] : ends[i + 1]] for i in range(self.user_count)]

    def counts(self) -> NDArray[np.int64]:
        """(item_count,) how often each item occurs."""
        return np.bincount(self.items, minlength=self.item_count).astype(np.int64)


def interactions(
    users: NDArray[np.object_] | list[str],
    items: NDArray[np.object_] | list[str],
    times: NDArray[np.float64] | None,
    *,
    dated: bool,
) -> Interactions:
    """Number users and items, and put the events in order. Without times the order given is the order of
    time.

    Raises:
        LabError: there are no events.
    """
    if len(users) == 0:
        raise LabError(
            "There are no interactions to work with.", "Check the file, or choose a longer period."
        )
    user_names, by_user = np.unique(np.asarray(users, dtype=str), return_inverse=True)
    item_names, by_item = np.unique(np.asarray(items, dtype=str), return_inverse=True)
    when = np.arange(len(by_user), dtype=np.float64) if times is None else times.astype(np.float64)
    order = np.lexsort((np.arange(len(by_user)), when, by_user))
    return Interactions(
        by_user[order].astype(np.int32),
        by_item[order].astype(np.int32),
        when[order],
        tuple(user_names.tolist()),
        tuple(item_names.tolist()),
        dated,
    )
