"""What songs are compared by, where that is not the built-in embedder, and the scaling of its vectors.

Vectors are kept as the model gave them. The columns of many models have different scales (the coefficients
of `mfcc`) or a large mean that all songs share (hidden states of transformers), so that the cosine of two
says little. Whoever reads vectors through the catalogue therefore gets columns of mean 0 and deviation 1, by
the mean and deviation that were fitted when the model was taken into use. A fit stays until the model is
fitted again: then its `mark` is another one, and indexes of the old one do not fit any more.
"""

import hashlib
import sqlite3
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SAMPLE = 4_096  # vectors that a fit looks at, at most
LEAST_SPREAD = 1e-6  # of a column, beside its mean: less is no difference between songs
MOST = 6.0  # deviations: one rare number of a song shall not outweigh all its others
GROWN = 2  # times as many songs as at the last fit: time for another


@dataclass(frozen=True, slots=True)
class SoundModel:
    """An embedder that can be compared by.

    Attributes:
        name: what its vectors are filed under; another revision or other weights have another name.
        model: of the lab's embedders.
        weights: folder or file; None where they come with SONIQ.
        fitted: songs that the scaling was fitted on, 0 before the first fit.
        mark: of the scaling; empty before the first fit.
    """

    name: str
    model: str
    revision: str
    weights: str | None
    version: int
    dim: int
    fitted: int = 0
    mark: str = ""


_COLUMNS = "name, model, revision, weights, version, dim, fitted, mean, deviation"


def put(connection: sqlite3.Connection, model: SoundModel) -> SoundModel:
    """Know this model; its scaling stays where it has one. Returns it with its scaling's mark."""
    connection.execute(
        "INSERT INTO sound_models (name, model, revision, weights, version, dim) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET model = excluded.model, revision = excluded.revision,"
        " weights = excluded.weights",
        (model.name, model.model, model.revision, model.weights, model.version, model.dim),
    )
    return next(each for each in known(connection) if each.name == model.name)


def known(connection: sqlite3.Connection, where: str = "1") -> list[SoundModel]:
    """All models that were ever chosen."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM sound_models WHERE {where} ORDER BY name").fetchall()
    return [replace(SoundModel(*row[:7]), mark=_mark(*row[7:])) for row in rows]


def in_use(connection: sqlite3.Connection) -> SoundModel | None:
    """What songs are compared by; None for the built-in embedder."""
    return next(iter(known(connection, "in_use")), None)


def use(connection: sqlite3.Connection, name: str | None) -> None:
    """Compare by this model from now on; None for the built-in embedder."""
    connection.execute("UPDATE sound_models SET in_use = (name IS ?)", (name,))


def forget(connection: sqlite3.Connection, name: str) -> int:
    """Drop a model that is not in use, with its vectors; how many those were."""
    gone = connection.execute("DELETE FROM sound_models WHERE name = ? AND NOT in_use", (name,)).rowcount
    if not gone:
        return 0
    return connection.execute("DELETE FROM embeddings WHERE embedder = ?", (name,)).rowcount


def fit(connection: sqlite3.Connection, model: SoundModel) -> SoundModel:
    """Fit the scaling where there is none, or to a library that has doubled since; returns the model."""
    rows = connection.execute(
        "SELECT vector FROM embeddings WHERE embedder = ? AND version = ? AND length(vector) = ?"
        " ORDER BY abs((track_id * 2654435761) % 4294967296), track_id LIMIT ?",
        (model.name, model.version, 4 * model.dim, SAMPLE),
    ).fetchall()
    if len(rows) < 2 or (model.mark and len(rows) < GROWN * model.fitted):
        return model
    vectors = np.frombuffer(b"".join(row[0] for row in rows), "<f4").reshape(len(rows), model.dim)
    vectors = vectors[np.isfinite(vectors).all(axis=1)].astype(np.float64)
    mean, deviation = vectors.mean(axis=0).astype("<f4"), vectors.std(axis=0).astype("<f4")
    connection.execute(
        "UPDATE sound_models SET mean = ?, deviation = ?, fitted = ? WHERE name = ?",
        (mean.tobytes(), deviation.tobytes(), len(rows), model.name),
    )
    return replace(model, fitted=len(rows), mark=_mark(mean.tobytes(), deviation.tobytes()))


def scaled(connection: sqlite3.Connection, embedder: str, vectors: Floats) -> Floats:
    """Vectors (n, dim) as songs are compared by them; of embedders without a scaling as they are.

    What is no number stays that.
    """
    row = connection.execute(
        "SELECT mean, deviation FROM sound_models WHERE name = ? AND mean IS NOT NULL", (embedder,)
    ).fetchone()
    if row is None or not vectors.size:
        return vectors
    mean, deviation = (np.frombuffer(blob, "<f4") for blob in row)
    if vectors.shape[1] != len(mean):
        return vectors
    varies = deviation > LEAST_SPREAD * (1 + np.abs(mean))
    whole: Floats = (vectors - mean) * np.where(varies, 1 / np.where(varies, deviation, 1), 0)
    return np.clip(whole, -MOST, MOST, out=whole)


def _mark(mean: bytes | None, deviation: bytes | None) -> str:
    if mean is None or deviation is None:
        return ""
    return hashlib.blake2b(mean + deviation, digest_size=6).hexdigest()
