"""Colour tables of the spectrogram: magma with gamma 1.4, bright for what was heard, dim for what comes.

Magma holds no green, so the playhead always reads. The table comes from pyqtgraph's data file (CC0, by Smith
and van der Walt); importing pyqtgraph itself would cost half a second when the player opens.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

GAMMA = 1.4
COMING = 0.5  # how far what is still to come fades into the canvas


@lru_cache(maxsize=1)
def magma() -> NDArray[np.float64]:
    """The 256 colours of magma, (256, 3) sRGB from 0 to 1, dark to bright.

    Raises ModuleNotFoundError without pyqtgraph.
    """
    spec = find_spec("pyqtgraph")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pyqtgraph")
    file = Path(spec.submodule_search_locations[0]) / "colors" / "maps" / "magma.csv"
    return np.loadtxt(file, delimiter=",", comments=";", usecols=(0, 1, 2))


def colour_table(canvas: QColor, fade: float = 0.0) -> list[int]:
    """256 opaque QRgb values for Format_Indexed8, faded towards the canvas."""
    position = (np.arange(256) / 255.0) ** GAMMA * 255.0
    grid = np.arange(256)
    rgb = np.stack([np.interp(position, grid, channel) for channel in magma().T], axis=1)
    ground = np.array([canvas.redF(), canvas.greenF(), canvas.blueF()])
    bytes_ = np.round(255 * (rgb * (1 - fade) + ground * fade)).astype(int)
    return [0xFF000000 | (r << 16) | (g << 8) | b for r, g, b in bytes_.tolist()]
