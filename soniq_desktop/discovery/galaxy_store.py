"""The learned map on disk: one derived file per embedder, beside the neighbour index.

A line of JSON, then ids, places and which of them the layout was learned from. The line says what the file
is of and the checksum of what follows it. Where that does not fit, the file before it is taken (one backup
is kept: the map should stay put), and where that does not either, there is no map and it is learned anew.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.fileio import backup_of, write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.vectors import Ids
from soniq_desktop.models.embedder_specs import EmbedderSpec

FORMAT = 1

log = topic("galaxy")


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Places of songs.

    Attributes:
        ids: (n,) ascending.
        places: (n, 3) float32: x and y of the flat map, and the depth that the view in three dimensions adds.
        learned: (n,) bool: the layout was learned from these; the others were placed among them later.
        trust: trustworthiness@15 of the learned ones against the embedding when it was learned, or None.
        learned_at: Unix seconds; tells one layout from the next.
    """

    ids: Ids
    places: NDArray[np.float32]
    learned: NDArray[np.bool_]
    trust: float | None
    learned_at: float

    def __len__(self) -> int:
        return len(self.ids)


def layout_path(folder: Path, spec: EmbedderSpec) -> Path:
    """Where the map of an embedder is kept; `folder` is that of the index."""
    return folder / f"{spec.name}.galaxy"


def save_layout(folder: Path, spec: EmbedderSpec, layout: Layout) -> None:
    """Write the map, all or nothing; the one before it is kept as a backup. Raises SaveError."""
    body = b"".join(
        (
            layout.ids.astype("<i8").tobytes(),
            layout.places.astype("<f4").tobytes(),
            layout.learned.astype("u1").tobytes(),
        )
    )
    head = _identity(spec) | {
        "songs": len(layout),
        "trust": layout.trust,
        "learned_at": layout.learned_at,
        "checksum": hashlib.blake2b(body, digest_size=16).hexdigest(),
    }
    write_atomic(layout_path(folder, spec), json.dumps(head).encode() + b"\n" + body, backup=True)


def load_layout(folder: Path, spec: EmbedderSpec) -> Layout | None:
    """The map of this embedder and version, or None where there is none that is whole."""
    path = layout_path(folder, spec)
    for file in (path, backup_of(path)):
        try:
            return _read(file.read_bytes(), spec)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("The map in %s cannot be used: %s", file.name, error)
    return None


def _identity(spec: EmbedderSpec) -> dict[str, Any]:
    return {"format": FORMAT, "embedder": spec.name, "version": spec.version}


def _read(data: bytes, spec: EmbedderSpec) -> Layout:
    """The layout of a file; ValueError, KeyError or TypeError where it is damaged or of something else."""
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    if differing := [key for key, value in _identity(spec).items() if head[key] != value]:
        raise ValueError(f"{', '.join(differing)} is of another map")
    if hashlib.blake2b(body, digest_size=16).hexdigest() != head["checksum"]:
        raise ValueError("it is damaged")
    count = int(head["songs"])
    if len(body) != count * (8 + 12 + 1):
        raise ValueError("it has another length than it says")
    ids = np.frombuffer(body, "<i8", count).astype(np.int64)
    places = np.frombuffer(body, "<f4", 3 * count, 8 * count).reshape(count, 3).astype(np.float32)
    learned = np.frombuffer(body, "u1", count, 20 * count).astype(bool)
    trust = None if head["trust"] is None else float(head["trust"])
    return Layout(ids, places, learned, trust, float(head["learned_at"]))
