"""Two tracks on one time line, what they have in common in colour."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.duplicates.text import overlap_text
from soniq_desktop.ui.theme import Theme

BAR, GAP = 10, 4


class OverlapBar(QWidget):
    """The first track above, the second below, each where it lies in the recording."""

    def __init__(self) -> None:
        super().__init__()
        self._lengths = (1.0, 1.0)
        self._offset: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, 2 * BAR + GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 2 * BAR + GAP)

    def show_tracks(self, one: Track, other: Track, offset: float, overlap: float) -> None:
        """What is at time t in `one` is at t + `offset` in `other`; seconds."""
        self._lengths = (max(1.0, one.tags.duration), max(1.0, other.tags.duration))
        self._offset = offset
        self.setAccessibleName(overlap_text(one, other, offset, overlap))
        self.update()

    def spans(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Beginning and length of both on the common time line, seconds."""
        offset = self._offset or 0.0
        starts = (max(0.0, offset), max(0.0, -offset))
        return (starts[0], self._lengths[0]), (starts[1], self._lengths[1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._offset is None:
            return
        theme = Theme.current()
        painter = QPainter(self)
        spans = self.spans()
        whole = max(start + length for start, length in spans)
        left = max(start for start, _ in spans)
        right = min(start + length for start, length in spans)
        scale = self.width() / whole
        for row, (start, length) in enumerate(spans):
            top = row * (BAR + GAP)
            bar = QRectF(start * scale, top, max(2.0, length * scale), BAR)
            fill_rounded(painter, bar, 3, theme.color("track"), theme.color("line_strong"))
            if right > left:
                common = QRectF(left * scale, top, max(2.0, (right - left) * scale), BAR)
                fill_rounded(painter, common, 3, theme.color("accent_text"))
        painter.end()
