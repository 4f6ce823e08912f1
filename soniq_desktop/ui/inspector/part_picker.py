"""Which part of a song is looked at: its waveform, with that part marked."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from soniq_desktop.library.records import Waveform
from soniq_desktop.services.explain import PART
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.spectrogram.text import clock
from soniq_desktop.ui.theme import Theme

PITCH, BAR = 3, 2


class PartPicker(QAbstractSlider):
    """The value is the number of the part. Emits `picked` with seconds where the user chose one."""

    picked = Signal(float)
    focus_radius = 4.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration = 0.0
        self._position: float | None = None
        self._peaks = b""
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Part of the song")
        self.setToolTip("Click to look at another part")
        self.setRange(0, 0)

    def sizeHint(self) -> QSize:
        return QSize(300, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 24)

    def set_duration(self, seconds: float) -> None:
        """Another song."""
        self._duration, self._position = seconds, None
        self.setRange(0, max(0, -int(-seconds // PART) - 1))
        self._describe()

    def set_waveform(self, waveform: Waveform | None) -> None:
        """Its outline; None draws a line."""
        self._peaks = bytes(waveform.peak) if waveform is not None else b""
        self.update()

    def set_position(self, seconds: float | None) -> None:
        """Where it plays; None: it does not."""
        if seconds != self._position:
            self._position = seconds
            self.update()

    def show_part(self, seconds: float) -> None:
        """The part in which an instant lies."""
        self.setValue(int(max(0.0, seconds) / PART))
        self._describe()
        self.update()

    def _describe(self) -> None:
        start = self.value() * PART
        end = min(start + PART, self._duration)
        self.setAccessibleDescription(f"{clock(start)} to {clock(end)} of {clock(self._duration)}")

    def _pick(self, number: int) -> None:
        number = min(max(number, 0), self.maximum())
        self.show_part(number * PART)
        self.picked.emit(number * PART)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._duration:
            self._pick(int(event.position().x() / max(1, self.width()) * self._duration / PART))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = int(event.position().x() / max(1, self.width()) * self._duration / PART)
        if event.buttons() & Qt.MouseButton.LeftButton and self._duration and number != self.value():
            self._pick(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        targets = {
            Qt.Key.Key_Left: self.value() - 1, Qt.Key.Key_Right: self.value() + 1,
            Qt.Key.Key_PageDown: self.value() - 5, Qt.Key.Key_PageUp: self.value() + 5,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.maximum(),
        }  # fmt: skip
        number = targets.get(Qt.Key(event.key()))
        if number is None or not self._duration:
            event.ignore()
        else:
            self._pick(number)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        start, end = self._share(self.value() * PART), self._share((self.value() + 1) * PART)
        window = QRectF(start * self.width(), 0, max(3.0, (end - start) * self.width()), self.height())
        fill_rounded(painter, window, 4, theme.color("raised_hover"))
        count = max(1, self.width() // PITCH)
        for bar in range(count):
            inside = window.left() <= bar * PITCH < window.right()
            tall = max(2.0, self._peak(bar, count) * (self.height() - 4))
            box = QRectF(bar * PITCH, (self.height() - tall) / 2, BAR, tall)
            painter.fillRect(box, theme.color("text2" if inside else "line_strong"))
        if self._position is not None:
            x = min(self._share(self._position) * self.width(), self.width() - 2.0)
            painter.fillRect(QRectF(x, 0, 2, self.height()), theme.color("accent_text"))
        painter.end()

    def _peak(self, bar: int, count: int) -> float:
        length = len(self._peaks)
        if not length:
            return 0.0
        start = bar * length // count
        return max(self._peaks[start : max(start + 1, (bar + 1) * length // count)]) / 255

    def _share(self, seconds: float) -> float:
        return min(1.0, seconds / self._duration) if self._duration else 0.0
