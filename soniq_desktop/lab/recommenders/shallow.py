"""A shallow network over users and item content: a user vector is learned, the item's content passes one
hidden layer.

As in two-tower content recommenders of the music literature (van den Oord et al. 2013 learn item factors from
audio; the max-margin form is that of Weston et al. 2011, the BPR form that of Rendle et al. 2009).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Task
from soniq_desktop.lab.recommenders.content_knn import unit
from soniq_desktop.lab.recommenders.training import train

DEFAULTS: dict[str, float | int | str] = {
    "dim": 64, "loss": "bpr", "margin": 0.2, "negatives": 8, "batch": 1024, "epochs": 30, "rate": 2e-3,
    "decay": 1e-4, "patience": 4,
}  # fmt: skip


class _Towers(nn.Module):
    content: torch.Tensor

    def __init__(self, users: int, content: torch.Tensor, dim: int) -> None:
        super().__init__()
        self.user = nn.Embedding(users, dim)
        nn.init.normal_(self.user.weight, std=0.1)
        self.register_buffer("content", content, persistent=False)
        self.item = nn.Sequential(nn.Linear(content.shape[1], 2 * dim), nn.ReLU(), nn.Linear(2 * dim, dim))

    def items(self, numbers: torch.Tensor) -> torch.Tensor:
        content: torch.Tensor = self.content[numbers]
        vectors: torch.Tensor = self.item(content)
        return vectors

    def all_items(self) -> torch.Tensor:
        return self.items(torch.arange(len(self.content)))


class ShallowNetwork:
    """Settings and their defaults: `DEFAULTS`; `loss` is "bpr" or "max-margin"."""

    def fit(self, task: Task) -> None:
        if task.vectors is None:
            raise LabError(
                "The shallow network needs an embedding of the items.", "Name one with --embedding."
            )
        settings = DEFAULTS | task.settings
        torch.manual_seed(task.seed)
        self._model = _Towers(
            task.train.user_count, torch.from_numpy(unit(task.vectors)), int(settings["dim"])
        )
        events, held = _held_back(task)
        train(
            task,
            self._model,
            lambda optimizer, number: self._epoch(optimizer, events, settings, task.seed + number),
            lambda: self._held_back_rank(held, task.seed),
            epochs=int(settings["epochs"]),
            rate=float(settings["rate"]),
            decay=float(settings["decay"]),
            patience=int(settings["patience"]),
        )
        with torch.no_grad():
            self._items = self._model.all_items()

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.no_grad():
            found: NDArray[np.float32] = (self._model.user.weight[users] @ self._items.T).numpy()
        return found

    def _epoch(
        self,
        optimizer: torch.optim.Optimizer,
        events: NDArray[np.int64],
        settings: dict[str, float | int | str],
        seed: int,
    ) -> float:
        generator = np.random.default_rng(seed)
        order = generator.permutation(len(events))
        losses = []
        for begin in range(0, len(order), int(settings["batch"])):
            users, items = events[order[begin : begin + int(settings["batch"])]].T
            others = generator.integers(0, len(self._model.content), (len(users), int(settings["negatives"])))
            loss = self._loss(users, items, others, settings)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    def _loss(
        self,
        users: NDArray[np.int64],
        items: NDArray[np.int64],
        others: NDArray[np.int64],
        settings: dict[str, float | int | str],
    ) -> torch.Tensor:
        who = self._model.user(torch.from_numpy(users))
        right = (who * self._model.items(torch.from_numpy(items))).sum(-1, keepdim=True)
        wrong = (who[:, None] * self._model.items(torch.from_numpy(others))).sum(-1)
        if settings["loss"] == "max-margin":
            return functional.relu(float(settings["margin"]) - right + wrong).mean()
        return -functional.logsigmoid(right - wrong).mean()

    def _held_back_rank(self, held: NDArray[np.int64], seed: int) -> float:
        """Mean share of 100 random items that a held-back item is scored above (an estimate of the AUC)."""
        generator = np.random.default_rng(seed)
        others = torch.from_numpy(generator.integers(0, len(self._model.content), (len(held), 100)))
        users, items = torch.from_numpy(held).T
        who = self._model.user(users)
        right = (who * self._model.items(items)).sum(-1, keepdim=True)
        wrong = (who[:, None] * self._model.items(others)).sum(-1)
        return float((right > wrong).float().mean())


def _held_back(task: Task) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Events to train on, and a twentieth (at most 2,000) to stop early by."""
    events = np.column_stack((task.train.users, task.train.items)).astype(np.int64)
    order = np.random.default_rng(task.seed).permutation(len(events))
    count = min(2000, max(1, len(events) // 20))
    return events[order[count:]] if len(events) > count else events, events[order[:count]]
