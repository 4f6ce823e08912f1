"""The FFT view: the spectrum of this moment, with peak hold, over a log frequency axis."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from soniq_desktop.analysis.live import FLOOR_DB
from soniq_desktop.analysis.live.curve import SpectrumCurve
from soniq_desktop.analysis.live.scales import HIGHEST_HZ, LOWEST_HZ, frequency_ticks
from soniq_desktop.ui.spectrogram import text
from soniq_desktop.ui.spectrogram.axis import LogAxis
from soniq_desktop.ui.spectrogram.source import TapLike
from soniq_desktop.ui.spectrogram.views import Reading, Tick
from soniq_desktop.ui.theme import Theme, mix
from soniq_desktop.ui.tokens import SPECTRAL

GRID = QColor(255, 255, 255, 22)
LINE_WIDTH = 2  # device pixels


class CurveView:
    """Measures the tap and paints the curve; its axis lies horizontally."""

    name = "FFT"
    unit = "dB"

    def __init__(self) -> None:
        self.axis = LogAxis.whole(LOWEST_HZ, HIGHEST_HZ)
        self._curve: SpectrumCurve | None = None
        self._rate = 0
        self._table: list[int] | None = None

    def update(self, tap: TapLike, seconds: float) -> None:
        """Measure what is audible now, `seconds` after the last call."""
        if self._curve is None or self._rate != tap.sample_rate:
            self._curve, self._rate = SpectrumCurve(tap.sample_rate), tap.sample_rate
        samples = tap.latest(self._curve.length)
        if len(samples) == self._curve.length:
            self._curve.update(samples, seconds)

    def reset(self) -> None:
        """Forget the peaks."""
        if self._curve is not None:
            self._curve.reset()

    @property
    def measured(self) -> bool:
        """Whether there is something to show."""
        return self._curve is not None

    def resolution_text(self) -> str:
        """Width of a bin."""
        return f"{self._rate / self._curve.length:.1f} Hz" if self._curve is not None else "—"

    def range_text(self) -> str:
        return f"{text.range_hertz(self.axis.low)} – {text.range_hertz(self.axis.high)}"

    def level_ticks(self) -> list[Tick]:
        """Labels of the dB axis."""
        return [Tick(1 - db / FLOOR_DB, text.signed(db, 0)) for db in range(0, int(FLOOR_DB), -15)]

    def frequency_ticks(self) -> list[Tick]:
        """Labels below the plot."""
        ticks = frequency_ticks(self.axis.low, self.axis.high)
        return [Tick(self.axis.fraction(hz), text.short_hertz(hz)) for hz in ticks]

    def reading(self, fraction: float) -> Reading:
        """What lies at a horizontal place."""
        hz = self.axis.value(fraction)
        if self._curve is None:
            return Reading(text.hertz(hz), text.note(hz), "", "")
        grid = np.log(self._curve.frequencies)
        level = float(np.interp(np.log(hz), grid, self._curve.levels))
        peak = float(np.interp(np.log(hz), grid, self._curve.peaks))
        return Reading(
            text.hertz(hz),
            text.note(hz),
            text.decibel(level, FLOOR_DB),
            f"peak {text.decibel(peak, FLOOR_DB)}",
        )

    def paint(self, painter: QPainter, plot: QRectF) -> None:
        """Filled curve, grid and peaks."""
        if self._curve is not None:
            self._paint_fill(painter, plot)
        self._paint_grid(painter, plot)
        if self._curve is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_line(painter, self._points(self._curve.peaks, plot), QColor(255, 255, 255, 120))
        line = self._points(self._curve.levels, plot)
        for _ in range(LINE_WIDTH):
            self._paint_line(painter, line, QColor("#FFE9A8"))
            painter.translate(0, 1 / painter.device().devicePixelRatioF())
        painter.restore()

    def _paint_line(self, painter: QPainter, points: list[QPointF], colour: QColor) -> None:
        """One pixel wide: Qt draws that a hundred times faster than any other width."""
        pen = QPen(colour, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))

    def _paint_fill(self, painter: QPainter, plot: QRectF) -> None:
        """Below the curve the shade of each height, from a mask: a filled polygon takes ten times as long."""
        assert self._curve is not None
        ratio = painter.device().devicePixelRatioF()
        width, height = max(1, round(plot.width() * ratio)), max(1, round(plot.height() * ratio))
        hz = np.geomspace(self.axis.low, self.axis.high, width)
        levels = np.interp(np.log(hz), np.log(self._curve.frequencies), self._curve.levels)
        shade = np.linspace(255, 1, height).astype(np.uint8)
        below = np.arange(height)[:, None] > levels / FLOOR_DB * height
        pixels = np.ascontiguousarray(np.where(below, shade[:, None], np.uint8(0)))
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(self._shades())
        painter.drawImage(plot, image)

    def _shades(self) -> list[int]:
        """Canvas, then the spectral ramp from quiet to loud, more and more opaque."""
        theme = Theme.current()
        canvas, stops = theme.color("canvas"), [QColor(stop) for stop in SPECTRAL["dark"]]
        if self._table is None or self._table[0] != canvas.rgb():
            at = np.linspace(0, len(stops) - 1, 255)
            colours = [mix(stops[int(i)], stops[min(int(i) + 1, len(stops) - 1)], i % 1) for i in at.tolist()]
            shades = [mix(canvas, c, 0.12 + 0.55 * n / 254).rgb() for n, c in enumerate(colours)]
            self._table = [canvas.rgb(), *shades]
        return self._table

    def _points(self, levels: np.ndarray, plot: QRectF) -> list[QPointF]:
        assert self._curve is not None
        low, high = np.log(self.axis.low), np.log(self.axis.high)
        fractions = (np.log(self._curve.frequencies) - low) / (high - low)
        seen = (fractions > -0.02) & (fractions < 1.02)
        x = plot.left() + np.clip(fractions[seen], 0, 1) * plot.width()
        y = plot.top() + np.clip(levels[seen] / FLOOR_DB, 0, 1) * plot.height()
        return [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(GRID, 1))
        for tick in self.level_ticks()[1:]:
            y = round(plot.bottom() - tick.at * plot.height()) + 0.5
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        for tick in self.frequency_ticks():
            x = round(plot.left() + tick.at * plot.width()) + 0.5
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
