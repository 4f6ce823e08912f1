"""A table of songs inside a page: the songs table with its keys, menu and actions, for given ids."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Menu
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.model import SongsModel
from soniq_desktop.ui.songs.view import SongsView

ALWAYS = {"number", "title", "heart"}


class TrackList(QWidget):
    """Plays, queues, likes and opens menus like the songs page; the order is that of the ids."""

    def __init__(self, services: Services, navigator: Navigator, source: str, columns: set[str]) -> None:
        super().__init__()
        self.actions_ = SongActions(services, navigator, source)
        self._services = services
        self.more_items: Callable[[Menu, Sequence[Track]], None] = lambda _menu, _tracks: None
        self.model = SongsModel(services.library)
        self.view = SongsView(self.model, services.library)
        self.view.set_columns(columns | ALWAYS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        library, player, view = self._services.library, self._services.player, self.view
        view.play_row.connect(lambda row: self.actions_.play(self.model.ids(), row))
        view.toggle_play.connect(player.toggle)
        view.play_selection.connect(self._play_selection)
        view.play_next.connect(lambda: self.actions_.play_next(view.selected_ids()))
        view.add_to_queue.connect(lambda: self.actions_.add_to_queue(view.selected_ids()))
        view.like_clicked.connect(self._like)
        view.menu_wanted.connect(self._menu)
        view.in_sight.connect(library.listen_first)
        player.track_changed.connect(lambda _track: self._show_playing())
        player.state_changed.connect(lambda _state: self._show_playing())
        library.counts_changed.connect(self._counts_changed)
        self._counts_changed(library.counts())
        self._show_playing()

    def set_ids(self, ids: Sequence[int], notes: Mapping[int, str] | None = None) -> None:
        """Show these tracks, with reasons by id; a list of the same length keeps its place."""
        keep = self.view.first_row() if len(ids) == self.model.rowCount() else 0
        self.model.set_ids(ids, notes=notes)
        self.view.scroll_to_row(keep)

    def ids(self) -> list[int]:
        return self.model.ids()

    def play(self) -> None:
        """From the first track."""
        self.actions_.play(self.ids())

    def focus_main(self) -> None:
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _play_selection(self) -> None:
        if len(self.view.selected_rows()) > 1:
            self.actions_.play(self.view.selected_ids())
        elif self.view.currentIndex().isValid():
            self.actions_.play(self.ids(), self.view.currentIndex().row())

    def _like(self, row: int) -> None:
        track = self.model.track(row)
        if track is not None:
            self._services.library.set_liked(track.id, not track.liked)

    def _menu(self, position: QPoint) -> None:
        ids = self.view.selected_ids()
        tracks = [track for i in ids if (track := self.model.known(i)) is not None]
        if ids:
            menu = self.actions_.menu(ids, tracks, self)
            self.more_items(menu, tracks)
            menu.popup(position)

    def _show_playing(self) -> None:
        track = self._services.player.track()
        self.view.set_playing(track.id if track else None, self._services.player.state())

    def _counts_changed(self, counts: object) -> None:
        listened, tracks = getattr(counts, "listened", 0), getattr(counts, "tracks", 0)
        self.view.delegate.analysing = listened < tracks
