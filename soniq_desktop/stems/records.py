"""What is kept of each finished chunk, and how it is written down."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.stems.balance import Matrix, pair_energies

Samples = NDArray[np.float32]
PEAKS_PER_SECOND = 50


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One stem of one chunk on the disk: its size, CRC-32 and the exponent of its scale."""

    size: int
    crc: int
    exponent: int


@dataclass(frozen=True, slots=True, eq=False)
class ChunkRecord:
    """One finished chunk.

    Attributes:
        index, frames: which one, and its length.
        files: one for each stem.
        peaks: (stems, m) uint8, the largest magnitude in each fiftieth of a second, 255 at full scale.
        energies: (2, stems, stems), original: (2,), K-weighted (stems.balance).
        residual, power: energy of original minus the sum of the stems, and of the original.
    """

    index: int
    frames: int
    files: tuple[StoredFile, ...]
    peaks: NDArray[np.uint8]
    energies: Matrix
    original: Matrix
    residual: float
    power: float

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(
            {
                "chunk": self.index,
                "frames": self.frames,
                "files": [[file.size, file.crc, file.exponent] for file in self.files],
                "peaks": base64.b64encode(self.peaks.tobytes()).decode(),
                "energies": [round(value, 6) for value in self.energies.ravel().tolist()],
                "original": self.original.tolist(),
                "residual": self.residual,
                "power": self.power,
            },
            separators=(",", ":"),
        )


def parse_line(line: str) -> ChunkRecord | None:
    """The record of a line; None where it is torn or of another kind."""
    try:
        data: dict[str, Any] = json.loads(line)
        files = tuple(StoredFile(*map(int, each)) for each in data["files"])
        stems = len(files)
        return ChunkRecord(
            int(data["chunk"]),
            int(data["frames"]),
            files,
            np.frombuffer(base64.b64decode(data["peaks"]), np.uint8).reshape(stems, -1),
            np.asarray(data["energies"], np.float64).reshape(2, stems, stems),
            np.asarray(data["original"], np.float64).reshape(2),
            float(data["residual"]),
            float(data["power"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def describe(
    index: int, stems: Samples, original: Samples, files: tuple[StoredFile, ...], sample_rate: int
) -> ChunkRecord:
    """The record of a chunk (stems, 2, n) whose original is (n, 2)."""
    rest = original.T - stems.sum(axis=0)
    return ChunkRecord(
        index,
        stems.shape[2],
        files,
        peaks_of(stems, sample_rate),
        pair_energies(stems, sample_rate),
        pair_energies(original.T[None], sample_rate)[:, 0, 0],
        float(np.square(rest, dtype=np.float64).sum()),
        float(np.square(original, dtype=np.float64).sum()),
    )


def peaks_of(stems: Samples, sample_rate: int) -> NDArray[np.uint8]:
    """(stems, 2, n) -> (stems, m), rounded up, so that what sounds is seen."""
    hop = sample_rate // PEAKS_PER_SECOND
    count, _, length = stems.shape
    padded = np.zeros((count, -(-length // hop) * hop), np.float32)
    padded[:, :length] = np.abs(stems).max(axis=1)
    peaks = padded.reshape(count, -1, hop).max(axis=2)
    return np.asarray(np.ceil(np.minimum(peaks, 1.0) * 255), np.uint8)
