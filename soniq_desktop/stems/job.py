"""What a separating process is told. Importable without decoder or torch."""

from dataclasses import dataclass
from pathlib import Path

from soniq_desktop.stems.engine import EngineSpec


@dataclass(frozen=True, slots=True)
class Job:
    """What the process is to do.

    Attributes:
        path, audio_hash: the track.
        spec, weights: the engine and the file with its weights.
        cache: folder of the stems cache.
        start: seconds; the chunk there comes first.
        device: "auto", "cpu", "cuda" or "mps".
        nice: niceness; on Windows any above 0 means below normal.
    """

    path: str
    audio_hash: str
    spec: EngineSpec
    weights: Path
    cache: Path
    start: float = 0.0
    device: str = "auto"
    threads: int = 1
    nice: int = 10
