"""Colours of the evidence picture: grey for the sound, the class' own colour where it was decisive."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.theme import mix
from soniq_desktop.ui.tokens import DARK, GENRES, GREY_RAMP

# Shares of the class' colour over the canvas, then of white over the colour.
DARKER, LIGHTER = (0.06, 0.26, 0.62, 1.0), (0.35, 0.74)
OTHER = "Metal"  # colour of a class that is none of the families

Table = NDArray[np.float32]


def class_colour(label: str) -> QColor:
    """The colour of a class on the dark canvas, in both themes."""
    return QColor(GENRES["dark"][genre_family(label) or OTHER])


@lru_cache(maxsize=1)
def grey_table() -> Table:
    """(256, 3) 0..255 for the sound where nothing speaks for the class."""
    return _table([QColor(stop) for stop in GREY_RAMP])


@lru_cache(maxsize=24)
def class_table(label: str) -> Table:
    """(256, 3) 0..255 for the sound where it speaks for the class, quiet to loud."""
    return _table(class_stops(label))


def class_stops(label: str) -> list[QColor]:
    """The stops of a class' table, dark to light."""
    colour = class_colour(label)
    canvas, white = QColor(DARK["canvas"]), QColor(Qt.GlobalColor.white)
    darker = [mix(canvas, colour, share) for share in DARKER]
    return darker + [mix(colour, white, share) for share in LIGHTER]


def blended(
    image: NDArray[np.uint8], heat: NDArray[np.uint8], label: str, strength: float
) -> NDArray[np.uint8]:
    """(frames, bands) each -> (bands, frames, 3) RGB, high frequencies first; `strength` 0..1."""
    amount = (heat.T[::-1].astype(np.float32) / 255 * strength)[..., None]
    level = image.T[::-1]
    return np.rint(grey_table()[level] * (1 - amount) + class_table(label)[level] * amount).astype(np.uint8)


def as_qimage(rgb: NDArray[np.uint8]) -> QImage:
    """A picture with memory of its own."""
    height, width, _ = rgb.shape
    data = np.ascontiguousarray(rgb)
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _table(stops: list[QColor]) -> Table:
    places = np.linspace(0, 255, len(stops))
    channels = np.array([[c.red(), c.green(), c.blue()] for c in stops], np.float32)
    grid = np.arange(256)
    return np.stack([np.interp(grid, places, channels[:, k]) for k in range(3)], axis=1).astype(np.float32)
