"""Comparing the whole library: what was compared is remembered, and only what is new is compared again.

The table of relations is derived data: a damaged or older one is made anew.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.control import Control
from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.common.rate import Rate
from soniq_desktop.common.versions import FINGERPRINT_VERSION
from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.fingerprint.recordings import related
from soniq_desktop.fingerprint.store import FingerprintStore

log = topic("duplicates")
VERSION = 1000 * FINGERPRINT_VERSION + 3  # the last digits count changes of what `related` finds
FILE_NAME = "duplicates.npz"  # of the table, in the cache folder
BATCH = 8  # tracks a worker is given at once
POLL = 0.25  # seconds between looks at cancel
SAVE_EVERY = 30.0  # seconds
TIME_LIMIT, MEMORY_LIMIT = 300.0, 3 << 29  # of a worker; mapped pages of the index count
COLUMNS = ("offset_seconds", "overlap_seconds", "share", "share_of_other", "straight")


@dataclass(frozen=True, slots=True)
class ComparingProgress:
    """Where it stands: tracks, and seconds left (None until there is a rate)."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(slots=True)
class Compared:
    """Which sounds were compared with all others, and what they have in common; each pair once."""

    sounds: dict[int, str] = field(default_factory=dict)  # track id -> audio hash, hex
    relations: dict[tuple[int, int], Relation] = field(default_factory=dict)  # by (smaller id, larger id)

    def to_compare(self, indexed: dict[int, str]) -> list[int]:
        """What is in the index and was not compared, after forgetting what is not there any more."""
        self.sounds = {each: sound for each, sound in self.sounds.items() if indexed.get(each) == sound}
        self.relations = {
            pair: each
            for pair, each in self.relations.items()
            if pair[0] in self.sounds and pair[1] in self.sounds
        }
        return [each for each in indexed if each not in self.sounds]

    def add(self, track_id: int, audio_hash: str, found: Iterable[Relation]) -> None:
        """What `related` found for a track."""
        self.sounds[track_id] = audio_hash
        for each in found:
            ordered = each if each.track < each.other else each.inverse
            self.relations[ordered.track, ordered.other] = ordered


def load(file: Path) -> Compared:
    """What was saved; empty where there is nothing, or nothing that can be used."""
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            if int(arrays["version"]) != VERSION:
                return Compared()
            return _from_arrays({name: arrays[name] for name in arrays.files})
    except FileNotFoundError:
        return Compared()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is made anew
        log.warning("What was compared could not be read: %s", error)
        return Compared()


def save(file: Path, compared: Compared) -> None:
    """Raises SaveError."""
    relations = list(compared.relations.values())
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        version=np.int64(VERSION),
        ids=np.fromiter(compared.sounds, np.int64, len(compared.sounds)),
        sounds=np.frombuffer(bytes.fromhex("".join(compared.sounds.values())), np.uint8),
        pairs=np.array([(each.track, each.other) for each in relations], np.int64).reshape(-1, 2),
        values=np.array([[getattr(each, name) for name in COLUMNS] for each in relations], np.float64),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, buffer.getvalue())


def _from_arrays(arrays: dict[str, NDArray[Any]]) -> Compared:
    hashes = arrays["sounds"].tobytes().hex()
    sounds = {each: hashes[32 * row : 32 * row + 32] for row, each in enumerate(arrays["ids"].tolist())}
    rows = zip(arrays["pairs"].tolist(), arrays["values"].tolist(), strict=True)
    return Compared(sounds, {(one, other): Relation(one, other, *values) for (one, other), values in rows})


def compare_library(
    folder: Path,
    file: Path,
    *,
    control: Control,
    workers: int = 1,
    progress: Callable[[ComparingProgress], None] = lambda _progress: None,
) -> Compared:
    """Compare what is new in the index with all that is in it; blocks until it is done or cancelled.

    The work is done in processes of their own. What was compared is saved from time to time and at the end.

    Args:
        folder: of the index.
        file: where the table of relations is kept.

    Raises:
        FingerprintStoreError: the index cannot be read.
        SaveError: the table cannot be written.
    """
    compared = load(file)
    with FingerprintStore(folder, merging=False) as store:
        indexed = store.audio_hashes()
    known = len(compared.sounds)
    waiting = compared.to_compare(indexed)
    try:
        if waiting:
            with comparing_pool(folder, workers) as pool:
                _run(pool, waiting, indexed, compared, file, control, progress)
    finally:  # Ctrl+C, too, keeps what was compared
        if waiting or len(compared.sounds) != known:
            save(file, compared)
    return compared


def comparing_pool(folder: Path, workers: int) -> ProcessPool:
    """Processes that compare tracks; the caller closes them."""
    return ProcessPool(
        "soniq_desktop.fingerprint.comparison:compare",
        workers,
        setup={"folder": str(folder)},
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        ahead=1,
    )


def _run(
    pool: ProcessPool,
    waiting: list[int],
    indexed: dict[int, str],
    compared: Compared,
    file: Path,
    control: Control,
    progress: Callable[[ComparingProgress], None],
) -> None:
    done, total, rate, saved = 0, len(waiting), Rate(), time.monotonic()
    for begin in range(0, total, BATCH):
        batch = waiting[begin : begin + BATCH]
        pool.submit(begin, batch)
    while not control.cancelled and not pool.idle():
        for event in pool.events(POLL):
            begin = int(str(event.key))
            batch = waiting[begin : begin + BATCH]
            done += len(batch)
            rate.add(len(batch))
            if isinstance(event, Failed):  # tried again the next time
                log.warning("tracks %s were not compared: %s", batch, event.sentence)
                continue
            for track_id, found in event.result:
                compared.add(track_id, indexed[track_id], found)
        progress(ComparingProgress(done, total, rate.seconds_left(total - done)))
        if time.monotonic() - saved > SAVE_EVERY:
            save(file, compared)
            saved = time.monotonic()


# in the worker


class WorkerSetup(TypedDict):
    """`folder`: of the index."""

    folder: str


_stores: list[FingerprintStore] = []  # of this process: one at most


def setup(config: WorkerSetup) -> None:
    """Once per process. Raises FingerprintStoreError."""
    _stores.append(FingerprintStore(Path(config["folder"]), merging=False))


def compare(track_ids: list[int]) -> list[tuple[int, list[Relation]]]:
    """What each of these tracks has in common with others of the index."""
    snapshot = _stores[0].snapshot()
    return [(track_id, related(snapshot, track_id)) for track_id in track_ids]
