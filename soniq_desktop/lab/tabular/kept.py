"""Results of folds that are kept on the disk: a run that was killed goes on after the last one."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.fileio import write_atomic

VERSION = "1"  # of the models: what others have predicted is not taken up
Predicted = NDArray[np.float64]


class Kept:
    """Predictions by what they are of, as files in a folder."""

    def __init__(self, folder: Path, *about: object) -> None:
        """`about`: what all of them are made from; arrays count by their content."""
        self._folder = folder
        self._about = _digest(VERSION, *about)

    def get(self, name: str, work: Callable[[], Predicted]) -> Predicted:
        """The predictions of that name, made now where they are not there or damaged."""
        file = self._folder / f"{name}-{self._about}.npy"
        try:
            found: Predicted = np.load(file, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            found = work()
            buffer = io.BytesIO()
            np.save(buffer, found, allow_pickle=False)
            write_atomic(file, buffer.getvalue())
        return found


def _digest(*parts: object) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.hexdigest()
