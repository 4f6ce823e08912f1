"""For you: a list by what you finished lately, a shelf for each taste, and lists from songs that you pick."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.discovery.for_you import Shelf
from soniq_desktop.discovery.recommend import Recommendations, Recommended
from soniq_desktop.library.records import Track
from soniq_desktop.services.discovery import DiscoveryService, ForYou
from soniq_desktop.ui.adding import AddMusicButton
from soniq_desktop.ui.components import Button, EmptyState, IconButton, Label, Menu
from soniq_desktop.ui.for_you.distance import DistanceDial
from soniq_desktop.ui.for_you.text import short_why
from soniq_desktop.ui.for_you.tiles import TileRow, TileText
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, PageHead
from soniq_desktop.ui.pages.track_list import TrackList
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.progress import LibraryProgress
from soniq_desktop.ui.songs.text import long_duration, songs
from soniq_desktop.ui.wormhole.picker import SongPicker

SOURCE = "for you"
COLUMNS = {"why", "bpm", "key", "time"}
COUNT = 20
MOST_PICKS = 5
DONE = {"finished": "Because you finished", "heard": "Because you listened to", "liked": "Because you liked"}
KEY = "for you"


@dataclass(frozen=True)
class Offer:
    """One tile and what it lists."""

    text: TileText
    tracks: tuple[Recommended, ...]
    notice: str = ""


class ForYouPage(QWidget):
    """Parameters of `activate`: seeds (up to five track ids to make a list from), and what `session` gave."""

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.discovery is not None
        self.title = "For you"
        self._services, self._navigator = services, navigator
        self._discovery: DiscoveryService = services.discovery
        self._seed = 0
        self._at = 0
        self._picks: tuple[int, ...] = ()
        self._names: dict[int, str] = {}
        self._offers: list[Offer] = []
        self._picked: Offer | None = None
        self._found: ForYou | None = None
        self._shown = False
        self._make_parts()
        self._lay_out()
        self._connect()

    def _make_parts(self) -> None:
        self.refresh = Button("Refresh", "ph.arrows-clockwise")
        self.refresh.setToolTip("Other songs by the same tastes")
        self.save = Button("Save as playlist", "ph.playlist")
        self.play_all = Button("Play all", "ph.play-fill", "primary")
        self.pick = Button("Start from a song", "ph.plus", "ghost")
        self.more = IconButton("ph.dots-three", "More")
        self.head = PageHead("For you", self.more, self.refresh, self.save, self.play_all)
        self.distance = DistanceDial(self._services.settings)
        self.notice = Label("", "small", "text3", elide=Qt.TextElideMode.ElideRight)
        self.tiles = TileRow(self._services)
        self.list = TrackList(self._services, self._navigator, SOURCE, COLUMNS)
        self.list.more_items = self._more_items
        self.progress = LibraryProgress(self._services.library, self._navigator)
        self.add_music = AddMusicButton(self._services.library)
        self.empty = EmptyState("ph.sparkle", "Nothing to offer yet", "", self.add_music)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(24)
        bar.addWidget(self.distance)
        bar.addWidget(self.notice, 1)
        bar.addWidget(self.pick)
        upper = QVBoxLayout()
        upper.setContentsMargins(MARGIN, 20, MARGIN, 0)
        upper.setSpacing(12)
        upper.addWidget(self.head)
        upper.addLayout(bar)
        upper.addWidget(self.progress)
        upper.addWidget(self.tiles)
        rows = QWidget()
        table = QVBoxLayout(rows)
        table.setContentsMargins(12, 0, 2, 0)
        table.addWidget(self.list)
        self.stack = QStackedWidget()
        self.stack.addWidget(rows)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(upper)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.refresh.clicked.connect(self._refresh)
        self.save.clicked.connect(self._save)
        self.play_all.clicked.connect(self.list.play)
        self.more.clicked.connect(self._menu)
        self.pick.clicked.connect(self._pick)
        self.tiles.chosen.connect(self._choose)
        self.distance.settled.connect(self._ask)
        self._discovery.grown.connect(self._grown)
        self._discovery.switched.connect(lambda: self._ask() if self.isVisible() else None)
        self._services.library.counts_changed.connect(lambda _counts: self._show_state())
        for keys in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            shortcut = QShortcut(QKeySequence(keys), self.list.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._refuse_selected)

    # what every page has

    def activate(self, params: dict[str, Any]) -> None:
        """Show the lists; with `seeds`, one made from those songs."""
        session = params.get("session") or {}
        self._seed, self._at = int(session.get("seed", self._seed)), int(session.get("at", self._at))
        picks = tuple(int(each) for each in params.get("seeds", self._picks))[:MOST_PICKS]
        if picks and picks != self._picks:
            self._at = 0
            self._picks = picks
            self._ask_picks()
        if not self._shown:
            self._shown = True
            self._show_state()
        self._ask()

    def session(self) -> dict[str, Any]:
        return {"seeds": list(self._picks), "session": {"seed": self._seed, "at": self._at}}

    def focus_main(self) -> None:
        """F6: the list."""
        self.list.focus_main()

    def regions(self) -> list[QWidget]:
        """Parts that F6 goes through."""
        return [self.distance.slider, self.pick, self.tiles, self.list.view]

    # asking

    def _ask(self) -> None:
        self._discovery.for_you(self._arrived, self._failed, count=COUNT, seed=self._seed, key=KEY)

    def _ask_picks(self) -> None:
        def arrived(found: Recommendations) -> None:
            covers = tuple(each.track for each in found.tracks)
            names = [self._names[each] for each in self._picks if each in self._names]
            detail = f"Like “{'”, “'.join(names)}”" if names else f"{songs(len(self._picks))} picked"
            self._picked = Offer(TileText("From your picks", detail, covers), found.tracks, found.notice)
            self._show_offers()

        def failed(error: Exception) -> None:
            self._picked, self._picks = None, ()
            self._failed(error)
            self._show_offers()

        def named(tracks: Sequence[Track]) -> None:
            self._names |= {track.id: track.title for track in tracks}
            self._discovery.from_seeds(self._picks, arrived, failed, count=COUNT, key="picks")

        self._services.library.tracks(list(self._picks), named, key="for you.picks")

    def _pick(self) -> None:
        """Search for a song to start from; up to five, and the list follows each."""
        picker = SongPicker(self.pick, "Start from which song", self._services.library, self._take_pick)
        picker.open_at(self.pick, right=True)

    def _take_pick(self, track: Track) -> None:
        if track.id not in self._picks and len(self._picks) < MOST_PICKS:
            self._picks, self._at = (*self._picks, track.id), 0
            self._ask_picks()

    def _forget_picks(self) -> None:
        self._picks, self._picked, self._at = (), None, 0
        self._show_offers()

    def _grown(self) -> None:
        """More songs can be compared: while there is little to offer, look again."""
        if self.isVisible() and (self._found is None or len(self._found.tracks.tracks) < COUNT):
            self._ask()

    def _arrived(self, found: ForYou) -> None:
        self._found = found
        self._show_offers()

    def _failed(self, error: Exception) -> None:
        self._navigator.tell(str(error))

    # showing

    def _show_offers(self) -> None:
        found = self._found
        offers = [self._picked] if self._picked is not None else []
        if found is not None and found.tracks.tracks:
            cold = not found.shelves
            text = TileText(
                "A spread of your library" if cold else "For you",
                "Until SONIQ knows your taste" if cold else "All your tastes together",
                tuple(each.track for each in found.tracks.tracks),
            )
            offers.append(Offer(text, found.tracks.tracks, found.tracks.notice))
            offers += [offer_of(shelf) for shelf in found.shelves]
        self._offers = offers
        self._at = min(self._at, max(0, len(offers) - 1))
        self.tiles.set_tiles([offer.text for offer in offers], self._at)
        self._show_list()

    def _choose(self, index: int) -> None:
        self._at = index
        self._show_list()

    def _show_list(self) -> None:
        tracks = self._tracks()
        self._discovery.remember(tracks)  # played from here, each can say why
        notes = {each.track.id: short_why(each) for each in tracks}
        self.list.set_ids([each.track.id for each in tracks], notes)
        seconds = sum(each.track.tags.duration for each in tracks)
        self.head.figures.setText(f"{songs(len(tracks))} · {long_duration(seconds)}" if tracks else "")
        self.notice.setText(self._offers[self._at].notice if self._offers else "")
        self._show_state()

    def _show_state(self) -> None:
        """The list, or why there is none."""
        any_ = bool(self._tracks())
        self.stack.setCurrentIndex(0 if any_ else 1)
        self.tiles.setVisible(len(self._offers) > 1)
        for button in (self.play_all, self.save, self.refresh):
            button.setEnabled(any_)
        full = len(self._picks) >= MOST_PICKS
        self.pick.setText("Add a song" if self._picks else "Start from a song")
        self.pick.setEnabled(not full and self._services.library.counts().tracks > 1)
        self.pick.setToolTip(f"A list can start from {MOST_PICKS} songs at most" if full else "")
        if any_:
            return
        counts = self._services.library.counts()
        self.add_music.setVisible(not counts.tracks)
        if not counts.tracks:
            self.empty.set_texts(
                "No songs yet", "Add a folder with music, and SONIQ offers you songs from it."
            )
        elif self._found is None:
            self.empty.set_texts("Looking through your library", "")
        elif not counts.listened:
            self.empty.set_texts(
                "SONIQ is still listening to your songs",
                "What it has listened to appears here as it goes on.",
            )
        else:
            self.empty.set_texts("Nothing to offer", self._found.tracks.notice)

    def _tracks(self) -> tuple[Recommended, ...]:
        return self._offers[self._at].tracks if self._at < len(self._offers) else ()

    # orders of the user

    def _refresh(self) -> None:
        self._seed += 1
        self._ask()

    def _save(self) -> None:
        offer = self._offers[self._at]
        name = "For you" if offer.text.name.startswith("For you") else f"For you: {offer.text.name}"
        self._services.playlists.create(name, self.list.ids())
        self._navigator.tell(f"Playlist “{name}” made.")

    def _refuse_selected(self) -> None:
        chosen = set(self.list.view.selected_ids())
        self._refuse([each.track for each in self._tracks() if each.track.id in chosen])

    def _refuse(self, tracks: Sequence[Track]) -> None:
        for track in tracks:
            self._discovery.refuse(track)
        if tracks:
            what = f"“{tracks[0].title}”" if len(tracks) == 1 else songs(len(tracks))
            self._navigator.tell(f"{what} will not be offered again.")
            self._ask()
            if self._picks:
                self._ask_picks()

    def _more_items(self, menu: Menu, tracks: Sequence[Track]) -> None:
        """What the context menu of a song has here besides the usual."""
        menu.addSeparator()
        menu.item("Not interested", lambda: self._refuse(tracks), icon="ph.x", shortcut="Del")

    def _menu(self) -> None:
        menu = Menu(parent=self)
        refused = len(self._discovery.refused())
        menu.item(
            f"Offer {songs(refused)} again that you refused" if refused else "No songs are refused",
            self._forgive, icon="ph.arrow-clockwise", enabled=bool(refused),
        )  # fmt: skip
        menu.item("Show as table", self._table, icon="ph.table", enabled=bool(self._tracks()))
        if self._picks:
            menu.item(f"Forget the {songs(len(self._picks))} picked", self._forget_picks, icon="ph.x")
        menu.item("The nearest songs first", self._nearest, icon="ph.house", enabled=bool(self._seed))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _table(self) -> None:
        """The same songs with every column, sortable."""
        self._navigator.open("songs", ids=self.list.ids(), title=self._offers[self._at].text.name)

    def _forgive(self) -> None:
        self._discovery.forgive()
        self._ask()

    def _nearest(self) -> None:
        self._seed = 0
        self._ask()


def offer_of(shelf: Shelf) -> Offer:
    """A shelf as a tile."""
    detail = f"{DONE[shelf.done]} “{shelf.leader.title}”"
    return Offer(TileText(shelf.name, detail, tuple(each.track for each in shelf.tracks)), shelf.tracks)
