"""Learning from pairs: what was played is to be scored above what was drawn at random.

The losses are those of Rendle et al. 2009 (BPR) and Weston et al. 2011 (max-margin).
"""

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from soniq_desktop.lab.recommenders.base import Task
from soniq_desktop.lab.recommenders.options import Settings
from soniq_desktop.lab.recommenders.training import train

HELD_BACK = 2000  # events at most that stop the training early
RIVALS = 100  # random items that a held-back item is compared with


class Scorer(nn.Module):
    """A network over numbered users and items."""

    @abstractmethod
    def score(self, users: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
        """(n,) users and (n, m) items -> (n, m): higher is better."""


def fit_pairs(task: Task, model: Scorer, settings: Settings) -> None:
    """Train a network; settings: loss, margin, negatives, batch, epochs, rate, decay, patience."""
    events, held = _held_back(task)
    rivals = Rivals(task)
    against = rivals.drawn(held[:, 0], RIVALS, task.seed)
    train(
        task,
        model,
        lambda optimizer, number: _epoch(optimizer, model, events, settings, rivals, task.seed + number),
        lambda: _share_above(model, held, *against),
        epochs=int(settings["epochs"]),
        rate=float(settings["rate"]),
        decay=float(settings["decay"]),
        patience=int(settings["patience"]),
    )


def _held_back(task: Task) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n, 2) user and item of the events to train on, and of a twentieth to stop early by."""
    events = np.column_stack((task.heard.users, task.heard.items)).astype(np.int64)
    order = np.random.default_rng(task.seed).permutation(len(events))
    count = min(HELD_BACK, max(1, len(events) // 20))
    return events[order[count:]] if len(events) > count else events, events[order[:count]]


class Rivals:
    """Items drawn at random that a user has not played (places where one was drawn that has are left out).

    Where repetitions are recommended, what was played less is a rival of what was played more: all are drawn.
    """

    def __init__(self, task: Task) -> None:
        self._items, self._again = task.train.item_count, task.again
        self._played = np.unique(self._codes(task.heard.users, task.heard.items))

    def drawn(
        self, users: NDArray[np.int64], count: int, seed: int | np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(n, count) items, and which of them count."""
        items = np.random.default_rng(seed).integers(0, self._items, (len(users), count))
        if self._again:
            return items, np.ones(items.shape, dtype=bool)
        codes = self._codes(users[:, None], items)
        places = np.minimum(np.searchsorted(self._played, codes), len(self._played) - 1)
        return items, self._played[places] != codes

    def _codes(self, users: NDArray[Any], items: NDArray[Any]) -> NDArray[np.int64]:
        codes: NDArray[np.int64] = np.asarray(users, np.int64) * self._items + items
        return codes


def _epoch(
    optimizer: torch.optim.Optimizer,
    model: Scorer,
    events: NDArray[np.int64],
    settings: Settings,
    rivals: Rivals,
    seed: int,
) -> float:
    generator = np.random.default_rng(seed)
    order, size = generator.permutation(len(events)), int(settings["batch"])
    losses = []
    for begin in range(0, len(order), size):
        chosen = events[order[begin : begin + size]]
        others, strange = rivals.drawn(chosen[:, 0], int(settings["negatives"]), generator)
        if not strange.any():  # these users have played everything that there is
            continue
        loss = _loss(model, chosen, others, settings)[torch.from_numpy(strange)].mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses)) if losses else 0.0


def _loss(
    model: Scorer, chosen: NDArray[np.int64], others: NDArray[np.int64], settings: Settings
) -> torch.Tensor:
    right, wrong = _scored(model, chosen, others)
    if settings["loss"] == "max-margin":
        return functional.relu(float(settings["margin"]) - right + wrong)
    return -functional.logsigmoid(right - wrong)


def _scored(
    model: Scorer, chosen: NDArray[np.int64], others: NDArray[np.int64]
) -> tuple[torch.Tensor, torch.Tensor]:
    """(n, 1) of what was played and (n, m) of the others."""
    users = torch.from_numpy(np.ascontiguousarray(chosen[:, 0]))
    scores = model.score(users, torch.from_numpy(np.column_stack((chosen[:, 1:], others))))
    return scores[:, :1], scores[:, 1:]


def _share_above(
    model: Scorer, held: NDArray[np.int64], others: NDArray[np.int64], strange: NDArray[np.bool_]
) -> float:
    """Mean share of random items that a held-back item is scored above (an estimate of the AUC)."""
    right, wrong = _scored(model, held, others)
    above = (right > wrong)[torch.from_numpy(strange)]
    return float(above.float().mean()) if len(above) else 0.5
