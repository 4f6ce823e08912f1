"""The table of hops: the playing row and weak hops stand out; one song can be exchanged where it stands."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.library.records import Track
from soniq_desktop.services.library import LibraryService
from soniq_desktop.ui.components import fill_rounded, paint_cover
from soniq_desktop.ui.components.scroll_bar import QuietScrollBar
from soniq_desktop.ui.components.tooltip import tooltip
from soniq_desktop.ui.songs.drag import drag_pixmap
from soniq_desktop.ui.theme import Theme, text_width
from soniq_desktop.ui.wormhole.hops_model import COLUMNS, HopsModel, Index
from soniq_desktop.ui.wormhole.words import (
    LARGE_TEMPO,
    family_of,
    figure,
    key_words,
    tempo_words,
)

ROW, HEAD = 32, 36
BLEED = 12  # px that a row's background is wider than its text
FIXED = {"Hop": 64, "BPM": 92, "Key": 88, "Smoothness": 96}
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
ACTION = 28  # px of the button at the right end of a row
PASSED_ON = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Escape)  # the window's keys


def cells(width: float) -> dict[str, tuple[float, float]]:
    """Left edge and width of each column in `width` px of text."""
    theme = Theme.current()
    fixed = {name: float(theme.px(px)) for name, px in FIXED.items()}
    rest = max(0.0, width - sum(fixed.values()))
    widths = fixed | {"Arrives at": 0.5 * rest, "Why it connects": 0.5 * rest}
    found, x = {}, 0.0
    for name in COLUMNS:
        found[name] = (x, widths[name])
        x += widths[name]
    return found


class HopsHeader(QWidget):
    """The names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEAD)
        Theme.current().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(Theme.current().px(HEAD))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text3"))
        for name, (x, width) in cells(self.width() - 2 * BLEED).items():
            painter.drawText(QRectF(BLEED + x, 0, width - 4, self.height()), LEFT, name)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("line"))
        painter.end()


