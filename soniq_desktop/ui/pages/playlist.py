"""One playlist of the user's: play, rename, reorder, remove, export; or a new one."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Button, EmptyState, IconButton, Menu, confirm
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.collection import COVER, COVER_SIZE
from soniq_desktop.ui.pages.grid import Card, MosaicCover
from soniq_desktop.ui.pages.parts import MARGIN, CollectionHead, joined
from soniq_desktop.ui.pages.playlist_list import EntriesView, Row
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.text import long_duration, songs

KINDS = {"manual": "Playlist", "import": "Imported playlist", "path": "Wormhole"}


class PlaylistPage(QWidget):
    """Parameter: playlist_id."""

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = "Playlist"
        self._services, self._navigator = services, navigator
        self._id: int | None = None
        self._request = 0
        self._name = ""
        self.actions_ = SongActions(services, navigator, "playlist")
        self.cover = MosaicCover(COVER, lambda key: services.library.artwork(key, COVER_SIZE))
        self.rename = IconButton("ph.pencil-simple", "Rename", shortcut="F2")
        self.export = Button("Export", "ph.export", "ghost", "large")
        self.remove = Button("Delete", "ph.x", "ghost", "large")
        self.reopen = Button("Open in Wormhole", "ph.flow-arrow", "ghost", "large")
        self.reopen.hide()
        self._recipe: Mapping[str, Any] | None = None
        self.head = CollectionHead(self.cover, self.reopen, self.rename, self.export, self.remove)
        self.edit = QLineEdit()
        self.edit.setAccessibleName("Name of the playlist")
        self.edit.hide()
        self.list = EntriesView(services.library)
        self.empty = EmptyState(
            "ph.playlist",
            "This playlist is empty",
            "Drag songs onto it in the sidebar, or choose Add to playlist in the menu of a song.",
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        upper = QVBoxLayout()
        upper.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        upper.addWidget(self.head)
        upper.addWidget(self.edit)
        table = QVBoxLayout()
        table.setContentsMargins(12, 0, 2, 0)
        table.addWidget(self.stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(upper)
        layout.addLayout(table, 1)

    def _connect(self) -> None:
        services, playlists = self._services, self._services.playlists
        self.head.play.clicked.connect(lambda: self._play(0))
        self.head.shuffle.clicked.connect(self._shuffle)
        self.rename.clicked.connect(self._begin_rename)
        self.export.clicked.connect(self._export)
        self.remove.clicked.connect(self._ask_to_delete)
        self.reopen.clicked.connect(self._reopen)
        self.edit.returnPressed.connect(self._end_rename)
        self.edit.editingFinished.connect(self.edit.hide)
        self.list.chosen.connect(self._play)
        self.list.moved.connect(lambda rows, to: self._with_id(playlists.move, rows, to))
        self.list.removed.connect(lambda rows: self._with_id(playlists.remove, rows))
        self.list.inserted.connect(lambda ids, at: self._with_id(playlists.add, ids, at))
        self.list.menu_wanted.connect(self._menu)
        playlists.changed.connect(self._changed)
        services.library.changed.connect(self._changed)
        services.library.artwork_ready.connect(lambda _key: self.cover.update())
        services.player.track_changed.connect(lambda _track: self._show_playing())
        QShortcut(QKeySequence("F2"), self).activated.connect(self._begin_rename)

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        self._id = params.get("playlist_id")
        self._ask()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # showing

    def _changed(self) -> None:
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        self._request += 1
        request = self._request
        self._services.playlists.all(lambda found: self._lists_arrived(request, found))

    def _lists_arrived(self, request: int, playlists: Sequence[Any]) -> None:
        if request != self._request:
            return
        playlist = next((each for each in playlists if each.id == self._id), None)
        if playlist is None:
            self._show_gone()
            return
        self._name = self.title = playlist.name
        self.head.kind.setText(KINDS.get(playlist.kind, "Playlist"))
        self.head.heading.setText(playlist.name)
        self._recipe = getattr(playlist, "recipe", None) if self._services.wormhole is not None else None
        self.reopen.setVisible(self._recipe is not None)
        for button in (self.rename, self.export, self.remove):
            button.setEnabled(True)
        self._services.playlists.entries(playlist.id, lambda rows: self._rows_arrived(request, rows))

    def _reopen(self) -> None:
        """The recipe of a path, to be looked at or changed in the Wormhole; this list stays as it is."""
        if self._recipe is not None:
            self._navigator.open("wormhole", recipe=dict(self._recipe))

    def _show_gone(self) -> None:
        self.reopen.hide()
        self.head.heading.setText("Playlist")
        self.list.set_rows(())
        self.head.set_playable(False)
        for button in (self.rename, self.export, self.remove):
            button.setEnabled(False)
        self.empty.set_texts("This playlist is not there any more")
        self.stack.setCurrentWidget(self.empty)

    def _rows_arrived(self, request: int, rows: Sequence[Row]) -> None:
        if request != self._request:
            return
        self.list.set_rows(rows)
        tracks = [track for _, track in rows if track is not None and not track.missing]
        away = len(rows) - len(tracks)
        seconds = sum(track.tags.duration for track in tracks)
        missing = f"{away:,} not here" if away else ""
        self.head.facts.setText(joined([songs(len(rows)), long_duration(seconds) if tracks else "", missing]))
        self.head.set_playable(bool(tracks))
        covers = tuple(dict.fromkeys(track.tags.artwork for track in tracks if track.tags.artwork))[:4]
        self.cover.set_card(Card(self._id, self._name, "", covers if len(covers) == 4 else covers[:1]))
        self.empty.set_texts(
            "This playlist is empty",
            "Drag songs onto it in the sidebar, or choose Add to playlist in the menu of a song.",
        )
        self.stack.setCurrentWidget(self.list if rows else self.empty)
        self._show_playing()

    def _show_playing(self) -> None:
        track = self._services.player.track()
        self.list.entries.playing_id = track.id if track else None
        self.list.viewport().update()

    # orders of the user

    def _with_id(self, do: Any, *arguments: Any) -> None:
        if self._id is not None:
            do(self._id, *arguments)

    def _playable(self) -> list[tuple[int, int]]:
        """Positions and track ids of what can be played."""
        rows = enumerate(self.list.entries.rows)
        return [(at, track.id) for at, (_, track) in rows if track is not None and not track.missing]

    def _play(self, position: int) -> None:
        found = self._playable()
        start = next((i for i, (at, _) in enumerate(found) if at >= position), 0)
        self.actions_.play([track_id for _, track_id in found], start)

    def _shuffle(self) -> None:
        ids = [track_id for _, track_id in self._playable()]
        random.shuffle(ids)
        self.actions_.play(ids)

    def _menu(self, at: QPoint) -> None:
        rows = self.list.selected_rows()
        tracks = [track for row in rows if (track := self.list.entries.rows[row][1]) is not None]
        menu = (
            self.actions_.menu([track.id for track in tracks], tracks, self) if tracks else Menu(parent=self)
        )
        menu.addSeparator()
        menu.item("Move up", lambda: self.list.move_by(-1), shortcut="Alt+Up")
        menu.item("Move down", lambda: self.list.move_by(1), shortcut="Alt+Down")
        menu.item("Remove from playlist", lambda: self.list.removed.emit(rows), icon="ph.x", shortcut="Del")
        if not tracks:
            menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _begin_rename(self) -> None:
        if self._id is None or not self.rename.isEnabled():
            return
        self.edit.setText(self._name)
        self.edit.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()

    def _end_rename(self) -> None:
        name = self.edit.text().strip()
        self.edit.hide()
        if name and name != self._name:
            self._with_id(self._services.playlists.rename, name)
        self.focus_main()

    def _export(self) -> None:
        file, _ = QFileDialog.getSaveFileName(
            self, "Export playlist", str(Path.home() / f"{self._name}.m3u8"), "M3U8 playlist (*.m3u8)"
        )
        if file:
            self._with_id(self._services.playlists.export_m3u, Path(file))

    def _ask_to_delete(self) -> None:
        question = f"Delete the playlist “{self._name}”?"
        confirm(self, question, "Its songs stay in the library.", "Delete", self._delete, danger=True)

    def _delete(self) -> None:
        self._with_id(self._services.playlists.delete)
        self._navigator.tell(f"Playlist “{self._name}” deleted.")
        self._navigator.open("songs")
