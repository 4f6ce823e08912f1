"""A library of sounds without files, and simulated listeners over it."""

import numpy as np

from soniq_desktop.discovery.sounds import Sounds, build, cleaned
from soniq_desktop.lab.simulated import Ways, simulated_plays
from soniq_desktop.library.measured import COLUMNS, Measured
from soniq_desktop.library.play_history import PlayColumns

SONGS, DIM = 120, 16


def sounds(seed: int = 0, count: int = SONGS) -> Sounds:
    """Songs of four minutes in six bundles; ids 1, 2, ..."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((6, DIM))
    vectors = centres[np.arange(count) % 6] + 0.5 * random.standard_normal((count, DIM))
    columns = {name: np.full(count, np.nan) for name in COLUMNS}
    columns |= {
        "id": np.arange(1, count + 1, dtype=float),
        "duration": np.full(count, 240.0),
        "missing": np.zeros(count),
        "liked": np.zeros(count),
        "plays": np.zeros(count),
        "energy": random.random(count),
    }
    scores = np.full((count, 4), np.nan, np.float32)
    return build(cleaned(Measured(0, 0, columns, vectors.astype(np.float32), scores)))


def listener(library: Sounds, ways: Ways, seed: int = 0, days: int = 150) -> PlayColumns:
    """One listener's plays of the library."""
    return simulated_plays(
        library.ids, library.vectors, library.columns["duration"], ways, days=days, seed=seed
    )
