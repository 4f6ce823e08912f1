"""Train the shipped linear classifier (models/genre_head) on the embeddings of the excerpts in the cache.

    python models/genre_crnn/train_head.py CACHE

For each embedder: a layer to the twelve families (the same soft labels and splits as train.py), one to music,
speech and noise, the temperature from the held-out part, and that part's predictions as the first data for
prediction sets. Writes ../genre_head/weights.safetensors and figures.json.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from safetensors.numpy import save
from train import Track, figures_of, targets_of, tracks

from soniq_desktop.analysis.genre.conformal import LEVELS, Calibration, measured_coverage
from soniq_desktop.analysis.genre.head import KINDS
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.lab.genre.metrics import confusion, fitted_temperature, softmax

OUT = Path(__file__).resolve().parents[1] / "genre_head"
SLICES = {"musicnn-msd": (slice(0, 200),), "musicnn-mtt": (slice(200, 400),)}
SLICES["musicnn-msd+mtt"] = (slice(0, 200), slice(200, 400))
DECAY = 3e-3  # of the weights on z-scored vectors
STEPS = 60


def vectors(track: Track, embedder: str) -> np.ndarray:
    """(1 + n, dim): the vector of the whole track, then of each excerpt, as the embedder makes them."""
    rows = np.vstack([track.hidden.mean(axis=0), track.hidden])
    parts = [unit(rows[:, part]) for part in SLICES[embedder]]
    return unit(np.hstack(parts))


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def fitted(rows: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight (classes, dim) and bias (classes,) of least weighted cross entropy plus decay."""
    x, y, w = (torch.from_numpy(each.astype(np.float32)) for each in (rows, targets, weights))
    layer = torch.nn.Linear(x.shape[1], y.shape[1])
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    search = torch.optim.LBFGS(layer.parameters(), max_iter=STEPS * 5, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        search.zero_grad()
        losses = F.cross_entropy(layer(x), y, reduction="none")
        loss = (losses @ w) / w.sum() + DECAY * (layer.weight**2).sum() / 2
        loss.backward()
        return loss

    search.step(closure)
    return layer.weight.detach().numpy().astype(float), layer.bias.detach().numpy().astype(float)


def one_hot(labels: list[int], classes: int) -> np.ndarray:
    return np.eye(classes)[labels]


def shares(groups: list[str]) -> np.ndarray:
    """Weights by which a source of many tracks counts with the square root of their number."""
    counts = {group: groups.count(group) for group in set(groups)}
    return np.array([counts[group] ** -0.5 for group in groups])


def head(found: list[Track], embedder: str) -> tuple[dict[str, np.ndarray], dict]:
    """Tensors and figures for one embedder."""
    music = [track for track in found if track.label in (*FAMILIES, "")]
    train, held, test = ([t for t in music if t.part == part] for part in ("train", "held", "test"))
    rows = np.vstack([vectors(track, embedder) for track in train])
    mean, deviation = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-4)
    targets = np.vstack([np.vstack([t.targets().mean(axis=0), t.targets()]) for t in train])
    weights = np.repeat(shares([t.group for t in train]), [len(t.images) + 1 for t in train])
    scaled = lambda chosen: (np.stack([vectors(t, embedder)[0] for t in chosen]) - mean) / deviation  # noqa: E731
    weight, bias = fitted((rows - mean) / deviation, targets, weights)
    temperature = fitted_temperature(scaled(held) @ weight.T + bias, targets_of(held))
    weight, bias = weight / temperature, bias / temperature
    kind_weight, kind_bias, kinds = kind_layer(found, embedder, mean, deviation)
    logits, truth = scaled(held) @ weight.T + bias, targets_of(held).argmax(axis=1)
    known = Calibration(softmax(logits), truth, np.ones(len(truth)))
    measured = {f"{level:.2f}": measured_coverage(known, level) for level in LEVELS}
    figures = figures_of(scaled(test) @ weight.T + bias, test) | {
        "kinds (rows: truth music, speech, noise)": kinds,
        "temperature": round(temperature, 3),
        "tracks": {"train": len(train), "held": len(held), "test": len(test)},
        "prediction sets, held-out tracks": {
            level: {"coverage": round(c.share, 3), "mean size": round(c.mean_size, 2)}
            for level, c in measured.items()
            if c is not None
        },
    }
    tensors = {
        "mean": mean, "deviation": deviation, "weight": weight, "bias": bias,
        "kind.weight": kind_weight, "kind.bias": kind_bias,
        "calibration.probabilities": known.probabilities,
    }  # fmt: skip
    named = {f"{embedder}.{key}": value.astype(np.float32) for key, value in tensors.items()}
    return named | {f"{embedder}.calibration.labels": truth.astype(np.int32)}, figures


def kind_layer(
    found: list[Track], embedder: str, mean: np.ndarray, deviation: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list]:
    """Music, speech or noise: the layer, and the confusion matrix on the test part at its threshold."""
    kind = [KINDS.index(t.label) if t.label in KINDS else 0 for t in found]
    train = [n for n, t in enumerate(found) if t.part != "test"]
    rows = np.vstack([(vectors(found[n], embedder) - mean) / deviation for n in train])
    labels = [kind[n] for n in train for _ in range(len(found[n].images) + 1)]
    weights = np.repeat(shares([found[n].group for n in train]), [len(found[n].images) + 1 for n in train])
    weight, bias = fitted(rows, one_hot(labels, len(KINDS)), weights)
    test = [n for n, t in enumerate(found) if t.part == "test"]
    logits = np.stack([(vectors(found[n], embedder)[0] - mean) / deviation for n in test]) @ weight.T + bias
    sure = softmax(logits)
    said = np.where(sure[:, 1] > 0.8, 1, np.where(sure[:, 2] > 0.8, 2, 0))
    return weight, bias, confusion(said, np.array([kind[n] for n in test]), len(KINDS)).tolist()


def main(cache: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(5)
    found = tracks(cache)
    tensors, figures = {}, {}
    for embedder in SLICES:
        more, figures[embedder] = head(found, embedder)
        tensors |= more
    content = save(tensors, {"labels": json.dumps(FAMILIES), "version": "1"})
    OUT.mkdir(exist_ok=True)
    (OUT / "weights.safetensors").write_bytes(content)
    (OUT / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures))
    print("sha256", hashlib.sha256(content).hexdigest(), len(content))


if __name__ == "__main__":
    main(*sys.argv[1:])
