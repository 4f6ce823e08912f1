"""What the live spectrogram shows and when it draws: four views, playhead, cross-hair."""

import time

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.analysis.live import COLUMN_RATE
from soniq_desktop.analysis.live.scales import time_step
from soniq_desktop.analysis.live.tempogram import TempoEstimate
from soniq_desktop.library.records import BeatGrid
from soniq_desktop.ui.spectrogram import painting, text
from soniq_desktop.ui.spectrogram.curve import CurveView
from soniq_desktop.ui.spectrogram.evidence import EvidenceLayer
from soniq_desktop.ui.spectrogram.palette import COMING, colour_table
from soniq_desktop.ui.spectrogram.picture import Picture
from soniq_desktop.ui.spectrogram.source import LiveSource, PlayerLike
from soniq_desktop.ui.spectrogram.views import ChromaView, LevelView, Reading, TempogramView, Tick, View
from soniq_desktop.ui.spectrogram.window import TimeWindow
from soniq_desktop.ui.theme import Theme

MODES = ("Mel", "Chroma", "FFT", "Tempogram")
GUTTER, FOOT = 40, 28
FOOT_LEFT = GUTTER - 12  # where the first label of the time axis may begin
FRAME_MS = 16
TEMPO_EVERY = 0.25  # seconds


