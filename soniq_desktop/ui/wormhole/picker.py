"""Choosing one song: a search in a popover."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from soniq_desktop.library.records import Track, TrackQuery
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.questions import Ids
from soniq_desktop.ui.components import Label, Popover, SearchField, fill_rounded, paint_cover
from soniq_desktop.ui.theme import Theme

SHOWN = 40  # songs that are fetched for one search
ROWS = 7
ROW = 44
KEY = "wormhole.picker"
Index = QModelIndex | QPersistentModelIndex


class _Songs(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.tracks: list[Track] = []

    def show(self, tracks: Sequence[Track]) -> None:
        self.beginResetModel()
        self.tracks = list(tracks)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.tracks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        track = self.tracks[index.row()]
        return f"{track.title}, {track.artist}"


class _SongRow(QStyledItemDelegate):
    def __init__(self, model: _Songs, library: LibraryService) -> None:
        super().__init__()
        self._model, self._library = model, library

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, Theme.current().px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, track = Theme.current(), self._model.tracks[index.row()]
        row = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            fill_rounded(painter, row, 8, theme.color("raised_hover"))
        cover = QRectF(row.left() + 8, row.center().y() - 16, 32, 32)
        key = track.tags.artwork
        paint_cover(painter, cover, self._library.artwork(key, 64) if key else None, 4)
        box = QRectF(cover.right() + 12, row.center().y() - theme.px(17), 0, theme.px(17))
        box.setRight(row.right() - 8)
        for text, style, weight, token in (
            (track.title, "body", 500, "text"),
            (track.artist, "small", 400, "text2"),
        ):
            font = theme.font(style, weight)
            painter.setFont(font)
            painter.setPen(theme.color(token))
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            box.translate(0, theme.px(17))


class SongPicker(Popover):
    """Type to search, Down and Enter or a click to choose; `picked` gets the song."""

    _edit: QObject | None = None  # events come while Popover is still being made

    def __init__(
        self, owner: QWidget, name: str, library: LibraryService, picked: Callable[[Track], None]
    ) -> None:
        super().__init__(owner, name=name, width=340, padding=12)
        self._library, self._picked = library, picked
        self.field = SearchField("Search songs and artists", name)
        self._edit = self.field.edit
        self.songs = _Songs()
        self.list = QListView()
        self.list.setModel(self.songs)
        self.list.setItemDelegate(_SongRow(self.songs, library))
        self._delegate = self.list.itemDelegate()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Songs found")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(ROWS * Theme.current().px(ROW))
        self.nothing = Label("No song matches.", "small", "text3")
        self.nothing.hide()
        for part in (self.field, self.nothing, self.list):
            self.body.addWidget(part)
        self.field.changed.connect(self._search)
        self.field.submitted.connect(lambda _text: self._take(max(0, self.list.currentIndex().row())))
        self.field.left.connect(self.close_popover)
        self.field.edit.installEventFilter(self)
        self.list.clicked.connect(lambda index: self._take(index.row()))
        self.list.activated.connect(lambda index: self._take(index.row()))
        library.artwork_ready.connect(self._artwork_ready)
        self._search("")

    def _search(self, text: str) -> None:
        query = TrackQuery(text=text, sort="artist" if text else "last_played", descending=not text)
        self._library.track_ids(query, self._ids_arrived, key=KEY)

    def _ids_arrived(self, ids: Ids) -> None:
        self._library.tracks([int(each) for each in ids[:SHOWN]], self._arrived, key=f"{KEY}.tracks")

    def _arrived(self, tracks: Sequence[Track]) -> None:
        if self.isHidden():
            return
        self.songs.show([track for track in tracks if not track.missing])
        self.nothing.setVisible(not self.songs.tracks)
        if self.songs.tracks:
            self.list.setCurrentIndex(self.songs.index(0, 0))

    def _take(self, row: int) -> None:
        if row < len(self.songs.tracks):
            track = self.songs.tracks[row]
            self.close_popover()
            self._picked(track)

    def _artwork_ready(self, _key: str) -> None:
        self.list.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.songs.tracks:
                row = min(max(0, self.list.currentIndex().row() + step), len(self.songs.tracks) - 1)
                self.list.setCurrentIndex(self.songs.index(row, 0))
                return True
        return super().eventFilter(watched, event)
