"""What can be done with songs anywhere in the window: the same menu and the same words in every view."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Menu, ask_name
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.genre_menu import genre_menu
from soniq_desktop.ui.songs.text import songs
from soniq_desktop.ui.theme import Theme

MOST_SEEDS = 5  # songs that a radio or a list is made from
LATER = "Comes with a later version"


class SongActions:
    """Acts on tracks by id and tells in the notice bar what happened."""

    def __init__(self, services: Services, navigator: Navigator, source: str = "songs") -> None:
        self._services = services
        self._navigator = navigator
        self.source = source

    def play(self, ids: Sequence[int], start: int = 0) -> None:
        """Play these tracks from the one at `start`."""
        if ids:
            self._services.player.play(list(ids), start, self.source)

    def play_next(self, ids: Sequence[int]) -> None:
        """Put them right after the playing one."""
        if ids:
            self._services.player.play_next(list(ids))
            self._navigator.tell(f"{songs(len(ids))} will play next.")

    def add_to_queue(self, ids: Sequence[int]) -> None:
        """Put them at the end of the queue."""
        if ids:
            self._services.player.add(list(ids))
            self._navigator.tell(f"{songs(len(ids))} added to the queue.")

    def set_liked(self, tracks: Sequence[Track], liked: bool) -> None:
        """Like or unlike."""
        for track in tracks:
            if track.liked != liked:
                self._services.library.set_liked(track.id, liked)

    def more_like(self, track: Track) -> None:
        """Open the list of similar tracks."""
        self._navigator.open("songs", similar_to=track.id, title=f"Like {track.title}")

    def add_to_playlist(self, playlist_id: int, name: str, ids: Sequence[int]) -> None:
        """Add to a playlist of the user's."""
        self._services.playlists.add(playlist_id, list(ids))
        self._navigator.tell(f"{songs(len(ids))} added to {name}.")

    def new_playlist(self, ids: Sequence[int], parent: QWidget) -> None:
        """Ask for a name and make a playlist of these tracks."""

        def make(name: str) -> None:
            self._services.playlists.create(name, list(ids))
            self._navigator.tell(f"Playlist “{name}” made.")

        ask_name(parent, "New playlist", "Create", make)

    def menu(self, ids: Sequence[int], tracks: Sequence[Track], parent: QWidget) -> Menu:
        """The context menu. `ids` may be many, `tracks` are those of them that are in memory."""
        menu = Menu(parent=parent)
        single = tracks[0] if len(ids) == 1 and tracks else None
        menu.item("Play", lambda: self.play(ids), icon="ph.play", shortcut="Enter")
        menu.item("Play next", lambda: self.play_next(ids), icon="ph.queue", shortcut="Shift+Enter")
        menu.item("Add to queue", lambda: self.add_to_queue(ids), icon="ph.plus", shortcut="Ctrl+Enter")
        menu.addMenu(self._playlist_menu(ids, menu, parent))
        menu.addSeparator()
        if single is not None:
            heard = single.state == "listened"
            action = menu.item(
                "More like this", lambda: self.more_like(single), icon="ph.sparkle", enabled=heard
            )
            action.setToolTip("" if heard else "This song has not been analysed yet")
        if single is not None and self._services.explain is not None:
            inspect = partial(self._navigator.open, "inspector", track_id=single.id)
            menu.item("Inspect", inspect, icon="ph.magnifying-glass-plus", shortcut="E")
        self._wormhole_items(menu, ids)
        self._radio_items(menu, ids)
        if single is not None and self._services.stems is not None:
            apart = partial(self.separate, single.id)
            menu.item(
                "Separate into stems", apart, icon="ph.faders", shortcut="S", enabled=not single.missing
            )
        all_liked = bool(tracks) and all(track.liked for track in tracks)
        menu.item(
            "Unlike" if all_liked else "Like",
            lambda: self.set_liked(tracks, not all_liked),
            icon="ph.heart",
            enabled=bool(tracks),
        )
        if len(ids) == 2 and self._services.duplicates is not None:
            same = partial(self._navigator.open, "duplicates", compare=[int(each) for each in ids])
            menu.item("Same recording?", same, icon="ph.equals")
        if self._services.genre is not None:
            menu.addMenu(genre_menu(self._services.genre, self._navigator, ids, tracks, menu))
        if single is not None:
            self._file_items(menu, single)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def wormhole(self, start: int | None = None, end: int | None = None) -> None:
        """Open the Wormhole with one end, or both, chosen."""
        ends = {"start": start, "end": end}
        self._navigator.open("wormhole", **{key: value for key, value in ends.items() if value is not None})

    def separate(self, track_id: int) -> None:
        """Take a song apart, or open the stems that there are."""
        self._navigator.open("stems", track_id=track_id, separate=True)

    def _wormhole_items(self, menu: Menu, ids: Sequence[int]) -> None:
        if self._services.wormhole is None or len(ids) > 2:
            return
        if len(ids) == 2:
            menu.item("Wormhole between these", lambda: self.wormhole(ids[0], ids[1]), icon="ph.flow-arrow")
            return
        menu.item("Wormhole from here", lambda: self.wormhole(ids[0]), icon="ph.flow-arrow", shortcut="W")
        menu.item("Wormhole to here", lambda: self.wormhole(end=ids[0]), icon="ph.flag")

    def _radio_items(self, menu: Menu, ids: Sequence[int]) -> None:
        """What goes on from a few songs."""
        if not 1 <= len(ids) <= MOST_SEEDS:
            return
        if self._services.radio is not None:
            menu.item("Start radio", lambda: self.start_radio(ids), icon="ph.radio")
        if self._services.discovery is not None:
            menu.item(
                "Playlist from this" if len(ids) == 1 else "Playlist from these",
                lambda: self._navigator.open("for_you", seeds=list(ids)),
                icon="ph.list-plus",
            )

    def start_radio(self, ids: Sequence[int]) -> None:
        """Play the first of these, and go on by all of them."""
        if self._services.radio is not None:
            self._services.radio.start(list(ids))

    def _playlist_menu(self, ids: Sequence[int], menu: Menu, parent: QWidget) -> Menu:
        submenu = Menu("Add to playlist", menu)
        submenu.setIcon(Theme.current().icon("ph.playlist", size=16))
        submenu.item("New playlist...", lambda: self.new_playlist(ids, parent), icon="ph.plus")

        def fill(playlists: Sequence[object]) -> None:
            manual = [p for p in playlists if getattr(p, "kind", "manual") == "manual"]
            if manual:
                submenu.addSeparator()
            for playlist in manual:
                playlist_id, name = playlist.id, playlist.name  # type: ignore[attr-defined]
                add = partial(self.add_to_playlist, playlist_id, name, ids)
                submenu.item(name, add, icon="ph.playlist")

        self._services.playlists.all(fill)
        return submenu

    def _file_items(self, menu: Menu, track: Track) -> None:
        menu.addSeparator()
        menu.item(
            "Show in folder",
            lambda: show_in_folder(track.path),
            icon="ph.folder-open",
            enabled=not track.missing,
        )
        if track.state == "problem":
            menu.item("Retry analysis", lambda: self.retry(track), icon="ph.arrow-clockwise")

    def retry(self, track: Track) -> None:
        """Try a song again that could not be analysed."""

        def retry(problems: Sequence[object]) -> None:
            for problem in problems:
                if getattr(problem, "track_id", None) == track.id:
                    self._services.library.retry(problem.id)  # type: ignore[attr-defined]

        self._services.library.problems(retry)
        self._navigator.tell(f"{track.title} will be analysed again.")


def show_in_folder(path: str) -> None:
    """Open the file manager at a file; where the platform can, with the file selected."""
    if sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", path])
    elif sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", path.replace("/", "\\")])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))
