"""Matrix factorisation by BPR (Rendle et al. 2009): what can be learned from plays alone, without content."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from soniq_desktop.lab.recommenders.base import Task
from soniq_desktop.lab.recommenders.options import settings_of
from soniq_desktop.lab.recommenders.pairwise import Scorer, fit_pairs


class _Factors(Scorer):
    def __init__(self, users: int, items: int, dim: int) -> None:
        super().__init__()
        self.user, self.item = nn.Embedding(users, dim), nn.Embedding(items, dim)
        self.bias = nn.Parameter(torch.zeros(items))
        for table in (self.user, self.item):
            nn.init.normal_(table.weight, std=0.1 / dim**0.5)

    def score(self, users: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
        products: torch.Tensor = (self.user(users)[:, None] * self.item(items)).sum(-1)
        return products + self.bias[items]


class BprFactors:
    """Settings and their defaults: `OPTIONS["bpr"]`. Content is not looked at."""

    def fit(self, task: Task) -> None:
        settings = settings_of("bpr", task.settings)
        torch.manual_seed(task.seed)
        self._model = _Factors(task.train.user_count, task.train.item_count, int(settings["dim"]))
        fit_pairs(task, self._model, settings)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.no_grad():
            products = self._model.user.weight[users] @ self._model.item.weight.T
            found: NDArray[np.float32] = (products + self._model.bias).numpy()
        return found
