"""Train the shipped CRNN: soft labels of the teacher and style labels of rendered music.

    python models/genre_crnn/train.py CACHE WORK [epochs]

CACHE is what collect.py wrote, WORK holds checkpoints (a second call goes on). Writes weights.safetensors and
figures.json beside this script. Seeds are fixed; splits are by source package and groove file, never by clip.
"""

import hashlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from render import TEST_FONTS
from split import part_of

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.lab.genre.metrics import agreement, calibration_error, fitted_temperature
from soniq_desktop.lab.genre.training import Examples, History, Options, logits_of, scale_of, train
from soniq_desktop.lab.genre.weights_file import packed
from soniq_desktop.models.crnn import Crnn
from soniq_desktop.models.genre_teacher import teacher_probabilities

NEW_FONTS = tuple(f"-{font}.wav" for font in TEST_FONTS)
HERE = Path(__file__).resolve().parent
STYLE_TRUST = 0.85  # of a rendered groove's name against the teacher
EPOCHS = 40
OPTIONS = Options(epochs=EPOCHS, batch=32, rate=3e-3, patience=EPOCHS, frames=160, hint=0.5)


@dataclass(frozen=True)
class Track:
    """One file of the cache. `label`: a family, "speech", "noise" or ""."""

    group: str
    label: str
    path: str
    images: np.ndarray  # (n, frames, 128) uint8
    tags: np.ndarray  # (n, 100)
    hidden: np.ndarray  # (n, 400)

    @property
    def part(self) -> str:
        """ "train", "held" or "test"."""
        return part_of(self.group)

    @property
    def new_font(self) -> bool:
        """Rendered with a soundfont that the training never heard."""
        return self.path.endswith(NEW_FONTS)

    def targets(self) -> np.ndarray:
        """(n, 12): the teacher on each excerpt, and the style's name if there is one."""
        soft = teacher_probabilities(self.tags)
        if self.label in FAMILIES:
            soft *= 1 - STYLE_TRUST
            soft[:, FAMILIES.index(self.label)] += STYLE_TRUST
        return soft.astype(np.float32)


def tracks(cache: str) -> list[Track]:
    """Every file of the cache, in a fixed order."""
    found = []
    for path in sorted(Path(cache).glob("*.npz")):
        with np.load(path) as data:
            names = (str(data[name]) for name in ("group", "label", "path"))
            found.append(Track(*names, data["image"], data["tags"], data["hidden"]))
    return found


def examples(chosen: list[Track]) -> Examples:
    """Their excerpts."""
    counts = [len(track.images) for track in chosen]
    return Examples(
        np.concatenate([track.images for track in chosen]),
        np.concatenate([track.targets() for track in chosen]),
        np.repeat(np.arange(len(chosen)), counts),
    )


def hints_of(chosen: list[Track]) -> np.ndarray:
    """(excerpts, 500): logits of all tags and the hidden values of both networks, z-scored."""
    tags = np.concatenate([track.tags for track in chosen]).clip(1e-4, 1 - 1e-4)
    hidden = np.concatenate([track.hidden for track in chosen])
    values = np.hstack([np.log(tags / (1 - tags)), hidden])
    return ((values - values.mean(0)) / np.maximum(values.std(0), 1e-3)).clip(-4, 4).astype(np.float32)


def told(history: History) -> None:
    loss, unseen = history.training[-1], history.validation[-1]
    print(history.epochs, f"{loss:.3f} {unseen:.3f} {history.seconds:.0f} s", flush=True)


def main(cache: str, work: str, epochs: str = str(EPOCHS)) -> None:
    torch.set_num_threads(1)
    music = [track for track in tracks(cache) if track.label in (*FAMILIES, "")]
    parts = {part: [track for track in music if track.part == part] for part in ("train", "held", "test")}
    sets = {part: examples(chosen) for part, chosen in parts.items()}
    print({part: (len(parts[part]), len(data)) for part, data in sets.items()}, flush=True)
    torch.manual_seed(5)
    network = Crnn(len(FAMILIES))
    options = replace(OPTIONS, epochs=int(epochs), patience=int(epochs))
    learned = replace(sets["train"], hints=hints_of(parts["train"]))
    history = train(network, learned, one_each(sets["held"]), options, Path(work), told)
    scale = scale_of(sets["train"].images)
    held = by_track(logits_of(network, sets["held"].images, scale), sets["held"].tracks)
    temperature = fitted_temperature(held, targets_of(parts["held"]))
    write(network, scale, temperature)
    logits = by_track(logits_of(network, sets["test"].images, scale), sets["test"].tracks)
    figures = figures_of(logits / temperature, parts["test"]) | {
        "epochs": history.epochs,
        "best epoch": history.best + 1,
        "training seconds": round(history.seconds),
        "tracks": {part: len(chosen) for part, chosen in parts.items()},
        "temperature": round(temperature, 3),
    }
    (HERE / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))


def one_each(data: Examples) -> Examples:
    """The first excerpt of each track: enough to see when to stop."""
    first = np.unique(data.tracks, return_index=True)[1]
    return Examples(data.images[first], data.targets[first], data.tracks[first])


def by_track(logits: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """(excerpts, 12) -> (tracks, 12): the mean of a track's excerpts."""
    return np.stack([logits[owners == owner].mean(axis=0) for owner in range(owners.max() + 1)])


def targets_of(chosen: list[Track]) -> np.ndarray:
    return np.stack([track.targets().mean(axis=0) for track in chosen])


def figures_of(logits: np.ndarray, chosen: list[Track]) -> dict:
    """Agreement with the teacher on real music, and with the style's name on rendered music."""
    real = np.array([track.label == "" for track in chosen])
    targets = targets_of(chosen)
    own = np.array([FAMILIES.index(track.label) if track.label else -1 for track in chosen])
    return {
        "teacher agreement, real music": agreement(logits[real], targets[real]),
        "calibration error, real music": round(calibration_error(logits[real], targets[real].argmax(1)), 3),
        "style accuracy, rendered": round(float((logits[~real].argmax(1) == own[~real]).mean()), 3),
        "style tracks": int((~real).sum()),
        "style by family": {
            family: [int((logits[own == n].argmax(1) == n).sum()), int((own == n).sum())]
            for n, family in enumerate(FAMILIES)
        },
    }


def write(network: Crnn, scale: tuple[float, float], temperature: float) -> None:
    content = packed(network, "crnn", FAMILIES, scale, temperature)
    (HERE / "weights.safetensors").write_bytes(content)
    print("sha256", hashlib.sha256(content).hexdigest(), len(content), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
