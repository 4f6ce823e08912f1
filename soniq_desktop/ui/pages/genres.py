"""The genre families as the chips show them, or all genre tags of the files, with mosaics of their covers."""

from collections.abc import Callable, Sequence
from typing import Any

from soniq_desktop.library.records import Group, TrackQuery
from soniq_desktop.ui.components import Segmented
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.grid import Card
from soniq_desktop.ui.pages.grid_page import GridPage
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import songs

SHOWN, TAGS = 0, 1


class GenresPage(GridPage):
    """A click opens a genre, the play button plays it shuffled."""

    name = "Genres"
    one = "genre"
    icon = "ph.swatches"
    source = "genre"

    def __init__(self, services: Services, navigator: Navigator) -> None:
        self.choice = Segmented(("As shown", "File tags"), "Genres")
        super().__init__(services, navigator)
        self.head.add_action(self.choice)
        self.choice.changed.connect(lambda _index: self.ask())

    def activate(self, params: dict[str, Any]) -> None:
        self.choice.set_current(int((params.get("session") or {}).get("choice", self.choice.current())))
        super().activate(params)

    def session(self) -> dict[str, Any]:
        kept = super().session()
        kept["session"]["choice"] = self.choice.current()
        return kept

    def fetch(self, text: str, done: Callable[[Sequence[Group]], None]) -> None:
        library = self.services.library
        (library.genres if self._tags else library.genre_families)(text, done)

    def card(self, row: Group) -> Card:
        covers = row.artwork if len(row.artwork) >= 4 else row.artwork[:1]
        return Card(row.name, row.name, songs(row.tracks), covers, colour=genre_family(row.name))

    def open_card(self, card: Card) -> None:
        self.navigator.open("genre", **{"genre" if self._tags else "family": card.key})

    def query(self, card: Card) -> TrackQuery:
        if self._tags:
            return TrackQuery(sort="shuffle", genre=card.key)
        return TrackQuery(sort="shuffle", family=card.key)

    @property
    def _tags(self) -> bool:
        return self.choice.current() == TAGS
