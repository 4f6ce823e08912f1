"""The row below the lanes: karaoke, loop, speed, key."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Card, Label, Toggle, fill_rounded
from soniq_desktop.ui.stems.look import semitones_text
from soniq_desktop.ui.theme import Theme, text_width

UP = {Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Plus, Qt.Key.Key_Equal}
DOWN = {Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Minus}


class Stepper(QAbstractSlider):
    """Minus and plus; arrows, plus and minus step, 0 and a double click go back to `rest`."""

    def __init__(self, name: str, minimum: int, maximum: int, step: int, rest: int) -> None:
        super().__init__()
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.rest = rest
        self.setRange(minimum, maximum)
        self.setSingleStep(step)
        self.setPageStep(step)
        self.setValue(rest)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._hovered = 0
        self.valueChanged.connect(lambda _value: self.update())

    def sizeHint(self) -> QSize:
        return QSize(64, 32)

    def step(self, by: int) -> None:
        """Steps up or down."""
        self.setValue(self.value() + by * self.singleStep())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in UP or key in DOWN:
            self.step(1 if key in UP else -1)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.setValue(self.rest)
        else:
            event.ignore()

    def _side(self, x: float) -> int:
        return -1 if x < self.width() / 2 else 1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.step(self._side(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._side(event.position().x())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = 0
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.step(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = Theme.current(), QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("surface"), theme.color("line_strong"))
        half = self.width() / 2
        for side, icon, end in ((-1, "ph.minus", self.minimum()), (1, "ph.plus", self.maximum())):
            box = QRectF(half - 7 + side * half / 2, (self.height() - 14) / 2, 14, 14)
            usable = self.isEnabled() and self.value() != end
            token = "disabled" if not usable else "text" if self._hovered == side else "text2"
            theme.paint_icon(painter, icon, box, token)
        painter.end()


class _Icon(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        self.icon, self.on = icon, False
        self.setFixedSize(18, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        token = "accent_text" if self.on else "text2"
        Theme.current().paint_icon(painter, self.icon, QRectF(self.rect()), token)
        painter.end()


class ToolCard(Card):
    """Icon, name, what it is set to, and one control."""

    def __init__(self, icon: str, title: str, control: QWidget) -> None:
        super().__init__()
        self.icon = _Icon(icon)
        self.control = control
        self._text = self._short = ""
        self.detail = Label("", "small", "text2", figures=True, elide=Qt.TextElideMode.ElideRight)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        texts.addWidget(Label(title, "body", weight=500))
        texts.addWidget(self.detail)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(self.icon)
        row.addLayout(texts, 1)
        row.addWidget(control)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(220, Theme.current().px(56))

    def minimumSizeHint(self) -> QSize:
        return QSize(150, Theme.current().px(56))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _show_words(self) -> None:
        room = self.width() - self.control.sizeHint().width() - 18 - 58
        self.detail.setText(self._text if text_width(self._text, "small") <= room else self._short)

    def say(self, text: str, short: str = "", *, on: bool = False) -> None:
        """What it is set to, and the same in fewer words for a narrow card."""
        self._text, self._short = text, short or text
        self._show_words()
        self.control.setAccessibleDescription(text)
        if on != self.icon.on:
            self.icon.on = on
            self.icon.update()


class ToolRow(QWidget):
    """All four; signals for what the user does by hand."""

    karaoke_wanted = Signal(bool)
    loop_wanted = Signal(bool)
    speed_wanted = Signal(float)
    key_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.karaoke = ToolCard("ph.microphone-slash", "Karaoke", Toggle("Karaoke"))
        self.loop = ToolCard("ph.repeat", "Loop", Toggle("Loop"))
        self.speed = ToolCard("ph.gauge", "Speed", Stepper("Speed", 50, 150, 5, 100))
        self.key = ToolCard("ph.music-note", "Key", Stepper("Key", -6, 6, 1, 0))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for card in (self.karaoke, self.loop, self.speed, self.key):
            row.addWidget(card, 1)
        self.karaoke.control.clicked.connect(self.karaoke_wanted)  # type: ignore[attr-defined]
        self.loop.control.clicked.connect(self.loop_wanted)  # type: ignore[attr-defined]
        self.speed.control.valueChanged.connect(lambda value: self.speed_wanted.emit(value / 100))  # type: ignore[attr-defined]
        self.key.control.valueChanged.connect(self.key_wanted)  # type: ignore[attr-defined]

    def show_karaoke(self, text: str, *, on: bool) -> None:
        """`text` may have parts divided by commas: a narrow card has the last of them."""
        _check(self.karaoke, on)
        self.karaoke.say(text, text.rsplit(", ", maxsplit=1)[-1].capitalize(), on=on)

    def show_loop(self, text: str, *, on: bool) -> None:
        """The same, with the first part."""
        _check(self.loop, on)
        self.loop.say(text, text.split(", ", maxsplit=1)[0], on=on)

    def show_speed(self, speed: float, bpm: float | None) -> None:
        """Percent, and the tempo that this comes to."""
        _set(self.speed, round(speed * 100))
        tempo = f", {bpm * speed:.0f} BPM" if bpm and speed != 1.0 else ""
        percent = f"{speed * 100:.0f} %"
        self.speed.say(f"{percent}{tempo}, pitch kept", percent + tempo, on=speed != 1.0)

    def show_key(self, semitones: float, name: str) -> None:
        """Semitones, and the key that this comes to."""
        _set(self.key, round(semitones))
        text = semitones_text(semitones)
        short = f"{name}, {text.split()[0]}" if name else text
        self.key.say(f"{name}, {text}" if name else text, short, on=semitones != 0)


def _check(card: ToolCard, on: bool) -> None:
    card.control.setChecked(on)  # type: ignore[attr-defined]


def _set(card: ToolCard, value: int) -> None:
    card.control.blockSignals(True)
    card.control.setValue(value)  # type: ignore[attr-defined]
    card.control.blockSignals(False)
    card.control.update()


def shifted_key(tonic: int | None, mode: str | None, semitones: float) -> str:
    """ "A minor" moved by semitones; "" where the key is not known."""
    from soniq_desktop.common.music import key_name

    if tonic is None or mode not in ("major", "minor"):
        return ""
    name = key_name(round(tonic + semitones) % 12, mode)  # type: ignore[arg-type]
    return f"{name.removesuffix('m')} {mode}"


__all__ = ["Stepper", "ToolCard", "ToolRow", "shifted_key"]
