"""The sidebar: where one can go, the playlists, and the folders; a rail of icons in narrow windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from soniq_desktop.library.records import LibraryCounts
from soniq_desktop.ui.components import IconButton, Label, Mark, NavItem
from soniq_desktop.ui.components.scroll_bar import QuietScrollBar
from soniq_desktop.ui.songs.actions import LATER
from soniq_desktop.ui.songs.drag import MIME, dragged_ids
from soniq_desktop.ui.songs.text import file_size
from soniq_desktop.ui.theme import Theme

WIDTH, RAIL = 232, 64
RAIL_ROOMY, RAIL_DENSE = (40, 4), (36, 2)  # px of an icon's field and of the gap below it
RAIL_LINE = 17


@dataclass(frozen=True)
class Entry:
    """A page of the sidebar; `count` is a field of LibraryCounts."""

    page: str
    text: str
    icon: str
    count: str = ""


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Library",
        (
            Entry("songs", "Songs", "ph.music-notes", "tracks"),
            Entry("albums", "Albums", "ph.disc", "albums"),
            Entry("artists", "Artists", "ph.users", "artists"),
            Entry("genres", "Genres", "ph.swatches", "genres"),
        ),
    ),
    (
        "Discover",
        (
            Entry("for_you", "For you", "ph.sparkle"),
            Entry("wormhole", "Wormhole", "ph.flow-arrow"),
            Entry("galaxy", "Galaxy", "ph.planet"),
            Entry("identify", "Identify", "ph.microphone"),
        ),
    ),
    (
        "Studio",
        (
            Entry("stems", "Stems", "ph.faders"),
            Entry("inspector", "Inspector", "ph.magnifying-glass-plus"),
        ),
    ),
    ("You", (Entry("persona", "Persona", "ph.user-focus"),)),
)
PLAYLIST_ICONS = {"path": "ph.path", "smart": "ph.lightning"}


class PlaylistItem(NavItem):
    """A playlist: songs can be dropped on it."""

    dropped = Signal(list)

    def __init__(self, playlist: Any) -> None:
        super().__init__(playlist.name, PLAYLIST_ICONS.get(playlist.kind, "ph.playlist"))
        self.playlist_id = playlist.id
        self.setAcceptDrops(playlist.kind not in PLAYLIST_ICONS)
        self.set_detail("auto" if playlist.kind == "smart" else f"{len(playlist.entries):,}")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self.setDown(True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, _event: object) -> None:
        self.setDown(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.setDown(False)
        self.dropped.emit(dragged_ids(event.mimeData()))
        event.acceptProposedAction()


class _Heading(QWidget):
    """A section's label; in the rail a short line."""

    def __init__(self, text: str, button: IconButton | None = None) -> None:
        super().__init__()
        self._compact = False
        self.label = Label(text, "caption", "text3")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.addWidget(self.label, 1)
        if button is not None:
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self._button = button
        self._height = 32
        layout.setAlignment(self.label, Qt.AlignmentFlag.AlignBottom)
        layout.setContentsMargins(8, 0, 6, 0)
        self.label.setContentsMargins(0, 0, 0, 2)

    def set_height(self, height: int) -> None:
        """The first label stands closer to what is above it."""
        self._height = height

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.label.setVisible(not compact)
        if self._button is not None:
            self._button.setVisible(not compact)
        self.setFixedHeight(RAIL_LINE if compact else self._height)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._compact:
            painter = QPainter(self)
            painter.fillRect(QRectF(self.width() / 2 - 12, 8, 24, 1), Theme.current().color("line_strong"))
            painter.end()


