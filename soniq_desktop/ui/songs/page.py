"""The songs page: title and figures, filters, progress, and the table; also any other list of songs."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.records import Filters, TrackQuery
from soniq_desktop.ui.components import Button, EmptyState, IconButton, Label, Menu
from soniq_desktop.ui.for_you.similar_bar import SimilarBar, SimilarFilters
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import LATER, SongActions
from soniq_desktop.ui.songs.columns import COLUMNS
from soniq_desktop.ui.songs.filters import FilterBar, filters_from_session, filters_to_session
from soniq_desktop.ui.songs.model import SongsModel
from soniq_desktop.ui.songs.progress import LibraryProgress
from soniq_desktop.ui.songs.sort_menu import SortButton
from soniq_desktop.ui.songs.text import long_duration, songs
from soniq_desktop.ui.songs.view import SongsView

if TYPE_CHECKING:
    from soniq_desktop.discovery.recommend import Recommended
    from soniq_desktop.services.questions import Ids

SIMILAR = 100
SOURCES = ("similar_to", "album_id", "artist", "genre", "ids")


class SongsPage(QWidget):
    """All songs, or those of an album, artist, genre, given ids, or those similar to one.

    Parameters of `activate`: album_id, artist, genre, ids, similar_to (a track id), title, and what `session`
    returned earlier.
    """

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = "Songs"
        self._services = services
        self._navigator = navigator
        self._params: dict[str, Any] = {}
        self._query = TrackQuery()
        self._why_empty = ""  # of a list of similar songs
        self._request = 0
        self._total = 0
        self._restore_row: int | None = None
        self.actions_ = SongActions(services, navigator)
        self.model = SongsModel(services.library)
        self.view = SongsView(self.model, services.library)
        self.filters = FilterBar()
        self.sort = SortButton()
        self.similar = SimilarBar(services)
        self.progress = LibraryProgress(services.library, navigator)
        self._make_header()
        self._make_empty()
        self._lay_out()
        self._connect()
        self._restore_settings()

    def _make_header(self) -> None:
        self.heading = Label("Songs", "title", elide=Qt.TextElideMode.ElideRight, fit=True)
        self.figures = Label("", "body", "text3", figures=True)
        self.density = IconButton("ph.rows", "Compact rows", checkable=True)
        self.columns_button = IconButton("ph.columns", "Columns")
        self.duplicates = IconButton("ph.copy", "Duplicates")
        if self._services.duplicates is None:
            self.duplicates.hide()  # shown before it has a parent it would be a window of its own
        self.wormhole = Button("Wormhole from here", "ph.flow-arrow")
        there = self._services.wormhole is not None
        self.wormhole.setEnabled(there)
        self.wormhole.setToolTip(
            "From the selected song; of two, from the first to the second" if there else LATER
        )
        self.play_all = Button("Play all", "ph.play-fill", "primary")

    def _make_empty(self) -> None:
        self.clear_filters = Button("Clear search and filters")
        self.empty = EmptyState("ph.music-notes", "No songs", "", self.clear_filters)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(0)
        header.addWidget(self.heading)
        header.addSpacing(12)
        header.addWidget(self.figures, 1, Qt.AlignmentFlag.AlignBottom)
        for widget, gap in (
            (self.density, 0),
            (self.columns_button, 0),
            (self.duplicates, 8),
            (self.wormhole, 8),
            (self.play_all, 0),
        ):
            header.addWidget(widget)
            header.addSpacing(gap)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.filters)
        bar.addWidget(self.similar, 1)
        bar.addStretch()
        bar.addWidget(self.sort)
        upper = QVBoxLayout()
        upper.setContentsMargins(24, 20, 24, 0)
        upper.setSpacing(12)
        upper.addLayout(header)
        upper.addSpacing(4)
        upper.addLayout(bar)
        upper.addWidget(self.progress)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        table = QVBoxLayout()
        table.setContentsMargins(12, 0, 2, 0)
        table.addWidget(self.stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(upper)
        layout.addLayout(table, 1)

    def _connect(self) -> None:
        library, player = self._services.library, self._services.player
        self.density.toggled.connect(self._set_compact)
        self.duplicates.clicked.connect(lambda: self._navigator.open("duplicates"))
        self.columns_button.clicked.connect(lambda: self._columns_menu(self._below(self.columns_button)))
        self.play_all.clicked.connect(lambda: self.actions_.play(self.model.ids()))
        self.wormhole.clicked.connect(self.wormhole_here)
        self.clear_filters.clicked.connect(self._clear)
        self.filters.changed.connect(self._filters_changed)
        self.similar.changed.connect(self._query_again)
        self.sort.chosen.connect(lambda key, down: self.sort_by(key, descending=down))
        self.view.sort_wanted.connect(lambda key, down: self.sort_by(key, descending=down))
        self.view.columns_wanted.connect(self._columns_menu)
        self.view.play_row.connect(lambda row: self.actions_.play(self.model.ids(), row))
        self.view.toggle_play.connect(player.toggle)
        self.view.play_selection.connect(self._play_selection)
        self.view.play_next.connect(lambda: self.actions_.play_next(self.view.selected_ids()))
        self.view.add_to_queue.connect(lambda: self.actions_.add_to_queue(self.view.selected_ids()))
        self.view.like_clicked.connect(self._like)
        self.view.menu_wanted.connect(self._menu)
        self.view.in_sight.connect(library.listen_first)
        self.view.search_title = self._jump_to_title
        library.changed.connect(self._query_again)
        library.counts_changed.connect(self._counts_changed)
        player.track_changed.connect(lambda _track: self._show_playing())
        player.state_changed.connect(lambda _state: self._show_playing())
        self._show_playing()

    def wormhole_here(self) -> None:
        """A wormhole from the selected song, or between two; without a selection from what plays."""
        self.actions_.wormhole(*self.view.selected_ids()[:2])

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        """Show the list that `params` describe; a page that shows it already keeps its place."""
        same = {k: params.get(k) for k in SOURCES} == {k: self._params.get(k) for k in SOURCES}
        self._params = params
        self.title = params.get("title") or "Songs"
        self.heading.setText(self.title)
        plain = "similar_to" not in params and "ids" not in params
        for widget in (self.filters, self.sort):
            widget.setVisible(plain)
        self.similar.setVisible("similar_to" in params)
        self._show_match(shown="similar_to" in params)
        self.actions_.source = next((_SOURCE_NAMES[k] for k in SOURCES if k in params), "songs")
        self._apply_session(params.get("session") or {})
        if not same or self._request == 0:
            self._query_again()

    def session(self) -> dict[str, Any]:
        """Scroll position, order and filters, for the history and the next start."""
        return {
            "session": {
                "row": self.view.first_row(),
                "sort": self._query.sort,
                "descending": self._query.descending,
                "seed": self._query.seed,
                "filters": filters_to_session(self.filters.filters()),
            }
        }

    def search(self, text: str) -> None:
        """Show what matches the words typed so far."""
        if text != self._query.text:
            self._query = replace(self._query, text=text)
            if self.actions_.source in ("songs", "search"):
                self.actions_.source = "search" if text.strip() else "songs"
            self._query_again()

    def focus_main(self) -> None:
        """F6: the table."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def regions(self) -> list[QWidget]:
        """Parts that F6 goes through."""
        return [self.density, self.filters, self.progress, self.view]

    def _apply_session(self, session: dict[str, Any]) -> None:
        if not session:
            return
        self._restore_row = session.get("row")
        filters = filters_from_session(session.get("filters") or {})
        changed = replace(
            self._query,
            sort=session.get("sort", self._query.sort),
            descending=session.get("descending", False),
            seed=session.get("seed", 0),
            filters=filters,
        )
        self.filters.set_filters(filters)
        if changed != self._query:
            self._query = changed
            self._request = 0

    # querying

    def _query_again(self) -> None:
        """Ask for the ids; an answer to an older question is dropped."""
        self._request += 1
        request = self._request
        library = self._services.library
        if "similar_to" in self._params:
            self._ask_similar(request)
        elif "ids" in self._params:
            self._ids_arrived(request, list(self._params["ids"]))
        else:
            query = replace(self._query, **{k: self._params[k] for k in SOURCES if k in self._params})
            library.track_ids(query, lambda ids: self._ids_arrived(request, ids))
        self.view.songs_header.show_sort(self._query.sort, descending=self._query.descending)
        self.sort.show_choice(self._query.sort, descending=self._query.descending)

    def _ask_similar(self, request: int) -> None:
        if self._services.discovery is None:
            self._ids_arrived(request, [])
            return
        filters = self.similar.filters()
        self._services.discovery.similar(
            self._params["similar_to"],
            lambda found: self._similar_arrived(request, found.tracks, found.notice),
            lambda error: self._similar_arrived(request, (), str(error)),
            count=SIMILAR,
            wanted=filters.wanted(),
            variety=self.similar.variety(),
            genre=filters.genre,
        )

    def _similar_arrived(self, request: int, found: "Sequence[Recommended]", notice: str) -> None:
        if request != self._request or self._services.discovery is None:
            return
        self._services.discovery.remember(found)  # played from here, each can say why
        matches = {each.track.id: each.score for each in found}
        self._why_empty = notice
        notes = {each.track.id: each.reason.sentence for each in found}
        self._ids_arrived(request, list(matches), matches, notes)

    def _ids_arrived(
        self,
        request: int,
        ids: "Ids | list[int]",
        matches: dict[int, float] | None = None,
        notes: dict[int, str] | None = None,
    ) -> None:
        if request != self._request:
            return
        selected = self.view.selected_ids()
        row, self._restore_row = self._restore_row, None
        keep = self.view.first_row() if len(ids) == self.model.rowCount() else 0
        self.model.set_ids(ids, matches, notes)
        self.view.scroll_to_row(keep if row is None else row)
        self._select_again(selected)
        self._show_count(len(ids))
        self.stack.setCurrentWidget(self.view if len(ids) else self.empty)
        self.play_all.setEnabled(len(ids) > 0)
        if len(ids):
            self._services.library.total_duration(self.model.ids(), lambda s: self._show_duration(request, s))
        else:
            self._say_why_empty()

    def _select_again(self, selected: list[int]) -> None:
        """The selected song stays selected where it is still in the list (a few: a click's worth)."""
        if len(selected) == 1 and (row := self.model.row_of(selected[0])) is not None:
            top = self.view.verticalScrollBar().value()
            self.view.select_row(row)
            self.view.verticalScrollBar().setValue(top)

    def _show_count(self, count: int) -> None:
        part = count != self._total and self._is_restricted() and self._total
        self.figures.setText(f"{count:,} of {self._total:,}" if part else songs(count))

    def _show_duration(self, request: int, seconds: float) -> None:
        if request == self._request:
            self._show_count(self.model.rowCount())
            self.figures.setText(f"{self.figures.text()} · {long_duration(seconds)}")

    def _is_restricted(self) -> bool:
        return (
            bool(self._query.text)
            or self._query.filters != Filters()
            or any(k in self._params for k in SOURCES)
        )

    def _say_why_empty(self) -> None:
        text = self._query.text.strip()
        if "similar_to" in self._params:
            self.empty.set_texts("No similar songs", self._why_empty)
        elif text:
            self.empty.set_texts(f"No songs match “{text}”", "Check the spelling, or remove a filter.")
        elif self._query.filters != Filters():
            self.empty.set_texts("No songs match these filters", "Remove a filter to see more.")
        else:
            self.empty.set_texts("No songs yet", "Songs appear here as your folders are read.")
        narrowed = self.similar.filters() != SimilarFilters() if "similar_to" in self._params else bool(text)
        self.clear_filters.setVisible(narrowed or self._query.filters != Filters())

    def _counts_changed(self, counts: Any) -> None:
        self._total = counts.tracks
        self.view.delegate.analysing = counts.listened < counts.tracks

    # orders of the user

    def sort_by(self, key: str, *, descending: bool = False) -> None:
        """Sort by a key of TrackQuery; choosing "shuffle" again shuffles anew."""
        seed = random.randrange(1 << 30) if key == "shuffle" else 0
        self._query = replace(self._query, sort=key, descending=descending, seed=seed)  # type: ignore[arg-type]
        self._restore_row = 0
        self._query_again()
        self._save_settings()

    def _filters_changed(self, filters: Filters) -> None:
        self._query = replace(self._query, filters=filters)
        self._restore_row = 0
        self._query_again()

    def _clear(self) -> None:
        if "similar_to" in self._params:
            self.similar.clear()
            return
        self.filters.set_filters(Filters())
        self._query = replace(self._query, text="", filters=Filters())
        window: Any = self.window()
        if hasattr(window, "clear_search"):
            window.clear_search()
        self._query_again()

    def _play_selection(self) -> None:
        rows = self.view.selected_rows()
        if len(rows) > 1:
            self.actions_.play(self.view.selected_ids())
        elif self.view.currentIndex().isValid():
            self.actions_.play(self.model.ids(), self.view.currentIndex().row())

    def _like(self, row: int) -> None:
        track = self.model.track(row)
        if track is not None:
            self._services.library.set_liked(track.id, not track.liked)

    def _menu(self, position: QPoint) -> None:
        ids = self.view.selected_ids()
        tracks = [track for i in ids if (track := self.model.known(i)) is not None]
        if ids:
            self.actions_.menu(ids, tracks, self).popup(position)

    def _columns_menu(self, position: QPoint) -> None:
        menu = Menu(parent=self)
        wanted = self.view.columns()
        for column in COLUMNS:
            if column.optional:
                menu.item(
                    column.title,
                    partial(self._toggle_column, column.name),
                    checked=column.name in wanted,
                )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _toggle_column(self, name: str) -> None:
        self.view.set_columns(self.view.columns() ^ {name})
        self._save_settings()

    def _show_match(self, *, shown: bool) -> None:
        columns = self.view.columns() - {"match", "why"}
        self.view.set_columns(columns | {"match", "why"} if shown else columns)

    def _set_compact(self, compact: bool) -> None:
        self.view.set_compact(compact)
        self._save_settings()

    def _show_playing(self) -> None:
        player = self._services.player
        track = player.track()
        self.view.set_playing(track.id if track else None, player.state())

    def _jump_to_title(self, typed: str) -> None:
        query = replace(self._query, text=typed)

        def jump(ids: "Ids") -> None:
            if len(ids) and (row := self.model.row_of(int(ids[0]))) is not None:
                self.view.select_row(row)

        self._services.library.track_ids(query, jump)

    # the user's arrangement

    def _save_settings(self) -> None:
        view = {
            "columns": sorted(self.view.columns() - {"match", "why"}),
            "widths": self.view.widths(),
            "compact": self.density.isChecked(),
            "sort": self._query.sort,
            "descending": self._query.descending,
            "seed": self._query.seed,
        }
        self._services.settings.set("songs.view", view)

    def save(self) -> None:
        """Keep column widths and order; called when the window closes."""
        self._save_settings()

    def _restore_settings(self) -> None:
        view = self._services.settings.get("songs.view") or {}
        if view.get("columns"):
            self.view.set_columns(set(view["columns"]) | {"number", "title", "heart"})
        self.view.set_widths(view.get("widths") or {})
        self._query = replace(
            self._query,
            sort=view.get("sort", "artist"),
            descending=bool(view.get("descending")),
            seed=int(view.get("seed", 0)),
        )
        self.density.blockSignals(True)
        self.density.setChecked(bool(view.get("compact")))
        self.density.blockSignals(False)
        self.view.delegate.compact = self.density.isChecked()
        self._counts_changed(self._services.library.counts())

    @staticmethod
    def _below(widget: QWidget) -> QPoint:
        return widget.mapToGlobal(QPoint(0, widget.height() + 4))


_SOURCE_NAMES = {
    "similar_to": "similar",
    "album_id": "album",
    "artist": "artist",
    "genre": "genre",
    "ids": "songs",
}
