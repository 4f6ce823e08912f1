"""Playlists for the window: the calls of `library.playlists.Playlists`, off the GUI thread."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.playlists import Playlist, PlaylistEntry, Playlists
from soniq_desktop.library.records import Track
from soniq_desktop.services.tasks import Tasks

T = TypeVar("T")
log = topic("playlists")


class PlaylistService(QObject):
    """Nothing here blocks: results come to `done` on the GUI thread, errors to `message`.

    Tracks are given by id; ids that have left the library meanwhile are passed over.
    """

    changed = Signal()  # names, order or entries; ask again
    message = Signal(str)  # plain sentence

    def __init__(
        self, playlists: Playlists, catalogue: Catalogue, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._playlists = playlists
        self._catalogue = catalogue
        self._tasks = tasks
        self._asking: list[Callable[[list[Playlist]], None]] = []

    def all(self, done: Callable[[list[Playlist]], None]) -> None:
        """Every playlist with its entries. Several who ask at once all get the newest answer."""
        self._asking.append(done)
        self._tasks.run(self._playlists.all, self._all_arrived, self._no_answer, key="playlists.all")

    def _all_arrived(self, found: list[Playlist]) -> None:
        asking, self._asking = self._asking, []
        for done in asking:
            done(found)

    def _no_answer(self, error: Exception) -> None:
        self._asking = []
        self._tell(error)

    def entries(
        self, playlist_id: int, done: Callable[[list[tuple[PlaylistEntry, Track | None]]], None]
    ) -> None:
        """Entries with their tracks; None beside an entry that is not in the library."""

        def work() -> list[tuple[PlaylistEntry, Track | None]]:
            found = self._playlists.resolved(playlist_id, self._catalogue)
            ids = [track_id for _, track_id in found if track_id is not None]
            tracks = {track.id: track for track in self._catalogue.tracks(ids)}
            return [(entry, None if each is None else tracks.get(each)) for entry, each in found]

        self._tasks.run(work, done, self._tell, key="playlists.entries")

    def resolve(self, playlist_id: int, done: Callable[[list[int]], None]) -> None:
        """Ids of the tracks that can be played, in order."""
        self._tasks.run(lambda: self._playlists.resolve(playlist_id, self._catalogue), done, self._tell)

    def create(
        self,
        name: str,
        ids: Sequence[int] = (),
        done: Callable[[Playlist], None] | None = None,
        *,
        kind: str = "manual",
        recipe: Mapping[str, Any] | None = None,
    ) -> None:
        """A new playlist of these tracks; `recipe` is kept with it."""
        self._change(lambda: self._playlists.create(name, self._catalogue.tracks(ids), kind, recipe), done)

    def rename(self, playlist_id: int, name: str) -> None:
        """Give it another name."""
        self._change(lambda: self._playlists.rename(playlist_id, name))

    def delete(self, playlist_id: int) -> None:
        """Remove the playlist; its tracks are not touched."""
        self._change(lambda: self._playlists.delete(playlist_id))

    def add(self, playlist_id: int, ids: Sequence[int], at: int | None = None) -> None:
        """Insert tracks before position `at`; at the end where it is None."""
        self._change(lambda: self._playlists.add(playlist_id, self._catalogue.tracks(ids), at))

    def remove(self, playlist_id: int, positions: Sequence[int]) -> None:
        """Take out the entries at these positions."""
        self._change(lambda: self._playlists.remove(playlist_id, positions))

    def move(self, playlist_id: int, positions: Sequence[int], to: int) -> None:
        """Move entries before the one at position `to` now."""
        self._change(lambda: self._playlists.move(playlist_id, positions, to))

    def import_m3u(self, file: Path, done: Callable[[Playlist], None] | None = None) -> None:
        """A new playlist from an M3U or M3U8 file."""
        self._change(lambda: self._playlists.import_m3u(file, self._catalogue), done)

    def export_m3u(self, playlist_id: int, file: Path, *, relative: bool = True) -> None:
        """Write an M3U8 file and say so."""
        self._tasks.run(
            lambda: self._playlists.export_m3u(playlist_id, file, relative=relative),
            lambda _: self.message.emit(f"Saved {file.name}."),
            self._tell,
        )

    def _change(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        def finished(result: T) -> None:
            self.changed.emit()
            if done is not None:
                done(result)

        self._tasks.run(work, finished, self._tell)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.message.emit(str(error))
        else:
            log.error("A playlist could not be changed.", exc_info=error)
            self.message.emit("The playlist could not be changed.")
