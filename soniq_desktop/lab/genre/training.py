"""The training loop of the genre networks: fixed seeds, early stopping, checkpoints that resume."""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from soniq_desktop.common.errors import ModelError
from soniq_desktop.lab.genre.augment import centre, varied
from soniq_desktop.models.genre_mel import WINDOW_FRAMES

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Examples:
    """Excerpts with what they should be called.

    Attributes:
        images: (n, frames, 128) uint8, frames >= 352.
        targets: (n, classes) float32, rows sum to 1: soft labels, or one-hot.
        tracks: (n,) int64, which excerpts are of one track.
        hints: (n, values) float32, z-scored: what else a teacher knows of each excerpt, if there is one.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.float32]
    tracks: NDArray[np.int64]
    hints: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True)
class Options:
    """How to train. `half`: bfloat16, about twice as fast; `frames`: length of what is learned from."""

    epochs: int = 40
    stop_after: int = 10_000  # epochs, where the schedule is to be cut short
    batch: int = 32
    rate: float = 2e-3
    decay: float = 0.02
    patience: int = 6
    seed: int = 5
    half: bool = True
    frames: int = WINDOW_FRAMES
    hint: float = 0.0  # weight of the hints' squared error against the cross entropy
    seconds: float = float("inf")  # stop after the epoch in which this is exceeded


@dataclass(slots=True)
class History:
    """What happened so far; `best` is the epoch whose weights are kept."""

    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best: int = -1
    seconds: float = 0.0

    @property
    def epochs(self) -> int:
        return len(self.validation)

    def stalled(self, patience: int) -> bool:
        return self.epochs - 1 - self.best >= patience


Report = Callable[[History], None]


def scale_of(images: NDArray[np.uint8]) -> tuple[float, float]:
    """Mean and deviation of a sample of the images, for the z-score."""
    sample = images[:: max(1, len(images) // 200)].astype(np.float32)
    return float(sample.mean()), float(max(sample.std(), 1.0))


def train(
    network: nn.Module,
    training: Examples,
    validation: Examples,
    options: Options,
    folder: Path,
    report: Report = lambda _history: None,
) -> History:
    """Train until the validation loss stops falling; `network` has the best epoch's weights at the end.

    The checkpoint in `folder` is written after each epoch and taken up where its options were the same.

    Raises:
        ModelError: the checkpoint there belongs to another network or other options.
    """
    torch.manual_seed(options.seed)
    scale = scale_of(training.images)
    run = _Run(network, training, options, scale)
    run.resume(folder / CHECKPOINT)
    while run.history.epochs < min(options.epochs, options.stop_after) and not run.history.stalled(
        options.patience
    ):
        began = time.monotonic()
        loss = run.epoch()
        run.record(loss, mean_loss(network, validation, scale))
        run.history.seconds += time.monotonic() - began
        run.save(folder / CHECKPOINT)
        report(run.history)
        if run.history.seconds > options.seconds:
            break
    network.load_state_dict(run.best)
    network.eval()
    return run.history


class _Run:
    """State of one training: network, optimiser, random numbers, history."""

    def __init__(
        self, network: nn.Module, training: Examples, options: Options, scale: tuple[float, float]
    ) -> None:
        # Convolutions in bfloat16 take half the time with the channels last.
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.training, self.options, self.scale = training, options, scale
        self.generator = torch.Generator().manual_seed(options.seed)
        self.hinted = _hint_layer(network, training, options)
        parameters = [*network.parameters(), *(self.hinted.parameters() if self.hinted else ())]
        self.optimiser = torch.optim.AdamW(parameters, options.rate, weight_decay=options.decay)
        steps = options.epochs * max(1, len(training) // options.batch)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimiser, options.rate, steps + 1)
        self.history = History()
        self.best: dict[str, Tensor] = copy.deepcopy(network.state_dict())
        self.chances = balanced(training.targets)

    def epoch(self) -> float:
        """One pass; classes are drawn as often as each other. Returns the mean loss."""
        self.network.train()
        losses = []
        for rows in self._batches():
            loss = self._loss(rows)
            self.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self.optimiser.step()
            self.schedule.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    def _loss(self, rows: NDArray[np.int64]) -> Tensor:
        """Of one batch, varied: cross entropy, and how far its vector is from the teacher's hints."""
        images = varied(torch.from_numpy(self.training.images[rows]), self.generator, self.options.frames)
        targets = torch.from_numpy(self.training.targets[rows])
        scaled = (images - self.scale[0]) / self.scale[1]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.options.half):
            if self.hinted is None or self.training.hints is None:
                return F.cross_entropy(self.network(scaled).float(), targets)
            vector = self.network.vector(scaled)
            logits, hints = self.network.classified(vector), self.hinted(vector)
        wanted = torch.from_numpy(self.training.hints[rows])
        return F.cross_entropy(logits.float(), targets) + self.options.hint * F.mse_loss(
            hints.float(), wanted
        )

    def _batches(self) -> Iterator[NDArray[np.int64]]:
        size = self.options.batch
        count = max(1, len(self.training) // size)
        drawn = torch.multinomial(self.chances, count * size, replacement=True, generator=self.generator)
        yield from drawn.numpy().reshape(count, size)

    def record(self, training: float, validation: float) -> None:
        better = validation < min(self.history.validation, default=float("inf"))
        self.history.training.append(training)
        self.history.validation.append(validation)
        if better:
            self.history.best = self.history.epochs - 1
            self.best = copy.deepcopy(self.network.state_dict())

    def save(self, path: Path) -> None:
        """Written aside and renamed: a kill leaves the previous one."""
        state = {
            "options": {key: value for key, value in asdict(self.options).items() if key != "seconds"},
            "network": self.network.state_dict(),
            "best": self.best,
            "hinted": self.hinted.state_dict() if self.hinted else {},
            "optimiser": self.optimiser.state_dict(),
            "schedule": {key: value for key, value in self.schedule.state_dict().items() if _plain(value)},
            "random": [self.generator.get_state(), torch.get_rng_state()],
            "history": asdict(self.history),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".new")
        torch.save(state, aside)
        aside.replace(path)

    def resume(self, path: Path) -> None:
        """Take up a checkpoint, where there is one. Raises ModelError where it is of something else."""
        if not path.exists():
            return
        try:
            state: dict[str, Any] = torch.load(path, weights_only=True)
            same = {asdict(self.options)[key] == value for key, value in state["options"].items()}
            self.network.load_state_dict(state["network"] if same == {True} else {})
            if self.hinted:
                self.hinted.load_state_dict(state["hinted"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.schedule.load_state_dict(state["schedule"])
        except Exception as error:
            raise ModelError(
                f"The checkpoint {path} cannot be resumed.", "Choose another folder, or delete it."
            ) from error
        self.best, self.history = state["best"], History(**state["history"])
        self.generator.set_state(state["random"][0])
        torch.set_rng_state(state["random"][1])


def _hint_layer(network: nn.Module, training: Examples, options: Options) -> nn.Linear | None:
    """From the vector to the hints, thrown away in the end (Romero et al., "FitNets", 2015)."""
    if training.hints is None or not options.hint:
        return None
    return nn.Linear(int(network.size), training.hints.shape[1])  # type: ignore[arg-type]


def balanced(targets: NDArray[np.float32]) -> Tensor:
    """(n,) chances of being drawn: rare classes more often, by the square root of how rare they are."""
    weights = 1 / np.sqrt(np.maximum(targets.sum(0), 1.0))
    return torch.from_numpy((targets @ weights).astype(np.float64))


def mean_loss(network: nn.Module, examples: Examples, scale: tuple[float, float]) -> float:
    """Cross entropy of the excerpts' middles."""
    log_chances = F.log_softmax(torch.from_numpy(logits_of(network, examples.images, scale)), dim=1)
    return float(-(torch.from_numpy(examples.targets) * log_chances).sum(1).mean())


def logits_of(
    network: nn.Module, images: NDArray[np.uint8], scale: tuple[float, float]
) -> NDArray[np.float32]:
    """(n, classes) for the middle of each image."""
    network.eval()
    found = []
    with torch.inference_mode():
        for first in range(0, len(images), 32):
            batch = centre(torch.from_numpy(images[first : first + 32]))
            found.append(network((batch - scale[0]) / scale[1]).float().numpy())
    return np.concatenate(found)


def _plain(value: object) -> bool:
    return isinstance(value, int | float | str | bool | list | dict | None)
