"""The path on the map: a wormhole that was drawn here, or the newest playlist that is a path."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.library.playlists import Playlist
from soniq_desktop.services.galaxy import GalaxyService
from soniq_desktop.services.playlists import PlaylistService
from soniq_desktop.ui.components import Menu


class PathOverlay(QObject):
    """Ids of the path and its name. `changed` whenever either did; `trouble` is a plain sentence.

    Attributes:
        kept: the playlists that are paths, the newest first.
        playlist_id: which of them is shown, or None.
    """

    changed = Signal()
    chosen = Signal()  # by the user, from the list
    trouble = Signal(str)

    def __init__(self, galaxy: GalaxyService, playlists: PlaylistService, parent: QObject) -> None:
        super().__init__(parent)
        self._galaxy, self._playlists = galaxy, playlists
        self._drawn = False  # a path of our own is not replaced by a playlist
        self.ids: list[int] = []
        self.name = ""
        self.kept: list[Playlist] = []
        self.playlist_id: int | None = None
        playlists.changed.connect(self.look)

    def look(self) -> None:
        """Read the paths among the playlists, and show the newest, unless one was drawn or chosen here."""
        self._playlists.all(self._playlists_arrived)

    def choose(self, playlist: Playlist) -> None:
        """Show the path of a playlist."""
        self.chosen.emit()
        self._playlists.resolve(playlist.id, lambda ids: self.show_path(ids, playlist.name, playlist.id))

    def draw(self, start: int, end: int) -> None:
        """Work out a wormhole between two songs and show it."""
        self._galaxy.path(start, end, self._found, self._failed)

    def show_path(self, ids: Sequence[int], name: str, playlist_id: int | None = None) -> None:
        """Show these songs as a path."""
        self.ids, self.name, self._drawn = list(ids), name, True
        self.playlist_id = playlist_id
        self.changed.emit()

    def _found(self, wormhole: Wormhole) -> None:
        tracks = wormhole.tracks
        self.show_path([track.id for track in tracks], f"{tracks[0].title} to {tracks[-1].title}")

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, SoniqError)
        self.trouble.emit(str(error) if known else "The path could not be worked out.")

    def _playlists_arrived(self, playlists: Sequence[Playlist]) -> None:
        paths = [playlist for playlist in playlists if playlist.kind == "path"]
        self.kept = sorted(paths, key=lambda playlist: -playlist.id)
        if self._drawn and (self.playlist_id is None or any(each.id == self.playlist_id for each in paths)):
            self.changed.emit()
        elif self.kept:
            self._drawn = False
            newest = self.kept[0]
            self._playlists.resolve(newest.id, lambda ids: self._resolved(newest, ids))
        else:
            self.ids, self.name, self.playlist_id, self._drawn = [], "", None, False
            self.changed.emit()

    def _resolved(self, playlist: Playlist, ids: Sequence[int]) -> None:
        if not self._drawn:
            self.ids, self.name, self.playlist_id = list(ids), playlist.name, playlist.id
            self.changed.emit()


def open_choice(anchor: QWidget, paths: PathOverlay) -> Menu:
    """The playlists that are paths, in a menu below a button."""
    menu = Menu(parent=anchor)
    for playlist in paths.kept:
        chosen = playlist.id == paths.playlist_id
        menu.item(playlist.name, partial(paths.choose, playlist), checked=chosen)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(anchor.mapToGlobal(QPoint(0, anchor.height() + 4)))
    return menu
