"""The child process of `soniq lab embed`: several songs in, their vectors out."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import av
import numpy as np

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.lab.embed.clips import clips_of
from soniq_desktop.lab.embed.specs import Embed, ModelSpec, Samples, model_spec
from soniq_desktop.lab.embed.torch_side import settle
from soniq_desktop.lab.embed.words import lyrics_text, metadata_text, tags_of

READERS: dict[str, Callable[[str], str]] = {
    "lyrical": lyrics_text,
    "metadata": lambda path: metadata_text(tags_of(path)),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """An embedder in memory: `spec` says what it is, `embed` turns clips (or texts) into vectors."""

    spec: ModelSpec
    embed: Embed


_options: dict[str, Any] = {}
_loaded: list[Loaded] = []


def setup(options: dict[str, Any]) -> None:
    """In the child, once: "models" (name and folder of each), "precision", "seed", "threads", "batch"."""
    av.logging.set_level(av.logging.PANIC)
    _options.update(options)
    _options["computes"] = settle(options["precision"], options["seed"], options["threads"])


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Embed the songs of `task["paths"]`; without any, only load: {"computes": "float32"}.

    Returns:
        "songs": for each path {"title", "artist", "vector" (bytes of float32)} or {"error": sentence}.
    """
    if not _loaded:
        _loaded.extend(load(name, folder) for name, folder in _options["models"])
    paths = task.get("paths", [])
    return {"computes": _options["computes"], "songs": songs(paths, _loaded, _options["batch"])}


def load(name: str, folder: str | None) -> Loaded:
    """An embedder with its weights from a folder (or file); ours need none.

    Raises:
        LabError, ModelError: unknown, damaged, of another model, or a package is missing.
    """
    spec = model_spec(name)
    module, _, function = spec.loader.partition(":")
    loader = getattr(import_module(f"soniq_desktop.lab.embed.{module}"), function)
    return Loaded(spec, loader(Path(folder) if folder else None, spec))


def songs(paths: list[str], models: list[Loaded], batch: int) -> list[dict[str, Any]]:
    """The vector of each song by all models, one part after the other."""
    parts = [
        _read(paths, model, batch) if model.spec.reads else _heard(paths, model, batch) for model in models
    ]
    return [_joined(path, [part[i] for part in parts]) for i, path in enumerate(paths)]


def _heard(paths: list[str], model: Loaded, batch: int) -> list[Samples | str]:
    """Clips of all songs in batches; a song's vector is their mean. A sentence where it has none."""
    found: list[Samples | str] = [_clips(path, model.spec) for path in paths]
    clips = [each for each in found if not isinstance(each, str)]
    if not clips:
        return found
    vectors = iter(_means(model, clips, batch))
    return [each if isinstance(each, str) else next(vectors) for each in found]


def _means(model: Loaded, clips: list[Samples], batch: int) -> list[Samples]:
    together = np.concatenate(clips)
    vectors = np.concatenate(
        [model.embed(together[start : start + batch]) for start in range(0, len(together), batch)]
    )
    ends = np.cumsum([len(each) for each in clips])[:-1]
    return [part.mean(axis=0) for part in np.split(vectors, ends)]


def _clips(path: str, spec: ModelSpec) -> Samples | str:
    try:
        return clips_of(path, spec)
    except SoniqError as error:
        return str(error)


def _read(paths: list[str], model: Loaded, batch: int) -> list[Samples | str]:
    texts = [READERS[model.spec.name](path) for path in paths]
    found = [model.embed(texts[start : start + batch]) for start in range(0, len(texts), batch)]
    return list(np.concatenate(found)) if found else []


def _joined(path: str, parts: list[Samples | str]) -> dict[str, Any]:
    """One model's vector as it is; several, each scaled to length 1, in a row."""
    for part in parts:
        if isinstance(part, str):
            return {"error": part}
    vectors = [np.asarray(part, np.float32) for part in parts]
    if len(vectors) > 1:
        vectors = [vector / max(float(np.linalg.norm(vector)), 1e-12) for vector in vectors]
    vector = np.concatenate(vectors)
    if not np.isfinite(vector).all():
        return {"error": "The model gave no numbers for this file."}
    tags = tags_of(path)
    return {"title": tags.title, "artist": tags.artist, "vector": vector.tobytes()}
