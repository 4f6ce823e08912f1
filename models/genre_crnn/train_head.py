"""Train the shipped linear classifier (models/genre_head) on the embeddings of the excerpts in the cache.

    python models/genre_crnn/train_head.py CACHE [OUT [EMBEDDER ...]]

For each embedder: a layer that is added to the logits of its own tags (the same soft labels and splits as
train.py), one to music, speech and noise, the temperature from the held-out part, and the
predictions for all that nothing was trained on (held-out and test) as the first data for prediction sets. The
CRNN is one embedder more, so train it first; with names, only those are made anew. Writes
weights.safetensors and figures.json to OUT
(../genre_head).
"""

import hashlib
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from safetensors.numpy import load_file, save
from train import Track, figures_of, targets_of, tracks

from soniq_desktop.analysis.genre.conformal import LEVELS, Calibration, measured_coverage
from soniq_desktop.analysis.genre.crnn_embedder import described
from soniq_desktop.analysis.genre.head import KINDS, LEAST
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.lab.genre.augment import centre
from soniq_desktop.lab.genre.metrics import confusion, fitted_temperature, softmax
from soniq_desktop.models.embedder_specs import EMBEDDERS, GENRE_EMBEDDER
from soniq_desktop.models.genre_networks import LoadedNetwork, load_network
from soniq_desktop.models.genre_teacher import teacher_logits

OUT = Path(__file__).resolve().parents[1] / "genre_head"
SLICES = {"musicnn-msd": (slice(0, 200),), "musicnn-mtt": (slice(200, 400),)}
SLICES["musicnn-msd+mtt"] = (slice(0, 200), slice(200, 400))
DECAYS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)  # of the added layer; the held-out part decides
KIND_DECAY = 3e-3
KIND_TOTALS = np.array([1.0, 0.5, 0.7])  # what music, speech and noise weigh together, however many there are
STYLE_WEIGHT = 0.25  # of a rendered track against a real one: a soundfont is no record
STEPS = 60


def vectors(track: Track, embedder: str) -> np.ndarray:
    """(1 + n, dim): the vector of the whole track, then of each excerpt, as the embedder makes them."""
    if embedder == GENRE_EMBEDDER:
        heard = crnn_heard(track)[0]
        return unit(np.vstack([heard.mean(axis=0), heard]))
    rows = np.vstack([track.hidden.mean(axis=0), track.hidden])
    parts = [unit(rows[:, part]) for part in SLICES[embedder]]
    return unit(np.hstack(parts))


@cache
def crnn() -> LoadedNetwork:
    return load_network("genre_crnn")


