"""The musicnn embedders: which excerpts are heard, and how their outputs become one vector."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.library.records import Embedding
from soniq_desktop.models.embedder_specs import EmbedderSpec
from soniq_desktop.models.musicnn import PATCH_SAMPLES, SAMPLE_RATE, Described, LogMel, load_musicnn

Samples = NDArray[np.float32]
Network = Callable[[torch.Tensor], Described]

PATCH_SECONDS = PATCH_SAMPLES / SAMPLE_RATE  # 3.008
MOST_PATCHES = 32  # see docs/decisions/musicnn.md for what more would bring
BATCH = 4  # the fastest on one thread: larger ones leave the cache
QUIET = 1e-3  # a patch 60 dB below the loudest one says nothing about the music
SILENT = 1e-5  # RMS; below -100 dBFS there is no music at all


class MusicnnEmbedder:
    """An `Embedder` with one or two sets of musicnn weights.

    The vector is the mean of the penultimate layer over the patches, scaled to unit length (each network's
    part by itself where there are two, then the whole); the scores are the mean tag probabilities.
    """

    def __init__(self, spec: EmbedderSpec) -> None:
        self.name, self.version, self.dim = spec.name, spec.version, spec.dim
        self.sample_rate = spec.sample_rate
        self.mel = LogMel()
        self.networks: list[Network] = [load_musicnn(name) for name in spec.weights]

    def excerpts(self, duration: float) -> list[tuple[float, float]]:
        """Up to 32 patches of 3.008 s, evenly spread over the track."""
        return spread(duration)

    def describe_excerpts(self, clips: Sequence[Samples]) -> Embedding:
        """Vector (dim,) and scores; AnalysisError where no clip holds sound."""
        patches = audible([whole_patch(clip) for clip in clips if usable(clip)])
        if not patches:
            raise AnalysisError("There is no sound in this file to compare.")
        with torch.inference_mode():
            mels = [self.mel(torch.from_numpy(np.stack(batch))) for batch in batches(patches)]
            vectors, scores = zip(*(hear(network, mels) for network in self.networks), strict=True)
        vector = unit(np.concatenate([unit(part) for part in vectors]))
        return Embedding(self.name, self.version, vector, np.concatenate(scores))

    def describe(self, mono: Samples) -> Embedding:
        """Vector and scores of a whole track (n_samples,) at 16 kHz."""
        return self.describe_excerpts(list(cut(mono, self.excerpts(len(mono) / self.sample_rate))))

    def embed(self, mono: Samples) -> Samples:
        """The vector of a whole track."""
        return self.describe(mono).vector


def hear(network: Network, mels: Sequence[torch.Tensor]) -> tuple[Samples, Samples]:
    """Mean penultimate layer and mean tags of one network over all patches."""
    outputs = [network(mel) for mel in mels]
    penultimate = torch.cat([output.penultimate for output in outputs]).mean(dim=0)
    return penultimate.numpy(), torch.cat([output.tags for output in outputs]).mean(dim=0).numpy()


def spread(duration: float) -> list[tuple[float, float]]:
    """At most `MOST_PATCHES` excerpts of one patch each, evenly spaced over the track."""
    if duration <= PATCH_SECONDS:
        return [(0.0, max(duration, 0.0))]
    count = min(MOST_PATCHES, int(duration / PATCH_SECONDS))
    room = duration / count
    return [(i * room + (room - PATCH_SECONDS) / 2, PATCH_SECONDS) for i in range(count)]


def cut(mono: Samples, plan: Iterable[tuple[float, float]]) -> Iterable[Samples]:
    """The planned excerpts of a track in memory."""
    for start, length in plan:
        first = round(start * SAMPLE_RATE)
        yield mono[first : first + round(length * SAMPLE_RATE)]


def usable(clip: Samples) -> bool:
    return len(clip) > 0 and bool(np.isfinite(clip).all())


def whole_patch(clip: Samples) -> Samples:
    """The clip cut to one patch, or repeated until it fills one (as in the training of the networks)."""
    clip = np.ascontiguousarray(clip, np.float32)
    return clip[:PATCH_SAMPLES] if len(clip) >= PATCH_SAMPLES else np.resize(clip, PATCH_SAMPLES)


def audible(patches: Sequence[Samples]) -> list[Samples]:
    """The patches that are not silent and not 60 dB below the loudest one."""
    levels = [float(np.sqrt(np.mean(np.square(patch, dtype=np.float64)))) for patch in patches]
    floor = max(SILENT, QUIET * max(levels, default=0.0))
    return [patch for patch, level in zip(patches, levels, strict=True) if level > floor]


def batches(patches: Sequence[Samples]) -> Iterable[Sequence[Samples]]:
    return (patches[i : i + BATCH] for i in range(0, len(patches), BATCH))


def unit(vector: Samples) -> Samples:
    """Scaled to length 1."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
