"""The tools beside the shipped weights, importable in tests: they are scripts, not part of the package."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

TOOLS = Path(__file__).resolve().parents[1] / "models" / "musicnn"
REFERENCE = Path(__file__).resolve().parent / "data" / "musicnn_reference.npz"


@contextmanager
def tools(*names: str) -> Iterator[list[ModuleType]]:
    """Modules of models/musicnn, as the scripts there import each other."""
    sys.path.insert(0, str(TOOLS))
    try:
        yield [__import__(name) for name in names]
    finally:
        sys.path.remove(str(TOOLS))


def signal() -> NDArray[np.float32]:
    """The sound that the stored reference outputs belong to: 6.1 s at 16 kHz, two patches."""
    with tools("reference") as (reference,):
        return reference.signal()
