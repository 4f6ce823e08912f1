"""The stars of a map as images, made again only when the view, the map or the colours changed."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from soniq_desktop.discovery.galaxy_camera import Camera
from soniq_desktop.discovery.galaxy_picture import (
    COARSE,
    Stars,
    glow_strength,
    in_sight,
    paint_glow,
    paint_stars,
    stars_of,
)

MARGIN = 24  # device pixels beside the picture whose stars still count
RADII = ((300, 2.4), (3_000, 1.7), (20_000, 1.1))  # songs and the radius of their smallest star
LEAST_RADIUS = 0.6


class StarPicture:
    """Places and stars in, two images out: the stars, and the glow below them."""

    def __init__(self) -> None:
        self.places: NDArray[np.float32] = np.zeros((0, 3), np.float32)
        self.points: NDArray[np.float32] = np.zeros((0, 2), np.float32)  # on the screen, device pixels
        self.stars = stars_of(np.zeros((0, 3), np.uint8), np.zeros(0, np.uint8))
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._glow: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._cell = COARSE
        self._coarser = 1

    def set_places(self, places: NDArray[np.float32]) -> None:
        """Places (n, 3) of the map."""
        self.places = places

    def set_stars(self, stars: Stars) -> None:
        """Colours, sizes, and which are shown."""
        self.stars = stars

    def show_only(self, shown: NDArray[np.bool_]) -> None:
        """Which of the songs (n,) are drawn and can be found."""
        self.set_stars(replace(self.stars, shown=shown))

    def see(self, camera: Camera, ratio: float, *, coarser: int = 1) -> None:
        """Make the images for a view; `ratio` is device pixels per pixel.

        `coarser`: device pixels per drawn one, for a picture that need only last until the next.
        """
        self._coarser = coarser
        width, height = (max(1, int(side / coarser)) for side in (camera.width, camera.height))
        if self._pixels.shape != (height, width):
            self._pixels = np.zeros((height, width), np.uint32)
        self.points = camera.project(self.places)
        drawn = self.points if coarser == 1 else self.points / np.float32(coarser)
        rows = in_sight(drawn, self.stars.shown, width, height, MARGIN)
        radius = star_radius(len(self.places)) * camera.zoom**0.35 * ratio / coarser
        paint_stars(self._pixels, drawn, self.stars, radius, rows)
        cell = max(1, COARSE * max(1, round(ratio)) // coarser)
        self._cell = cell * coarser
        strength = glow_strength(len(self.places), camera.zoom, camera.unit / coarser, cell)
        self._glow = paint_glow(width, height, drawn, self.stars, rows, strength, cell)

    def paint(self, painter: QPainter, ratio: float) -> None:
        """Draw both images; the painter's units are pixels, not device pixels."""
        glow, stars = _image(self._glow), _image(self._pixels)
        down, across = (side * self._cell / ratio for side in self._glow.shape)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, across, down), glow)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._coarser > 1)
        stars.setDevicePixelRatio(ratio / self._coarser)
        painter.drawImage(0, 0, stars)


def star_radius(songs: int) -> float:
    """Of the smallest star at zoom 1, in pixels: fewer songs, larger stars."""
    return next((radius for most, radius in RADII if songs <= most), LEAST_RADIUS)


def _image(pixels: NDArray[np.uint32]) -> QImage:
    """The array as an image, without a copy: it must outlive the image."""
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
