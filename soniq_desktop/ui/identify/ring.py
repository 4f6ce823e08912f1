"""The level ring: loudness from low to high around the button in the middle."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QProgressBar, QWidget

from soniq_desktop.fingerprint.reports import BANDS, Hearing
from soniq_desktop.ui.identify.text import decibels
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.tokens import SPECTRAL
from soniq_desktop.ui.waveform_bar import ramp_table

INNER, OUTER = 0.335, 0.445  # parts of the radius of the picture around it
FLOOR = -72  # dB, as of `Hearing.bands`
DECAY = 0.72  # at each report


class LevelRing(QProgressBar):
    """A progress bar for screen readers, whose value is the level in dB; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._bands = np.zeros(BANDS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Input level")
        self.setRange(FLOOR, 0)
        self.rest()

    def text(self) -> str:
        """ "−18 dB"."""
        return decibels(self.value()) if self.value() > FLOOR else "Silent"

    def hear(self, hearing: Hearing) -> None:
        """Another moment of the sound."""
        self._bands = np.maximum(self._bands * DECAY, hearing.bands / 255.0)
        self._show(round(hearing.level))

    def rest(self) -> None:
        """Nothing is heard."""
        self._bands[:] = 0
        self._show(FLOOR)

    def _show(self, level: int) -> None:
        self.setValue(min(0, max(FLOOR, level)))
        self.setAccessibleDescription(self.text())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """From low at the top to high at the bottom, the same on both sides."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ramp = ramp_table([QColor(stop) for stop in SPECTRAL["dark"]])  # the canvas is dark in both themes
        centre, radius = QRectF(self.rect()).center(), self.width() / 2 / OUTER
        still = Theme.current().reduced_motion  # the level bar below says it all
        for band in range(BANDS):
            share = 0.0 if still else float(self._bands[band])
            inner, outer = radius * INNER, radius * (INNER + 0.014 + (OUTER - INNER - 0.014) * share)
            painter.setPen(QPen(ramp[round(band / (BANDS - 1) * 255)], max(1.6, radius * 0.011)))
            for side in (1, -1):
                angle = side * math.pi * (band + 0.5) / BANDS
                out = QPointF(math.sin(angle), -math.cos(angle))
                painter.drawLine(centre + out * inner, centre + out * outer)
        painter.end()
