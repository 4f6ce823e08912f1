"""The separation at work: how far, how long, how much memory; engine, pause, cancel. Also what went wrong."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Button, Card, IconButton, Label, ProgressRing, fill_rounded
from soniq_desktop.ui.stems import words
from soniq_desktop.ui.stems.menu_button import MenuButton
from soniq_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from soniq_desktop.services.stem_jobs import StemProgress

ROOMY = 900  # from this width on there is room for memory


class MemoryBar(QWidget):
    """Memory now, over the peak, over the machine's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = self._peak = 0.0
        self.setFixedHeight(6)
        self.setAccessibleName("Memory")

    def set_shares(self, now: float, peak: float) -> None:
        """Both 0 to 1 of the machine's memory."""
        self._now, self._peak = min(1.0, now), min(1.0, peak)
        self.setAccessibleDescription(f"{now:.0%} now, {peak:.0%} at most".replace("%", " %"))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = Theme.current(), QPainter(self)
        for part, token in ((1.0, "track"), (self._peak, "line_strong"), (self._now, "text2")):
            if part > 0:
                fill_rounded(painter, QRectF(0, 0, max(6.0, part * self.width()), 6), 3, theme.color(token))
        painter.end()


class SeparationStrip(Card):
    """One line of work or one sentence of trouble; hidden when there is neither."""

    pause_wanted = Signal()
    resume_wanted = Signal()
    cancel_wanted = Signal()
    first_wanted = Signal()  # the buttons of a sentence
    second_wanted = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.ring = ProgressRing()
        self.sign = Label("", "body")
        self.headline = Label("", "body", weight=600, figures=True)
        self.figures = Label("", "body", "text2", figures=True, elide=Qt.TextElideMode.ElideRight)
        self.detail = Label(words.KEPT, "small", "text3", elide=Qt.TextElideMode.ElideRight)
        self.memory_name = Label("Memory", "small", "text2")
        self.memory = Label("", "small", "text", figures=True)
        self.memory_bar = MemoryBar()
        self.engine = MenuButton("Engine")
        self.device = Label("", "small", "text3", figures=True)
        self.pause = IconButton("ph.pause", "Pause")
        self.cancel = IconButton("ph.x", "Cancel")
        self.first, self.second = Button("", kind="secondary"), Button("", kind="ghost")
        self._paused, self._trouble, self._said = False, False, -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self._connect()
        self.hide()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self.headline)
        line.addWidget(self.figures, 1)
        texts = _column(line, self.detail)
        names = QHBoxLayout()
        names.addWidget(self.memory_name)
        names.addStretch(1)
        names.addWidget(self.memory)
        self._memory = QWidget()
        self._memory.setFixedWidth(Theme.current().px(224))
        self._memory.setLayout(_column(names, self.memory_bar))
        self._engine = QWidget()
        self._engine.setLayout(_column(self.engine, self.device))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(16)
        row.addWidget(self.ring)
        row.addLayout(texts, 1)
        row.addWidget(self._memory)
        row.addWidget(self._engine)
        row.addWidget(self.first)
        row.addWidget(self.second)
        row.addWidget(self.pause)
        row.addSpacing(-8)
        row.addWidget(self.cancel)

    def _connect(self) -> None:
        self.pause.clicked.connect(self._pause)
        self.cancel.clicked.connect(self._cancel)
        self.first.clicked.connect(self.first_wanted)
        self.second.clicked.connect(self.second_wanted)

    def _pause(self) -> None:
        if not self._paused:  # the chunk in hand takes a moment
            self.headline.setText("Pausing")
            self.pause.setEnabled(False)
        (self.resume_wanted if self._paused else self.pause_wanted).emit()

    def _cancel(self) -> None:
        (self.dismissed if self._trouble else self.cancel_wanted).emit()

    def sizeHint(self) -> QSize:
        return QSize(600, Theme.current().px(56))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, Theme.current().px(56))

    def show_progress(self, progress: "StemProgress", engine: str, *, elsewhere: str = "") -> None:
        """Work that goes on; `elsewhere`: the title of another song that it is for."""
        pausing = not self.pause.isEnabled() and progress.stage == "separating"
        self._trouble, self._paused = False, progress.stage == "paused"
        self.ring.set_share(words.share(progress))
        self.headline.setText("Pausing" if pausing else words.headline(progress))
        self.pause.setEnabled(not pausing)
        figures = words.figures(progress)
        self.figures.setText(f"{words.GAP}{figures}" if figures else "")
        self.detail.setText(f"For “{elsewhere}”" if elsewhere else words.KEPT)
        self.memory.setText(words.memory_now(progress))
        total = max(1, progress.total_memory)
        self.memory_bar.set_shares(progress.memory / total, progress.peak_memory / total)
        self.engine.set_value(engine)
        self.device.setText(words.device_text(progress))
        self.pause.set_icon("ph.play" if self._paused else "ph.pause")
        self.pause.set_name("Carry on" if self._paused else "Pause")
        self.cancel.set_name("Cancel, what is finished stays")
        self._announce(progress)
        self._show_parts()

    def show_trouble(self, sentence: str, hint: str, first: str = "", second: str = "") -> None:
        """A sentence, what to do about it, and up to two buttons."""
        self._trouble, self._said = True, -1
        self.figures.setText(sentence)
        self.detail.setText(hint)
        for button, text in ((self.first, first), (self.second, second)):
            button.setText(text)
        self.cancel.set_name("Dismiss")
        self.setAccessibleName(f"{sentence} {hint}".strip())
        self._show_parts()

    @property
    def in_trouble(self) -> bool:
        """It shows a sentence, not work."""
        return self._trouble and not self.isHidden()

    def _announce(self, progress: "StemProgress") -> None:
        tenth = int((words.share(progress) or 0) * 10)
        if tenth != self._said or not self.accessibleName():
            self._said = tenth
            self.setAccessibleName(words.spoken(progress))

    def _show_parts(self) -> None:
        working = not self._trouble
        self.ring.setVisible(working)
        self.headline.setVisible(working)
        self._memory.setVisible(working and bool(self.memory.text()) and self.width() >= ROOMY)
        self._engine.setVisible(working)
        self.pause.setVisible(working)
        for button in (self.first, self.second):
            button.setVisible(self._trouble and bool(button.text()))
        self.figures.set_color("warn" if self._trouble else "text2", weight=500 if self._trouble else 400)
        self.show()


def _column(*parts: QWidget | QHBoxLayout) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    column.addStretch(1)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    column.addStretch(1)
    return column
