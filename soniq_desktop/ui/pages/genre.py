"""One genre: all its songs."""

from collections.abc import Sequence

from soniq_desktop.library.records import Group, TrackQuery
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.pages.collection import CollectionPage
from soniq_desktop.ui.pages.grid import Card


class GenrePage(CollectionPage):
    """Parameter: family, as the chips show it, or genre, the name in the tags."""

    kind = "Genre"
    columns = frozenset({"album", "bpm", "key", "energy", "time", "plays"})

    def describe(self) -> None:
        self.show_card(Card(self._name, self._name, "", colour=genre_family(self._name)))
        library = self.services.library
        ask = library.genre_families if "family" in self.params else library.genres
        ask(self._name, self._groups_arrived)

    def query(self) -> TrackQuery:
        return TrackQuery(sort="artist", genre=self.params.get("genre"), family=self.params.get("family"))

    @property
    def _name(self) -> str:
        return str(self.params.get("family") or self.params["genre"])

    def _groups_arrived(self, groups: Sequence[Group]) -> None:
        name = self._name
        group = next((each for each in groups if each.name == name), None)
        if group is not None:
            covers = group.artwork if len(group.artwork) >= 4 else group.artwork[:1]
            self.show_card(Card(name, name, "", covers, colour=genre_family(name)))