@cache
def crnn_heard(track: Track) -> tuple[np.ndarray, np.ndarray]:
    """The CRNN's vectors (n, 128) and probabilities (n, 12) of a track's excerpts."""
    return described(crnn(), centre(torch.from_numpy(track.images)).byte().numpy())


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def fitted(
    rows: np.ndarray, base: np.ndarray, targets: np.ndarray, weights: np.ndarray, decay: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (classes, dim) and bias (classes,) that, added to the logits `base`, fit the targets best."""
    x, z, y, w = (torch.from_numpy(each.astype(np.float32)) for each in (rows, base, targets, weights))
    layer = torch.nn.Linear(x.shape[1], y.shape[1])
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    search = torch.optim.LBFGS(layer.parameters(), max_iter=STEPS * 5, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        search.zero_grad()
        losses = F.cross_entropy(z + layer(x), y, reduction="none")
        loss = (losses @ w) / w.sum() + decay * (layer.weight**2).sum() / 2
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


def base_of(track: Track, embedder: str) -> np.ndarray:
    """(1 + n, 12) logits of the teacher's rule on the scores that the embedder stores, or the CRNN's own."""
    if embedder == GENRE_EMBEDDER:
        chances = crnn_heard(track)[1]
        return np.log(np.maximum(np.vstack([chances.mean(axis=0), chances]), LEAST))
    rows = np.vstack([track.tags.mean(axis=0), track.tags])
    width = len(EMBEDDERS[embedder].tags)
    first = 50 if embedder == "musicnn-mtt" else 0
    return teacher_logits(rows[:, first : first + width], EMBEDDERS[embedder].tags)


def head(found: list[Track], embedder: str) -> tuple[dict[str, np.ndarray], dict]:
    """Tensors and figures for one embedder."""
    music = [track for track in found if track.label in (*FAMILIES, "")]
    train, held, test = ([t for t in music if t.part == part] for part in ("train", "held", "test"))
    rows = np.vstack([vectors(track, embedder) for track in train])
    mean, deviation = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-4)
    base = np.vstack([base_of(track, embedder) for track in train])
    targets = np.vstack([np.vstack([t.targets().mean(axis=0), t.targets()]) for t in train])
    weights = np.repeat(
        shares([t.group for t in train]) * np.array([STYLE_WEIGHT if t.label else 1.0 for t in train]),
        [len(t.images) + 1 for t in train],
    )

    def logits(chosen: list[Track], layer: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        scaled = (np.stack([vectors(t, embedder)[0] for t in chosen]) - mean) / deviation
        return np.stack([base_of(t, embedder)[0] for t in chosen]) + scaled @ layer[0].T + layer[1]

    real = [t for t in held if not t.label]
    layers = {decay: fitted((rows - mean) / deviation, base, targets, weights, decay) for decay in DECAYS}
    losses = {decay: cross_entropy(logits(real, layer), targets_of(real)) for decay, layer in layers.items()}
    decay = min(losses, key=lambda each: losses[each])
    layer = layers[decay]
    temperature = fitted_temperature(logits(held, layer), targets_of(held))
    kind_weight, kind_bias, kinds = kind_layer(found, embedder, mean, deviation)
    unseen = held + test
    truth = targets_of(unseen).argmax(axis=1)
    counted = np.array([STYLE_WEIGHT if t.label else 1.0 for t in unseen])
    known = Calibration(softmax(logits(unseen, layer) / temperature), truth, counted)
    measured = {f"{level:.2f}": measured_coverage(known.rows(counted == 1), level) for level in LEVELS}
    nothing = (np.zeros_like(layer[0]), np.zeros_like(layer[1]))
    figures = figures_of(logits(test, layer) / temperature, test) | {
        "kinds (rows: truth music, speech, noise)": kinds,
        "without the added layer": figures_of(logits(test, nothing), test)["teacher agreement, real music"],
        "decay": decay,
        "temperature": round(temperature, 3),
        "tracks": {"train": len(train), "held": len(held), "test": len(test)},
        "prediction sets, unseen real tracks": {
            level: {"coverage": round(c.share, 3), "mean size": round(c.mean_size, 2)}
            for level, c in measured.items()
            if c is not None
        },
    }
    tensors = {
        "mean": mean, "deviation": deviation, "weight": layer[0], "bias": layer[1],
        "temperature": np.array(temperature), "kind.weight": kind_weight, "kind.bias": kind_bias,
        "calibration.probabilities": known.probabilities, "calibration.weights": counted,
    }  # fmt: skip
    named = {f"{embedder}.{key}": value.astype(np.float32) for key, value in tensors.items()}
    return named | {f"{embedder}.calibration.labels": truth.astype(np.int32)}, figures


def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> float:
    return float(-(targets * np.log(np.maximum(softmax(logits), 1e-12))).sum(axis=1).mean())


def kind_layer(
    found: list[Track], embedder: str, mean: np.ndarray, deviation: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list]:
    """Music, speech or noise: the layer, and the confusion matrix on the test part at its threshold."""
    kind = [KINDS.index(t.label) if t.label in KINDS else 0 for t in found]
    train = [n for n, t in enumerate(found) if t.part != "test"]
    rows = np.vstack([(vectors(found[n], embedder) - mean) / deviation for n in train])
    labels = [kind[n] for n in train for _ in range(len(found[n].images) + 1)]
    weights = np.repeat(shares([found[n].group for n in train]), [len(found[n].images) + 1 for n in train])
    weights *= (KIND_TOTALS / np.bincount(labels, weights))[labels]
    base = np.zeros((len(labels), len(KINDS)))
    weight, bias = fitted(rows, base, one_hot(labels, len(KINDS)), weights, KIND_DECAY)
    test = [n for n, t in enumerate(found) if t.part == "test"]
    logits = np.stack([(vectors(found[n], embedder)[0] - mean) / deviation for n in test]) @ weight.T + bias
    sure = softmax(logits)
    said = np.where(sure[:, 1] > 0.8, 1, np.where(sure[:, 2] > 0.8, 2, 0))
    return weight, bias, confusion(said, np.array([kind[n] for n in test]), len(KINDS)).tolist()


def before(out: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Tensors and figures of an earlier call."""
    return load_file(out / "weights.safetensors"), json.loads((out / "figures.json").read_text("utf-8"))


def main(folder: str, out: str = str(OUT), *only: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(5)
    found = tracks(folder)
    tensors, figures = before(Path(out)) if only else ({}, {})
    for embedder in only or (*SLICES, GENRE_EMBEDDER):
        more, figures[embedder] = head(found, embedder)
        tensors |= more
    content = save(tensors, {"labels": json.dumps(FAMILIES), "version": "1"})
    Path(out).mkdir(exist_ok=True)
    (Path(out) / "weights.safetensors").write_bytes(content)
    (Path(out) / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures))
    print("sha256", hashlib.sha256(content).hexdigest(), len(content))


if __name__ == "__main__":
    main(*sys.argv[1:])
