"""What every recommender has to beat: the most played, and chance."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.recommenders.base import Task


class Popularity:
    """The same list for everybody: how many users have played an item in training."""

    def fit(self, task: Task) -> None:
        pairs = np.unique(task.train.users.astype(np.int64) * task.train.item_count + task.train.items)
        items = pairs % task.train.item_count
        self._scores = np.bincount(items, minlength=task.train.item_count).astype(np.float32)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.tile(self._scores, (len(users), 1))


class Random:
    """A list of its own for every user, the same for the same seed."""

    def fit(self, task: Task) -> None:
        self._items, self._seed = task.train.item_count, task.seed

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = [np.random.default_rng((self._seed, user)).random(self._items) for user in users.tolist()]
        return np.array(rows, dtype=np.float32).reshape(len(users), self._items)
