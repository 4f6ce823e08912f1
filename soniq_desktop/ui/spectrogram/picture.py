"""The scrolling picture of one view: keeps the raster in step with the visible time and blits it."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from soniq_desktop.analysis.live.raster import Raster
from soniq_desktop.ui.spectrogram.views import View


class Picture:
    """World pixels [first, last) of the visible time, drawn once each and blitted with two colour tables."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._raster = Raster(view.columns, view.rate)
        self._raster.level_range(*view.value_range)
        self._images: tuple[QImage, QImage] | None = None
        self._drawn = (0, 0)

    def set_size(self, width: int, height: int, pixels_per_second: float) -> None:
        """Size in device pixels. Everything is drawn anew if it differs."""
        wanted = (width, height, pixels_per_second)
        raster = self._raster
        if wanted != (raster.width, raster.height, raster.pixels_per_second):
            raster.pixels_per_second = pixels_per_second
            self._shape(width, height)

    def rescale(self) -> None:
        """The vertical axis was zoomed."""
        self._shape(self._raster.width, self._raster.height)

    def forget(self) -> None:
        """Draw everything anew at the next call of `show`."""
        self._drawn = (0, 0)

    def _shape(self, width: int, height: int) -> None:
        self._raster.shape((height, width), self.view.rows(height), smooth=self.view.smooth)
        self._images = None
        self.forget()

    def pixel(self, seconds: float) -> int:
        """The world pixel in which an instant lies."""
        return int(np.floor(seconds * self._raster.pixels_per_second))

    def show(self, start: float) -> None:
        """Bring the pixels from `start` seconds on into the ring; only those that are new are drawn."""
        first = self.pixel(start)
        last = first + self._raster.width
        was_first, was_last = self._drawn
        if last <= was_first or first >= was_last:
            self._raster.draw(first, last)
        else:
            self._raster.draw(was_last, last)
            self._raster.draw(first, was_first)
        self._drawn = (first, last)

    def redraw(self, start: float, end: float) -> None:
        """Columns between two instants changed: draw those of them that are in the ring.

        Their neighbours are drawn too, since pixels blend between columns.
        """
        column = 1.0 / self.view.rate
        first = max(self._drawn[0], self.pixel(start - 2 * column))
        last = min(self._drawn[1], self.pixel(end + column) + 1)
        self._raster.draw(first, last)

    def paint(self, painter: QPainter, plot: QRectF, heard: int, tables: tuple[list[int], list[int]]) -> None:
        """Blit the ring into `plot`; world pixels from `heard` on with the second table."""
        bright, dim = self._coloured(tables)
        first, last = self._drawn
        border = min(max(heard, first), last)
        self._blit(painter, plot, bright, first, border)
        self._blit(painter, plot, dim, border, last)

    def _coloured(self, tables: tuple[list[int], list[int]]) -> tuple[QImage, QImage]:
        if self._images is None:
            self._images = (self._image(tables[0]), self._image(tables[1]))
        return self._images

    def _image(self, table: list[int]) -> QImage:
        """An image over the raster's own memory: what is drawn there shows at the next blit."""
        height, width = self._raster.picture.shape
        image = QImage(self._raster.picture.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(table)
        return image

    def _blit(self, painter: QPainter, plot: QRectF, image: QImage, first: int, last: int) -> None:
        """World pixels [first, last) in at most two pieces: the ring wraps."""
        width, height = self._raster.width, self._raster.height
        scale = plot.width() / width
        while first < last:
            column = first % width
            count = min(last - first, width - column)
            left = plot.left() + (first - self._drawn[0]) * scale
            target = QRectF(left, plot.top(), count * scale, plot.height())
            painter.drawImage(target, image, QRectF(column, 0, count, height))
            first += count
