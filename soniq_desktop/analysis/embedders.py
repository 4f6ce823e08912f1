"""Embedders: a track in, a vector and tag scores out. Worker processes only (loads torch).

How the listening pass uses one, without ever holding a long track in memory::

    embedder = load_embedder("musicnn-msd")         # once per process
    plan = embedder.excerpts(duration)              # [(start, length), ...] seconds, ascending, disjoint
    clips = [...]                                   # mono float32 at embedder.sample_rate, one per excerpt
    embedding = embedder.describe_excerpts(clips)   # library.records.Embedding: vector and scores

A clip may be shorter than planned or missing (the duration was only estimated): pass what there is. Whole
tracks in memory take the same way through `describe(mono)` and `embed(mono)`, which cut the planned excerpts
themselves, so both ways give the same vector.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.records import Embedding
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, GENRE_EMBEDDER, embedder_spec

Samples = NDArray[np.float32]


class Embedder(Protocol):
    """Turns mono audio into one vector of unit length.

    Attributes:
        name, version: what the vector is filed under.
        dim: length of the vector.
        sample_rate: Hz of the audio it takes.
    """

    name: str
    version: int
    dim: int
    sample_rate: int

    def excerpts(self, duration: float) -> list[tuple[float, float]]:
        """The parts it wants of a track of `duration` seconds: (start, length), ascending, disjoint.

        Never empty; a track shorter than one excerpt gives one excerpt that is as long as the track.
        """
        ...

    def describe_excerpts(self, clips: Sequence[Samples]) -> Embedding:
        """Vector and scores from the planned excerpts, mono float32 at `sample_rate`.

        Raises:
            AnalysisError: no clip holds sound (all empty, silent or not finite).
        """
        ...

    def describe(self, mono: Samples) -> Embedding:
        """Vector and scores of a whole track (n_samples,); AnalysisError as in `describe_excerpts`."""
        ...

    def embed(self, mono: Samples) -> Samples:
        """The vector alone, (dim,), unit length."""
        ...


def load_embedder(name: str = DEFAULT_EMBEDDER) -> Embedder:
    """The embedder of that name with its weights loaded; ModelError where that cannot be."""
    if name == GENRE_EMBEDDER:
        from soniq_desktop.analysis.genre.crnn_embedder import CrnnEmbedder

        return CrnnEmbedder()
    from soniq_desktop.analysis.musicnn_embedder import MusicnnEmbedder

    return MusicnnEmbedder(embedder_spec(name))
