"""BERT4Rec (Sun et al. 2019): a bidirectional transformer that fills gaps in a listening sequence.

Items begin at their content vectors, projected to the model's width by principal components, so that an item
with few plays is not a stranger. The loss is the softmax over all items (sampled losses are known to mislead:
Petrov and Macdonald 2023).
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Task
from soniq_desktop.lab.recommenders.content_knn import unit
from soniq_desktop.lab.recommenders.options import Settings, settings_of
from soniq_desktop.lab.recommenders.training import train

PADDING, MASK, FIRST = 0, 1, 2  # tokens; item i is token FIRST + i
IGNORED = -100
HELD_BACK = 500  # users whose last training item stops the training early


class _Transformer(nn.Module):
    def __init__(self, items: int, settings: Settings) -> None:
        super().__init__()
        dim = int(settings["dim"])
        self.tokens = nn.Embedding(FIRST + items, dim, padding_idx=PADDING)
        self.places = nn.Embedding(int(settings["length"]), dim)
        self.bias = nn.Parameter(torch.zeros(FIRST + items))
        self.norm = nn.LayerNorm(dim)
        self.dropout = nn.Dropout(float(settings["dropout"]))
        layer = nn.TransformerEncoderLayer(
            dim, int(settings["heads"]), 4 * dim, float(settings["dropout"]), "gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, int(settings["layers"]), enable_nested_tensor=False)
        self.head = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.LayerNorm(dim))
        for table in (self.tokens, self.places):
            nn.init.trunc_normal_(table.weight, std=0.02)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """(batch, length) tokens -> (batch, length, dim)."""
        places = torch.arange(tokens.shape[1])
        inside = self.dropout(self.norm(self.tokens(tokens) + self.places(places)))
        outside: torch.Tensor = self.head(self.encoder(inside, src_key_padding_mask=tokens == PADDING))
        return outside

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """(n, dim) -> (n, tokens), by the same table that reads the items."""
        return states @ self.tokens.weight.T + self.bias


class Bert4Rec:
    """Settings and their defaults: `OPTIONS["bert4rec"]`. Without content vectors items begin at random."""

    def fit(self, task: Task) -> None:
        self._settings = settings_of("bert4rec", task.settings)
        if int(self._settings["dim"]) % int(self._settings["heads"]):
            raise LabError("BERT4Rec's dim must be a multiple of its heads.")
        torch.manual_seed(task.seed)
        self._sequences, self._heard = task.train.sequences(), task.heard.sequences()
        self._model = _Transformer(task.train.item_count, self._settings)
        if task.vectors is not None:
            self._begin_at(task.vectors)
        learned, held = self._held_back(task.seed)
        train(
            task,
            self._model,
            lambda optimizer, number: self._epoch(optimizer, learned, task.seed + number),
            lambda: self._held_back_ndcg(held),
            epochs=int(self._settings["epochs"]),
            rate=float(self._settings["rate"]),
            decay=float(self._settings["decay"]),
            patience=int(self._settings["patience"]),
        )

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.no_grad():
            return self._next([self._heard[user] for user in users])

    def scores_after(self, sequences: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """(len(sequences), item_count) for sequences of items that need not be in the training data."""
        with torch.no_grad():
            return self._next(sequences)

    def _begin_at(self, vectors: NDArray[np.float32]) -> None:
        """Principal components of the content as the first item vectors, at the usual scale."""
        content = unit(vectors)
        known = np.linalg.norm(content, axis=1) > 0
        if not known.any():
            return
        centred = content[known] - content[known].mean(axis=0)
        width = min(int(self._settings["dim"]), *centred.shape)
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        projected = centred @ axes[:width].T
        projected *= 0.02 / max(float(projected.std()), 1e-9)
        with torch.no_grad():
            rows = torch.from_numpy(FIRST + np.flatnonzero(known))
            self._model.tokens.weight[rows, :width] = torch.from_numpy(projected.astype(np.float32))

    def _held_back(self, seed: int) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]]]:
        """Sequences to learn from, without the last item of those that stop the training early."""
        long = [i for i, sequence in enumerate(self._sequences) if len(sequence) > 2]
        if not long:
            raise LabError("BERT4Rec needs users with three plays or more.", "Try knn, or a longer period.")
        chosen = set(np.random.default_rng(seed).permutation(long)[:HELD_BACK].tolist())
        learned = [s[:-1] if i in chosen else s for i, s in enumerate(self._sequences) if len(s) > 1]
        return learned, [self._sequences[i] for i in sorted(chosen)]

    def _epoch(
        self, optimizer: torch.optim.Optimizer, sequences: Sequence[NDArray[np.int32]], seed: int
    ) -> float:
        generator = np.random.default_rng(seed)
        order = generator.permutation(len(sequences))
        losses = []
        for begin in range(0, len(order), int(self._settings["batch"])):
            block = [sequences[i] for i in order[begin : begin + int(self._settings["batch"])]]
            tokens, targets = self._masked(block, generator)
            states = self._model(tokens)[targets != IGNORED]
            loss = functional.cross_entropy(self._model.logits(states), targets[targets != IGNORED])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._model.parameters(), 5.0)
            optimizer.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    def _masked(
        self, block: Sequence[NDArray[np.int32]], generator: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """A random stretch of each sequence with gaps; sometimes only the last item, as in use."""
        length = int(self._settings["length"])
        tokens = np.full((len(block), length), PADDING, np.int64)
        targets = np.full((len(block), length), IGNORED, np.int64)
        for row, whole in enumerate(block):
            begin = generator.integers(0, max(1, len(whole) - length + 1))
            part = whole[begin : begin + length].astype(np.int64) + FIRST
            gaps = generator.random(len(part)) < float(self._settings["mask"])
            if not gaps.any() or generator.random() < float(self._settings["last"]):
                gaps[:] = False
                gaps[-1] = True
            tokens[row, -len(part) :] = np.where(gaps, MASK, part)
            targets[row, -len(part) :] = np.where(gaps, part, IGNORED)
        return torch.from_numpy(tokens), torch.from_numpy(targets)

    def _next(self, sequences: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Scores of every item as what follows each sequence."""
        length = int(self._settings["length"])
        tokens = np.full((len(sequences), length), PADDING, np.int64)
        tokens[:, -1] = MASK
        for row, sequence in enumerate(sequences):
            part = sequence[-(length - 1) :]
            tokens[row, length - 1 - len(part) : length - 1] = part + FIRST
        states = self._model(torch.from_numpy(tokens))[:, -1]
        found: NDArray[np.float32] = self._model.logits(states)[:, FIRST:].numpy()
        return found

    def _held_back_ndcg(self, held: Sequence[NDArray[np.int32]]) -> float:
        """NDCG@10 of the held-back last items."""
        scores = self._next([sequence[:-1] for sequence in held])
        wanted = np.array([sequence[-1] for sequence in held])
        rank = (scores > scores[np.arange(len(held)), wanted][:, None]).sum(axis=1)
        return float(np.where(rank < 10, 1 / np.log2(rank + 2), 0.0).mean())
