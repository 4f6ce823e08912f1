"""What the albums, artists and genres pages have in common: a title, a grid, and why it may be empty."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.records import TrackQuery
from soniq_desktop.ui.components import EmptyState, Menu
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.grid import GAP, Card, CardModel, GridView
from soniq_desktop.ui.pages.parts import MARGIN, PageHead
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions

COVER_SIZE = 320
SEARCH_MS = 60


class GridPage(QWidget):
    """Subclasses say what is asked of the library, how a row becomes a card, and where a card leads."""

    name: ClassVar[str] = ""
    one: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    source: ClassVar[str] = ""  # of plays

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = self.name
        self.services, self.navigator = services, navigator
        self.actions_ = SongActions(services, navigator, self.source)
        self._text = ""
        self._request = 0
        self._scroll: int | None = None
        self.head = PageHead(self.name)
        self.grid = GridView(CardModel(), lambda key: services.library.artwork(key, COVER_SIZE), self.name)
        self.empty = EmptyState(self.icon, "", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.grid)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN - GAP // 2, 20, 4, 0)
        layout.setSpacing(12)
        self.head.setContentsMargins(GAP // 2, 0, MARGIN - 4, 0)
        layout.addWidget(self.head)
        layout.addWidget(self.stack, 1)
        self._later = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._later.timeout.connect(self.ask)
        self._connect()

    def _connect(self) -> None:
        self.grid.opened.connect(self.open_card)
        self.grid.played.connect(lambda card: self.with_ids(card, self.actions_.play))
        self.grid.menu_wanted.connect(self._menu)
        self.services.library.changed.connect(self._changed)
        self.services.library.artwork_ready.connect(self.grid.refresh)

    # for subclasses

    def fetch(self, text: str, done: Callable[[Sequence[Any]], None]) -> None:
        """Ask the library for rows that match `text`."""
        raise NotImplementedError

    def card(self, row: Any) -> Card:
        """A row as a card."""
        raise NotImplementedError

    def open_card(self, card: Card) -> None:
        """Go to the page of a card."""
        raise NotImplementedError

    def query(self, card: Card) -> TrackQuery:
        """The tracks behind a card, in playing order."""
        raise NotImplementedError

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        self._scroll = (params.get("session") or {}).get("scroll")
        self.ask()

    def session(self) -> dict[str, Any]:
        return {"session": {"scroll": self.grid.verticalScrollBar().value()}}

    def search(self, text: str) -> None:
        """Show what matches the words typed so far."""
        if text != self._text:
            self._text = text
            self._later.start()

    def focus_main(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.grid.currentIndex().isValid() and self.grid.cards.cards:
            self.grid.setCurrentIndex(self.grid.model().index(0, 0))

    def ask(self) -> None:
        """Ask again; an answer to an older question is dropped."""
        self._request += 1
        request = self._request
        self.fetch(self._text, lambda rows: self._arrived(request, rows))

    def _changed(self) -> None:
        if self.isVisible():
            self._later.start()

    def hideEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().hideEvent(event)
        self._later.stop()

    def _arrived(self, request: int, rows: Sequence[Any]) -> None:
        if request != self._request:
            return
        keep = self.grid.verticalScrollBar().value() if self._scroll is None else self._scroll
        self._scroll = None
        self.grid.cards.set_cards([self.card(row) for row in rows])
        self.head.figures.setText(f"{len(rows):,}")
        self.stack.setCurrentWidget(self.grid if rows else self.empty)
        if rows:
            self.grid.executeDelayedItemsLayout()
            self.grid.verticalScrollBar().setValue(keep)
        else:
            self._say_why_empty()

    def _say_why_empty(self) -> None:
        if self._text.strip():
            self.empty.set_texts(
                f"No {self.name.lower()} match “{self._text.strip()}”", "Check the spelling."
            )
        else:
            self.empty.set_texts(f"No {self.name.lower()} yet", "They appear here as your folders are read.")

    def with_ids(self, card: Card, do: Callable[[list[int]], None]) -> None:
        """Call `do` with the ids of the tracks behind a card."""
        self.services.library.track_ids(self.query(card), lambda ids: do([int(i) for i in ids]))

    def _menu(self, card: Card, at: QPoint) -> None:
        menu = Menu(parent=self)
        menu.item("Open", lambda: self.open_card(card), shortcut="Enter")
        menu.item(
            "Play", lambda: self.with_ids(card, self.actions_.play), icon="ph.play", shortcut="Shift+Enter"
        )
        menu.item("Play next", lambda: self.with_ids(card, self.actions_.play_next), icon="ph.queue")
        menu.item("Add to queue", lambda: self.with_ids(card, self.actions_.add_to_queue), icon="ph.plus")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
