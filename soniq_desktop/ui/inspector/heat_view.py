"""The picture of an excerpt with what spoke for a class over it: axes, contours, read-out, playhead."""

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.analysis.genre.evidence import Evidence, Region
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.inspector.colours import as_qimage, blended
from soniq_desktop.ui.spectrogram import painting
from soniq_desktop.ui.spectrogram.text import clock, short_hertz
from soniq_desktop.ui.spectrogram.views import Tick
from soniq_desktop.ui.theme import Theme

GUTTER, FOOT = 34, 24
HERTZ = (100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0)
CONTOURS = (0.5, 0.9)  # opacity of the weak and the strong one
SHORT = 6.0  # seconds below which every second has a label
STEP, LONG_STEP = 8, 40  # pixels that the cross-hair moves on an arrow key
DIM = 0.45  # of a picture that is not the one asked for
HEAT_READ = 16  # below this of 255 the read-out says "none"


class HeatView(QWidget):
    """Shows an `Evidence`. Emits `seek_wanted` with seconds for a click or Enter."""

    seek_wanted = Signal(float)
    focus_radius = painting.RADIUS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evidence: Evidence | None = None
        self.overlay, self.strength = True, 0.75
        self._message, self._stale = "", False
        self._image: QImage | None = None
        self._position: float | None = None
        self._cross: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the model listened to")
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(GUTTER + 672, 271 + FOOT)

    def minimumSizeHint(self) -> QSize:
        return QSize(GUTTER + 240, 200 + FOOT)

    # what is shown

    def show_evidence(self, evidence: Evidence) -> None:
        """A new picture."""
        self.evidence, self._message, self._stale = evidence, "", False
        self._forget()
        self._describe()

    def show_message(self, sentence: str, *, keep: bool = False) -> None:
        """A sentence in place of the picture; with `keep`, over the last one, dimmed."""
        self._message, self._stale = sentence, keep
        if not keep:
            self.evidence = None
            self._image = None
        self._describe()
        self.update()

    def set_overlay(self, on: bool, strength: float) -> None:
        """Whether the heat is shown, and how strongly (0..1)."""
        self.overlay, self.strength = on, strength
        self._forget()

    def set_position(self, seconds: float | None) -> None:
        """Where this song plays; None while another one does."""
        if seconds != self._position:
            self._position = seconds
            self.update()

    def picture(self, width: int, height: int) -> QImage:
        """What is shown as an image of its own, for export."""
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(Theme.current().color("surface"))
        painter = QPainter(image)
        left, foot = Theme.current().px(GUTTER), Theme.current().px(FOOT)
        self._paint(painter, QRectF(left + 12, 12, width - left - 24, height - foot - 24), cross=False)
        painter.end()
        return image

    def _forget(self) -> None:
        self._image = None
        self.update()

    def _describe(self) -> None:
        evidence = self.evidence
        if evidence is None or self._message:
            self.setAccessibleDescription(self._message or "Nothing yet")
            return
        part = f"{clock(evidence.start)} to {clock(evidence.end)}"
        found = evidence.strongest
        where = f"strongest evidence {words.span(found)}" if found else "nothing in this part speaks for it"
        self.setAccessibleDescription(f"Evidence for {evidence.label}, {part}: {where}.")

    # geometry

    def plot(self) -> QRectF:
        """Where the picture is."""
        left, foot = Theme.current().px(GUTTER), Theme.current().px(FOOT)
        return QRectF(left, 0, max(1, self.width() - left), max(1, self.height() - foot))

    def focus_rect(self) -> QRectF:
        """The focus ring goes round the picture."""
        return self.plot()

    def _seconds(self, x: float) -> float:
        assert self.evidence is not None
        plot = self.plot()
        share = min(1.0, max(0.0, (x - plot.left()) / plot.width()))
        return self.evidence.start + share * (self.evidence.end - self.evidence.start)

    def box_of(self, region: Region, plot: QRectF) -> QRectF:
        """A region in the picture."""
        assert self.evidence is not None
        shown = self.evidence
        left, right = (
            plot.left() + (at - shown.start) / (shown.end - shown.start) * plot.width()
            for at in (region.start, region.end)
        )
        low, high = (plot.bottom() - _height(shown, hz) * plot.height() for hz in (region.low, region.high))
        return QRectF(left, high, right - left, low - high)

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint(painter, self.plot(), cross=True)
        painter.end()

    def _paint(self, painter: QPainter, plot: QRectF, *, cross: bool) -> None:
        theme = Theme.current()
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(plot, painting.RADIUS, painting.RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(clip)
        painter.fillRect(plot, theme.color("canvas"))
        if self.evidence is not None:
            self._paint_picture(painter, plot, self.evidence)
        painter.restore()
        if self.evidence is not None:
            self._paint_axes(painter, plot, self.evidence)
        if self._message:
            self._paint_message(painter, plot)
        elif self.evidence is not None:
            self._paint_readings(painter, plot, self.evidence, cross=cross)

    def _paint_picture(self, painter: QPainter, plot: QRectF, evidence: Evidence) -> None:
        if self._image is None:
            strength = self.strength if self.overlay else 0.0
            self._image = as_qimage(blended(evidence.image, evidence.heat, evidence.label, strength))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(DIM if self._stale else 1.0)
        painter.drawImage(plot, self._image)
        if self.overlay and not self._stale:
            self._paint_contours(painter, plot, evidence)
        painter.setOpacity(1.0)
        if self._position is not None and evidence.start <= self._position <= evidence.end:
            share = (self._position - evidence.start) / (evidence.end - evidence.start)
            painting.paint_playhead(painter, plot, plot.left() + share * plot.width())

    def _paint_contours(self, painter: QPainter, plot: QRectF, evidence: Evidence) -> None:
        for segments, opacity in zip(evidence.contours, CONTOURS, strict=True):
            line = QColor(Qt.GlobalColor.white)
            line.setAlphaF(opacity)
            painter.setPen(QPen(line, 1))
            scaled = segments * np.array([plot.width(), -plot.height()], np.float32)
            scaled += np.array([plot.left(), plot.bottom()], np.float32)
            painter.drawLines([QLineF(*ends) for ends in scaled.reshape(-1, 4).tolist()])

    def _paint_axes(self, painter: QPainter, plot: QRectF, evidence: Evidence) -> None:
        heights = [Tick(_height(evidence, hz), short_hertz(hz)) for hz in HERTZ]
        painting.paint_left_axis(painter, plot, heights, "")
        whole = evidence.end - evidence.start
        step = 1 if whole < SHORT else 2 if plot.width() >= 40 * whole else 4
        first = int(np.ceil(evidence.start / step)) * step
        times = np.arange(first, evidence.end, step).tolist()
        painting.paint_bottom_axis(
            painter, plot, [Tick((at - evidence.start) / whole, clock(at)) for at in times]
        )

    def _paint_message(self, painter: QPainter, plot: QRectF) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("body"))
        metrics = QFontMetricsF(painter.font())
        room = plot.adjusted(24, 24, -24, -24)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        text = metrics.boundingRect(room, flags, self._message)
        fill_rounded(painter, text.adjusted(-12, -8, 12, 8), 8, theme.color("popover"))
        painter.setPen(theme.color("text"))
        painter.drawText(room, flags, self._message)

    def _paint_readings(self, painter: QPainter, plot: QRectF, evidence: Evidence, *, cross: bool) -> None:
        found = evidence.strongest
        if cross and self._cross is not None and plot.contains(self._cross):
            painting.paint_cross(painter, plot, self._cross)
            head, line = self.reading(self._cross)
            self._paint_card(painter, plot, QRectF(self._cross, self._cross), head, line)
        elif self.overlay and found is not None:
            self._paint_card(painter, plot, self.box_of(found, plot), "Strongest evidence", words.span(found))
        elif self.overlay:
            self._paint_card(
                painter, plot, QRectF(plot.center(), plot.center()), evidence.label,
                "Nothing in this part speaks for it",
            )  # fmt: skip

    def _paint_card(self, painter: QPainter, plot: QRectF, beside: QRectF, head: str, line: str) -> None:
        """A head and a line above a place, inside the picture."""
        theme = Theme.current()
        bold, small = theme.font("small", 600), theme.font("small", figures=True)
        width = max(QFontMetricsF(bold).horizontalAdvance(head), QFontMetricsF(small).horizontalAdvance(line))
        row = theme.line_height("small")
        box = QRectF(0, 0, width + 18, 2 * row + 12)
        box.moveBottomLeft(QPointF(beside.center().x() + 8, beside.top() - 8))
        box.moveTop(max(box.top(), plot.top() + 8))
        box.moveLeft(min(max(box.left(), plot.left() + 8), plot.right() - 8 - box.width()))
        fill_rounded(painter, box, 8, theme.color("popover"), theme.color("line_strong"))
        inner = box.adjusted(9, 6, -9, -6)
        for number, (font, text, token) in enumerate(((bold, head, "text"), (small, line, "text2"))):
            painter.setFont(font)
            painter.setPen(theme.color(token))
            painter.drawText(inner.translated(0, number * row), Qt.AlignmentFlag.AlignTop, text)

    def reading(self, at: QPointF) -> tuple[str, str]:
        """What lies at a point: time and frequency, and how much it speaks for the class."""
        assert self.evidence is not None
        shown, plot = self.evidence, self.plot()
        high = min(1.0, max(0.0, (plot.bottom() - at.y()) / plot.height()))
        frames, bands = shown.heat.shape
        seconds = self._seconds(at.x())
        column = min(frames - 1, int((seconds - shown.start) / (shown.end - shown.start) * frames))
        row = min(bands - 1, int(high * bands))
        hertz = float(shown.hertz[row])
        heat = int(shown.heat[column, row])
        level = f"{100 * heat / 255:.0f}{words.THIN}% of the strongest" if heat >= HEAT_READ else "none"
        tone = f"{hertz:.0f} Hz" if hertz < 1000 else f"{hertz / 1000:.1f} kHz"
        return f"{clock(seconds, 1)}, {tone}", f"Evidence for {shown.label}: {level}"

    # mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_cross(event.position() if self.plot().contains(event.position()) else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        inside = self.evidence is not None and self.plot().contains(event.position())
        if event.button() == Qt.MouseButton.LeftButton and inside and not self._stale:
            self.seek_wanted.emit(self._seconds(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._move_cross(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._move_cross(None)

    def _move_cross(self, at: QPointF | None) -> None:
        if at != self._cross:
            self._cross = at
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = LONG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        moves = {
            Qt.Key.Key_Left: (-step, 0), Qt.Key.Key_Right: (step, 0), Qt.Key.Key_Up: (0, -step),
            Qt.Key.Key_Down: (0, step),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if self.evidence is None or (key not in moves and key not in (Qt.Key.Key_Return, Qt.Key.Key_Escape)):
            event.ignore()
        elif key in moves:
            self._step_cross(*moves[key])
        elif self._cross is None:
            event.ignore()
        elif key == Qt.Key.Key_Return:
            self.seek_wanted.emit(self._seconds(self._cross.x()))
        else:
            self._move_cross(None)

    def _step_cross(self, right: int, down: int) -> None:
        plot = self.plot()
        at = self._cross or plot.center()
        x = min(max(at.x() + right, plot.left()), plot.right() - 1)
        y = min(max(at.y() + down, plot.top()), plot.bottom() - 1)
        self._move_cross(QPointF(x, y))
        QAccessible.updateAccessibility(
            QAccessibleAnnouncementEvent(self, ". ".join(self.reading(QPointF(x, y))))
        )


def _height(evidence: Evidence, hertz: float) -> float:
    """Share of the picture's height at which a frequency lies; below 0 for one outside."""
    bands = len(evidence.hertz)
    if not evidence.hertz[0] <= hertz <= evidence.hertz[-1]:
        return float(hertz > evidence.hertz[-1])
    return float(np.interp(hertz, evidence.hertz, (np.arange(bands) + 0.5) / bands))
