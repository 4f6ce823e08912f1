"""The child that hears songs by a model of the lab for the app. Loads torch."""

from pathlib import Path
from typing import Any, TypedDict

import av
import numpy as np

from soniq_desktop.common.errors import AnalysisError, SoniqError
from soniq_desktop.lab.embed.clips import clips_of
from soniq_desktop.lab.embed.specs import Samples, model_spec
from soniq_desktop.lab.embed.torch_side import settle
from soniq_desktop.lab.embed.weights import Consent, Ready, ready
from soniq_desktop.lab.embed.worker import Loaded, load
from soniq_desktop.library.records import Embedding


class Hearing(TypedDict):
    """`name`, `version`: what the vectors are filed under; `model` of the lab, `weights` (or None), `batch`
    clips at a time, `threads` of torch.
    """

    name: str
    version: int
    model: str
    weights: str | None
    batch: int
    threads: int


class Asked(TypedDict):
    """`model` of the lab; `weights` to take instead of the published ones (or None); what was agreed to."""

    model: str
    weights: str | None
    licence: bool
    remote_code: bool


_hearing: list[Hearing] = []  # of this process: one at most
_loaded: list[Loaded] = []  # likewise


def setup(options: Hearing) -> None:
    """In the child, once. The model is loaded with the first song, so that its fault is that song's."""
    av.logging.set_level(av.logging.PANIC)
    settle("float32", 0, options["threads"])
    _hearing[:] = [options]
    _loaded.clear()


def embed(path: str | None) -> Embedding | None:
    """What the model says of one file; None for silence. Without a path the model is only loaded.

    Raises:
        UnreadableAudioError: the file. LabError, ModelError: the weights, or a package is missing.
    """
    options = _hearing[0]
    if not _loaded:
        _loaded.append(load(options["model"], options["weights"]))
    if path is None:
        return None
    try:
        vector = _vector(_loaded[0], clips_of(path, _loaded[0].spec), options["batch"])
    except AnalysisError:  # silence
        return None
    return Embedding(options["name"], options["version"], vector)


def prepare(asked: Asked) -> dict[str, Any]:
    """Fetch the weights where they are not here, load the model, and try it on noise.

    Returns:
        "revision", "weights" (a path, or None) and "dim"; or "error" and "hint", sentences.
    """
    av.logging.set_level(av.logging.PANIC)
    settle("float32", 0, 1)
    spec = model_spec(asked["model"])
    own = Path(asked["weights"]) if asked["weights"] else None
    try:
        found: Ready = ready(spec, Consent(asked["licence"], asked["remote_code"]), own, quiet=True)
        folder = None if found.folder is None else str(found.folder)
        loaded = load(spec.name, folder)
        noise = np.random.default_rng(0).normal(0, 0.1, (1, round(spec.window * spec.sample_rate)))
        dim = len(_vector(loaded, noise.astype(np.float32), 1))
    except SoniqError as error:
        return {"error": error.sentence, "hint": error.hint}
    return {"revision": found.revision, "weights": folder, "dim": dim}


def _vector(model: Loaded, clips: Samples, batch: int) -> Samples:
    """(dim,): the mean over the clips of a song.

    Raises:
        AnalysisError: the model gave no numbers.
    """
    parts = [model.embed(clips[start : start + batch]) for start in range(0, len(clips), batch)]
    vector: Samples = np.concatenate(parts).mean(axis=0, dtype=np.float32)
    if not np.isfinite(vector).all():
        raise AnalysisError("The model gave no numbers for this file.")
    return vector
