"""Small libraries with measured features, for the tests of facets, reasons and recommendations."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.for_you import RESTED, Listener, Wish
from soniq_desktop.discovery.recommend import USUAL, Recommendations, Recommender
from soniq_desktop.discovery.sounds import SoundStore
from soniq_desktop.discovery.worth_hearing import Variety
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Ended, Features, Listening, Play, Tags, Waveform
from soniq_desktop.models.embedder_specs import EmbedderSpec

TAGS = ("rock", "jazz", "ambient", "sad")
SPEC = EmbedderSpec("test-embedder", 1, 8, 16_000, TAGS, ())
NOW = time.time()
MEASURED: dict[str, object] = {
    "loudness": -12.0, "loudness_range": 6.0, "tempo": 120.0, "tempo_confidence": 0.9, "key": 9,
    "mode": "minor", "key_confidence": 0.9, "energy": 0.5, "brightness": 1500.0, "onset_rate": 4.0,
}  # fmt: skip


class Shelf:
    """A catalogue that is filled track by track, and what recommends from it."""

    def __init__(self, folder: Path, spec: EmbedderSpec = SPEC) -> None:
        self.catalogue = Catalogue(folder / "library.sqlite3")
        self.spec = spec
        self.store = SoundStore(self.catalogue, spec)
        self.recommender = Recommender(self.catalogue, self.store, spec.tags)
        self.count = 0

    def add(
        self, vector: NDArray[np.floating] | None, scores: object = (0.5, 0.2, 0.1, 0.1), **known: object
    ) -> int:
        """A listened track. `known` holds tags and features; what is not named is as in MEASURED."""
        self.count += 1
        tags = {name: known.pop(name) for name in list(known) if name in Tags.__dataclass_fields__}
        defaults = {"title": f"Track {self.count}", "artist": f"Artist {self.count}", "duration": 200.0}
        path = str(known.pop("path", f"/music/{self.count}.flac"))
        scanned = ScannedFile(path, 1000, 1, Tags(**{**defaults, **tags}))  # type: ignore[arg-type]
        track_id = self.catalogue.store_scanned([scanned])[0]
        nothing = np.zeros(4, np.uint8)
        scored = np.zeros(len(self.spec.tags), np.float32)
        scored[: len(scores)] = scores  # type: ignore[arg-type]
        waveform = Waveform(nothing, nothing, nothing, np.zeros(4, np.float32))
        found = () if vector is None else (
            Embedding(self.spec.name, self.spec.version, np.asarray(vector, np.float32), scored),
        )  # fmt: skip
        features = Features(version=FEATURES_VERSION, **{**MEASURED, **known})  # type: ignore[arg-type]
        length = float(tags.get("duration", 200.0))  # type: ignore[arg-type]
        listening = Listening(f"{self.count:032x}", length, features, waveform, found)
        return self.catalogue.store_listening(track_id, listening)

    def crowd(self, count: int, seed: int = 0) -> list[int]:
        """Tracks that differ in everything, by chance."""
        random = np.random.default_rng(seed)
        return [
            self.add(
                random.standard_normal(self.spec.dim),
                random.random(len(TAGS)),
                tempo=float(random.uniform(60, 180)), tempo_confidence=float(random.random()),
                key=int(random.integers(12)), mode=str(random.choice(["major", "minor"])),
                key_confidence=float(random.random()), energy=float(random.random()),
                loudness=float(random.uniform(-25, -6)), brightness=float(random.uniform(500, 4000)),
                onset_rate=float(random.uniform(1, 8)), loudness_range=float(random.uniform(1, 15)),
            )
            for _ in range(count)
        ]  # fmt: skip

    def for_you(
        self,
        count: int = 20,
        distance: float = 20.0,
        wanted: Wanted = RESTED,
        variety: Variety = USUAL,
        **more: Any,
    ) -> Recommendations:
        """The list for the listener whose history this is."""
        return self.listener(count, distance, wanted, variety, **more).tracks()

    def listener(self, *wish: Any, **more: Any) -> Listener:
        return Listener(self.recommender, Wish(*wish, **more))

    def play(self, track_id: int, ended: Ended = "finished", days_ago: float = 5.0) -> None:
        heard = 200.0 if ended == "finished" else 5.0
        self.catalogue.record_play(Play(track_id, NOW - 86_400 * days_ago, heard, ended, "songs"))


def direction(axis: int, towards: int | None = None, share: float = 0.0) -> NDArray[np.float64]:
    """A unit vector along an axis, turned a share (radians) towards another."""
    unit = np.eye(SPEC.dim)
    return unit[axis] if towards is None else np.cos(share) * unit[axis] + np.sin(share) * unit[towards]
