"""Lyrics that follow the music: the line being sung is larger, a click on a line seeks."""

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.lyrics import Lyrics
from soniq_desktop.ui.components import EmptyState
from soniq_desktop.ui.theme import Theme, mix

GAP = 13
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
PLACE = 0.34  # of the height, where the sung line rests


class LyricsSheet(QWidget):
    """All lines below each other."""

    line_clicked = Signal(float)
    moved = Signal(float)  # the middle of the current line, in its own pixels

    def __init__(self) -> None:
        super().__init__()
        self._lyrics = Lyrics(())
        self._current = -1
        self._hovered = -1
        self._boxes: list[QRectF] = []
        self.setMouseTracking(True)
        self.setAccessibleName("Lyrics")
        Theme.current().changed.connect(self.lay_out)

    def set_lyrics(self, lyrics: Lyrics) -> None:
        self._lyrics, self._current, self._hovered = lyrics, -1, -1
        self.lay_out()

    def set_position(self, seconds: float) -> None:
        """Follow the music."""
        line = self._lyrics.line_at(seconds)
        if line != self._current:
            self._current = line
            self.setAccessibleDescription(self._lyrics.lines[line].text if line >= 0 else "")
            self.lay_out()
            self.tell_place()

    def tell_place(self) -> None:
        """Say where the current line is."""
        if 0 <= self._current < len(self._boxes):
            self.moved.emit(self._boxes[self._current].center().y())

    def neighbour(self, by: int) -> float | None:
        """The start of the line `by` lines away from the current one."""
        line = self._current + by
        return self._lyrics.lines[line].start if 0 <= line < len(self._lyrics.lines) else None

    def lay_out(self) -> None:
        """Measure every line for the present width."""
        top, width = 4.0, max(40.0, self.width() - 8.0)
        self._boxes = []
        for index, line in enumerate(self._lyrics.lines):
            metrics = QFontMetricsF(self._font(index))
            height = metrics.boundingRect(QRectF(0, 0, width, 1e5), int(WRAP), line.text or " ").height()
            self._boxes.append(QRectF(0, top, width, height))
            top += height + GAP
        self.setMinimumHeight(round(top) + 40)
        self.update()

    def _font(self, index: int) -> QFont:
        theme = Theme.current()
        return theme.font("heading") if index == self._current else theme.font("large")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.lay_out()

    def _line_at(self, point: QPointF) -> int:
        return next((i for i, box in enumerate(self._boxes) if box.contains(point)), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._line_at(event.position()) if self._lyrics.synced else -1
        if hovered != self._hovered:
            self._hovered = hovered
            shape = Qt.CursorShape.PointingHandCursor if hovered >= 0 else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position())
        if line >= 0 and event.button() == Qt.MouseButton.LeftButton:
            start = self._lyrics.lines[line].start
            if start is not None:
                self.line_clicked.emit(start)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = Theme.current()
        for index, (line, box) in enumerate(zip(self._lyrics.lines, self._boxes, strict=True)):
            if not box.intersects(QRectF(event.rect())):
                continue
            painter.setFont(self._font(index))
            painter.setPen(self._ink(index) if index != self._hovered else theme.color("text"))
            painter.drawText(box, int(WRAP), line.text)
        painter.end()

    def _ink(self, index: int) -> QColor:
        theme = Theme.current()
        if not self._lyrics.synced or index == self._current:
            return theme.color("text")
        if index < self._current:
            return theme.color("text3")
        return mix(theme.color("text2"), theme.color("text3"), min(1.0, (index - self._current - 1) / 6))


class LyricsView(QStackedWidget):
    """The sheet in a scroll area that follows, or a sentence where there are no lyrics."""

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = LyricsSheet()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.sheet)
        self.sheet.setAutoFillBackground(False)  # setWidget turns it on
        self.area.viewport().setAutoFillBackground(False)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName("Lyrics")
        self.area.keyPressEvent = self._key  # type: ignore[method-assign]
        self.empty = EmptyState("ph.music-notes-simple", "No lyrics in this file", "")
        self.addWidget(self.area)
        self.addWidget(_centred(self.empty))
        self.setCurrentIndex(1)
        self._scroll = QVariantAnimation(self)
        self._scroll.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._scroll.valueChanged.connect(lambda value: self.area.verticalScrollBar().setValue(round(value)))
        self.sheet.moved.connect(self._follow)
        self.sheet.line_clicked.connect(self.seek_requested)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 100)

    def set_lyrics(self, lyrics: Lyrics | None) -> None:
        """Show lyrics, or that there are none."""
        self._scroll.stop()
        self.sheet.set_lyrics(lyrics or Lyrics(()))
        self.area.verticalScrollBar().setValue(0)
        self.setCurrentIndex(0 if lyrics is not None else 1)

    def set_waiting(self, sentence: str) -> None:
        """Nothing to show, for another reason."""
        self.empty.set_texts(sentence)
        self.setCurrentIndex(1)

    def set_position(self, seconds: float) -> None:
        self.sheet.set_position(seconds)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sheet.tell_place()

    def _follow(self, middle: float) -> None:
        """Bring the sung line to its place; not while the user looks elsewhere with the wheel."""
        bar = self.area.verticalScrollBar()
        target = min(max(0.0, middle - PLACE * self.area.viewport().height()), float(bar.maximum()))
        duration = Theme.current().duration("panel")
        self._scroll.stop()
        if not duration or not self.isVisible():
            bar.setValue(round(target))
            return
        self._scroll.setDuration(duration)
        self._scroll.setStartValue(float(bar.value()))
        self._scroll.setEndValue(target)
        self._scroll.start()

    def _key(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        start = self.sheet.neighbour(by) if by is not None else None
        if start is not None:
            self.seek_requested.emit(start)
        else:
            QScrollArea.keyPressEvent(self.area, event)


def _centred(widget: QWidget) -> QWidget:
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(widget)
    return box
