"""What is done in the processes that compare a library: see `comparison`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint import sketches
from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.fingerprint.recordings import related, relations, stored_peaks
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore

ROWS, IDS = "rows.bin", "ids.npy"  # files: sketches of a library, and its tracks
Found: TypeAlias = list[tuple[int, list[Relation]]]  # of each track: what it has in common with others


@dataclass(frozen=True, slots=True)
class ByIndex:
    """Compare these tracks with all others, which are looked up in the index. `size`: in tracks."""

    tracks: list[int]

    @property
    def size(self) -> int:
        return len(self.tracks)

    def run(self, snapshot: Snapshot) -> Found:
        return [(track, related(snapshot, track)) for track in self.tracks]


@dataclass(frozen=True, slots=True)
class Sketch:
    """Sketch these tracks, of which the first has this place in the library."""

    place: int
    tracks: list[int]

    @property
    def size(self) -> int:
        return len(self.tracks)

    def run(self, snapshot: Snapshot) -> NDArray[np.void]:
        peaks = [stored_peaks(snapshot, track) for track in self.tracks]
        found = [sketches.sketch(each, self.place + n) for n, each in enumerate(peaks) if each is not None]
        return np.concatenate([np.empty(0, sketches.ROW), *found])


@dataclass(frozen=True, slots=True)
class Join:
    """Make the sketches of a library of so many tracks ready, which lie in a folder."""

    folder: Path
    tracks: int
    size: int = 0

    def run(self, _snapshot: Snapshot) -> None:
        rows = np.fromfile(self.folder / ROWS, sketches.ROW)
        sketches.write(sketches.joined(rows, self.tracks), self.folder)


@dataclass(frozen=True, slots=True)
class BySketch:
    """Compare the tracks at some places of the library with those before them."""

    folder: Path
    places: Sequence[int]

    @property
    def size(self) -> int:
        return len(self.places)

    def run(self, snapshot: Snapshot) -> Found:
        read = sketches.read(self.folder)
        ids = np.load(self.folder / IDS)
        return [(int(ids[place]), self._related(snapshot, read, ids, place)) for place in self.places]

    def _related(
        self, snapshot: Snapshot, read: sketches.Sketches, ids: NDArray[np.int64], place: int
    ) -> list[Relation]:
        near = sketches.candidates(read, place)
        return relations(snapshot, int(ids[place]), {int(ids[each]): near[each] for each in near})


Task: TypeAlias = ByIndex | Sketch | Join | BySketch


class WorkerSetup(TypedDict):
    """`folder`: of the index."""

    folder: str


_stores: list[FingerprintStore] = []  # of this process: one at most


def setup(config: WorkerSetup) -> None:
    """Once per process. Raises FingerprintStoreError."""
    _stores.append(FingerprintStore(Path(config["folder"]), merging=False))


def work(task: Task) -> Found | NDArray[np.void] | None:
    """The result of a task."""
    return task.run(_stores[0].snapshot())
