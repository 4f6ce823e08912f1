"""The lanes over time: ruler, waveforms, loop and playhead. A slider for keyboard and screen readers."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.stems import overlays
from soniq_desktop.ui.stems.bars import Lines, lines_of
from soniq_desktop.ui.stems.look import look
from soniq_desktop.ui.stems.loop_drag import Loop, LoopDrag, grip, resized, shifted
from soniq_desktop.ui.stems.view import TimeView
from soniq_desktop.ui.stems.waves import Span, gaps, paint_hatching, paint_wave
from soniq_desktop.ui.theme import Theme, mix

RULER = 40
WHEEL_ZOOM = 6  # steps of the zoom slider for one notch
LOOP_KEYS = {
    Qt.Key.Key_Left: (shifted, -1), Qt.Key.Key_Right: (shifted, 1),
    Qt.Key.Key_Up: (resized, 1), Qt.Key.Key_Down: (resized, -1),
}  # fmt: skip
MORE = {Qt.Key.Key_Plus, Qt.Key.Key_Equal}


class LanesCanvas(QAbstractSlider):
    """Value and range are milliseconds. Drag on the ruler to loop, click to seek, wheel to scroll and zoom.

    Keys: Left and Right go by a bar; with Shift they move the loop, Up and Down make it longer and shorter;
    + and − zoom.
    """

    focus_radius = 6.0
    seek_wanted = Signal(float)
    loop_wanted = Signal(float, float)

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Position in the song")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view = view
        self.lines: Lines = lines_of(None, 1.0)
        self.loop: Loop | None = None
        self.loop_on = True
        self._stems: tuple[str, ...] = ()
        self._peaks: list[NDArray[np.uint8]] = []
        self._quiet: tuple[bool, ...] = ()
        self._ready: tuple[Span, ...] = ()
        self._running, self._waiting = False, ""
        self._picture: QPixmap | None = None
        self._drag: LoopDrag | None = None
        view.changed.connect(self.forget_picture)
        Theme.current().changed.connect(self.forget_picture)

    def sizeHint(self) -> QSize:
        return QSize(600, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    # what is shown

    def show_stems(
        self, stems: Sequence[str], peaks: Sequence[NDArray[np.uint8]], ready: Sequence[Span]
    ) -> None:
        """Waveforms, (n,) uint8 each, and the spans in seconds that are ready, in order."""
        self._stems, self._peaks, self._ready = tuple(stems), list(peaks), tuple(ready)
        self.forget_picture()

    def show_quiet(self, quiet: Sequence[bool]) -> None:
        """Lanes that are not heard lose their colour."""
        if tuple(quiet) != self._quiet:
            self._quiet = tuple(quiet)
            self.forget_picture()

    def show_work(self, waiting: str, *, running: bool) -> None:
        """What is written over the part that is not ready, and whether it is being made."""
        if (waiting, running) != (self._waiting, self._running):
            self._waiting, self._running = waiting, running
            self.forget_picture()

    def show_lines(self, lines: Lines) -> None:
        """Bars, or seconds."""
        self.lines = lines
        self.setRange(0, round(self.view.duration * 1000))
        self._describe()
        self.forget_picture()

    def show_loop(self, loop: Loop | None, *, on: bool = True) -> None:
        """A loop; one that is off is drawn pale."""
        self.loop, self.loop_on = loop, on
        self.update()

    def set_position(self, seconds: float) -> None:
        """Where playback is."""
        if round(seconds * 1000) != self.value():
            self.setValue(round(seconds * 1000))
            self.update()
        self._describe()

    def _describe(self) -> None:
        said = self.value_text()
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    def value_text(self) -> str:
        """ "1:38 of 4:12, bar 41"."""
        seconds = self.value() / 1000
        bar = f", bar {self.lines.at(seconds) + 1}" if self.lines.musical else ""
        return f"{clock(seconds)} of {clock(self.view.duration)}{bar}"

    # painting

    def lane_boxes(self) -> list[QRectF]:
        """Where each lane is."""
        height = (self.height() - RULER) / max(1, len(self._stems))
        return [QRectF(0, RULER + i * height, self.width(), height) for i in range(len(self._stems))]

    def forget_picture(self) -> None:
        """What lies below the playhead has to be painted again."""
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.forget_picture()

    def _render(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(round(self.width() * ratio), round(self.height() * ratio)))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Theme.current().color("surface"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        overlays.paint_ruler(painter, QRectF(0, 0, self.width(), RULER), self.view, self.lines)
        for index, box in enumerate(self.lane_boxes()):
            self._paint_lane(painter, box, index)
        painter.end()
        return picture

    def _paint_lane(self, painter: QPainter, box: QRectF, index: int) -> None:
        theme = Theme.current()
        quiet = index < len(self._quiet) and self._quiet[index]
        color = look(self._stems[index]).color
        if quiet:
            color = mix(theme.color("text3"), theme.color("surface"), 0.55)
        peaks = self._peaks[index] if index < len(self._peaks) else np.zeros(0, np.uint8)
        for begin, end in self._ready:
            left, right = self.view.x(begin, box.width()), self.view.x(end, box.width())
            painter.setClipRect(QRectF(left, box.top(), right - left, box.height()))
            paint_wave(painter, box, peaks, self.view, color)
        painter.setClipping(False)
        self._paint_gaps(painter, box, first=index == 0)

    def _paint_gaps(self, painter: QPainter, box: QRectF, *, first: bool) -> None:
        theme = Theme.current()
        for begin, end in gaps(self._ready, self.view.duration):
            left, right = self.view.x(begin, box.width()), self.view.x(end, box.width())
            part = QRectF(left, box.top(), right - left, box.height()).intersected(box)
            if part.width() < 1:
                continue
            paint_hatching(painter, part, running=self._running)
            if first and self._waiting and part.width() > 150:
                painter.setFont(theme.font("small"))
                painter.setPen(theme.color("text3"))
                painter.drawText(part.adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._waiting)
                first = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._render()
        painter = QPainter(self)
        painter.drawPixmap(QPointF(0, 0), self._picture)
        x = self.view.x(self.value() / 1000, self.width())
        lanes = QRectF(0, RULER, self.width(), self.height() - RULER)
        overlays.paint_unplayed(painter, lanes, x)
        for box in self.lane_boxes():
            painter.fillRect(QRectF(0, round(box.top()), box.width(), 1), Theme.current().color("line"))
        if self.loop is not None:
            overlays.paint_loop(
                painter,
                QRectF(self.rect()),
                self._edges(),
                self.lines.name(self.loop),
                RULER,
                on=self.loop_on,
            )
        overlays.paint_playhead(painter, QRectF(self.rect()), x, RULER)
        painter.end()

    def _edges(self) -> Loop:
        assert self.loop is not None
        return self.view.x(self.loop[0], self.width()), self.view.x(self.loop[1], self.width())

    # mouse

    def _grip(self, event: QMouseEvent) -> str | None:
        edges = self._edges() if self.loop is not None else None
        return grip(event.position().x(), edges, on_ruler=event.position().y() < RULER)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        at = self.view.seconds(event.position().x(), self.width())
        kind = self._grip(event)
        if kind is None:
            self.seek_wanted.emit(at)
            return
        if kind in ("begin", "end") and self.loop is not None:
            at = self.loop[0] + 1e-3 if kind == "begin" else self.loop[1] - 1e-3
        self._drag = LoopDrag(kind, self.lines, self.loop, at)  # type: ignore[arg-type]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self._show_cursor(event)
            return
        loop = self._drag.to(self.view.seconds(event.position().x(), self.width()))
        if self._drag.moved:
            self.show_loop(loop, on=self.loop_on)

    def _show_cursor(self, event: QMouseEvent) -> None:
        shapes = {
            "begin": Qt.CursorShape.SizeHorCursor,
            "end": Qt.CursorShape.SizeHorCursor,
            "all": Qt.CursorShape.OpenHandCursor,
        }
        self.setCursor(shapes.get(self._grip(event) or "", Qt.CursorShape.ArrowCursor))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            return
        if drag.moved and self.loop is not None:
            self.loop_wanted.emit(*self.loop)
        else:
            self.seek_wanted.emit(self.view.seconds(event.position().x(), self.width()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl: zoom round the pointer; sideways, or with Shift: scroll. Else the page scrolls."""
        steps = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = self.view.seconds(event.position().x(), self.width())
            self.view.set_zoom(self.view.zoom + WHEEL_ZOOM * (1 if steps.y() > 0 else -1), at)
        elif steps.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by = steps.x() or steps.y()
            self.view.show(self.view.begin - by / 1200 * self.view.span)
        else:
            event.ignore()
            return
        event.accept()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not shift:
            self.seek_wanted.emit(self.neighbour(-1 if key == Qt.Key.Key_Left else 1))
        elif key in LOOP_KEYS and shift:
            self._change_loop(*LOOP_KEYS[key])
        elif key in MORE or key == Qt.Key.Key_Minus:
            self.view.set_zoom(self.view.zoom + (10 if key in MORE else -10), self.value() / 1000)
        elif key == Qt.Key.Key_Home:
            self.seek_wanted.emit(0.0)
        else:
            event.ignore()

    def _change_loop(self, change: Callable[[Lines, Loop, int], Loop], by: int) -> None:
        if self.loop is not None:
            self.loop_wanted.emit(*change(self.lines, self.loop, by))

    def neighbour(self, by: int) -> float:
        """The line before or behind the playhead; shortly after a line, the one before it."""
        now, starts = self.value() / 1000, self.lines.starts
        bar = self.lines.at(now)
        if by < 0 and now - starts[bar] > 0.4:
            return starts[bar]
        return starts[min(max(0, bar + by), max(0, self.lines.count - 1))]
