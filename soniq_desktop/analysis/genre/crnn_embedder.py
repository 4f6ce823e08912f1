"""The CRNN as an embedder: what it says of a track, and its vector. Worker processes only (loads torch).

It takes the same way as musicnn: excerpts cut from the one decode, a vector and scores that are stored, and a
linear layer on them that judges (`head`). The scores are the network's family probabilities.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.library.records import Embedding
from soniq_desktop.models.embedder_specs import embedder_spec
from soniq_desktop.models.genre_mel import SAMPLE_RATE, WINDOW_SAMPLES, MelImage
from soniq_desktop.models.genre_networks import LoadedNetwork, load_network

Samples = NDArray[np.float32]

WINDOW_SECONDS = WINDOW_SAMPLES / SAMPLE_RATE  # 3.75
MOST = 8  # excerpts of a track
QUIET = 1e-4  # RMS below which an excerpt says nothing
BATCH = 4


class CrnnEmbedder:
    """An `Embedder`: the mean of the layer before the last, to unit length, and the mean probabilities."""

    def __init__(self) -> None:
        spec = embedder_spec("genre-crnn")
        self.name, self.version, self.dim = spec.name, spec.version, spec.dim
        self.sample_rate = spec.sample_rate
        self.image = MelImage()
        self.network: LoadedNetwork = load_network(spec.weights[0])

    def excerpts(self, duration: float) -> list[tuple[float, float]]:
        """Up to eight windows of 3.75 s, evenly spread over the track."""
        if duration <= WINDOW_SECONDS:
            return [(0.0, max(duration, 0.0))]
        count = min(MOST, int(duration / WINDOW_SECONDS))
        room = duration / count
        return [(i * room + (room - WINDOW_SECONDS) / 2, WINDOW_SECONDS) for i in range(count)]

    def describe_excerpts(self, clips: Sequence[Samples]) -> Embedding:
        """Vector (128,) and scores (12,); AnalysisError where no clip holds sound."""
        images = [self.image(whole_window(clip)) for clip in clips if sounds(clip)]
        if not images:
            raise AnalysisError("There is no sound in this file to compare.")
        vectors, chances = described(self.network, np.stack(images))
        mean = vectors.mean(axis=0)
        vector = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        return Embedding(self.name, self.version, vector, chances.mean(axis=0))

    def describe(self, mono: Samples) -> Embedding:
        """Vector and scores of a whole track (n_samples,) at 44.1 kHz."""
        spans = self.excerpts(len(mono) / self.sample_rate)
        rate = self.sample_rate
        return self.describe_excerpts(
            [mono[round(start * rate) : round((start + length) * rate)] for start, length in spans]
        )

    def embed(self, mono: Samples) -> Samples:
        """The vector of a whole track."""
        return self.describe(mono).vector


def described(network: LoadedNetwork, images: NDArray[np.uint8]) -> tuple[Samples, Samples]:
    """uint8 (n, frames, 128) -> vectors (n, 128) before the last layer, probabilities (n, 12)."""
    vectors, chances = [], []
    with torch.inference_mode():
        for first in range(0, len(images), BATCH):
            vector = network.module.vector(network.scaled(images[first : first + BATCH]))
            logits = network.module.classified(vector) / network.temperature
            vectors.append(vector.numpy())
            chances.append(torch.softmax(logits, dim=1).numpy())
    return np.concatenate(vectors), np.concatenate(chances)


def sounds(clip: Samples) -> bool:
    """Whether there is finite sound in it."""
    return bool(len(clip) and np.isfinite(clip).all() and np.sqrt(np.mean(clip**2)) > QUIET)


def whole_window(clip: Samples) -> Samples:
    """A shorter clip is repeated to fill one window."""
    return np.resize(clip, WINDOW_SAMPLES) if len(clip) < WINDOW_SAMPLES else clip[:WINDOW_SAMPLES]
