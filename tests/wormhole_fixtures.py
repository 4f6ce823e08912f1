"""Small libraries for the tests of the wormhole: tracks of any vector, artist, key, tempo, energy and use."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.neighbours import ExactIndex
from soniq_desktop.discovery.path_rules import artists, one_recording
from soniq_desktop.discovery.wormhole import Wormhole, Wormholes
from soniq_desktop.discovery.wormhole_recipe import Recipe, Stop
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Tags
from soniq_desktop.models.embedder_specs import EmbedderSpec

DIM = 8
EMBEDDER = "test-embedder"
SPEC = EmbedderSpec(EMBEDDER, 1, DIM, 16_000, (), ())
NOW = 1_790_000_000.0


@dataclass
class Shelf:
    """A catalogue with an exact index beside it."""

    folder: Path
    catalogue: Catalogue = field(init=False)
    index: ExactIndex = field(default_factory=lambda: ExactIndex(DIM))
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.folder / "library.sqlite3")

    def add(
        self, vectors: np.ndarray, tags: list[dict] | None = None, features: list[dict] | None = None
    ) -> list[int]:
        """One track per vector (n, DIM) in one transaction; by default each by an artist of its own."""
        first = len(self.catalogue.embeddings(EMBEDDER)[0])
        files = []
        for i in range(len(vectors)):
            values: dict[str, Any] = {
                "title": f"Title {first + i}",
                "artist": f"Artist {first + i}",
                "duration": 200.0,
            }
            values |= tags[i] if tags else {}
            files.append(ScannedFile(f"/music/{first + i:04d}.flac", 1000, 1, Tags(**values)))
        ids = self.catalogue.store_scanned(files)
        with self.catalogue.database.writing() as connection:
            for i, (track_id, vector) in enumerate(zip(ids, vectors, strict=True)):
                measured = Features(version=FEATURES_VERSION, **(features[i] if features else {}))
                embedding = Embedding(EMBEDDER, 1, np.asarray(vector, np.float32))
                listened.put_listening(connection, track_id, measured, (embedding,))
        sound = np.isfinite(vectors).all(axis=1) & (np.abs(vectors).sum(axis=1) > 0)
        self.index.add(np.array(ids)[sound], vectors[sound].astype(np.float32))
        return ids

    def set(self, column: str, values: dict[int, Any]) -> None:
        """Write a column of the tracks table."""
        with self.catalogue.database.writing() as connection:
            connection.executemany(
                f"UPDATE tracks SET {column} = ? WHERE id = ?",
                [(value, key) for key, value in values.items()],
            )

    def find(self, start: int, end: int, via: tuple[int, ...] = (), **settings: Any) -> Wormhole:
        recipe = Recipe(Stop(start), Stop(end), via=tuple(map(Stop, via)), **settings)
        return Wormholes(self.catalogue, self.index, SPEC).find(recipe, now=NOW)


def scattered(n: int, seed: int = 0) -> np.ndarray:
    """Vectors (n, DIM) in a few loose clusters."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((5, DIM))
    return centres[rng.integers(5, size=n)] + 0.6 * rng.standard_normal((n, DIM))


def arc(n: int) -> np.ndarray:
    """Vectors (n, DIM) at equal steps along a quarter of a great circle."""
    angles = np.linspace(0, np.pi / 2, n)
    vectors = np.zeros((n, DIM))
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    return vectors


def ids(found: Wormhole) -> list[int]:
    return [track.id for track in found.tracks]


def keeps_the_rules(found: Wormhole, artist_cap: int) -> bool:
    """No recording twice; no artist above the cap among the tracks that were not chosen by the user."""
    tracks = found.tracks
    repeats = any(one_recording(a, b) for i, a in enumerate(tracks) for b in tracks[:i])
    chosen = {stop.track_id for stop in (found.recipe.start, found.recipe.end, *found.recipe.via)}
    credited = [name for track in tracks for name in artists(track)]
    added = {name for track in tracks if track.id not in chosen for name in artists(track)}
    return not repeats and all(not artist_cap or credited.count(name) <= artist_cap for name in added)


def make_crowd(folder: Path) -> Shelf:
    """300 tracks by 25 artists, a tenth of them copies of others, with keys, tempi and energies."""
    rng = np.random.default_rng(3)
    tags = [{"artist": f"Artist {rng.integers(25)}", "title": f"Title {i}"} for i in range(300)]
    for i in range(0, 300, 15):
        tags[i + 1] |= {"title": tags[i]["title"].upper(), "artist": tags[i]["artist"]}
    for i in range(4, 300, 30):
        tags[i]["artist"] = "; ".join([tags[i]["artist"], tags[i + 1]["artist"]])
    features = [
        {"key": int(rng.integers(12)), "mode": str(rng.choice(["major", "minor"])),
         "energy": float(rng.random()), "tempo": float(rng.uniform(60, 180)), "brightness": 2000.0}
        for _ in range(300)
    ]  # fmt: skip
    shelf = Shelf(folder)
    shelf.numbers = shelf.add(scattered(300), tags, features)
    shelf.set("audio_hash", {shelf.numbers[i + k]: f"{i:032x}" for i in range(7, 290, 29) for k in (0, 3)})
    shelf.set("liked", dict.fromkeys(shelf.numbers[::4], 1))
    shelf.set("last_played", dict.fromkeys(shelf.numbers[::3], NOW - 3600))
    return shelf
