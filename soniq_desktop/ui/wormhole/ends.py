"""From and To: two songs that can be searched for, dropped on, and exchanged; and the stops between them."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.services.library import LibraryService
from soniq_desktop.ui.components import IconButton, Label, PaintedButton, fill_rounded, paint_cover
from soniq_desktop.ui.songs.drag import MIME, dragged_ids
from soniq_desktop.ui.theme import Theme

COVER = 40
HIGH = 56


class EndButton(PaintedButton):
    """One end: a click searches for another song, a drop takes it."""

    dropped = Signal(list)  # track ids

    def __init__(self, word: str, library: LibraryService) -> None:
        super().__init__()
        self._word, self._library = word, library
        self._track: Track | None = None
        self._over = False
        self.setAcceptDrops(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        library.artwork_ready.connect(lambda _key: self.update())
        self.set_track(None)

    def sizeHint(self) -> QSize:
        return QSize(200, Theme.current().px(HIGH))

    def track(self) -> Track | None:
        return self._track

    def set_track(self, track: Track | None) -> None:
        """The song at this end, or None while it is not chosen."""
        self._track = track
        said = f"{track.title}, {track.artist}" if track else "not chosen"
        self.setAccessibleName(f"{self._word}: {said}")
        self.setToolTip(f"{said}\nSearch for another song" if track else "Search for a song")
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            self._over = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        self.dropped.emit(dragged_ids(event.mimeData()))
        event.acceptProposedAction()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill = theme.color("accent_bg") if self._over else self.fill_color(None, "raised", "overlay")
        fill_rounded(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), 8, fill)
        side = theme.px(COVER)
        cover = QRectF(12, (self.height() - side) / 2, side, side)
        paint_cover(painter, cover, self._cover(), 4)
        text = QRectF(cover.right() + 12, self.height() / 2 - theme.px(18), 0, theme.px(16))
        text.setRight(self.width() - theme.px(52))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self._word)
        font = theme.font("body", 500)
        painter.setFont(font)
        painter.setPen(theme.color("text" if self._track else "text3"))
        title = self._track.title if self._track else "Choose a song"
        title = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideRight, text.width())
        lower = QRectF(text.left(), text.bottom(), text.width(), theme.px(20))
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, title)
        painter.end()

    def _cover(self) -> QPixmap | None:
        key = self._track.tags.artwork if self._track else None
        return self._library.artwork(key, 96) if key else None


class _Swap(IconButton):
    """With a ground of its own: it lies over both ends, also over the one that is pointed at."""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("raised"), theme.color("line_strong"))
        painter.end()
        super().paintEvent(event)


class EndsCard(QWidget):
    """Both ends with the arrows that swap them."""

    def __init__(self, library: LibraryService) -> None:
        super().__init__()
        self.start, self.end = EndButton("From", library), EndButton("To", library)
        self.swap = _Swap("ph.arrows-down-up", "Swap From and To", size=16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.start)
        layout.addWidget(self.end)
        self.swap.setParent(self)
        QWidget.setTabOrder(self.start, self.end)
        QWidget.setTabOrder(self.end, self.swap)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        side = self.swap.sizeHint().width()
        self.swap.setGeometry(self.width() - side - 12, (self.height() - side) // 2, side, side)
        self.swap.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 12, theme.color("surface"), theme.color("line"))
        left = 12 + theme.px(COVER) + 12
        painter.fillRect(QRectF(left, self.height() / 2, self.width() - left, 1), theme.color("line"))
        painter.end()


class StopRow(QWidget):
    """A song on the way, which can be taken off."""

    removed = Signal()
    raised = Signal()

    def __init__(self, number: int, track: Track) -> None:
        super().__init__()
        self.track = track
        self.up = IconButton("ph.arrow-up", f"{track.title} earlier", size=14, side=24)
        self.remove = IconButton("ph.x", f"Leave out {track.title}", size=14, side=24)
        self.up.setEnabled(number > 0)
        self.up.clicked.connect(self.raised)
        self.remove.clicked.connect(self.removed)
        title = Label(track.title, "body", "text2", elide=Qt.TextElideMode.ElideRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(title, 1)
        row.addWidget(self.up)
        row.addWidget(self.remove)
