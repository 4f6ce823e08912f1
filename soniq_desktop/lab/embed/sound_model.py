"""A model of the lab as what the app compares songs by: named, checked, and run in processes. No torch here.

`sound_choices` lists what can be chosen; `sound_worker` is the child; `library.sound_models` keeps what was
chosen.
"""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from soniq_desktop.analysis.genre.catching_up import embedding_pool
from soniq_desktop.analysis.runner import MEMORY_LIMIT, TIME_LIMIT
from soniq_desktop.common.errors import ModelError, SoniqError
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.lab.embed.specs import LIGHT, LIMIT, MEMORY, model_spec
from soniq_desktop.lab.embed.weights import local_revision
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import GENRE_EMBEDDER, embedder_spec

VERSION = "1"  # raised whenever the same audio would give another vector
DEFAULT = "musicnn"  # the built-in embedder's name among the lab's
CRNN = "crnn"
PREPARE, HEAR = "soniq_desktop.lab.embed.sound_worker:prepare", "soniq_desktop.lab.embed.sound_worker:embed"
FETCHING = 24 * 3600.0  # seconds: a slow connection and a large model
POLL = 0.2


def prepared(asked: dict[str, Any], title: str, stopped: Callable[[], bool] = lambda: False) -> SoundModel:
    """Load a model in a process of its own, which may fetch weights. Blocks, until `stopped` says so.

    Args:
        asked: `sound_worker.Asked`.
        title: the model's, for what is said.

    Raises:
        ModelError: it could not be loaded, or it was stopped.
    """
    with ProcessPool(PREPARE, 1, time_limit=FETCHING, memory_limit=MEMORY, nice=5) as pool:
        pool.submit(asked["model"], asked)
        while not stopped():
            for event in pool.events(POLL):
                if isinstance(event, Failed):
                    raise ModelError(f"{title} cannot be loaded. {event.sentence}")
                return made_of(asked["model"], event.result)
    raise ModelError("It was stopped.")


def made_of(model: str, told: dict[str, Any]) -> SoundModel:
    """The model that a preparing process has loaded.

    Raises:
        ModelError: it could not be.
    """
    if "error" in told:
        raise ModelError(told["error"], told["hint"])
    if model == CRNN and told["weights"] is None:  # the same vectors as the genre's
        spec = embedder_spec(GENRE_EMBEDDER)
        return SoundModel(spec.name, model, told["revision"], None, spec.version, spec.dim)
    digest = hashlib.blake2b(f"{VERSION} {told['revision']}".encode(), digest_size=4).hexdigest()
    return SoundModel(f"{model}-{digest}", model, told["revision"], told["weights"], 1, told["dim"])


def check(model: SoundModel) -> None:
    """See that the weights are still those that the vectors were made by.

    Raises:
        ModelError: they are not there any more, or others are in their place.
    """
    if model.weights is None:
        return
    hint = "Songs stay compared by what was heard so far."
    weights = Path(model.weights)
    if not weights.exists():
        raise ModelError(f"The weights of {model.model} are not there any more.", hint)
    if model.revision.startswith("local ") and local_revision(weights) != model.revision:
        raise ModelError(f"The weights of {model.model} have been replaced by others.", hint)


def own_weights(model: SoundModel) -> str | None:
    """The user's own weights of a model; None for published or shipped ones."""
    return model.weights if model.revision.startswith("local ") else None


def prepared_before(known: Sequence[SoundModel], name: str, weights: str | None) -> SoundModel | None:
    """The model of this name and these weights of the user's own (None for published or shipped ones), where
    it was prepared before and its weights are still the same; else None.
    """
    for model in known:
        own = own_weights(model)
        same = own == weights or (own is not None and weights is not None and Path(own) == Path(weights))
        if model.model == name and same:
            with contextlib.suppress(SoniqError):
                check(model)
                return model
    return None


def sound_pool(model: SoundModel, workers: int, *, nice: int = 10) -> ProcessPool:
    """Processes that turn a path into an `Embedding` (None: silence); the caller closes the pool.

    Light models run side by side; a large one is in memory once and uses as many cores.

    Raises:
        ModelError: see `check`; or the model cannot be loaded.
    """
    if model.name == GENRE_EMBEDDER:
        return embedding_pool(workers, model.name, nice=nice)
    check(model)
    spec, light = model_spec(model.model), model.model in LIGHT
    setup = {
        "name": model.name,
        "version": model.version,
        "model": model.model,
        "weights": model.weights,
        "batch": spec.clips_at_once,
        "threads": 1 if light else workers,
    }
    pool = ProcessPool(
        HEAR,
        workers if light else 1,
        setup=setup,
        time_limit=TIME_LIMIT if light else LIMIT,
        memory_limit=MEMORY_LIMIT if light else MEMORY,
        nice=nice,
    )
    try:
        _load(pool, model)
    except BaseException:
        pool.close()
        raise
    return pool


def _load(pool: ProcessPool, model: SoundModel) -> None:
    """Before any song is touched, so that a model's fault is told once, and not as that of every song."""
    pool.submit("load", None)
    while True:
        for event in pool.events(POLL):
            if not isinstance(event, Failed):
                return
            if event.reason == "error":
                raise ModelError(event.sentence)
            raise ModelError(f"The process that loads {model.model} ended: there may be too little memory.")
