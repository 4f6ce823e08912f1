"""The left end of a lane: name, gain, mute, solo, pan."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from soniq_desktop.audio.mixer import Lane
from soniq_desktop.ui.components import Label
from soniq_desktop.ui.stems.lane_controls import GainSlider, LaneButton, PanKnob
from soniq_desktop.ui.stems.look import gain_text, look, pan_text
from soniq_desktop.ui.theme import Theme, mix

WIDTH = 240
EDGE, INSET = 3, 20  # the coloured edge, and where the content begins
TALL = 92  # from this height on there are three rows
LEAST = 48
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
M, S, RESET = Qt.Key.Key_M, Qt.Key.Key_S, Qt.Key.Key_0


class LaneHead(QWidget):
    """Controls of one stem. In any of them M mutes, S solos, 0 resets, Up and Down go to the next lane."""

    changed = Signal(object)  # Lane
    neighbour_wanted = Signal(int, int)  # −1 or 1, and which of the controls has the focus

    def __init__(self, stem: str, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stem, self.look = stem, look(stem)
        self.lane = Lane()
        self.letters = True
        self.tall = True  # three rows; for all lanes of a board alike
        self._quiet = False
        title = self.look.title
        self.setAccessibleName(title)
        self.name = Label(title, "body", weight=600, elide=Qt.TextElideMode.ElideRight)
        self.value = Label("0.0 dB", "small", "text2", figures=True)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.gain = GainSlider(f"{title}: gain", self.look)
        self.mute = LaneButton("M", f"Mute {title.lower()}", f"M or {number}")
        self.solo = LaneButton("S", f"Solo {title.lower()}", f"S or Shift+{number}", color="accent_text")
        self.pan_value = Label("C", "small", "text2", figures=True)
        self.pan_value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.pan = PanKnob(f"{title}: pan")
        self.controls = (self.gain, self.mute, self.solo, self.pan)
        for widget in (self.name, self.value, *self.controls, self.pan_value):
            widget.setParent(self)
        for control in self.controls:
            control.installEventFilter(self)
        self.gain.valueChanged.connect(lambda _value: self._emit(gain_db=self.gain.db()))
        self.pan.valueChanged.connect(lambda value: self._emit(pan=value / 100))
        self.mute.toggled.connect(lambda on: self._emit(muted=on))
        self.solo.toggled.connect(lambda on: self._emit(solo=on))

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH, LEAST)

    def show_lane(self, lane: Lane, *, soloed_elsewhere: bool) -> None:
        """Show what the mixer is set to."""
        self.lane = lane
        self._quiet = lane.muted or (soloed_elsewhere and not lane.solo)
        self.gain.quiet = self._quiet
        self.gain.set_db(lane.gain_db)
        self.pan.set_pan(lane.pan)
        for button, on in ((self.mute, lane.muted), (self.solo, lane.solo)):
            button.blockSignals(True)
            button.setChecked(on)
            button.blockSignals(False)
            button.update()
        self.value.setText(gain_text(lane, soloed_elsewhere=soloed_elsewhere))
        self.pan_value.setText(pan_text(lane.pan))
        self.name.set_color("text3" if self._quiet else "text")
        self.update()

    def _emit(self, **values: object) -> None:
        self.changed.emit(replace(self.lane, **values))  # type: ignore[arg-type]

    # layout by hand: two rows in low lanes, three in tall ones

    def set_tall(self, tall: bool) -> None:
        """Three rows, or two."""
        if tall != self.tall:
            self.tall = tall
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        right = self.width() - 16
        self.pan_value.setVisible(self.tall)
        if self.tall:
            self._arrange_tall(right)
        else:
            self._arrange_low(right)

    def _arrange_tall(self, right: int) -> None:
        top, line = max(4, (self.height() - 88) // 2), Theme.current().px(20)
        self.name.setGeometry(INSET + 28, top - (line - 20) // 2, 108, line)
        self.value.setGeometry(right - 76, top - (line - 20) // 2, 76, line)
        self.gain.setGeometry(INSET, top + 24, right - INSET, 24)
        for index, button in enumerate((self.mute, self.solo)):
            button.set_side(32)
            button.setGeometry(INSET + index * 38, top + 54, 32, 32)
        self.pan.setGeometry(right - 32, top + 54, 32, 32)
        self.pan_value.setGeometry(right - 96, top + 54, 56, 32)

    def _arrange_low(self, right: int) -> None:
        """Two rows; the pan is told by its knob alone."""
        top, line = max(0, (self.height() - 48) // 2), Theme.current().px(20)
        self.name.setGeometry(INSET + 28, top - (line - 20) // 2, 108, line)
        self.value.setGeometry(right - 76, top - (line - 20) // 2, 76, line)
        self.gain.setGeometry(INSET, top + 23, right - INSET - 108, 24)
        for index, button in enumerate((self.mute, self.solo)):
            button.set_side(24)
            button.setGeometry(right - 100 + index * 32, top + 22, 28, 24)
        self.pan.setGeometry(right - 32, top + 19, 32, 30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("line"))
        color = mix(self.look.color, theme.color("surface"), 0.55) if self._quiet else self.look.color
        painter.fillRect(QRectF(0, 1, EDGE, self.height() - 1), color)
        box = QRectF(INSET, self.name.y() + (self.name.height() - 18) / 2, 18, 18)
        theme.paint_icon(painter, self.look.icon, box, theme.color("text3") if self._quiet else color)
        painter.end()

    # keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        key, plain = Qt.Key(event.key()), event.modifiers() in PLAIN
        own = plain and ((key in (M, S) and self.letters) or key == RESET)
        if event.type() == QEvent.Type.ShortcutOverride and own:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress or not plain:
            return False
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = next(i for i, control in enumerate(self.controls) if control is watched)
            self.neighbour_wanted.emit(-1 if key == Qt.Key.Key_Up else 1, at)
            return True
        if own:
            self._press(key, watched)
        return own

    def _press(self, key: Qt.Key, watched: QObject) -> None:
        if key == RESET:
            self._emit(**({"pan": 0.0} if watched is self.pan else {"gain_db": 0.0}))
            return
        (self.mute if key == M else self.solo).toggle()
