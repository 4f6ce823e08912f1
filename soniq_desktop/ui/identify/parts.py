"""Small painted parts of the cards: the overview of a track, facts, signs and lines."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.library.records import Waveform
from soniq_desktop.ui.components import fill_rounded, paint_genre_chip
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.waveform_bar import ramp_table

BAR, PITCH = 2, 3
Fact: TypeAlias = tuple[str, str | tuple[str, ...]]  # label and value, or genres


class Overview(QWidget):
    """The waveform of a whole track with a frame around the moment that was recognised."""

    def __init__(self) -> None:
        super().__init__()
        self._waveform: Waveform | None = None
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(300, 48)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 48)

    def set_waveform(self, waveform: Waveform | None) -> None:
        self._waveform = waveform
        self.update()

    def set_share(self, share: float) -> None:
        """Place of the frame, 0..1."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_bars(painter)
        x = 1 + self._share * (self.width() - 14)
        frame = QRectF(x, 1, 12, self.height() - 2)
        ground = theme.color("accent_bg")
        ground.setAlphaF(0.55)
        painter.setBrush(ground)
        painter.setPen(QPen(theme.color("accent_text"), 1.5))
        painter.drawRoundedRect(frame, 3, 3)
        painter.end()

    def _paint_bars(self, painter: QPainter) -> None:
        theme = Theme.current()
        ramp = ramp_table(theme.ramp("spectral"))
        count = max(1, self.width() // PITCH)
        for bar in range(count):
            height, color = 2.0, theme.color("text3")
            if self._waveform is not None:
                peaks, shades = self._waveform.peak, self._waveform.colour
                start = bar * len(peaks) // count
                end = max(start + 1, (bar + 1) * len(peaks) // count)
                height = max(2.0, max(bytes(peaks[start:end])) / 255 * (self.height() - 12))
                color = ramp[int(shades[start])]
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(bar * PITCH, (self.height() - height) / 2, BAR, height), 1, 1)


class Facts(QWidget):
    """Lines of label and value with hairlines; a value of several genres is a chip."""

    ROW = 38

    def __init__(self) -> None:
        super().__init__()
        self._facts: Sequence[Fact] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_facts(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self.setVisible(bool(facts))
        self.setAccessibleName(". ".join(f"{label}: {_words(value)}" for label, value in facts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, len(self._facts) * Theme.current().px(self.ROW))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        row = theme.px(self.ROW)
        for index, (label, value) in enumerate(self._facts):
            box = QRectF(0, index * row, self.width(), row)
            painter.fillRect(QRectF(0, box.top(), box.width(), 1), theme.color("line"))
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text3"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, label)
            self._paint_value(painter, box.adjusted(theme.px(120), 0, 0, 0), value)
        painter.end()

    @staticmethod
    def _paint_value(painter: QPainter, box: QRectF, value: str | tuple[str, ...]) -> None:
        theme = Theme.current()
        if isinstance(value, tuple):
            paint_genre_chip(painter, box, value)
            return
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, value)


def _words(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " · ".join(value)


class Tile(QWidget):
    """A large sign on a raised square."""

    def __init__(self, icon: str, side: int = 56) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(side, side)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 12, theme.color("raised"))
        side = self.width() * 0.43
        box = QRectF(0, 0, side, side)
        box.moveCenter(QRectF(self.rect()).center())
        theme.paint_icon(painter, self._icon, box, "text2")
        painter.end()


class Sign(QWidget):
    """A small icon in a line of text."""

    def __init__(self, icon: str, color: str, side: int) -> None:
        super().__init__()
        self._icon, self._color = icon, color
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        Theme.current().paint_icon(painter, self._icon, QRectF(self.rect()), self._color)
        painter.end()


class Rule(QWidget):
    """A hairline."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("line"))
        painter.end()
