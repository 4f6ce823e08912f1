"""One artist: their albums in a row, and all their songs."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from soniq_desktop.library.records import Album, TrackQuery
from soniq_desktop.ui.components import Label
from soniq_desktop.ui.pages.albums import album_card
from soniq_desktop.ui.pages.collection import COVER_SIZE, CollectionPage
from soniq_desktop.ui.pages.grid import GAP, TEXT_HEIGHT, Card, CardModel, GridView
from soniq_desktop.ui.theme import Theme

SHELF_CARD = 132


class AlbumShelf(GridView):
    """One row of albums that scrolls sideways."""

    def _fit(self) -> None:
        width = Theme.current().px(SHELF_CARD + GAP)
        height = width - GAP + Theme.current().px(TEXT_HEIGHT) + 12
        self.setGridSize(QSize(width, height))
        self.setFixedHeight(height + 10)

    def _set_up(self) -> None:
        super()._set_up()
        self.setWrapping(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)


class ArtistPage(CollectionPage):
    """Parameter: artist, the name."""

    kind = "Artist"
    columns = frozenset({"album", "genre", "bpm", "key", "energy", "time", "plays"})

    def extra(self) -> QWidget:
        library = self.services.library
        self.shelf = AlbumShelf(CardModel(), lambda key: library.artwork(key, COVER_SIZE), "Albums")
        self.shelf.opened.connect(lambda card: self.navigator.open("album", album_id=card.key))
        self.shelf.played.connect(self._play_album)
        library.artwork_ready.connect(self.shelf.refresh)
        self._albums = QWidget()
        layout = QVBoxLayout(self._albums)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        heading = Label("Albums", "body", weight=600)
        heading.setContentsMargins(GAP // 2, 0, 0, 0)
        layout.addWidget(heading)
        layout.addWidget(self.shelf)
        self._albums.hide()
        return self._albums

    def describe(self) -> None:
        name = self.params["artist"]
        self.show_card(Card(name, name or "Unknown artist", "", round=True))
        self.services.library.albums("", name, self._albums_arrived)

    def query(self) -> TrackQuery:
        return TrackQuery(sort="album", artist=self.params["artist"])

    def more_facts(self) -> str:
        count = len(self.shelf.cards.cards)
        return f"{count:,} album{'' if count == 1 else 's'}" if count else ""

    def _albums_arrived(self, albums: Sequence[Album]) -> None:
        name = self.params["artist"]
        self.shelf.cards.set_cards([album_card(album, by_artist=False) for album in albums])
        self._albums.setVisible(bool(albums))
        covers = tuple(album.artwork for album in albums if album.artwork)[:1]
        self.show_card(Card(name, name or "Unknown artist", "", covers, round=True))
        self.show_facts()

    def _play_album(self, card: Any) -> None:
        query = TrackQuery(sort="album", album_id=card.key)
        self.services.library.track_ids(query, lambda ids: self.tracks.actions_.play([int(i) for i in ids]))
