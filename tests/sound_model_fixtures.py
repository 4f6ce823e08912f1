"""Libraries that were listened to, and sound models that heard them, for the tests of sound models."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Tags
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.audio_fixtures import noise, write_audio

SPEC = embedder_spec(DEFAULT_EMBEDDER)
MODEL = SoundModel("mfcc-test", "mfcc", "1", None, 1, 6)


def listened_to(
    catalogue: Catalogue, paths: Sequence[str], seed: int = 0, loudness: float | None = -11.0
) -> list[int]:
    """Songs of these files as musicnn heard them."""
    tags = [Tags(title=Path(path).stem, artist=f"Artist of {path}", duration=200.0) for path in paths]
    files = [ScannedFile(path, 1000, 1, each) for path, each in zip(paths, tags, strict=True)]
    ids = catalogue.store_scanned(files)
    random = np.random.default_rng(seed)
    measured = Features(version=FEATURES_VERSION, loudness=loudness)
    with catalogue.database.writing() as connection:
        for track_id in ids:
            vector = random.standard_normal(SPEC.dim).astype(np.float32)
            scores = random.random(len(SPEC.tags)).astype(np.float32)
            heard = Embedding(SPEC.name, SPEC.version, vector, scores)
            listened.put_listening(connection, track_id, measured, (heard,))
    return ids


def heard_by(catalogue: Catalogue, model: SoundModel, ids: Sequence[int], seed: int = 1) -> np.ndarray:
    """The model has heard these: columns of very different scales."""
    random = np.random.default_rng(seed)
    scales, means = 10.0 ** np.arange(model.dim), 50.0 * np.arange(model.dim)
    vectors = (random.standard_normal((len(ids), model.dim)) * scales + means).astype(np.float32)
    catalogue.store_embeddings(
        (track_id, Embedding(model.name, model.version, vector))
        for track_id, vector in zip(ids, vectors, strict=True)
    )
    return vectors


def noises(folder: Path, count: int, seconds: float = 2.0) -> list[str]:
    """Short files of sound."""
    folder.mkdir(parents=True, exist_ok=True)
    return [str(write_audio(folder / f"{n}.wav", 0.3 * noise(seconds, seed=n))) for n in range(count)]