class LiveCanvas(QWidget):
    """Shows what plays; draws only while it is visible. What the user does is in `canvas`."""

    focus_radius = painting.RADIUS
    seek_requested = Signal(float)
    view_changed = Signal()  # window, range, mode, follow or estimate

    def __init__(self, player: PlayerLike, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self.source = LiveSource(player, self)
        memory = self.source.memory
        views: tuple[View, ...] = (LevelView(memory), ChromaView(memory), TempogramView(memory))
        self._pictures = {view.name: Picture(view) for view in views}
        self._curve = CurveView()
        self._mode = 0
        self.window_ = TimeWindow()
        self._position = 0.0
        self._playing = False
        self._cross: QPointF | None = None
        self._press: QPointF | None = None
        self._dragging = False
        self._tempo: TempoEstimate | None = None
        self._tempo_at = 0.0
        self._beats: BeatGrid | None = None
        self._evidence: EvidenceLayer | None = None
        self._last = time.monotonic()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self.source.heard.connect(self._take_heard)
        self.source.decoded.connect(self._take_decoded)
        self.source.reset.connect(self._forget)
        Theme.current().changed.connect(self._restyle)
        self._restyle()
        self._set_up_widget()

    def _set_up_widget(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Live spectrogram")
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(GUTTER + 928, 456 + FOOT)

    def minimumSizeHint(self) -> QSize:
        return QSize(GUTTER + 320, 160 + FOOT)

    # what is shown

    @property
    def mode(self) -> int:
        """Index into MODES."""
        return self._mode

    def set_mode(self, mode: int) -> None:
        """Show another view."""
        self._mode = mode
        self._curve.reset()
        self._describe()
        self.view_changed.emit()
        self._step()
        self.update()

    @property
    def follow(self) -> bool:
        return self.window_.follow

    def set_follow(self, follow: bool) -> None:
        """Whether the picture scrolls with the playhead."""
        self.window_.follow = follow
        self.view_changed.emit()
        self._step()

    def set_beats(self, grid: BeatGrid | None) -> None:
        """The beats to draw over the views with a time axis, or none."""
        self._beats = grid
        self.update()

    def set_evidence(self, layer: EvidenceLayer | None) -> None:
        """What spoke for a genre, to lie over the mel view, or nothing."""
        self._evidence = layer
        self.update()

    def set_playing(self, playing: bool) -> None:
        """Draw pictures while something plays; a pause freezes the last one."""
        self._playing = playing
        self._run()

    def refresh(self) -> None:
        """Look again after a seek or a new track while paused."""
        if not self._timer.isActive():
            self._step()

    @property
    def tempo(self) -> TempoEstimate | None:
        """The tempo of the last seconds, while the tempogram is shown."""
        return self._tempo

    def range_text(self) -> str:
        """The vertical range, or the horizontal one of the FFT view."""
        return self._curve.range_text() if self._view is None else self._view.range_text()

    def window_text(self) -> tuple[str, str]:
        """Name and value of the second figure above the plot."""
        if self._view is None:
            return "Resolution", self._curve.resolution_text()
        return "Window", f"{self.window_.seconds:.1f} s"

    @property
    def _view(self) -> View | None:
        """The view with a time axis, None in FFT mode."""
        return self._picture.view if self._picture is not None else None

    @property
    def _picture(self) -> Picture | None:
        return self._pictures.get(MODES[self._mode])

    # life

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.source.start()
        self._run()
        self._step()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._run()
        self.source.stop()

    def _run(self) -> None:
        if self._playing and self.isVisible():
            self._last = time.monotonic()
            self._timer.start()
        else:
            self._timer.stop()

    def _step(self) -> None:
        """One picture: take what was heard, move on, draw what is new."""
        if not self.isVisible():
            return
        self._position = self.source.advance()
        now = time.monotonic()
        elapsed, self._last = now - self._last, now
        start = self.window_.at(self._position, self._player.duration())
        view = self._view
        past = view.reach / COLUMN_RATE if view is not None else 0.0
        self.source.want(start - past, start + self.window_.seconds)
        if view is None:
            self._measure(elapsed)
        else:
            self._draw(start)
        self._estimate_tempo(now)
        self.update(self._moving_part())

    def _measure(self, elapsed: float) -> None:
        tap = self._player.tap
        if tap is not None and self._playing:
            first = not self._curve.measured
            self._curve.update(tap, min(elapsed, 0.1))
            if first:
                self.view_changed.emit()

    def _draw(self, start: float) -> None:
        assert self._picture is not None
        plot, ratio = self.plot(), self.devicePixelRatioF()
        width, height = max(1, round(plot.width() * ratio)), max(1, round(plot.height() * ratio))
        self._picture.set_size(width, height, width / self.window_.seconds)
        self._picture.show(start)

    def _estimate_tempo(self, now: float) -> None:
        if MODES[self._mode] != "Tempogram" or now - self._tempo_at < TEMPO_EVERY:
            return
        self._tempo_at = now
        self._tempo = self.source.memory.tempo(self._position)
        self.view_changed.emit()

    def _take_heard(self, first: int, last: int) -> None:
        if self._picture is not None:
            self._picture.redraw(first / COLUMN_RATE, last / COLUMN_RATE)

    def _take_decoded(self, first: int, last: int) -> None:
        if self._picture is not None:
            reach = self._picture.view.reach
            self._picture.redraw(first / COLUMN_RATE, (last + reach) / COLUMN_RATE)
        self.update()

    def _forget(self) -> None:
        for picture in self._pictures.values():
            picture.forget()
        self._tempo = None

    def _restyle(self) -> None:
        canvas = Theme.current().color("canvas")
        self._tables = (colour_table(canvas), colour_table(canvas, COMING))
        self.update()

    def _describe(self) -> None:
        if self._view is None:
            what = f"FFT spectrum of this moment, {self.range_text()}"
        else:
            what = f"{self._view.name} over {self.window_.seconds:.1f} seconds, {self.range_text()}"
        self.setAccessibleDescription(f"{what}. Arrow keys read values, Enter seeks.")

    # geometry

    def plot(self) -> QRectF:
        """Where the picture is."""
        return QRectF(GUTTER, 0, max(1, self.width() - GUTTER), max(1, self.height() - FOOT))

    def focus_rect(self) -> QRectF:
        """The focus ring goes round the picture."""
        return self.plot()

    def _moving_part(self) -> QRegion:
        """The plot with what sticks out of it, and the time axis; the labels at the left stand still."""
        plot = self.plot().toAlignedRect().adjusted(-painting.MARKER, 0, 0, 0)
        foot = QRect(FOOT_LEFT, self.height() - FOOT, self.width() - FOOT_LEFT, FOOT)
        return QRegion(plot) + QRegion(foot)

    def _x(self, seconds: float) -> float:
        plot = self.plot()
        return plot.left() + (seconds - self.window_.start) / self.window_.seconds * plot.width()

    def _seconds(self, x: float) -> float:
        plot = self.plot()
        return self.window_.start + (x - plot.left()) / plot.width() * self.window_.seconds

    def _height_fraction(self, y: float) -> float:
        plot = self.plot()
        return (plot.bottom() - y) / plot.height()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        plot = self.plot()
        painter.fillRect(plot, Theme.current().color("canvas"))
        if self._player.track() is None:
            painting.paint_message(
                painter, plot, "Nothing is playing. Start a song and its sound appears here."
            )
        elif self._picture is None:
            self._curve.paint(painter, plot)
        else:
            self._paint_picture(painter, plot, self._picture)
        self._paint_axes(painter, plot, whole=event.rect().left() < FOOT_LEFT)
        self._paint_cross(painter, plot)
        painting.paint_corners(painter, plot)
        painter.end()

    def _paint_picture(self, painter: QPainter, plot: QRectF, picture: Picture) -> None:
        picture.paint(painter, plot, picture.pixel(self._position), self._tables)
        if self._tempo is not None and picture.view.name == "Tempogram" and picture.view.axis is not None:
            at = picture.view.axis.fraction(self._tempo.bpm)
            if 0 < at < 1:
                painting.paint_level_mark(painter, plot, at, f"now {self._tempo.bpm:.1f} BPM")
        if self._evidence is not None and picture.view.name == "Mel" and picture.view.axis is not None:
            self._evidence.paint(painter, plot, self.window_, picture.view.axis)
        self._paint_beats(painter, plot)
        painting.paint_playhead(painter, plot, self._x(self._position))

    def _paint_beats(self, painter: QPainter, plot: QRectF) -> None:
        """Only those in the window: a dozen or two, whatever the length of the track."""
        if self._beats is None:
            return
        window, beats = self.window_, self._beats.beats
        first, last = np.searchsorted(beats, (window.start, window.start + window.seconds))
        xs = plot.left() + (beats[first:last] - window.start) / window.seconds * plot.width()
        painting.paint_beats(painter, plot, xs.tolist(), self._beats.downbeats[first:last].tolist())

    def _paint_axes(self, painter: QPainter, plot: QRectF, *, whole: bool) -> None:
        view = self._view
        if whole:
            ticks = self._curve.level_ticks() if view is None else view.ticks()
            unit = self._curve.unit if view is None else view.unit
            painting.paint_left_axis(painter, plot, ticks, unit)
        bottom = self._curve.frequency_ticks() if view is None else self._time_ticks()
        painting.paint_bottom_axis(painter, plot, bottom)

    def _time_ticks(self) -> list[Tick]:
        window = self.window_
        step = time_step(window.seconds / self.plot().width())
        first = int(window.start / step)
        decimals = 0 if step >= 1 else 1
        count = int(window.seconds / step) + 2
        times = [(first + i) * step for i in range(count)]
        return [Tick((t - window.start) / window.seconds, text.clock(t, decimals)) for t in times]

    def _paint_cross(self, painter: QPainter, plot: QRectF) -> None:
        if self._cross is None or self._player.track() is None or self._dragging:
            return
        painting.paint_cross(painter, plot, self._cross)
        painting.paint_reading(painter, plot, self._cross, self.reading(self._cross))

    def reading(self, at: QPointF) -> Reading:
        """What lies at a point of the plot."""
        if self._view is None:
            plot = self.plot()
            return self._curve.reading((at.x() - plot.left()) / plot.width())
        return self._view.reading(self._seconds(at.x()), self._height_fraction(at.y()))
