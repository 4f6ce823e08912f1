"""Content KNN: the items nearest to what a user has played, by the cosine of their content vectors."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Task
from soniq_desktop.lab.recommenders.options import settings_of


class ContentKnn:
    """A user is the mean of the unit vectors of what was played (each play counts), recent plays more if so
    set.

    Settings:
        half_life: events after which a play counts half; 0 (default): all count alike.
    """

    def fit(self, task: Task) -> None:
        if task.vectors is None:
            raise LabError("Content KNN needs an embedding of the items.", "Name one with --embedding.")
        self._items = unit(task.vectors)
        self._known = np.linalg.norm(self._items, axis=1) > 0
        half_life = float(settings_of("knn", task.settings)["half_life"])
        self._users = np.zeros((task.train.user_count, self._items.shape[1]), np.float32)
        for user, played in enumerate(task.heard.sequences()):
            if len(played):
                self._users[user] = recent(len(played), half_life) @ self._items[played]
        self._users = unit(self._users)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._users[users] @ self._items.T
        scores[:, ~self._known] = -2.0  # below any cosine
        return scores


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length one; what is not finite counts as zero, and zero rows stay zero."""
    clean = np.nan_to_num(vectors.astype(np.float32), posinf=0, neginf=0)
    length = np.linalg.norm(clean, axis=1, keepdims=True)
    result = np.zeros_like(clean)
    np.divide(clean, length, out=result, where=length > 0)
    return result


def recent(count: int, half_life: float) -> NDArray[np.float32]:
    """(count,) weights of events, oldest first, that add up to one."""
    age = np.arange(count)[::-1]
    weights = np.ones(count) if half_life <= 0 else 0.5 ** (age / half_life)
    shares: NDArray[np.float32] = (weights / weights.sum()).astype(np.float32)
    return shares
