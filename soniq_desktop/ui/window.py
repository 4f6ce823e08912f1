"""The main window: puts the parts together, shows pages, and keeps what belongs to the whole window."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from soniq_desktop.library.records import LibraryCounts, Track
from soniq_desktop.ui import session
from soniq_desktop.ui.adding import ask_for_folder
from soniq_desktop.ui.components import FocusRing, NoticeBar, Popover, ask_name
from soniq_desktop.ui.navigation import Navigator, Place
from soniq_desktop.ui.opening import PlayWhenKnown
from soniq_desktop.ui.orders import Orders
from soniq_desktop.ui.player_bar import PlayerBar
from soniq_desktop.ui.right_panel import RightPanel
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.shortcuts import Shortcuts
from soniq_desktop.ui.sidebar import Sidebar
from soniq_desktop.ui.songs.text import songs
from soniq_desktop.ui.songs.view import SongsView
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.topbar import TopBar

DESIGN_SIZE = QSize(1440, 900)
MINIMUM_SIZE = QSize(1080, 680)
RAIL_BELOW, PANEL_FROM = 1200, 1280
PANEL_WIDTH = 319  # and 1 for the splitter's handle
# Page name -> module:class, imported when it is first opened.
PAGES = {"songs": "soniq_desktop.ui.songs.page:SongsPage"} | {
    name: f"soniq_desktop.ui.pages.{name}:{name.title().replace('_', '')}Page"
    for name in (
        "albums", "artists", "genres", "album", "artist", "genre", "playlist", "settings", "problems",
        "player", "welcome", "identify", "duplicates", "for_you", "wormhole", "galaxy",
        "stems", "inspector", "unsure", "persona",
    )
}  # fmt: skip


BELONGS_TO = {"welcome": "songs", "unsure": "inspector"}  # pages without an entry of their own


def available_pages() -> list[str]:
    """Pages whose module is there (later rooms come with later versions)."""
    return [name for name, target in PAGES.items() if find_spec(target.partition(":")[0]) is not None]


class PageStack(QStackedWidget):
    """Pages one over the other. Only the one that is shown may ask for room."""

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize(0, 0) if page is None else page.minimumSizeHint()


class MainWindow(QWidget):
    """One window over the services. `open_paths` takes files and folders from a drop or a second start."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.navigator = Navigator(self)
        self._opening = PlayWhenKnown(services, self)
        self._pages: dict[str, QWidget] = {}
        self._panel_wanted = True
        self._panel_forced = False
        self._panel_width = PANEL_WIDTH
        self._native_watched = False
        self.setWindowTitle("SONIQ")
        room = session.screen_room(self) or DESIGN_SIZE
        self.setMinimumSize(MINIMUM_SIZE.boundedTo(room))
        self.resize(DESIGN_SIZE.boundedTo(room))
        self.setAcceptDrops(True)
        self._apply_appearance()
        self.available = available_pages()
        if services.identify is None:
            self.available.remove("identify")
        if services.discovery is None:
            self.available.remove("for_you")
        if services.duplicates is None:
            self.available.remove("duplicates")
        if services.wormhole is None:
            self.available.remove("wormhole")
        if services.galaxy is None:
            self.available.remove("galaxy")
        if services.persona is None:
            self.available.remove("persona")
        if services.stems is None and "stems" in self.available:
            self.available.remove("stems")
        if services.genre is None or services.explain is None:
            self.available = [name for name in self.available if name not in ("inspector", "unsure")]
        self._make_parts()
        self._orders = Orders(self)
        self._lay_out()
        self._connect()
        self.shortcuts = Shortcuts(self, self._orders.by_name())
        self.shortcuts.set_letters(services.settings.get("keyboard.single_letters"))
        self._restore()

    def _make_parts(self) -> None:
        # In the order in which Tab goes through them.
        self.topbar = TopBar(self.navigator)
        self.topbar.set_identify("identify" in self.available)
        self.sidebar = Sidebar(self.available)
        self.stack = PageStack()
        self.right_panel = RightPanel(self.services)
        self.player_bar = PlayerBar(self.services)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)

    def _lay_out(self) -> None:
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.right_panel)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.splitterMoved.connect(self._panel_resized)
        centre = QVBoxLayout()
        centre.setSpacing(0)
        centre.addWidget(self.topbar)
        centre.addWidget(self.splitter, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.sidebar)
        upper.addLayout(centre, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(upper, 1)
        layout.addWidget(self.player_bar)
        self.topbar.setFixedHeight(56)
        self.player_bar.setFixedHeight(88)
        self.notice = NoticeBar(self)
        self.focus_ring = FocusRing(self)

    def _connect(self) -> None:
        library, player = self.services.library, self.services.player
        self.navigator.opened.connect(self._show_place)
        self.navigator.about_to_leave.connect(self._keep_place)
        self.navigator.notice.connect(self.notice.tell)
        self.sidebar.opened.connect(lambda page, params: self.navigator.open(page, **params))
        self.sidebar.playlist_wanted.connect(self._new_playlist)
        self.sidebar.playlist_dropped.connect(self._drop_on_playlist)
        self.topbar.search_changed.connect(self._search)
        self.topbar.theme_flipped.connect(self._flip_theme)
        self.topbar.dock_wanted.connect(self.toggle_panel)
        self.topbar.search.left.connect(self._focus_page)
        self.topbar.search.submitted.connect(lambda _text: self._focus_page())
        self.player_bar.queue_wanted.connect(self.show_right_panel)
        self.player_bar.spectrogram_wanted.connect(lambda _on: self._orders.toggle_full_player())
        self.player_bar.stems_wanted.connect(lambda: self.navigator.open("stems"))
        self.player_bar.full_player_wanted.connect(self._orders.toggle_full_player)
        self.right_panel.full_player_wanted.connect(self._orders.toggle_full_player)
        self.right_panel.inspect_wanted.connect(lambda each: self.navigator.open("inspector", track_id=each))
        library.counts_changed.connect(self._counts_changed)
        library.problems_changed.connect(self.topbar.set_problems)
        library.notice.connect(self.notice.tell)
        library.changed.connect(self._library_changed)
        player.message.connect(self.notice.tell)
        player.track_changed.connect(self._track_changed)
        self.services.playlists.message.connect(self.notice.tell)
        if self.services.discovery is not None:
            self.services.discovery.message.connect(self.notice.tell)
        if self.services.radio is not None:
            self.services.radio.message.connect(self.notice.tell)
        if self.services.identify is not None:
            self.services.identify.clip_known.connect(self.notice.tell)
        if self.services.genre is not None:
            self.services.genre.notice.connect(self.notice.tell)
        self.services.playlists.changed.connect(self._load_playlists)
        self.services.settings.changed.connect(self._setting_changed)
        self._counts_changed(library.counts())
        self._load_playlists()

    # pages

    def page(self, name: str) -> QWidget:
        """The page of that name, made when first needed."""
        if name not in self._pages:
            module, _, cls = PAGES[name].partition(":")
            page: QWidget = getattr(import_module(module), cls)(self.services, self.navigator)
            self._pages[name] = page
            self.stack.addWidget(page)
            self._put_in_tab_order(page)
        return self._pages[name]

    def _put_in_tab_order(self, page: QWidget) -> None:
        """A page comes after the sidebar, though it was made later than the panel and the player bar."""
        before: QWidget = self.sidebar.settings
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is self:
                QWidget.setTabOrder(before, widget)
                before = widget

    def _show_place(self, place: Place) -> None:
        self._close_popovers()
        name = place.page if place.page in self.available else "songs"
        if name == "songs" and not self.services.library.folders() and "welcome" in self.available:
            name = "welcome"
        page: Any = self.page(name)
        self.stack.setCurrentWidget(page)
        self.stack.updateGeometry()
        page.activate(dict(place.params))
        if hasattr(page, "search"):
            page.search(self.topbar.search.text())
        self.sidebar.show_place(BELONGS_TO.get(name, name), place.params)
        self.player_bar.spectrogram.setChecked(name == "player")
        self._arrange()

    def _close_popovers(self) -> None:
        """What belongs to the page that is left does not lie over the next one."""
        for popover in self.findChildren(Popover):
            if popover.isVisible():
                popover.close_popover()

    def _keep_place(self, place: Place) -> None:
        page: Any = self._pages.get(place.page)
        if page is not None:
            place.params.update(page.session())

    def current_page(self) -> Any:
        """The page that is shown."""
        return self.stack.currentWidget()

    def _focus_page(self) -> None:
        page = self.current_page()
        if hasattr(page, "focus_main"):
            page.focus_main()

    def _search(self, text: str) -> None:
        page = self.current_page()
        if not hasattr(page, "search"):
            if (
                not text
            ):  # emptying the field is no reason to leave the room; the songs look at it when they come
                return
            self.navigator.open("songs")
            page = self.current_page()
        if hasattr(page, "search"):
            page.search(text)

    def clear_search(self) -> None:
        """Empty the search field without asking the page again."""
        self.topbar.search.edit.blockSignals(True)
        self.topbar.search.set_text("")
        self.topbar.search.edit.blockSignals(False)
        self.topbar.search.refresh()

    # what comes from the services

    def _counts_changed(self, counts: LibraryCounts) -> None:
        self.sidebar.set_counts(counts)
        self.topbar.set_problems(counts.problems)

    def _library_changed(self) -> None:
        """The first folder turns the welcome page into the songs, the last one back."""
        place = self.navigator.place
        on_welcome = self._pages.get("welcome") is self.stack.currentWidget()
        if (
            place is not None
            and place.page == "songs"
            and bool(self.services.library.folders()) == on_welcome
        ):
            self._show_place(place)

    def _load_playlists(self) -> None:
        self.services.playlists.all(self._playlists_arrived)

    def _playlists_arrived(self, playlists: Sequence[Any]) -> None:
        self.sidebar.set_playlists(playlists)
        if self.navigator.place is not None:
            page = self.navigator.place.page
            self.sidebar.show_place(BELONGS_TO.get(page, page), self.navigator.place.params)

    def _track_changed(self, track: Track | None) -> None:
        self.setWindowTitle(f"{track.title} – {track.artist}" if track else "SONIQ")

    def _setting_changed(self, name: str) -> None:
        if name.startswith("appearance."):
            self._apply_appearance()
        elif name == "keyboard.single_letters":
            self._apply_letters()

    def _apply_appearance(self) -> None:
        theme, settings = Theme.current(), self.services.settings
        theme.set_mode(settings.get("appearance.theme"))
        theme.set_scale(settings.get("appearance.scale"))
        theme.set_reduced_motion(True if settings.get("appearance.reduced_motion") else None)

    def _apply_letters(self) -> None:
        letters = self.services.settings.get("keyboard.single_letters")
        self.shortcuts.set_letters(letters)
        for view in self.findChildren(SongsView):
            view.letters_search = not letters

    def _flip_theme(self) -> None:
        self.services.settings.set("appearance.theme", "light" if Theme.current().dark else "dark")

    # arrangement

    def show_right_panel(self, shown: bool) -> None:
        """What the dock and queue buttons do; in a narrow window it is shown because it was asked for."""
        self._panel_wanted = shown
        self._panel_forced = shown and self.width() < PANEL_FROM
        self._arrange()

    def _size_panel(self) -> None:
        """Give the panel the width that it had, the rest to the page."""
        total = max(self.splitter.width(), 2 * self._panel_width)
        self.splitter.setSizes([total - 1 - self._panel_width, self._panel_width])

    def _panel_resized(self) -> None:
        self._panel_width = self.right_panel.width()

    def toggle_panel(self) -> None:
        """Show the right panel, or hide it."""
        self.show_right_panel(self.right_panel.isHidden())

    def _arrange(self) -> None:
        """Sidebar or rail, panel or none, by the width and the page."""
        page = self.current_page()
        full = bool(getattr(page, "full_window", False))
        rail = self.width() < RAIL_BELOW or full or getattr(page, "sidebar", "") == "rail"
        room = self.width() >= PANEL_FROM or self._panel_forced
        allowed = not full and getattr(page, "right_panel", True)
        panel = self._panel_wanted and room and allowed
        self.sidebar.set_compact(rail)
        self.topbar.setVisible(not full)
        if panel and self.right_panel.isHidden():
            self.right_panel.show()
            self._size_panel()
        self.right_panel.setVisible(panel)
        self.topbar.set_panel(panel)
        self.player_bar.queue.setChecked(panel)
        self.player_bar.set_narrow(self.width() < RAIL_BELOW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() >= PANEL_FROM:
            self._panel_forced = False
        self._arrange()
        self.notice.place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        native = self.windowHandle()
        if native is not None and not self._native_watched:
            self._native_watched = True
            self.focus_ring.watch(native)
            self.focus_ring.keyboard_changed.connect(self._keyboard_changed)

    def _keyboard_changed(self, used: bool) -> None:
        for view in self.findChildren(SongsView):
            view.set_keyboard_focus(used)
        self.right_panel.queue.set_keyboard_focus(used)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), Theme.current().color("window"))
        painter.end()

    def choose_folder(self) -> None:
        """Ask for a music folder and add it."""
        ask_for_folder(self, self.services.library)

    def _new_playlist(self) -> None:
        ask_name(self, "New playlist", "Create", lambda name: self.services.playlists.create(name, []))

    def _drop_on_playlist(self, playlist_id: int, name: str, ids: list[int]) -> None:
        self.services.playlists.add(playlist_id, ids)
        self.notice.tell(f"{songs(len(ids))} added to {name}.")

    # files and folders from outside

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        self.open_paths(paths)
        event.acceptProposedAction()

    def open_paths(self, paths: Sequence[str]) -> None:
        """Folders join the library; files are played, and their folders join it."""
        known = self.services.library.folders()
        there = [path for path in map(Path, paths) if path.exists()]
        folders = dict.fromkeys(str(path if path.is_dir() else path.parent) for path in there)
        for folder in folders:
            if not any(Path(folder).is_relative_to(each) for each in known):
                self.services.library.add_folder(folder)
        if folders:
            self.navigator.open("songs")
        self._opening.play([str(path) for path in there if not path.is_dir()])
        self.come_forward()

    def come_forward(self) -> None:
        """Be the window that the user has before them, also where it was minimised."""
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()

    # between two starts

    def _restore(self) -> None:
        saved = self.services.settings.get("window.session")
        saved = saved if isinstance(saved, dict) else {}
        session.restore_geometry(self, saved.get("geometry"))
        self._panel_wanted = bool(saved.get("right_panel", True))
        width = saved.get("panel_width")
        self._panel_width = width if isinstance(width, int) else PANEL_WIDTH
        self._size_panel()
        place = session.load_place(saved.get("place"))
        if place is None or place.page not in self.available or place.page == "player":
            place = Place("songs")
        self.navigator.open(place.page, **place.params)

    def save_session(self) -> None:
        """Keep where we are; called when the window closes."""
        place = self.navigator.place
        if place is not None:
            self._keep_place(place)
        songs_page: Any = self._pages.get("songs")
        if songs_page is not None:
            songs_page.save()
        self.services.settings.set(
            "window.session",
            {
                "geometry": session.save_geometry(self),
                "right_panel": self._panel_wanted,
                "panel_width": self._panel_width,
                "place": session.save_place(place),
            },
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        self.save_session()
        super().closeEvent(event)
