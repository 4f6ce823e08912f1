"""Maps for the tests of the galaxy: songs in clusters, without a database or an embedding."""

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from soniq_desktop.discovery.galaxy_clusters import find_clusters
from soniq_desktop.discovery.galaxy_map import GalaxyMap

CENTRES = np.array([[-0.6, -0.5], [0.6, -0.5], [0.6, 0.5], [-0.6, 0.5]])
GENRES = ("Rock", "Jazz", "Techno", "Polka")
TAGS = ("metal", "piano", "ambient")


def make_galaxy(count: int = 200, learned_at: float = 1_000.0, seed: int = 5, **changes: Any) -> GalaxyMap:
    """Songs 1 to `count` in four clusters, one genre each; the energy grows with the number."""
    dice = np.random.default_rng(seed)
    corner = np.arange(count) % 4
    flat = CENTRES[corner] + dice.normal(0, 0.08, (count, 2))
    places = np.column_stack([flat, dice.uniform(-0.3, 0.3, count)]).astype(np.float32)
    members, clusters = find_clusters(places[:, :2])
    numbers = np.arange(1, count + 1)
    values = {
        "energy": numbers / max(count, 1),
        "tempo": 60.0 + numbers % 120,
        "plays": (numbers % 4 == 0) * numbers.astype(float),
        "last_played": np.where(numbers % 4 == 0, 900.0, np.nan),
        "duration": np.full(count, 100.0),
    }
    known: dict[str, Any] = {
        "ids": numbers.astype(np.int64),
        "places": places,
        "values": values,
        "genre": corner.astype(np.int32),
        "genres": GENRES,
        "heard": np.full((count, 3), -1, np.int32),
        "tags": TAGS,
        "members": members,
        "clusters": tuple(clusters),
        "learned": count,
        "learned_at": learned_at,
        "trust": 0.91,
        "missing": np.zeros(count, bool),
    }
    return GalaxyMap(**known | changes)


class FakeGalaxy(QObject):
    """The galaxy service without library, engine or process."""

    map_changed = Signal(object)
    progress = Signal(object)
    failed = Signal(str)

    def __init__(self, galaxy: GalaxyMap | None = None) -> None:
        super().__init__()
        self.map = galaxy
        self.laying_out = False
        self.calls: list[tuple[str, Any]] = []

    def open(self) -> None:
        self.calls.append(("open", ()))
        self.map_changed.emit(self.map)

    def leave(self) -> None:
        self.calls.append(("leave", ()))

    def lay_out(self) -> None:
        self.calls.append(("lay_out", ()))

    def cancel(self) -> None:
        self.calls.append(("cancel", ()))

    def path(self, start: int, end: int, done: Any, failed: Any) -> None:
        self.calls.append(("path", (start, end, done, failed)))

    def tell(self, galaxy: GalaxyMap | None) -> None:
        """Another map."""
        self.map = galaxy
        self.map_changed.emit(galaxy)
