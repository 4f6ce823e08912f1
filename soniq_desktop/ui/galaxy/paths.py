"""The path on the map: a wormhole that was drawn here, or the newest playlist that is a path."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.services.galaxy import GalaxyService
from soniq_desktop.services.playlists import PlaylistService


class PathOverlay(QObject):
    """Ids of the path and its name. `changed` whenever either did; `trouble` is a plain sentence."""

    changed = Signal()
    trouble = Signal(str)

    def __init__(self, galaxy: GalaxyService, playlists: PlaylistService, parent: QObject) -> None:
        super().__init__(parent)
        self._galaxy, self._playlists = galaxy, playlists
        self._drawn = False  # a path of our own is not replaced by a playlist
        self.ids: list[int] = []
        self.name = ""
        playlists.changed.connect(self.look)

    def look(self) -> None:
        """Take the newest path among the playlists, unless one was drawn here."""
        if not self._drawn:
            self._playlists.all(self._playlists_arrived)

    def draw(self, start: int, end: int) -> None:
        """Work out a wormhole between two songs and show it."""
        self._galaxy.path(start, end, self._found, self._failed)

    def show_path(self, ids: Sequence[int], name: str) -> None:
        """Show these songs as a path."""
        self.ids, self.name, self._drawn = list(ids), name, True
        self.changed.emit()

    def _found(self, wormhole: Wormhole) -> None:
        tracks = wormhole.tracks
        self.show_path([track.id for track in tracks], f"{tracks[0].title} to {tracks[-1].title}")

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, SoniqError)
        self.trouble.emit(str(error) if known else "The path could not be worked out.")

    def _playlists_arrived(self, playlists: Sequence[Any]) -> None:
        paths = [playlist for playlist in playlists if playlist.kind == "path"]
        if self._drawn:
            return
        if not paths:
            self.ids, self.name = [], ""
            self.changed.emit()
            return
        newest = max(paths, key=lambda playlist: playlist.id)
        self._playlists.resolve(newest.id, lambda ids: self._resolved(newest.name, ids))

    def _resolved(self, name: str, ids: Sequence[int]) -> None:
        if not self._drawn:
            self.ids, self.name = list(ids), name
            self.changed.emit()
