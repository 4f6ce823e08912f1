"""The selection of songs: by lasso, by cluster; what its card shows and does."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from soniq_desktop.discovery.galaxy_selection import along, summary
from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import ask_name
from soniq_desktop.ui.galaxy.canvas import GalaxyCanvas
from soniq_desktop.ui.galaxy.colours import Entry, colouring
from soniq_desktop.ui.galaxy.selection_card import COVER, SelectionCard
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.text import songs

Rows = NDArray[np.intp]


class Selecting(QObject):
    """Keeps the rows that are selected and fills their card. Ids are kept, too: the map may change."""

    def __init__(
        self,
        canvas: GalaxyCanvas,
        card: SelectionCard,
        services: Services,
        navigator: Navigator,
        arrange: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._canvas, self._card, self._services, self._navigator = canvas, card, services, navigator
        self._arrange, self._window = arrange, parent
        self._actions = SongActions(services, navigator, "galaxy")
        self._name = ""
        self.ids: list[int] = []  # in the order in which they are played
        canvas.lassoed.connect(lambda rows: self.take(rows, "Lasso selection"))
        card.closed.connect(self.clear)
        card.play_wanted.connect(lambda: self._actions.play(self.ids))
        card.queue_wanted.connect(lambda: self._actions.add_to_queue(self.ids))
        card.playlist_wanted.connect(self._make_playlist)
        card.table_wanted.connect(self.show_table)
        services.library.artwork_ready.connect(self._paint_covers)

    def take(self, rows: Rows, name: str) -> None:
        """Select these rows of the map."""
        galaxy = self._canvas.galaxy
        if galaxy is None:
            return
        self._name = name
        rows = rows[~galaxy.missing[rows]]  # what cannot be played is no part of it
        rows = along(galaxy.places, rows)
        self.ids = [int(each) for each in galaxy.ids[rows]]
        found = summary(galaxy, rows)
        by_genre = colouring(galaxy, "genre")
        counts = np.bincount(by_genre.codes[rows], minlength=len(by_genre.entries)).tolist()
        entries = [
            Entry(entry.label, entry.colour, count)
            for entry, count in zip(by_genre.entries, counts, strict=True)
        ]
        entries.sort(key=lambda entry: -entry.songs)
        self._card.show_summary(name, found, entries)
        self._canvas.lasso_label = songs(found.songs)
        self._canvas.update()
        self._arrange()
        samples = [int(galaxy.ids[row]) for row in found.samples]
        self._services.library.tracks(samples, self._samples_arrived)

    def take_cluster(self, row: int | None) -> None:
        """Select the region that a song belongs to."""
        galaxy = self._canvas.galaxy
        if galaxy is None or row is None:
            self._navigator.tell("Choose a song on the map first, with the arrow keys or a click.")
            return
        number = int(galaxy.members[row])
        if number < 0:
            self._navigator.tell("This song lies outside of all clusters.")
            return
        shown = self._canvas.picture.stars.shown
        self._canvas.clear_lasso()
        name = next(
            (
                each.title
                for each in self._canvas.names
                if (each.x, each.y) == (galaxy.clusters[number].x, galaxy.clusters[number].y)
            ),
            "",
        )
        rows = np.flatnonzero((galaxy.members == number) & shown)
        self.take(rows, f"Cluster “{name}”" if name else "Cluster")

    def refresh(self) -> None:
        """The map changed: the same songs, where they still are."""
        galaxy = self._canvas.galaxy
        if not self.ids or galaxy is None:
            return
        rows = [row for row in map(galaxy.row, self.ids) if row is not None]
        if rows:
            self.take(np.array(rows, np.intp), self._name)
        else:
            self.clear()

    def clear(self) -> None:
        """Select nothing."""
        self.ids = []
        self._card.hide()
        self._canvas.clear_lasso()
        self._arrange()

    def show_table(self) -> None:
        """The selection, or all that the map shows, as a list of songs."""
        galaxy = self._canvas.galaxy
        if galaxy is None:
            return
        ids, name = self.ids, self._name
        if not ids:
            shown = self._canvas.picture.stars.shown
            ids, name = [int(each) for each in galaxy.ids[shown]], "Songs on the map"
        self._navigator.open("songs", ids=ids, title=name)

    def _make_playlist(self) -> None:
        ids = self.ids

        def make(name: str) -> None:
            self._services.playlists.create(name, ids)
            self._navigator.tell(f"Playlist “{name}” made.")

        ask_name(self._window, "New playlist", "Create", make, text=self._name)

    def _samples_arrived(self, tracks: list[Track]) -> None:
        if self._card.isVisible():
            self._card.show_samples(tracks)
            self._paint_covers()
            self._arrange()

    def _paint_covers(self, key: str | None = None) -> None:
        for row in self._card.samples:
            if row.artwork and key in (None, row.artwork):
                row.cover.set_source(self._services.library.artwork(row.artwork, COVER))
            elif not row.artwork:
                row.cover.set_source(None)
