"""What can be done with a path as a whole: play, keep as a playlist, write to a file."""

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QWidget

from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.library.playlists import Playlist
from soniq_desktop.services.wormhole import WormholeService
from soniq_desktop.ui.components import Menu
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.songs.actions import SongActions

LONGEST_NAME = 120  # letters of a file name


class PathActions:
    """Acts on a path and tells in the notice bar what happened."""

    def __init__(self, wormhole: WormholeService, songs: SongActions, navigator: Navigator) -> None:
        self._wormhole, self._songs, self._navigator = wormhole, songs, navigator

    def play(self, path: Wormhole, place: int = 0) -> None:
        """Play the path from one of its songs."""
        self._songs.play(_ids(path), place)

    def save(self, path: Wormhole) -> None:
        """A playlist of the path, named after its ends, with its recipe."""
        self._wormhole.save(path, name_of(path), self._saved)

    def _saved(self, playlist: Playlist) -> None:
        self._navigator.tell(f"Saved as playlist “{playlist.name}”.")

    def export(self, path: Wormhole, parent: QWidget) -> None:
        """Ask for a file and write the path as M3U8."""
        name = str(Path.home() / f"{file_name(name_of(path))}.m3u8")
        file, _ = QFileDialog.getSaveFileName(parent, "Export the path", name, "M3U8 playlist (*.m3u8)")
        if file:
            self._wormhole.export(path, Path(file))

    def menu(self, path: Wormhole, parent: QWidget, at: QPoint) -> None:
        """The menu behind the three dots."""
        menu = Menu(parent=parent)
        menu.item("Play next", lambda: self._songs.play_next(_ids(path)), icon="ph.queue")
        menu.item("Add to queue", lambda: self._songs.add_to_queue(_ids(path)), icon="ph.plus")
        menu.item("Export as M3U8...", lambda: self.export(path, parent), icon="ph.export")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def name_of(path: Wormhole) -> str:
    """ "Copper Slows to Honey to Anvil Orchard"."""
    return f"{path.tracks[0].title} to {path.tracks[-1].title}"


def file_name(name: str) -> str:
    """A name without what file systems do not take."""
    return "".join("-" if letter in '\\/:*?"<>|' else letter for letter in name)[:LONGEST_NAME]


def _ids(path: Wormhole) -> list[int]:
    return [track.id for track in path.tracks]
