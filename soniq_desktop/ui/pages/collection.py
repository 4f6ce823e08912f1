"""What the pages of one album, artist or genre have in common: a head, and the table of its songs."""

import random
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.records import TrackQuery
from soniq_desktop.ui.components import EmptyState
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.grid import GAP, Card, MosaicCover
from soniq_desktop.ui.pages.parts import MARGIN, CollectionHead, joined
from soniq_desktop.ui.pages.track_list import TrackList
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import long_duration, songs

Ids = NDArray[np.int64]
COVER = 168
COVER_SIZE = 320


class CollectionPage(QWidget):
    """Subclasses say which tracks, and fill the head."""

    kind: ClassVar[str] = ""
    columns: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = self.kind
        self.services, self.navigator = services, navigator
        self.params: dict[str, Any] = {}
        self._request = 0
        self._row: int | None = None
        self._duration = ""
        self.cover = MosaicCover(COVER, lambda key: services.library.artwork(key, COVER_SIZE))
        self.head = CollectionHead(self.cover)
        self.head.kind.setText(self.kind)
        self.tracks = TrackList(services, navigator, self.kind.lower(), set(self.columns))
        self.empty = EmptyState(
            "ph.music-notes", "Nothing here any more", "These songs have left the library."
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tracks)
        self.stack.addWidget(self.empty)
        self._lay_out()
        self.head.play.clicked.connect(self.tracks.play)
        self.head.shuffle.clicked.connect(self._shuffle)
        services.library.changed.connect(self._changed)
        services.library.artwork_ready.connect(lambda _key: self.cover.update())

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        upper = QVBoxLayout()
        upper.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        upper.setSpacing(20)
        upper.addWidget(self.head)
        extra = self.extra()
        table = QVBoxLayout()
        table.setContentsMargins(12, 0, 2, 0)
        table.addWidget(self.stack)
        layout.addLayout(upper)
        if extra is not None:
            shelf = QVBoxLayout()  # cards have a margin of their own: covers line up with the head
            shelf.setContentsMargins(MARGIN - GAP // 2, 4, MARGIN - GAP // 2, 0)
            shelf.addWidget(extra)
            layout.addLayout(shelf)
        layout.addLayout(table, 1)

    # for subclasses

    def extra(self) -> QWidget | None:
        """Something between head and table."""
        return None

    def query(self) -> TrackQuery:
        """The tracks in their order."""
        raise NotImplementedError

    def describe(self) -> None:
        """Fill the head from `params`, and ask for what else it needs."""
        raise NotImplementedError

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        self.params = params
        self._row = (params.get("session") or {}).get("row")
        self.describe()
        self.ask()

    def session(self) -> dict[str, Any]:
        return {"session": {"row": self.tracks.view.first_row()}}

    def focus_main(self) -> None:
        self.tracks.focus_main()

    def show_card(self, card: Card) -> None:
        """Title and picture of the head."""
        self.title = card.title
        self.head.heading.setText(card.title)
        self.cover.set_card(card)

    def ask(self) -> None:
        """Ask for the tracks; an answer to an older question is dropped."""
        self._request += 1
        request = self._request
        self.services.library.track_ids(self.query(), lambda ids: self._arrived(request, ids))

    def _changed(self) -> None:
        if self.isVisible():
            self.describe()
            self.ask()

    def _arrived(self, request: int, ids: Ids) -> None:
        if request != self._request:
            return
        self.tracks.set_ids(ids.tolist())
        if self._row is not None:
            self.tracks.view.scroll_to_row(self._row)
            self._row = None
        self.head.set_playable(len(ids) > 0)
        self.stack.setCurrentWidget(self.tracks if len(ids) else self.empty)
        self._duration = ""
        self.show_facts()
        self.services.library.total_duration(self.tracks.ids(), lambda seconds: self._timed(request, seconds))

    def _timed(self, request: int, seconds: float) -> None:
        if request == self._request:
            self._duration = long_duration(seconds)
            self.show_facts()

    def show_facts(self) -> None:
        """The line of facts, as far as they are known."""
        count = self.tracks.model.rowCount()
        self.head.facts.setText(joined([self.more_facts(), songs(count), self._duration]) if count else "")

    def more_facts(self) -> str:
        """What stands before the number of songs."""
        return ""

    def _shuffle(self) -> None:
        ids = self.tracks.ids()
        random.shuffle(ids)
        self.tracks.actions_.play(ids)
