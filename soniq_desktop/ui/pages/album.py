"""One album: cover, facts, and its tracks in order."""

from collections.abc import Sequence

from soniq_desktop.library.records import Album, TrackQuery
from soniq_desktop.ui.pages.albums import album_card
from soniq_desktop.ui.pages.collection import CollectionPage
from soniq_desktop.ui.pages.parts import TextLink, emptied


class AlbumPage(CollectionPage):
    """Parameter: album_id."""

    kind = "Album"
    columns = frozenset({"genre", "bpm", "key", "energy", "time", "plays"})

    _year = ""

    def describe(self) -> None:
        self.services.library.albums("", None, self._albums_arrived)

    def query(self) -> TrackQuery:
        return TrackQuery(sort="album", album_id=self.params["album_id"])

    def more_facts(self) -> str:
        return self._year

    def _albums_arrived(self, albums: Sequence[Album]) -> None:
        album = next((each for each in albums if each.id == self.params.get("album_id")), None)
        if album is None:
            return
        self.show_card(album_card(album))
        self._year = str(album.year or "")
        self._show_artist(album.artist)
        self.show_facts()

    def _show_artist(self, artist: str) -> None:
        emptied(self.head.byline)
        if artist:
            link = TextLink(artist)
            link.setToolTip(f"Open {artist}")
            link.clicked.connect(lambda: self.navigator.open("artist", artist=artist))
            self.head.byline.addWidget(link)
            self.head.byline.addStretch(1)