class Sidebar(QWidget):
    """`opened` carries page and parameters of the item that was chosen."""

    opened = Signal(str, dict)
    playlist_wanted = Signal()
    playlist_dropped = Signal(int, str, list)

    def __init__(self, available: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Sidebar")
        self.items: dict[str, NavItem] = {}
        self.playlist_items: list[PlaylistItem] = []
        self._headings: list[_Heading] = []
        self._compact = False
        self._available = set(available)
        self._make_parts()
        self._lay_out()
        self.set_compact(False)

    def _make_parts(self) -> None:
        self.mark = Mark(24)
        self.name = _Wordmark()
        self.new_playlist = IconButton("ph.plus", "New playlist", size=14, side=20)
        self.new_playlist.clicked.connect(self.playlist_wanted)
        self.no_playlists = Label(
            "Playlists you make, or save from a Wormhole, appear here.", "small", "text3", wrap=True
        )
        self.no_playlists.setContentsMargins(8, 2, 8, 0)
        self.folders = Label("", "caption", "text3", elide=Qt.TextElideMode.ElideRight)
        self.settings = IconButton("ph.gear-six", "Settings", shortcut="Ctrl+,")
        self.settings.clicked.connect(lambda: self.opened.emit("settings", {}))

    def _lay_out(self) -> None:
        logo = QHBoxLayout()
        logo.setContentsMargins(20, 0, 0, 0)
        logo.setSpacing(10)
        logo.addWidget(self.mark)
        logo.addWidget(self.name)
        logo.addStretch()
        self._logo = QWidget()
        self._logo.setLayout(logo)
        self._logo.setFixedHeight(56)
        body = QWidget()
        self._body = QVBoxLayout(body)
        self._body.setSpacing(0)
        for title, entries in GROUPS:
            self._add_heading(_Heading(title))
            for entry in entries:
                self._add_entry(entry)
        self._headings[0].set_height(24)
        self._add_heading(_Heading("Playlists", self.new_playlist))
        self._body.addWidget(self.no_playlists)
        self._playlists = QVBoxLayout()
        self._playlists.setSpacing(0)
        self._body.addLayout(self._playlists)
        self._body.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBar(QuietScrollBar())
        self._scroll = scroll
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addWidget(self._logo)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._footer())

    def _footer(self) -> QWidget:
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(20, 0, 12, 0)
        row.setSpacing(8)
        self._drive = _Drive()
        row.addWidget(self._drive)
        row.addWidget(self.folders, 1)
        row.addWidget(self.settings)
        self.foot.setFixedHeight(48)
        return self.foot

    def _add_heading(self, heading: _Heading) -> None:
        self._headings.append(heading)
        self._body.addWidget(heading)

    def _add_entry(self, entry: Entry) -> None:
        item = NavItem(entry.text, entry.icon)
        if entry.page not in self._available:
            item.setEnabled(False)
            item.setToolTip(LATER)
        item.clicked.connect(lambda: self.opened.emit(entry.page, {}))
        self.items[entry.page] = item
        self._body.addWidget(item)

    def set_counts(self, counts: LibraryCounts) -> None:
        """Figures of the library."""
        for _, entries in GROUPS:
            for entry in entries:
                if entry.count:
                    number = getattr(counts, entry.count)
                    self.items[entry.page].set_detail(f"{number:,}" if number else "")
        folders = f"{counts.folders} folder{'' if counts.folders == 1 else 's'}"
        self.folders.setText(f"{folders} · {file_size(counts.bytes)}" if counts.folders else "No folders yet")

    def set_playlists(self, playlists: Sequence[Any]) -> None:
        """The user's playlists."""
        for item in self.playlist_items:
            self._playlists.removeWidget(item)
            item.deleteLater()
        self.playlist_items = []
        for playlist in playlists:
            self._add_playlist(playlist)
        self.no_playlists.setVisible(not playlists and not self._compact)
        self._headings[-1].setVisible(not self._compact or bool(playlists))

    def _add_playlist(self, playlist: Any) -> None:
        item = PlaylistItem(playlist)
        item.set_compact(self._compact)
        item.clicked.connect(lambda: self.opened.emit("playlist", {"playlist_id": item.playlist_id}))
        item.dropped.connect(lambda ids: self.playlist_dropped.emit(item.playlist_id, item.text(), ids))
        self.playlist_items.append(item)
        self._playlists.addWidget(item)

    def show_place(self, page: str, params: dict[str, Any]) -> None:
        """Mark where we are."""
        plain = not any(key in params for key in ("similar_to", "album_id", "artist", "genre", "ids"))
        for name, item in self.items.items():
            item.setChecked(name == page and plain)
        for playlist in self.playlist_items:
            playlist.setChecked(page == "playlist" and playlist.playlist_id == params.get("playlist_id"))

    def set_compact(self, compact: bool) -> None:
        """The rail of icons, or the whole sidebar."""
        self._compact = compact
        self.setFixedWidth(RAIL if compact else WIDTH)
        # The scroll bar stands in the margin; the rail scrolls by wheel and focus only.
        policy = Qt.ScrollBarPolicy
        self._scroll.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if compact else policy.ScrollBarAlwaysOn
        )
        self._body.setContentsMargins(12, 6 if compact else 0, 11 if compact else 3, 8)
        self.name.setVisible(not compact)
        self._drive.setVisible(not compact)
        self.folders.setVisible(not compact)
        self.foot.layout().setContentsMargins(16 if compact else 20, 0, 12, 0)  # type: ignore[union-attr]
        self.no_playlists.setVisible(not compact and not self.playlist_items)
        for heading in self._headings:
            heading.set_compact(compact)
        self._headings[0].setVisible(not compact)
        self._headings[-1].setVisible(not compact or bool(self.playlist_items))
        for item in (*self.items.values(), *self.playlist_items):
            item.set_compact(compact)
        self._fit_rail()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rail()

    def _fit_rail(self) -> None:
        """In a low window the icons of the rail stand closer, so that all pages can be seen."""
        side, gap = RAIL_ROOMY if self._room_for(*RAIL_ROOMY) else RAIL_DENSE
        self._body.setSpacing(gap if self._compact else 0)
        for item in (*self.items.values(), *self.playlist_items):
            item.set_side(side)

    def _room_for(self, side: int, gap: int) -> bool:
        """Whether all pages fit one below the other, with the lines between their groups."""
        lines = len(GROUPS) - 1
        margins = self._body.contentsMargins()
        needed = len(self.items) * (side + gap) + lines * (RAIL_LINE + gap) + margins.top() + margins.bottom()
        return needed <= self.height() - self._logo.height() - self.foot.height()

    def sizeHint(self) -> QSize:
        return QSize(RAIL if self._compact else WIDTH, 600)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("sidebar"))
        painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), theme.color("line"))
        if not self._compact:
            line = QRectF(12, self.foot.y(), self.width() - 25, 1)
            painter.fillRect(line, theme.color("line"))
        painter.end()


class _Wordmark(QWidget):
    """The name beside the mark, in wide capitals."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(70, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        font = theme.font("large", 700)
        font.setPixelSize(15)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1.4)
        painter = QPainter(self)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, "SONIQ")
        painter.end()


class _Drive(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        Theme.current().paint_icon(painter, "ph.hard-drives", QRectF(self.rect()), "text3")
        painter.end()
