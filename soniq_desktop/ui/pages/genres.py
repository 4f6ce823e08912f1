"""All genre tags, with mosaics of their covers."""

from collections.abc import Callable, Sequence

from soniq_desktop.library.records import Group, TrackQuery
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.pages.grid import Card
from soniq_desktop.ui.pages.grid_page import GridPage
from soniq_desktop.ui.songs.text import songs


class GenresPage(GridPage):
    """A click opens a genre, the play button plays it shuffled."""

    name = "Genres"
    one = "genre"
    icon = "ph.swatches"
    source = "genre"

    def fetch(self, text: str, done: Callable[[Sequence[Group]], None]) -> None:
        self.services.library.genres(text, done)

    def card(self, row: Group) -> Card:
        covers = row.artwork if len(row.artwork) >= 4 else row.artwork[:1]
        return Card(row.name, row.name, songs(row.tracks), covers, colour=genre_family(row.name))

    def open_card(self, card: Card) -> None:
        self.navigator.open("genre", genre=card.key)

    def query(self, card: Card) -> TrackQuery:
        return TrackQuery(sort="shuffle", genre=card.key)
