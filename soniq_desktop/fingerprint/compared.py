"""What was compared of a library, and what was found: a table that is kept in the cache folder.

It is derived data: a damaged or older one is made anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.common.versions import FINGERPRINT_VERSION
from soniq_desktop.fingerprint.overlay import Relation

log = topic("duplicates")
VERSION = 1000 * FINGERPRINT_VERSION + 4  # the last digits count changes of what a comparison finds
FILE_NAME = "duplicates.npz"
COLUMNS = ("offset_seconds", "overlap_seconds", "share", "share_of_other", "straight")


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
        """What was found for a track."""
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
