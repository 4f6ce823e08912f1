"""What every recommender of the lab can do, and how its scores become a ranking."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.interactions import Interactions

BATCH = 256
VERSION = 3  # of how models learn and are measured: results and checkpoints of another one are not taken up
Progress = Callable[[float, str], None]  # share done, what is being done


def silent(_share: float, _doing: str) -> None:
    """A progress that nobody watches."""


def silently(_name: str) -> Progress:
    """The same for experiments of several parts."""
    return silent


@dataclass(frozen=True)
class Task:
    """What a recommender learns from.

    Attributes:
        train: the events.
        vectors: (item_count, dim) float32 content vectors; a row of zeros where there is none; None without
            content.
        seed: of everything that is random.
        settings: by name; each model says what it takes.
        progress: told how far it is.
        checkpoint: path stem for models that can go on where they were stopped, or "".
        watch: told the figure on held-back data after each epoch: (epoch, higher is better); may raise to
            give up.
        known: what is known of the users when they are predicted; None: what is learned from.
        again: items that were heard before are recommended, too.
    """

    train: Interactions
    vectors: NDArray[np.float32] | None
    seed: int = 0
    settings: dict[str, float | int | str] = field(default_factory=dict)
    progress: Progress = silent
    checkpoint: str = ""
    watch: Callable[[int, float], None] = lambda _epoch, _value: None
    known: Interactions | None = None
    again: bool = False

    @property
    def heard(self) -> Interactions:
        """What the users had heard when they are predicted."""
        return self.train if self.known is None else self.known


class Recommender(Protocol):
    """Learns from events; scores all items for users by their numbers."""

    def fit(self, task: Task) -> None:
        """Learn. Raises LabError where the task lacks what the model needs."""

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(users), item_count): higher is better."""


def ranked(
    model: Recommender,
    users: NDArray[np.int64],
    histories: Sequence[NDArray[np.int32]],
    k: int,
    *,
    again: bool,
) -> NDArray[np.int64]:
    """(len(users), k) item numbers, best first; −1 where there are not enough.

    Args:
        model: fitted.
        users: their numbers.
        histories: by user number: what each has heard in training.
        k: how many; more than there are items is allowed.
        again: whether items heard in training may be recommended.
    """
    rows = [_best(block, histories, model.scores(block), k, again=again) for block in blocks(users)]
    return np.concatenate(rows) if rows else np.empty((0, k), np.int64)


def blocks(users: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """At most 256 users at a time: memory does not grow with them."""
    for begin in range(0, len(users), BATCH):
        yield users[begin : begin + BATCH]


def _best(
    users: NDArray[np.int64],
    histories: Sequence[NDArray[np.int32]],
    scores: NDArray[np.float32],
    k: int,
    *,
    again: bool,
) -> NDArray[np.int64]:
    """Ties go to the lower item number, so that a ranking is the same everywhere."""
    scores = scores.astype(np.float64)
    if not again:
        for row, user in enumerate(users):
            scores[row, histories[user]] = -np.inf
    count = min(k, scores.shape[1])
    order = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    order[~np.isfinite(np.take_along_axis(scores, order, 1))] = -1
    return np.pad(order, ((0, 0), (0, k - count)), constant_values=-1)
