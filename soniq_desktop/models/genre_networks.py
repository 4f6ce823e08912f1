"""The genre networks by name, their weights files, and how an image is scaled for them. Workers only (torch).

A weights file holds the parameters, and besides: `scale` (mean and deviation of the training images, 0..255),
`temperature` (1,), and in its metadata `network`, `labels` (JSON) and `version`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load
from torch import Tensor, nn

from soniq_desktop.common.errors import ModelError
from soniq_desktop.models.crnn import Crnn
from soniq_desktop.models.genre_mel import Image
from soniq_desktop.models.registry import WEIGHTS, checked_bytes
from soniq_desktop.models.resnet18_mel import ResNet18Mel

NETWORKS: dict[str, Callable[[int], nn.Module]] = {"crnn": Crnn, "resnet18": ResNet18Mel}


class GenreNetwork(Protocol):
    """What both networks have in common."""

    picture: nn.Module
    size: int

    def __call__(self, image: Tensor) -> Tensor: ...

    def vector(self, image: Tensor) -> Tensor: ...

    def classified(self, vector: Tensor) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class LoadedNetwork:
    """A network at inference.

    Attributes:
        name: "crnn" or "resnet18".
        labels: names of its classes, in the order of the logits.
        mean, deviation: of the uint8 images that it was trained on.
        temperature: what the logits are divided by, so that probabilities are calibrated.
    """

    name: str
    module: Any  # nn.Module with the members of GenreNetwork
    labels: tuple[str, ...]
    mean: float
    deviation: float
    temperature: float

    def scaled(self, images: NDArray[np.uint8]) -> Tensor:
        """uint8 (batch, frames, bands) -> float32, z-scored."""
        return (torch.from_numpy(np.ascontiguousarray(images)).float() - self.mean) / self.deviation

    def probabilities(self, images: Image) -> NDArray[np.float32]:
        """uint8 (batch, frames, bands) -> (batch, classes), calibrated."""
        with torch.inference_mode():
            logits = self.module(self.scaled(images)) / self.temperature
        return torch.softmax(logits, dim=1).numpy()


def new_network(name: str, classes: int) -> nn.Module:
    """An untrained network; ModelError names the known ones."""
    if name not in NETWORKS:
        raise ModelError(f'There is no genre network named "{name}".', f"Known: {', '.join(NETWORKS)}.")
    return NETWORKS[name](classes)


def network_from(
    tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str], source: str
) -> LoadedNetwork:
    """The network of a weights file that was read already.

    Raises:
        ModelError: it belongs to something else; the sentence names `source`.
    """
    try:
        labels = tuple(str(label) for label in json.loads(metadata["labels"]))
        module = new_network(metadata["network"], len(labels))
        weights = {key: torch.from_numpy(np.array(value)) for key, value in tensors.items()}
        mean, deviation = weights.pop("scale").float().tolist()
        temperature = float(weights.pop("temperature").float())
        module.load_state_dict({key: as_float(value) for key, value in weights.items()})
    except (KeyError, ValueError, RuntimeError, TypeError) as error:
        raise ModelError(f"{source} is not a genre network of SONIQ ({_brief(error)}).") from error
    module.eval()
    return LoadedNetwork(metadata["network"], module, labels, mean, deviation, temperature)


def as_float(value: Tensor) -> Tensor:
    """Half precision, as it is stored, back to single; counters stay."""
    return value.float() if value.is_floating_point() else value


def _brief(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__


def load_network(name: str = "genre_crnn") -> LoadedNetwork:
    """A shipped network, or one that `soniq lab train-genre` made (a path to its weights.safetensors).

    Raises:
        ModelError: missing, damaged, or a file of something else; the sentence names it.
    """
    if name in WEIGHTS:
        content, source = checked_bytes(name), f'The weights "{name}"'
    else:
        content, source = _file_bytes(Path(name)), str(name)
    try:
        return network_from(load(content), metadata_of(content), source)
    except SafetensorError as error:
        digest = hashlib.sha256(content).hexdigest()
        raise ModelError(f"{source} is no weights file ({error}); its SHA-256 is {digest}.") from error


def metadata_of(content: bytes) -> dict[str, str]:
    """The `__metadata__` of a safetensors file; empty where there is none or the header is broken."""
    length = int.from_bytes(content[:8], "little")
    try:
        return dict(json.loads(content[8 : 8 + length]).get("__metadata__", {}))
    except ValueError:
        return {}


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"The weights {path} cannot be read ({error}).") from error
