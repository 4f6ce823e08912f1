"""HTDemucs from a safetensors file, as the `demucs` package publishes it; nothing is fetched here.

Rouard, Massa and Défossez, "Hybrid Transformers for Music Source Separation" (2023). Such a file names the
class of its model and the arguments of it: only demucs' own HTDemucs is accepted, so that no file runs other
code.
"""

import json
from pathlib import Path
from typing import Any

from soniq_desktop.common.errors import ModelError

KLASS = "demucs.htdemucs.HTDemucs"
AGAIN = "Remove the model and fetch it again."


def load_htdemucs(path: Path) -> Any:
    """The network at inference (a torch module with `sources`, `samplerate`, `segment`).

    Raises:
        ModelError: the file is missing, cut off, or of another model.
    """
    check_htdemucs(path)
    from demucs.hf import load_safetensors_model

    try:
        model = load_safetensors_model(path)
    except Exception as error:  # anything that a wrong file can provoke in torch
        raise ModelError("The weights of HTDemucs do not fit its network.", AGAIN) from error
    return model.float().eval()


def check_htdemucs(path: Path) -> None:
    """Look at the header alone, without torch. Raises ModelError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise ModelError(
            "The weights of HTDemucs cannot be read; they are damaged or cut off.", AGAIN
        ) from error
    if metadata.get("klass") != KLASS or "structure" in metadata:
        raise ModelError("This file does not hold the weights of HTDemucs.", AGAIN)
    try:
        json.loads(metadata["args"]), json.loads(metadata["kwargs"])
    except (KeyError, ValueError) as error:
        raise ModelError("The description of the network in this file is damaged.", AGAIN) from error
