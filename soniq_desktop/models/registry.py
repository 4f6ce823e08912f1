"""The weights that SONIQ ships: where they are, what they are, and whether they are what they claim to be.

Importable without torch. Weights are safetensors files (no pickle) under `models/<name>/` with a card and a
licence. Their SHA-256 is checked at every load: a truncated download or a file of another model is refused by
name.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from soniq_desktop.common.errors import ModelError, NotFoundError
from soniq_desktop.common.resources import data_folder

FILE_NAME = "weights.safetensors"
REINSTALL = "Reinstall SONIQ; nothing of your library is lost."


@dataclass(frozen=True, slots=True)
class Weights:
    """One shipped weights file.

    Attributes:
        name: its folder under models/.
        sha256: hex digest of weights.safetensors, printed by the script that makes it.
        licence: SPDX identifier.
        title: what it is, for people.
    """

    name: str
    sha256: str
    licence: str
    title: str


@dataclass(frozen=True, slots=True)
class WeightsStatus:
    """What `soniq doctor` says of one weights file: `problem` is empty where all is well."""

    weights: Weights
    path: Path | None
    problem: str


WEIGHTS: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        Weights(
            "musicnn_msd",
            "57dcd455ca146b7c67426c156bbb896b131a719a4e4eee9f07fe5e36a37b3d89",
            "ISC",
            "musicnn, Million Song Dataset",
        ),
        Weights(
            "musicnn_mtt",
            "ede50115f174a182e9679576b8cf47bfd15ee7e52ba3af03ebd112052962808c",
            "ISC",
            "musicnn, MagnaTagATune",
        ),
        Weights(
            "beatnet",
            "7accab69f54b9d9c3f89018277c94c4afba761e37883c19558bb28d8f5adb1b0",
            "CC-BY-4.0",
            "BeatNet, beats and downbeats",
        ),
        Weights(
            "genre_head",
            "6c495a1109fa3a2a4a9eb33408dc496529d8a14e8ca387022d79d83dca0f7c9f",
            "GPL-3.0-or-later",
            "Genre families from the embedding",
        ),
        Weights(
            "genre_crnn",
            "9b0241af7d2238e842468bf00652897e97b2ff10e2f8acfc4dcbd7912db816c6",
            "GPL-3.0-or-later",
            "Genre families from the spectrogram (CRNN)",
        ),
    )
}


def weights_path(name: str) -> Path:
    """The weights file of that name; ModelError where there is none. Its content is not looked at."""
    try:
        path = data_folder("models") / name / FILE_NAME
    except NotFoundError as error:
        raise ModelError(error.sentence, REINSTALL) from error
    if not path.is_file():
        raise ModelError(f'The weights of the model "{name}" are not installed ({path}).', REINSTALL)
    return path


def load_weights(name: str) -> dict[str, NDArray[Any]]:
    """All tensors of a shipped model, by name, as numpy arrays.

    Raises:
        ModelError: the file is missing, unreadable, truncated, or not the one that belongs to this version.
    """
    from safetensors.numpy import load

    return load(checked_bytes(name))


def checked_bytes(name: str) -> bytes:
    """The content of a weights file after its SHA-256 was found right; ModelError otherwise."""
    if name not in WEIGHTS:
        raise ModelError(f'There is no model named "{name}".', f"Known: {', '.join(WEIGHTS)}.")
    path = weights_path(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f'The weights of the model "{name}" cannot be read ({error}).', REINSTALL) from error
    found, expected = hashlib.sha256(content).hexdigest(), WEIGHTS[name].sha256
    if found != expected:
        raise ModelError(
            f'The weights of the model "{name}" are damaged or belong to another version: {path} has SHA-256 '
            f"{found}, expected {expected}.",
            REINSTALL,
        )
    return content


def weights_status() -> list[WeightsStatus]:
    """Each shipped weights file, checked."""
    return [status_of(weights) for weights in WEIGHTS.values()]


def status_of(weights: Weights) -> WeightsStatus:
    try:
        path = weights_path(weights.name)
    except ModelError as error:
        return WeightsStatus(weights, None, str(error))
    try:
        checked_bytes(weights.name)
    except ModelError as error:
        return WeightsStatus(weights, path, str(error))
    return WeightsStatus(weights, path, "")
