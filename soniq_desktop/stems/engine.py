"""What takes a track apart: one interface, three engines. Importable without torch."""

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.stems.errors import StemsError

Samples = NDArray[np.float32]
FOUR = ("vocals", "drums", "bass", "other")
TWO = ("vocals", "accompaniment")


class Engine(Protocol):
    """A loaded model.

    Attributes:
        name: the key of its EngineSpec.
        stems: names of what comes out, in order.
        sample_rate: Hz of what goes in and comes out.
        segment: frames of one chunk.
        overlap: share of a chunk that it has in common with the next one, 0 to 0.5.
        device: "cpu", "cuda" or "mps".
    """

    name: str
    stems: tuple[str, ...]
    sample_rate: int
    segment: int
    overlap: float
    device: str

    def separate(self, chunks: Iterable[Samples]) -> Iterator[Samples]:
        """Take chunks (2, segment) apart: (stems, 2, segment) for each, in order, as they come."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """What is known of an engine before it is loaded.

    Attributes:
        model: name of its weights in models.fetchable.
        loader: "module:function", called as function(spec, path, device, threads) -> Engine.
        version: raised when the same weights would give other stems; part of the cache's key.
        memory: bytes of the worker process at its peak, on a CPU, as measured (docs/decisions/stems.md).
        speed: seconds of music per second of one CPU core, as measured; this machine's own value is learned.
    """

    name: str
    title: str
    stems: tuple[str, ...]
    model: str
    loader: str
    version: int
    memory: int
    speed: float


ENGINES: dict[str, EngineSpec] = {
    spec.name: spec
    for spec in (
        EngineSpec(
            "htdemucs", "HTDemucs", FOUR, "htdemucs", "soniq_desktop.stems.htdemucs:load", 1,
            1_500_000_000, 1.0,
        ),
        EngineSpec(
            "htdemucs-onnx", "HTDemucs (ONNX)", FOUR, "htdemucs-onnx",
            "soniq_desktop.stems.htdemucs_onnx:load", 1, 3_100_000_000, 0.8,
        ),
        EngineSpec(
            "spleeter", "Spleeter", TWO, "spleeter", "soniq_desktop.stems.spleeter:load", 1,
            800_000_000, 13.0,
        ),
    )
}  # fmt: skip


def engine_spec(name: str) -> EngineSpec:
    """The engine of that name; StemsError where there is none."""
    if name not in ENGINES:
        raise StemsError(f"There is no engine named “{name}”.", f"Known: {', '.join(ENGINES)}.")
    return ENGINES[name]


def load_engine(spec: EngineSpec, path: Path, device: str, threads: int) -> Engine:
    """Load an engine's weights. For worker processes: this imports torch or onnxruntime.

    Raises:
        ModelError: the weights are missing, cut off, or of another model.
    """
    module, _, function = spec.loader.partition(":")
    loaded: Any = getattr(importlib.import_module(module), function)(spec, path, device, threads)
    engine: Engine = loaded
    return engine
