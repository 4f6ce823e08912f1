"""One genre: all its songs."""

from collections.abc import Sequence

from soniq_desktop.library.records import Group, TrackQuery
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.pages.collection import CollectionPage
from soniq_desktop.ui.pages.grid import Card


class GenrePage(CollectionPage):
    """Parameter: genre, the name in the tags."""

    kind = "Genre"
    columns = frozenset({"album", "bpm", "key", "energy", "time", "plays"})

    def describe(self) -> None:
        name = self.params["genre"]
        self.show_card(Card(name, name, "", colour=genre_family(name)))
        self.services.library.genres(name, self._groups_arrived)

    def query(self) -> TrackQuery:
        return TrackQuery(sort="artist", genre=self.params["genre"])

    def _groups_arrived(self, groups: Sequence[Group]) -> None:
        name = self.params["genre"]
        group = next((each for each in groups if each.name == name), None)
        if group is not None:
            covers = group.artwork if len(group.artwork) >= 4 else group.artwork[:1]
            self.show_card(Card(name, name, "", covers, colour=genre_family(name)))
