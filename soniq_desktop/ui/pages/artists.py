"""All artists, round, with their counts."""

from collections.abc import Callable, Sequence

from soniq_desktop.library.records import Group, TrackQuery
from soniq_desktop.ui.pages.grid import Card
from soniq_desktop.ui.pages.grid_page import GridPage
from soniq_desktop.ui.songs.text import songs


class ArtistsPage(GridPage):
    """A click opens an artist, the play button plays everything by them."""

    name = "Artists"
    one = "artist"
    icon = "ph.users"
    source = "artist"

    def fetch(self, text: str, done: Callable[[Sequence[Group]], None]) -> None:
        self.services.library.artists(text, done)

    def card(self, row: Group) -> Card:
        albums = f"{row.albums:,} album{'' if row.albums == 1 else 's'}"
        detail = f"{albums}, {songs(row.tracks)}" if row.albums else songs(row.tracks)
        return Card(row.name, row.name or "Unknown artist", detail, row.artwork[:1], round=True)

    def open_card(self, card: Card) -> None:
        self.navigator.open("artist", artist=card.key)

    def query(self, card: Card) -> TrackQuery:
        return TrackQuery(sort="album", artist=card.key)
