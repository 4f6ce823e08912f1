"""How a recording sounds, by the same listening that the library's tracks go through."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from soniq_desktop.analysis.runner import listening_pool
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.common.processes import Finished, ProcessPool
from soniq_desktop.lab.embed.sound_model import sound_pool
from soniq_desktop.library.records import Embedding, Features, Listening
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import EMBEDDERS

POLL = 0.2  # seconds
TAGS = 5  # of the embedder's, the strongest first
LEAST = 0.1  # score of a tag worth naming


@dataclass(frozen=True, slots=True)
class ClipSound:
    """What can be said of a clip."""

    features: Features
    tags: tuple[tuple[str, float], ...]  # the embedder's words with their scores, strongest first
    heard: Embedding | None  # by the embedder that songs are compared by; None: no sound


def describe_clip(path: Path, stopped: Event, model: SoundModel | None = None) -> ClipSound:
    """Listen to a file in a process of its own; blocks for some seconds.

    Args:
        model: what songs are compared by, where that is not the built-in embedder.

    Raises:
        AnalysisError: it cannot be listened to, or `stopped` was set meanwhile. ModelError: the model's
            weights cannot be used.
    """
    with listening_pool(1, nice=0) as pool:
        listening: Listening = _first(pool, path, stopped)
    embedding = listening.embeddings[0] if listening.embeddings else None
    heard = embedding
    if model is not None:
        with sound_pool(model, 1, nice=0) as pool:
            heard = _first(pool, path, stopped)
    return ClipSound(listening.features, _tags(embedding), heard)


def _first(pool: ProcessPool, path: Path, stopped: Event) -> Any:
    """What the pool's process says of a file."""
    pool.submit("clip", str(path), urgent=True)
    while not stopped.is_set():
        for event in pool.events(POLL):
            if isinstance(event, Finished):
                return event.result
            raise AnalysisError(event.sentence)
    raise AnalysisError("Listening was stopped.")


def _tags(embedding: Embedding | None) -> tuple[tuple[str, float], ...]:
    if embedding is None or embedding.scores is None:
        return ()
    names = EMBEDDERS[embedding.embedder].tags
    ranked = sorted(zip(names, embedding.scores.tolist(), strict=True), key=lambda pair: -pair[1])
    return tuple((name, score) for name, score in ranked[:TAGS] if score >= LEAST)
