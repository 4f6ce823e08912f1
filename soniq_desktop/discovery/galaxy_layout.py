"""Coordinates of the galaxy: t-SNE of the embedding, learned once. Runs in a worker process only.

Poličar, Stražar, Zupan, "openTSNE: a modular Python library for t-SNE dimensionality reduction and embedding"
(2024); the start from principal components and the learning rate of n / 12 are those of Kobak and Berens,
"The art of using t-SNE for single-cell transcriptomics" (2019). docs/decisions/galaxy.md has the reasons.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.galaxy_shape import normalised_map, principal_components, sunflower
from soniq_desktop.discovery.vectors import Vectors

Places = NDArray[np.float32]
Tell = Callable[[str, float | None], None]

SEED = 1966
PERPLEXITY = 30.0
LEAST = 10  # fewer songs are laid out by their principal components alone
EXACT = 5_000  # up to so many songs neighbours are compared one by one, above by openTSNE's Annoy trees
GRID = 10_000  # above so many songs repulsion is interpolated on a grid
EARLY, LATE = 250, 500  # iterations
EXAGGERATION, FINAL = 12.0, 1.5  # attraction; above 1 in the end the clusters stand a little apart
REPORT_EVERY = 10  # iterations


def lay_out(vectors: Vectors, tell: Tell = lambda _stage, _share: None, seed: int = SEED) -> Places:
    """Places (n, 2) of vectors (n, dim) of unit length: near on the map mostly means near in sound.

    The median is at the origin, and nearly all of the map lies within a circle of radius 1. The same
    vectors in the same order give the same places (one thread, seeded). `tell(stage, share)` hears how far
    it is, share 0 to 1 or None.
    """
    count = len(vectors)
    start = principal_components(vectors, 2)
    if count < LEAST or not _varied(start):
        return normalised_map(start) if _varied(start) and count > 3 else sunflower(count)
    if not available():
        return normalised_map(start)
    tell("Comparing every song with the others", None)
    affinities = _affinities(vectors, seed)
    start = (start / start[:, 0].std() * 1e-4).astype(np.float64)
    return normalised_map(_optimised(start, affinities, tell, seed))


def available() -> bool:
    """Whether openTSNE is installed; without it (no wheel for the machine) principal components must do."""
    return find_spec("openTSNE") is not None


def _affinities(vectors: Vectors, seed: int) -> Any:
    from openTSNE.affinity import PerplexityBasedNN

    return PerplexityBasedNN(
        vectors,
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        method="exact" if len(vectors) <= EXACT else "annoy",
        metric="cosine",
        n_jobs=1,
        random_state=seed,
    )


def _optimised(start: NDArray[np.float64], affinities: Any, tell: Tell, seed: int) -> Places:
    from openTSNE import TSNEEmbedding

    done = 0

    def heard(iteration: int, _error: float, _places: object) -> None:
        tell("Arranging the map", (done + iteration) / (EARLY + LATE))

    embedding = TSNEEmbedding(
        start,
        affinities,
        negative_gradient_method="fft" if len(start) > GRID else "bh",
        n_jobs=1,
        random_state=seed,
        callbacks=heard,
        callbacks_every_iters=REPORT_EVERY,
    )
    embedding.optimize(n_iter=EARLY, exaggeration=EXAGGERATION, momentum=0.5, inplace=True)
    done = EARLY
    embedding.optimize(n_iter=LATE, exaggeration=FINAL, momentum=0.8, inplace=True)
    return np.asarray(embedding, np.float32)


def _varied(places: Places) -> bool:
    """Whether there is anything to arrange: the songs are not all the same sound."""
    return len(places) > 0 and float(np.ptp(places, axis=0).max(initial=0)) > 1e-5
