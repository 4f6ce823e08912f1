"""All albums as a grid of covers."""

from collections.abc import Callable, Sequence

from soniq_desktop.library.records import Album, TrackQuery
from soniq_desktop.ui.pages.grid import Card
from soniq_desktop.ui.pages.grid_page import GridPage
from soniq_desktop.ui.pages.parts import joined


class AlbumsPage(GridPage):
    """A click opens an album, its play button plays it from the first track."""

    name = "Albums"
    one = "album"
    icon = "ph.disc"
    source = "album"

    def fetch(self, text: str, done: Callable[[Sequence[Album]], None]) -> None:
        self.services.library.albums(text, None, done)

    def card(self, row: Album) -> Card:
        return album_card(row)

    def open_card(self, card: Card) -> None:
        self.navigator.open("album", album_id=card.key)

    def query(self, card: Card) -> TrackQuery:
        return TrackQuery(sort="album", album_id=card.key)


def album_card(album: Album, *, by_artist: bool = True) -> Card:
    """An album as a card; on an artist's own page the year stands in the artist's place."""
    year = str(album.year or "")
    detail = joined([album.artist, year]) if by_artist else year
    return Card(album.id, album.title or "Unknown album", detail, (album.artwork,) if album.artwork else ())
