"""A shallow network over users and item content: a user vector is learned, the item's content passes one
hidden layer.

As in two-tower content recommenders of the music literature (van den Oord et al. 2013 learn item factors from
audio).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Task
from soniq_desktop.lab.recommenders.content_knn import unit
from soniq_desktop.lab.recommenders.options import settings_of
from soniq_desktop.lab.recommenders.pairwise import Scorer, fit_pairs


class _Towers(Scorer):
    content: torch.Tensor

    def __init__(self, users: int, content: torch.Tensor, dim: int) -> None:
        super().__init__()
        self.user = nn.Embedding(users, dim)
        nn.init.normal_(self.user.weight, std=0.1)
        self.register_buffer("content", content, persistent=False)
        self.item = nn.Sequential(nn.Linear(content.shape[1], 2 * dim), nn.ReLU(), nn.Linear(2 * dim, dim))

    def score(self, users: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
        few = (
            len(self.content) < items.numel()
        )  # then each passes the network once, however often it is drawn
        vectors = self.item(self.content)[items] if few else self.item(self.content[items])
        scores: torch.Tensor = (self.user(users)[:, None] * vectors).sum(-1)
        return scores


class ShallowNetwork:
    """Settings and their defaults: `OPTIONS["snn"]`."""

    def fit(self, task: Task) -> None:
        if task.vectors is None:
            raise LabError(
                "The shallow network needs an embedding of the items.", "Name one with --embedding."
            )
        settings = settings_of("snn", task.settings)
        torch.manual_seed(task.seed)
        content = torch.from_numpy(unit(task.vectors))
        self._model = _Towers(task.train.user_count, content, int(settings["dim"]))
        fit_pairs(task, self._model, settings)
        with torch.no_grad():
            self._items = self._model.item(content)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.no_grad():
            found: NDArray[np.float32] = (self._model.user.weight[users] @ self._items.T).numpy()
        return found
