"""How a recording sounds, by the same listening that the library's tracks go through."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.runner import listening_pool
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.common.processes import Finished
from soniq_desktop.library.records import Embedding, Features, Listening
from soniq_desktop.models.embedder_specs import EMBEDDERS

POLL = 0.2  # seconds
TAGS = 5  # of the embedder's, the strongest first
LEAST = 0.1  # score of a tag worth naming


@dataclass(frozen=True, slots=True)
class ClipSound:
    """What can be said of a clip."""

    features: Features
    tags: tuple[tuple[str, float], ...]  # the embedder's words with their scores, strongest first
    vector: NDArray[np.float32] | None  # (dim,), of the default embedder


def describe_clip(path: Path, stopped: Event) -> ClipSound:
    """Listen to a file in a process of its own; blocks for some seconds.

    Raises:
        AnalysisError: it cannot be listened to, or `stopped` was set meanwhile.
    """
    with listening_pool(1, nice=0) as pool:
        pool.submit("clip", str(path), urgent=True)
        while not stopped.is_set():
            for event in pool.events(POLL):
                if isinstance(event, Finished):
                    return _sound(event.result)
                raise AnalysisError(event.sentence)
    raise AnalysisError("Listening was stopped.")


def _sound(listening: Listening) -> ClipSound:
    embedding = listening.embeddings[0] if listening.embeddings else None
    vector = None if embedding is None else embedding.vector
    return ClipSound(listening.features, _tags(embedding), vector)


def _tags(embedding: Embedding | None) -> tuple[tuple[str, float], ...]:
    if embedding is None or embedding.scores is None:
        return ()
    names = EMBEDDERS[embedding.embedder].tags
    ranked = sorted(zip(names, embedding.scores.tolist(), strict=True), key=lambda pair: -pair[1])
    return tuple((name, score) for name, score in ranked[:TAGS] if score >= LEAST)
