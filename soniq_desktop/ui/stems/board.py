"""The mixer: a lane for each stem, and below them zoom, overview and the comparison with the original."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.audio.mixer import MixState
from soniq_desktop.ui.components import Card, IconButton, Label, Slider
from soniq_desktop.ui.stems import lane_head
from soniq_desktop.ui.stems.canvas import RULER, LanesCanvas
from soniq_desktop.ui.stems.compare_button import CompareButton
from soniq_desktop.ui.stems.lane_head import LaneHead
from soniq_desktop.ui.stems.meter import Meter
from soniq_desktop.ui.stems.overview import Overview
from soniq_desktop.ui.stems.view import STEPS, TimeView
from soniq_desktop.ui.theme import Theme

METERS = 56
FOOTER = 42


class Board(Card):
    """Lanes laid out by hand, so that heads, waveforms and meters stand in line at any height."""

    lane_changed = Signal(int, object)  # index, Lane
    original_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("Mixer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view = TimeView(self)
        self.unit = Label("Bars", "small", "text2")
        self.heads: list[LaneHead] = []
        self.meters: list[Meter] = []
        self.canvas = LanesCanvas(self.view)
        self.zoom_out = IconButton("ph.magnifying-glass-minus", "Zoom out", shortcut="−", size=16)
        self.zoom = Slider("Zoom", 0, STEPS)
        self.zoom_in = IconButton("ph.magnifying-glass-plus", "Zoom in", shortcut="+", size=16)
        self.overview = Overview(self.view)
        self.compare = CompareButton()
        self._fixed = (
            self.unit,
            self.canvas,
            self.zoom_out,
            self.zoom,
            self.zoom_in,
            self.overview,
            self.compare,
        )
        for part in self._fixed:
            part.setParent(self)
        self.zoom_out.clicked.connect(lambda: self._zoom_by(-10))
        self.zoom_in.clicked.connect(lambda: self._zoom_by(10))
        self.zoom.valueChanged.connect(self._zoom_to)
        self.compare.toggled.connect(self.original_wanted)
        self.view.changed.connect(self._show_zoom)

    def minimumSizeHint(self) -> QSize:
        return QSize(720, RULER + lane_head.LEAST * max(2, len(self.heads)) + FOOTER)

    def sizeHint(self) -> QSize:
        return QSize(1160, RULER + 104 * max(2, len(self.heads)) + FOOTER)

    def set_stems(self, stems: Sequence[str]) -> None:
        """Lanes for these; the same ones again leave them as they are."""
        if [head.stem for head in self.heads] == list(stems):
            return
        for widget in (*self.heads, *self.meters):
            widget.hide()
            widget.deleteLater()
        self.heads, self.meters = [], []
        before: QWidget = self.unit
        for number, stem in enumerate(stems):
            head, meter = LaneHead(stem, number + 1, self), Meter(stem, self)
            head.changed.connect(partial(self.lane_changed.emit, number))
            head.neighbour_wanted.connect(partial(self._go, number))
            self.heads.append(head)
            self.meters.append(meter)
            for control in head.controls:
                QWidget.setTabOrder(before, control)
                before = control
        QWidget.setTabOrder(before, self.canvas)
        for widget in (*self.heads, *self.meters):
            widget.show()
        self.updateGeometry()
        self._arrange()

    def set_letters(self, letters: bool) -> None:
        """Single-letter keys on or off."""
        for head in self.heads:
            head.letters = letters

    def show_state(self, state: MixState) -> None:
        """What the mixer is set to."""
        soloed = any(lane.solo for lane in state.lanes)
        for head, lane in zip(self.heads, state.lanes, strict=False):
            head.show_lane(lane, soloed_elsewhere=soloed)
        self.canvas.show_quiet([lane.muted or (soloed and not lane.solo) for lane in state.lanes])
        self.compare.blockSignals(True)
        self.compare.setChecked(state.original)
        self.compare.blockSignals(False)
        self.compare.describe()

    def set_position(self, seconds: float, *, follow: bool) -> None:
        """Where playback is; the window goes along if it is to follow."""
        if follow:
            self.view.follow(seconds)
        self.canvas.set_position(seconds)
        self.overview.set_position(seconds)

    def _go(self, number: int, by: int, control: int) -> None:
        to = number + by
        if 0 <= to < len(self.heads):
            self.heads[to].controls[control].setFocus(Qt.FocusReason.TabFocusReason)

    # zoom

    def _zoom_by(self, steps: int) -> None:
        self._zoom_to(self.view.zoom + steps)

    def _zoom_to(self, zoom: int) -> None:
        at = self.canvas.value() / 1000
        self.view.set_zoom(zoom, at if self.view.begin <= at <= self.view.end else None)

    def _show_zoom(self) -> None:
        self.zoom.blockSignals(True)
        self.zoom.setValue(self.view.zoom)
        self.zoom.blockSignals(False)
        self.zoom.update()
        self.zoom_out.setEnabled(self.view.span < self.view.duration)

    # layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        left, width = lane_head.WIDTH, self.width() - lane_head.WIDTH - METERS
        bottom = self.height() - FOOTER
        self.unit.setGeometry(lane_head.INSET, 4, 160, RULER - 4)
        self.canvas.setGeometry(left, 1, width, bottom - 1)
        boxes = self._lane_rows(bottom)
        tall = min((height for _, height in boxes), default=0) >= lane_head.TALL
        for (top, height), head, meter in zip(boxes, self.heads, self.meters, strict=True):
            head.set_tall(tall)
            head.setGeometry(1, top, left - 1, height)
            meter.setGeometry(left + width, top, METERS - 1, height)
        middle = bottom + FOOTER // 2
        self.zoom_out.move(lane_head.INSET - 8, middle - 16)
        self.zoom.setGeometry(lane_head.INSET + 32, middle - 12, 112, 24)
        self.zoom_in.move(lane_head.INSET + 152, middle - 16)
        self.overview.setGeometry(left, middle - 12, width, 24)
        self.compare.move(
            left + width + (METERS - self.compare.width()) // 2, middle - self.compare.height() // 2
        )

    def _lane_rows(self, bottom: int) -> list[tuple[int, int]]:
        count = len(self.heads)
        step = (bottom - 1 - RULER) / max(1, count)
        tops = [round(1 + RULER + index * step) for index in range(count + 1)]
        return [(tops[index], tops[index + 1] - tops[index]) for index in range(count)]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, painter = Theme.current(), QPainter(self)
        painter.fillRect(QRectF(1, self.height() - FOOTER, self.width() - 2, 1), theme.color("line"))
        painter.end()
