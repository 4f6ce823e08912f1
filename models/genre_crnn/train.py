"""Train the shipped CRNN: soft labels of the teacher and style labels of rendered music.

    python models/genre_crnn/train.py CACHE WORK [epochs [weights to go on from [highest rate]]]

CACHE is what collect.py wrote, WORK holds checkpoints (a second call goes on) and gets weights.safetensors,
figures.json, to be copied here if they are better. Seeds are fixed; splits are by source package and
groove file, never by clip.
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
from soniq_desktop.models.genre_networks import load_network
from soniq_desktop.models.genre_teacher import teacher_probabilities

NEW_FONTS = tuple(f"-{font}.wav" for font in TEST_FONTS)
STYLE_TRUST = 0.85  # of a rendered groove's name against the teacher
EPOCHS = 40
OPTIONS = Options(epochs=EPOCHS, batch=32, rate=3e-3, patience=EPOCHS, frames=160, hint=0.5)


@dataclass(frozen=True, eq=False)
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


def main(cache: str, work: str, epochs: str = str(EPOCHS), start: str = "", rate: str = "") -> None:
    torch.set_num_threads(1)
    music = [track for track in tracks(cache) if track.label in (*FAMILIES, "")]
    parts = {part: [track for track in music if track.part == part] for part in ("train", "held", "test")}
    sets = {part: examples(chosen) for part, chosen in parts.items()}
    print({part: (len(parts[part]), len(data)) for part, data in sets.items()}, flush=True)
    torch.manual_seed(5)
    network = load_network(start).module if start else Crnn(len(FAMILIES))
    options = replace(
        OPTIONS, epochs=int(epochs), patience=int(epochs), rate=float(rate) if rate else OPTIONS.rate
    )
    learned = replace(sets["train"], hints=hints_of(parts["train"]))
    history = train(network, learned, one_each(sets["held"]), options, Path(work), told)
    scale = scale_of(sets["train"].images)
    held = by_track(logits_of(network, sets["held"].images, scale), sets["held"].tracks)
    temperature = fitted_temperature(held, targets_of(parts["held"]))
    write(network, scale, temperature, Path(work))
    logits = by_track(logits_of(network, sets["test"].images, scale), sets["test"].tracks)
    figures = figures_of(logits / temperature, parts["test"]) | {
        "epochs": history.epochs,
        "best epoch": history.best + 1,
        "training seconds": round(history.seconds),
        "tracks": {part: len(chosen) for part, chosen in parts.items()},
        "excerpts": {part: len(data) for part, data in sets.items()},
        "temperature": round(temperature, 3),
        "shipped until now": figures_of(shipped_logits(sets["test"]), parts["test"]),
    }
    (Path(work) / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))


def shipped_logits(data: Examples) -> np.ndarray:
    """(tracks, 12) of the weights beside this script, for comparison."""
    known = load_network("genre_crnn")
    logits = logits_of(known.module, data.images, (known.mean, known.deviation)) / known.temperature
    return by_track(logits, data.tracks)


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
    new = np.array([track.new_font for track in chosen])
    targets = targets_of(chosen)
    own = np.array([FAMILIES.index(track.label) if track.label else -1 for track in chosen])
    right = logits.argmax(1) == own
    return {
        "teacher agreement, real music": agreement(logits[real], targets[real]),
        "calibration error, real music": round(calibration_error(logits[real], targets[real].argmax(1)), 3),
        "by the teacher's family, real music": by_family(
            logits[real].argmax(1) == targets[real].argmax(1), targets[real].argmax(1)
        ),
        "style, unseen grooves, known soundfonts": shares(right[~real & ~new]),
        "style, unseen grooves, unheard soundfonts": shares(right[new]),
        "teacher's style, unseen grooves": shares(teacher_right(chosen)[~real]),
        "style by family": by_family(right[~real], own[~real]),
    }


def teacher_right(chosen: list[Track]) -> np.ndarray:
    """Which tracks' labels the teacher alone would say."""
    said = [teacher_probabilities(track.tags).mean(axis=0).argmax() for track in chosen]
    return np.array([FAMILIES[each] == track.label for each, track in zip(said, chosen, strict=True)])


def shares(right: np.ndarray) -> list[int]:
    """[right, of how many]"""
    return [int(right.sum()), len(right)]


def by_family(right: np.ndarray, own: np.ndarray) -> dict[str, list[int]]:
    return {family: shares(right[own == n]) for n, family in enumerate(FAMILIES) if (own == n).any()}


def write(network: Crnn, scale: tuple[float, float], temperature: float, folder: Path) -> None:
    content = packed(network, "crnn", FAMILIES, scale, temperature)
    (folder / "weights.safetensors").write_bytes(content)
    print("sha256", hashlib.sha256(content).hexdigest(), len(content), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
