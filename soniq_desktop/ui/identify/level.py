"""The input's level as a row of segments, and the bar with the device, its level and the switch."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.audio.capture import InputDevice
from soniq_desktop.ui.components import Card, Label, Menu, PaintedButton, Toggle
from soniq_desktop.ui.identify.text import decibels, level_words
from soniq_desktop.ui.theme import Theme, mix, text_width

FLOOR = -60.0  # dB, at the left end
SEGMENT, PITCH, TALL = 4, 6, 16
HOT = -6.0  # dB


class LevelMeter(QProgressBar):
    """From -60 dB to full scale; a progress bar for screen readers, whose value is the level in dB."""

    def __init__(self) -> None:
        super().__init__()
        self._level = FLOOR
        self.setRange(round(FLOOR), 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Input level, bar")
        self.clear()

    def text(self) -> str:
        """ "−18 dB"."""
        return decibels(self.value()) if self.value() > FLOOR else "Silent"

    def sizeHint(self) -> QSize:
        return QSize(120, TALL)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, TALL)

    def set_level(self, level: float) -> None:
        """In dB; it falls slower than it rises."""
        self._level = max(level, self._level - 2.5, FLOOR)
        self._tell(level)

    def clear(self) -> None:
        self._level = FLOOR
        self._tell(FLOOR)

    def _tell(self, level: float) -> None:
        self.setValue(min(0, max(round(FLOOR), round(level))))
        self.setAccessibleDescription(self.text())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        count = max(1, self.width() // PITCH)
        for index in range(count):
            decibels = FLOOR - FLOOR * (index + 1) / count
            hot = decibels > HOT
            color = theme.color("danger" if hot else "accent_text")
            if decibels > self._level:
                color = theme.color("danger_bg" if hot else "track")
            painter.fillRect(QRectF(index * PITCH, (self.height() - TALL) / 2, SEGMENT, TALL), QColor(color))
        painter.end()


class DeviceButton(PaintedButton):
    """The name of the input; opens the list of inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_device(None)

    def set_device(self, device: InputDevice | None) -> None:
        name = device.label if device is not None else "Default microphone"
        self.setText(name)
        self.setAccessibleName(f"Input: {name}")
        self.setToolTip("Choose what to listen to")
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(round(text_width(self.text(), "body", 600)) + 24, Theme.current().px(22))

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font("body", 600))
        painter.setPen(mix(theme.color("text"), theme.color("accent_text"), self.hover_amount))
        room = self.width() - 20
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        x = painter.fontMetrics().horizontalAdvance(text) + 6
        theme.paint_icon(painter, "ph.caret-down", QRectF(x, (self.height() - 12) / 2, 12, 12), "text2")
        painter.end()


class InputBar(Card):
    """What is listened to, how loud it is, and whether listening goes on after an answer."""

    device_chosen = Signal(object)  # name | None
    keep_changed = Signal(bool)
    look_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.device = DeviceButton()
        self.words = Label("Ready", "small", "text3", elide=Qt.TextElideMode.ElideRight)
        self.meter = LevelMeter()
        self.keep = Toggle("Keep listening: name one song after the other", text="Keep listening")
        self._devices: list[InputDevice] = []
        self._current: InputDevice | None = None
        self._lay_out()
        self.device.clicked.connect(self._open_menu)
        self.keep.toggled.connect(self.keep_changed)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.device)
        texts.addWidget(self.words)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setSpacing(16)
        layout.addWidget(_Sign())
        layout.addLayout(texts)
        layout.addWidget(self.meter, 1)
        layout.addWidget(self.keep)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_devices(self, devices: list[InputDevice], current: InputDevice | None) -> None:
        """What there is to choose from."""
        self._devices, self._current = devices, current
        self.device.set_device(current)

    def set_level(self, level: float) -> None:
        """While listening."""
        self.meter.set_level(level)
        self.words.setText(level_words(level))

    def set_words(self, words: str) -> None:
        """While not."""
        self.meter.clear()
        self.words.setText(words)

    def _open_menu(self) -> None:
        self.look_wanted.emit()
        menu = Menu(parent=self)
        for device in self._devices:
            icon = "ph.speaker-high" if device.kind == "computer" else "ph.microphone"
            menu.item(
                device.label,
                lambda name=device.name: self.device_chosen.emit(name),  # type: ignore[misc]
                icon=icon,
                checked=device == self._current,
            )
        if not self._devices:
            menu.item("No input found", lambda: None, enabled=False)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.device.mapToGlobal(self.device.rect().bottomLeft()))


class _Sign(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        Theme.current().paint_icon(painter, "ph.microphone", QRectF(self.rect()), "accent_text")
        painter.end()
