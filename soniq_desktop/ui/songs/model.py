"""The virtual model behind a table of songs: ids in order, and rows fetched as they come into sight.

QTreeView asks its model three things per row whenever the number of rows changes; answered by Python that
takes 200 ms for 100,000 rows. So the row count lives in a QStandardItemModel (C++, no items are made: 15 ms),
and this class adds what the rows hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItemModel

from soniq_desktop.library.records import Track
from soniq_desktop.ui.songs.columns import COLUMNS
from soniq_desktop.ui.songs.text import accessible_row

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService
    from soniq_desktop.services.questions import Ids

PREFETCH = 80  # rows before and after those in sight
KEEP = 4000  # rows remembered


class SongsModel(QStandardItemModel):
    """Rows by number. A row that is not here yet is None; `rows_arrived` says when to paint again."""

    rows_arrived = Signal()
    replaced = Signal()  # other ids, or another order

    def __init__(self, library: "LibraryService") -> None:
        super().__init__(0, len(COLUMNS))
        self._library = library
        self._ids: Ids | Sequence[int] = ()
        self._tracks: dict[int, Track] = {}
        self._stale: set[int] = set()
        self._request: set[int] | None = None  # ids asked for and not answered yet
        self._wanted = (0, 0)
        self.matches: Mapping[int, float] = {}
        self.notes: Mapping[int, str] = {}
        self.playing_id: int | None = None
        library.tracks_updated.connect(self._updated)

    def set_ids(
        self,
        ids: "Ids | Sequence[int]",
        matches: Mapping[int, float] | None = None,
        notes: Mapping[int, str] | None = None,
    ) -> None:
        """Show other tracks: ids in order (an int64 array or a list), similarities and reasons if any."""
        self._ids = ids
        self.matches, self.notes = matches or {}, notes or {}
        self._request = None
        if len(ids) != self.rowCount():
            self.setRowCount(0)
            self.setRowCount(len(ids))
        self.replaced.emit()

    def ids(self) -> list[int]:
        """All ids in order, as plain integers."""
        return list(self._ids) if isinstance(self._ids, Sequence) else self._ids.tolist()

    def id_at(self, row: int) -> int | None:
        return int(self._ids[row]) if 0 <= row < len(self._ids) else None

    def row_of(self, track_id: int) -> int | None:
        """Where a track is, or None."""
        ids = self.ids()
        return ids.index(track_id) if track_id in ids else None

    def track(self, row: int) -> Track | None:
        """The row's track, or None while it is not here."""
        return self._tracks.get(int(self._ids[row])) if 0 <= row < len(self._ids) else None

    def known(self, track_id: int) -> Track | None:
        """A track by id, where it is in memory."""
        return self._tracks.get(track_id)

    def want(self, first: int, last: int) -> None:
        """Rows first..last are in sight: fetch what is missing of them and of their neighbourhood.

        One request is under way at a time; when it returns, what is in sight then is asked for next.
        """
        self._wanted = (first, last)
        if self._request is None:
            self._fetch()

    def _fetch(self) -> None:
        first, last = self._wanted
        count = len(self._ids)
        near = range(max(0, first - PREFETCH), min(count, last + 1 + PREFETCH))
        if not self._missing(range(max(0, first), min(count, last + 1))) and not self._missing(near):
            return
        missing = self._missing(near)
        request = self._request = set(missing)
        self._library.tracks(missing, lambda tracks: self._arrived(request, tracks))

    def _missing(self, rows: Iterable[int]) -> list[int]:
        wanted = (int(self._ids[row]) for row in rows)
        return [i for i in wanted if i not in self._tracks or i in self._stale]

    def _arrived(self, request: set[int], tracks: Sequence[Track]) -> None:
        """Keep the answer, also one to a question from before other ids were shown."""
        current = request is self._request
        if current:
            self._request = None
        self._stale -= request
        if len(self._tracks) > KEEP:
            self._forget_distant()
        self._tracks.update((track.id, track) for track in tracks)
        self.rows_arrived.emit()
        gone = request - {track.id for track in tracks}
        if current and not gone:
            self._fetch()

    def _forget_distant(self) -> None:
        first, last = self._wanted
        near = {int(self._ids[r]) for r in range(max(0, first - 500), min(len(self._ids), last + 500))}
        self._tracks = {i: track for i, track in self._tracks.items() if i in near}

    def _updated(self, ids: Sequence[int]) -> None:
        known = [int(i) for i in ids if int(i) in self._tracks]
        if known:
            self._stale.update(known)
            if self._request is not None:  # its answer may be of before the change
                self._request.difference_update(known)
            self.want(*self._wanted)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Text for assistive technology, and reasons in full; the delegate paints from `track`."""
        track = self.track(index.row())
        if track is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            row = accessible_row(track, playing=track.id == self.playing_id)
            return f"{row}. {self.notes[track.id]}" if track.id in self.notes else row
        if role == Qt.ItemDataRole.ToolTipRole and COLUMNS[index.column()].name == "why":
            return self.notes.get(track.id)
        if role == Qt.ItemDataRole.DisplayRole and COLUMNS[index.column()].name == "title":
            return track.title
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section].title
        return None
