"""The hops of a path as a table model: one row for each song but the first."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.ui.songs.drag import track_mime
from soniq_desktop.ui.wormhole.words import figure, key_words, row_name, tempo_words

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Hop", "Arrives at", "BPM", "Key", "Smoothness", "Why it connects")


class HopsModel(QAbstractTableModel):
    """`path` is what it shows, or None."""

    def __init__(self) -> None:
        super().__init__()
        self.path: Wormhole | None = None
        self.playing_id: int | None = None

    def set_path(self, path: Wormhole | None) -> None:
        """Another path; the rows that stay the same are told as changed only."""
        same = self.path is not None and path is not None and len(self.path.hops) == len(path.hops)
        if same:
            self.path = path
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.path = path
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        below = parent is not None and parent.isValid()
        return 0 if self.path is None or below else len(self.path.hops)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.path is None or not index.isValid() or index.row() >= len(self.path.hops):
            return None
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            playing = self.path.tracks[row + 1].id == self.playing_id
            return row_name(self.path, row, playing=playing)
        if role == Qt.ItemDataRole.ToolTipRole:
            track = self.path.tracks[row + 1]
            return f"{track.title}\n{track.artist}\n{self.path.hops[row].reason}"
        return None

    def text(self, row: int, column: int) -> str:
        """A cell in words."""
        assert self.path is not None
        before, track, hop = self.path.tracks[row], self.path.tracks[row + 1], self.path.hops[row]
        texts = (
            f"{row + 1} → {row + 2}",
            f"{track.title} {track.artist}",
            " ".join(tempo_words(track, hop)).strip(),
            " ".join(key_words(before, track)).strip(),
            figure(hop.smoothness),
            hop.reason,
        )
        return texts[column]

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return track_mime([]).formats()

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        assert self.path is not None
        rows = sorted({index.row() for index in indexes})
        tracks = [self.path.tracks[row + 1] for row in rows]
        return track_mime([track.id for track in tracks], [track.path for track in tracks])
