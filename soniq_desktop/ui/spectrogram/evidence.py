"""What spoke for a genre, as a veil of its colour over the live mel picture."""

from collections import OrderedDict

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from soniq_desktop.analysis.genre.evidence import Evidence
from soniq_desktop.ui.spectrogram.axis import LogAxis
from soniq_desktop.ui.spectrogram.window import TimeWindow

ROWS = 96  # of a veil: heat is smooth
THICKEST = 0.62  # opacity where the evidence is strongest
KEPT = 12  # parts, with their veils


class EvidenceLayer:
    """The parts of one song that are explained; those in the window are drawn."""

    def __init__(self, colour: QColor) -> None:
        self._colour = colour
        self._parts: OrderedDict[float, Evidence] = OrderedDict()
        self._veils: dict[tuple[float, ...], QImage] = {}

    def add(self, asked: float, part: Evidence) -> None:
        """A part more; `asked`: from which second on it was asked for."""
        self._parts[asked] = part
        self._parts.move_to_end(asked)
        while len(self._parts) > KEPT:
            self._parts.popitem(last=False)

    def holds(self, asked: float) -> bool:
        """Whether that part is there."""
        return asked in self._parts

    def paint(self, painter: QPainter, plot: QRectF, window: TimeWindow, axis: LogAxis) -> None:
        """Draw what lies in the visible time."""
        scale = plot.width() / window.seconds
        painter.save()
        painter.setClipRect(plot)
        for asked, part in self._parts.items():
            if part.end > window.start and part.start < window.start + window.seconds:
                left = plot.left() + (part.start - window.start) * scale
                size = QSizeF((part.end - part.start) * scale, plot.height())
                painter.drawImage(QPointF(left, plot.top()), self._veil(asked, size, axis, painter))
        painter.restore()

    def _veil(self, asked: float, size: QSizeF, axis: LogAxis, painter: QPainter) -> QImage:
        """In the pixels of the screen, so that drawing it is a mere copy."""
        ratio = painter.device().devicePixelRatioF()
        pixels = (size * ratio).toSize()
        key = (asked, axis.low, axis.high, pixels.width(), pixels.height())
        if key not in self._veils:
            if len(self._veils) > KEPT:  # the picture is being zoomed
                self._veils.clear()
            image = veil(self._parts[asked], axis, self._colour).scaled(
                pixels, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            image.setDevicePixelRatio(ratio)
            self._veils[key] = image
        return self._veils[key]


def veil(part: Evidence, axis: LogAxis, colour: QColor) -> QImage:
    """One pixel for four frames and a row of the axis; opacity follows the heat."""
    hertz = np.array([axis.value((row + 0.5) / ROWS) for row in reversed(range(ROWS))])
    bands = np.interp(hertz, part.hertz, np.arange(len(part.hertz)))
    lower = np.floor(bands).astype(int)
    upper = np.minimum(lower + 1, len(part.hertz) - 1)
    heat = part.heat[::4].T.astype(np.float32) / 255
    share = (bands - lower)[:, None]
    alpha = THICKEST * (heat[lower] * (1 - share) + heat[upper] * share)
    channels = np.array([colour.blueF(), colour.greenF(), colour.redF(), 1.0], np.float32)
    pixels = np.ascontiguousarray(np.rint(255 * alpha[..., None] * channels).astype(np.uint8))
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
