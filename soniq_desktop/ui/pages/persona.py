"""Persona: what your listening says about you, with its uncertainty."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.persona.behind import Selection
from soniq_desktop.persona.habits import Ranked
from soniq_desktop.persona.portrait import Portrait
from soniq_desktop.services.discovery import ForYou
from soniq_desktop.services.persona import Persona, PersonaService, PlayRow
from soniq_desktop.ui.adding import AddMusicButton
from soniq_desktop.ui.components import Button, EmptyState, IconButton, Menu, Segmented
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, PageHead, scrolled
from soniq_desktop.ui.persona.archetype_card import ArchetypeCard
from soniq_desktop.ui.persona.card import PlotCard
from soniq_desktop.ui.persona.cards import DistanceCard, EntropyCard, FiguresCard
from soniq_desktop.ui.persona.discovery_chart import DiscoveryChart
from soniq_desktop.ui.persona.endings import EndingsPlot
from soniq_desktop.ui.persona.heat_map import HeatLegend, HeatMap
from soniq_desktop.ui.persona.plot import Plot, Table
from soniq_desktop.ui.persona.recommender_card import RecommenderCard
from soniq_desktop.ui.persona.settings_card import choose_export, choose_import
from soniq_desktop.ui.persona.stream import SMOOTH_FROM, StreamPlot
from soniq_desktop.ui.persona.tables import TablePopover, plays_table, shown_of
from soniq_desktop.ui.persona.text import begins_words, month, plays
from soniq_desktop.ui.persona.top_list import TopList, TopRow
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.theme import Theme

PERIODS = ("30 days", "12 months", "all")
PERIOD_NAMES = ("30 days", "12 months", "All time")
PERIOD_WORDS = {"30 days": "in 30 days", "12 months": "in 12 months", "all": "in all"}
SETTING = "persona.period"
TOPS = ("Tracks", "Artists", "Albums")
NARROW = 1060
SETTLE_MS = 400


class PersonaPage(QWidget):
    """One portrait at a time; another period asks the service again."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.persona is not None
        self.title = "Persona"
        self._services, self._navigator = services, navigator
        self._persona: PersonaService = services.persona
        self._found: Persona | None = None
        self._columns = 0
        self._stale = True
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._ask)
        self._make_parts()
        self._make_cards()
        self._lay_out()
        self._connect()

    def _make_parts(self) -> None:
        self.period = Segmented(PERIOD_NAMES, "Period")
        wanted = self._services.settings.get(SETTING)
        self.period.set_current(PERIODS.index(wanted) if wanted in PERIODS else 1)
        self.save = Button("Save card", "ph.export")
        self.more = IconButton("ph.dots-three", "More")
        self.head = PageHead("Persona", self.period, self.save, self.more)
        self.import_ = Button("Import a listening history", "ph.download-simple", "primary")
        self.add_music = AddMusicButton(self._services.library)
        self.empty = EmptyState("ph.user-focus", "Nothing played yet", "", self.add_music, self.import_)

    def _make_cards(self) -> None:
        artwork = self._services.library.artwork
        self.archetype = ArchetypeCard()
        self.entropy = EntropyCard()
        self.distance = DistanceCard(self._services.settings)
        self.stream, self.heat, self.endings = StreamPlot(), HeatMap(), EndingsPlot()
        self.discovery = DiscoveryChart()
        self.top = TopList("Top tracks", artwork)
        self.top_choice = Segmented(TOPS, "Most played")
        self.dormant = TopList("Favourites you left behind", artwork, 232)
        self.figures = FiguresCard()
        hybrid = self._services.hybrid
        self.recommender = RecommenderCard(hybrid) if hybrid is not None else None
        self.plots: dict[Plot, PlotCard] = {
            self.stream: PlotCard("Genres over time", "share of listening time"),
            self.endings: PlotCard("When a song starts"),
            self.heat: PlotCard("When you listen", "", HeatLegend()),
            self.top: PlotCard("Top", "", self.top_choice),
            self.discovery: PlotCard("Discovery rate", "first listens per play", beside=False),
            self.dormant: PlotCard("Favourites you left behind", "none for half a year"),
        }
        for plot, card in self.plots.items():
            card.body.addWidget(plot, 1)

    def _lay_out(self) -> None:
        self._board = QWidget()
        self._grid = QGridLayout(self._board)
        self._grid.setContentsMargins(0, 0, MARGIN - 4, MARGIN)
        self._grid.setSpacing(16)
        self.area = scrolled(self._board)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 14, 4, 0)
        layout.setSpacing(12)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, MARGIN - 4, 0)
        head.addWidget(self.head)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)
        self._arrange(3)

    def _arrange(self, columns: int) -> None:
        """Three columns as in the design, or two in a narrow window."""
        if columns == self._columns:
            return
        self._columns = columns
        cards: list[QWidget] = [self.archetype, self.entropy, self.distance]
        rest = [self.plots[plot] for plot in (self.stream, self.endings, self.heat, self.top, self.discovery)]
        spots = _THREE if columns == 3 else _TWO
        for card, spot in zip([*cards, *rest, self.figures, self.plots[self.dormant]], spots, strict=True):
            self._grid.addWidget(card, *spot)
        if self.recommender is not None:
            self._grid.addWidget(self.recommender, 6, 0, 1, columns)
        for column, stretch in enumerate((432, 327, 328) if columns == 3 else (1, 1, 0)):
            self._grid.setColumnStretch(column, stretch)

    def _connect(self) -> None:
        for plot, card in self.plots.items():
            plot.chosen.connect(self._choose)
            plot.table_wanted.connect(self._tabler(plot.as_table))
            card.table.clicked.connect(self._tabler(plot.as_table))
        for card_ in (self.entropy, self.figures):
            card_.table.clicked.connect(self._tabler(card_.as_table))
        self.period.changed.connect(self._period_changed)
        self.save.clicked.connect(self._save_card)
        self.more.clicked.connect(self._menu)
        self.import_.clicked.connect(self._choose_import)
        self.top_choice.changed.connect(lambda _index: self._show_top())
        self.distance.preview.clicked.connect(self._preview)
        self._persona.changed.connect(self._changed)
        self._persona.message.connect(self._navigator.tell)
        self._services.settings.changed.connect(lambda _name: self._show_head())
        self._services.library.artwork_ready.connect(lambda _key: self._repaint_covers())
        Theme.current().changed.connect(self._fit)  # another text size
        self._services.library.counts_changed.connect(lambda _counts: self._changed())

    # what every page has

    def activate(self, _params: dict[str, Any]) -> None:
        if self._stale:
            self._ask()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        """F6: the first plot."""
        self.stream.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def regions(self) -> list[QWidget]:
        """Parts that F6 goes through."""
        return [self.save, self.distance.knob, self.stream, self.heat]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._arrange(3 if self.width() >= Theme.current().px(NARROW) else 2)

    # asking

    def _changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._later.start()

    def _period_changed(self, index: int) -> None:
        self._services.settings.set(SETTING, PERIODS[index])
        self._ask()

    def _ask(self) -> None:
        self._later.stop()
        self._stale = False
        period: Any = PERIODS[self.period.current()]
        self._persona.persona(period, self._arrived)

    def _arrived(self, found: Persona) -> None:
        self._found = found
        shown = found.portrait
        self.stack.setCurrentWidget(self.area if len(shown.history.plays) else self.empty)
        self._empty_words()
        self._show_head()
        self.save.setEnabled(shown.archetype is not None)
        self.save.setToolTip("" if shown.archetype else "There is no archetype yet")
        self._show(shown)

    def _show_head(self) -> None:
        if self._found is not None:
            private = " · private session: new plays are not kept" if self._persona.private() else ""
            count = plays(self._found.portrait.plays)
            self.head.figures.setText(f"{count}, counted on this computer only{private}")

    def _show(self, shown: Portrait) -> None:
        self.archetype.set_portrait(shown)
        self.entropy.set_portrait(shown)
        self.distance.set_portrait(shown)
        self.figures.set_portrait(shown)
        self.stream.set_stream(shown.stream, shown.last_day)
        eased = ", drawn smoothly" if len(shown.stream.begins) >= SMOOTH_FROM else ""
        self.plots[self.stream].caption.setText(
            f"share of listening time, {_STEPS[shown.stream.step]}{eased}"
        )
        self.heat.set_hours(shown.heat)
        middle = (shown.first_day + shown.last_day) // 2
        self.endings.set_endings(shown.endings, month(middle))
        period = PERIOD_WORDS[shown.period]
        self.plots[self.discovery].caption.setText(begins_words(shown) or "first listens per play")
        self.discovery.set_discovery(shown.discovery, shown.last_day, period)
        self._show_top()
        self.dormant.set_rows(self._rows_of(shown.dormant, "song"))

    def _empty_words(self) -> None:
        counts = self._services.library.counts()
        if not counts.tracks:
            self.empty.set_texts(
                "No songs yet", "Add a folder with music. What you play is then counted here."
            )
        else:
            self.empty.set_texts(
                "Nothing played yet",
                "What you play is counted here, on this computer only. You can also import a history.",
            )
        self.import_.setVisible(bool(counts.tracks))
        self.add_music.setVisible(not counts.tracks)

    def _show_top(self) -> None:
        if self._found is None:
            return
        shown, index = self._found.portrait, self.top_choice.current()
        ranked = (shown.top_songs, shown.top_artists, shown.top_albums)[index]
        self.top.setAccessibleName(f"Top {TOPS[index].lower()}")
        self.top.set_rows(self._rows_of(ranked, ("song", "artist", "album")[index]))

    def _rows_of(self, ranked: Sequence[Ranked], kind: Any) -> list[TopRow]:
        assert self._found is not None
        rows = []
        for each in ranked:
            track = self._found.track_of(each.song)
            if track is None:
                continue
            name = {"song": track.title, "artist": track.artist, "album": track.tags.album}[kind]
            aside = "" if kind == "artist" else track.artist
            rows.append(TopRow(name, aside, track.tags.artwork, each.plays, kind, each.key))
        return rows

    def _repaint_covers(self) -> None:
        self.top.update()
        self.dormant.update()

    # the plays behind, and tables

    def _tabler(self, make: Callable[[], Table]) -> Callable[[], None]:
        return lambda: TablePopover(self, make()).open_centred()

    def _choose(self, selection: Selection) -> None:
        if self._found is None:
            return

        def arrived(rows: list[PlayRow], total: int) -> None:
            self._open_plays(selection.title, rows, total)

        self._persona.behind(self._found, selection, arrived)

    def _open_plays(self, title: str, rows: list[PlayRow], total: int) -> None:
        songs = Button("Show the songs", "ph.music-notes")
        play = Button("Play", "ph.play-fill", "primary")
        ids = list(dict.fromkeys(row.track.id for row in rows))
        popover = TablePopover(self, plays_table(title, rows), shown_of(rows, total), songs, play)

        def open_songs() -> None:
            popover.close_popover()
            self._navigator.open("songs", ids=ids, title=title)

        def play_from(row: int) -> None:
            order = [each.track.id for each in rows]
            self._services.player.play(order, row, "history")

        songs.clicked.connect(open_songs)
        play.clicked.connect(lambda: self._services.player.play(ids, 0, "history"))
        popover.row_opened.connect(play_from)
        for button in (songs, play):
            button.setEnabled(bool(ids))
        popover.open_centred()

    def _preview(self) -> None:
        discovery = self._services.discovery
        if discovery is not None:
            discovery.for_you(self._previewed, lambda error: self._navigator.tell(str(error)), key="preview")

    def _previewed(self, found: ForYou) -> None:
        tracks = found.tracks.tracks
        self.distance.set_reached(sum(each.exploring for each in tracks), len(tracks))
        rows = [
            (
                each.track.title,
                each.track.artist,
                "from away" if each.exploring else "near home",
                each.reason.sentence,
            )
            for each in tracks
        ]
        table = Table(
            f"{self.distance.knob.value()} from home", ("Song", "Artist", "Distance", "Why"), rows, 3
        )
        play = Button("Play", "ph.play-fill", "primary")
        ids = [each.track.id for each in tracks]
        play.setEnabled(bool(ids))
        play.clicked.connect(lambda: self._services.player.play(ids, 0, "for you"))
        TablePopover(self, table, found.tracks.notice, play).open_centred()

    # the card, histories, privacy

    def _menu(self) -> None:
        menu = Menu(parent=self)
        menu.item("Import a listening history", self._choose_import, icon="ph.download-simple")
        menu.item(
            "Export all plays", lambda: choose_export(self, self._persona, self._navigator), icon="ph.export"
        )
        menu.addSeparator()
        private = self._persona.private()
        menu.item(
            "End the private session" if private else "Private session: keep no plays",
            lambda: self._set_private(not private), icon="ph.eye-slash",
        )  # fmt: skip
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _set_private(self, private: bool) -> None:
        self._persona.set_private(private)
        said = "Private session: plays are not kept until you end it." if private else "Plays are kept again."
        self._navigator.tell(said)

    def _save_card(self) -> None:
        name = str(Path.home() / "soniq-persona.png")
        file, _ = QFileDialog.getSaveFileName(self, "Save card", name, "PNG pictures (*.png)")
        if file:
            self.save_card_to(file)

    def save_card_to(self, file: str) -> None:
        """Write the card as a PNG picture and say so."""
        path = file if file.lower().endswith(".png") else f"{file}.png"
        done = self.archetype.picture().save(path)
        self._navigator.tell(
            f"Card saved as {Path(path).name}." if done else f"{Path(path).name} cannot be written."
        )

    def _choose_import(self) -> None:
        choose_import(self, self._persona, self._navigator)


_STEPS = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}
# Row, column, row span, column span: archetype, entropy, distance; stream, endings, heat map, top, discovery;
# figures, dormant.
_THREE = (
    (0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1),
    (1, 0, 1, 2), (1, 2, 1, 1), (2, 0, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1),
    (3, 0, 1, 1), (3, 1, 1, 2),
)  # fmt: skip
_TWO = (
    (0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1),
    (2, 0, 1, 2), (3, 1, 1, 1), (3, 0, 1, 1), (4, 0, 1, 1), (4, 1, 1, 1),
    (5, 0, 1, 1), (5, 1, 1, 1),
)  # fmt: skip