class _RowHeight(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(10, Theme.current().px(ROW))


class HopsView(QTreeView):
    """Rows are hops. `place` is that of the song which a hop arrives at."""

    play_from = Signal(int)  # place
    exchange = Signal(int)  # place
    menu_wanted = Signal(int, QPoint)  # place, global position
    current_changed = Signal(int)  # place

    def __init__(self, library: LibraryService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hops = HopsModel()
        self.keyboard_focus = False
        self._library = library
        self._hovered = -1
        self.setAccessibleName("Hops of the path")
        self.setModel(self.hops)
        self._heights = _RowHeight()
        self.setItemDelegate(self._heights)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setIndentation(0)
        self.setDragEnabled(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBar(QuietScrollBar())
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self.play_from.emit(index.row() + 1))
        library.artwork_ready.connect(lambda _key: self.viewport().update())
        Theme.current().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    @property
    def path(self) -> Wormhole | None:
        return self.hops.path

    def set_path(self, path: Wormhole | None) -> None:
        """Another path; the current row stays where it was."""
        row = self.currentIndex().row()
        self.hops.set_path(path)
        if 0 <= row < self.hops.rowCount():
            self.setCurrentIndex(self.hops.index(row, 0))

    def set_playing(self, track_id: int | None) -> None:
        self.hops.playing_id = track_id
        self.viewport().update()

    def show_place(self, place: int) -> None:
        """Make the hop that arrives at a place the current one."""
        if 0 < place <= self.hops.rowCount():
            self.setCurrentIndex(self.hops.index(place - 1, 0))

    def set_keyboard_focus(self, used: bool) -> None:
        """Whether the current row shows a focus ring."""
        self.keyboard_focus = used
        self.viewport().update()

    # geometry

    def sizeHint(self) -> QSize:
        return QSize(400, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in range(1, len(COLUMNS)):
            self.setColumnWidth(column, 0)
        self.setColumnWidth(0, self.viewport().width())

    def action_rect(self, row: QRectF) -> QRectF:
        """Where the arrows of "try another" are in a row."""
        return QRectF(row.right() - BLEED - ACTION + 6, row.top(), ACTION, row.height())

    # painting

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        path = self.hops.path
        if path is None or index.row() >= len(path.hops):
            return
        row = QRectF(option.rect)
        row.setLeft(0)
        row.setRight(self.viewport().width())
        place = index.row() + 1
        selected = self.selectionModel().isRowSelected(index.row())
        playing = path.tracks[place].id == self.hops.playing_id
        self._background(painter, row, place, playing=playing, selected=selected)
        if self.keyboard_focus and self.hasFocus() and self.currentIndex().row() == index.row():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(Theme.current().color("accent_text"), 2))
            painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), 7, 7)
        shown = place < len(path.tracks) - 1 and (
            path.hops[place - 1].weak or self._hovered == index.row() or selected
        )
        self._paint_cells(painter, row, path, place, playing=playing, action=shown)

    def _background(
        self, painter: QPainter, row: QRectF, place: int, *, playing: bool, selected: bool
    ) -> None:
        theme, path = Theme.current(), self.hops.path
        weak = path is not None and path.hops[place - 1].weak
        token = "accent_bg" if playing else "warn_bg" if weak else ""
        if token:
            line = theme.color("accent_line" if playing else "warn") if selected else None
            fill_rounded(painter, row, 8, theme.color(token), line)
        elif selected:
            fill_rounded(painter, row, 8, theme.color("row_selected"))
        elif self._hovered == place - 1:
            fill_rounded(painter, row, 8, theme.color("row_hover"))

    def _paint_cells(
        self, painter: QPainter, row: QRectF, path: Wormhole, place: int, *, playing: bool, action: bool
    ) -> None:
        hop, before, track = path.hops[place - 1], path.tracks[place - 1], path.tracks[place]
        boxes = {
            name: QRectF(BLEED + x, row.top(), width - 8, row.height())
            for name, (x, width) in cells(row.width() - 2 * BLEED).items()
        }
        _write(painter, boxes["Hop"], f"{place} → {place + 1}", "text3", figures=True)
        self._song(painter, boxes["Arrives at"], track, playing=playing)
        tempo, change = tempo_words(track, hop)
        jump = hop.weak and abs(hop.tempo_change or 0) >= LARGE_TEMPO
        _pair(painter, boxes["BPM"], tempo or "—", change, "text", "warn" if jump else "text3")
        code, key = key_words(before, track)
        _pair(painter, boxes["Key"], code or "—", key, "text2", "text2" if "→" in key else "text3")
        _smoothness(painter, boxes["Smoothness"], hop.smoothness, weak=hop.weak)
        why = boxes["Why it connects"]
        if action:
            why.setRight(row.right() - BLEED - ACTION)
            self._action(painter, row, weak=hop.weak)
        words = hop.reason if hop.weak and hop.named else hop.brief  # figures tell what is wrong with a hop
        _write(painter, why, words, "text" if hop.weak else "text2", style="small")

    def _song(self, painter: QPainter, cell: QRectF, track: Track, *, playing: bool) -> None:
        theme = Theme.current()
        side = theme.px(24)
        key = track.tags.artwork
        cover = QRectF(cell.left(), cell.center().y() - side / 2, side, side)
        paint_cover(painter, cover, self._library.artwork(key, 64) if key else None, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.genre(family_of(track)))
        painter.drawEllipse(QRectF(cover.right() + 8, cell.center().y() - 3.5, 7, 7))
        text = cell.adjusted(side + 23, 0, 0, 0)
        _write(painter, text, track.title, "accent_text" if playing else "text", weight=500)
        used = text_width(track.title, "body", 500) + 5
        if used < text.width() - 30:
            _write(painter, text.adjusted(used, 0, 0, 0), track.artist, "text3", style="small")

    def _action(self, painter: QPainter, row: QRectF, *, weak: bool) -> None:
        box = QRectF(0, 0, 16, 16)
        box.moveCenter(self.action_rect(row).center())
        Theme.current().paint_icon(painter, "ph.arrows-clockwise", box, "warn" if weak else "text2")

    # pointer and keys

    def startDrag(self, _actions: Qt.DropAction) -> None:
        rows = self.selectionModel().selectedRows()
        if not rows or self.path is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self.hops.mimeData(rows))
        title = self.path.tracks[rows[0].row() + 1].title
        drag.setPixmap(drag_pixmap(title, self.devicePixelRatioF()))
        drag.exec(Qt.DropAction.CopyAction)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            row = QRectF(self.visualRect(index))
            row.setRight(self.viewport().width())
            if self.action_rect(row).contains(event.position()) and self._inner(index.row() + 1):
                self.exchange.emit(index.row() + 1)
                return
        super().mousePressEvent(event)

    def _inner(self, place: int) -> bool:
        return self.path is not None and 0 < place < len(self.path.tracks) - 1

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.current_changed.emit(current.row() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row() + 1
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place:
            self.play_from.emit(place)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._inner(place):
            self.exchange.emit(place)
        elif event.key() in PASSED_ON:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.currentIndex()
        at = self.viewport().mapToGlobal(self.visualRect(index).center())
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index, at = self.indexAt(event.pos()), event.globalPos()
            self.setCurrentIndex(index)
        if index.isValid():
            self.menu_wanted.emit(index.row() + 1, at)

    def viewportEvent(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            text = str(index.data(Qt.ItemDataRole.ToolTipRole) or "") if index.isValid() else ""
            tooltip().show_at(text, event.globalPos() - QPoint(0, 8))
            return True
        return super().viewportEvent(event)  # type: ignore[arg-type]


def _write(
    painter: QPainter, box: QRectF, text: str, color: str, *, style: str = "body", weight: int | None = None,
    figures: bool = False,
) -> None:  # fmt: skip
    theme = Theme.current()
    font = theme.font(style, weight, figures=figures)
    painter.setFont(font)
    painter.setPen(theme.color(color))
    if text_width(text, style, weight) > box.width():
        text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, box.width()))
    painter.drawText(box, LEFT, text)


def _pair(painter: QPainter, box: QRectF, first: str, second: str, color: str, quiet: str) -> None:
    """A value and, quieter, how it changed."""
    _write(painter, box, first, color, figures=True)
    used = QFontMetricsF(Theme.current().font("body", figures=True)).horizontalAdvance(first) + 5
    _write(painter, box.adjusted(used, 0, 8, 0), second, quiet, figures=True)


def _smoothness(painter: QPainter, cell: QRectF, value: float, *, weak: bool) -> None:
    theme = Theme.current()
    color = "warn" if weak else "text2"
    bar = QRectF(cell.left(), cell.center().y() - 2, theme.px(40), 4)
    fill_rounded(painter, bar, 2, theme.color("track"))
    bar.setWidth(max(4.0, bar.width() * min(1.0, max(0.0, value))))
    fill_rounded(painter, bar, 2, theme.color(color))
    figures = cell.adjusted(theme.px(48), 0, 8, 0)
    _write(painter, figures, figure(value), "warn" if weak else "text", figures=True)
