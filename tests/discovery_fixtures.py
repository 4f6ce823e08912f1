"""Vectors and small libraries for the tests of neighbours and similar tracks."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Listening, Tags, Waveform
from soniq_desktop.models.embedder_specs import EmbedderSpec

SPEC = EmbedderSpec("test-embedder", 1, 8, 16_000, (), ())


def clustered(
    n: int, dim: int, seed: int = 0, clusters: int = 50, spread: float = 0.6
) -> NDArray[np.float32]:
    """Vectors (n, dim) in clusters, as music by genre is."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((clusters, dim))
    near = centres[rng.integers(clusters, size=n)] + spread * rng.standard_normal((n, dim))
    return near.astype(np.float32)


def add_track(catalogue: Catalogue, name: str, vector: NDArray[np.float32] | None, **tags: object) -> int:
    """One listened track at /music/<name>; its id. Tags are those of `Tags`; `audio_hash` sets the sound."""
    audio_hash = str(tags.pop("audio_hash", name.encode().hex().rjust(32, "0")[-32:]))
    scanned = ScannedFile(f"/music/{name}", 1000, 1, Tags(**{"duration": 200.0, **tags}))  # type: ignore[arg-type]
    track_id = catalogue.store_scanned([scanned])[0]
    return listen(catalogue, track_id, vector, audio_hash) if vector is not None else track_id


def listen(catalogue: Catalogue, track_id: int, vector: NDArray[np.float32], audio_hash: str) -> int:
    """Store a listening result with that vector, as the worker would."""
    nothing = np.zeros(4, np.uint8)
    waveform = Waveform(nothing, nothing, nothing, np.zeros(4, np.float32))
    embedding = Embedding(SPEC.name, SPEC.version, np.asarray(vector, np.float32))
    return catalogue.store_listening(
        track_id, Listening(audio_hash, 200.0, Features(version=FEATURES_VERSION), waveform, (embedding,))
    )


def library(folder: Path, vectors: NDArray[np.float32]) -> tuple[Catalogue, list[int]]:
    """A catalogue with one track per vector, all different recordings."""
    catalogue = Catalogue(folder / "library.sqlite3")
    ids = [
        add_track(
            catalogue, f"{i:04d}.flac", vector, title=f"Track {i}", artist=f"Artist {i}", album=f"Album {i}"
        )
        for i, vector in enumerate(vectors)
    ]
    return catalogue, ids
