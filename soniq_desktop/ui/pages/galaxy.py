"""Galaxy: the whole library as a map that stays put."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from soniq_desktop.discovery.galaxy_map import GalaxyMap
from soniq_desktop.discovery.galaxy_reports import Progress
from soniq_desktop.library.records import Track
from soniq_desktop.services.galaxy import GalaxyService
from soniq_desktop.ui.adding import AddMusicButton
from soniq_desktop.ui.components import EmptyState, Label, Menu
from soniq_desktop.ui.galaxy.canvas import GalaxyCanvas
from soniq_desktop.ui.galaxy.colours import Colouring, colouring, sizes
from soniq_desktop.ui.galaxy.hover_card import HoverCard
from soniq_desktop.ui.galaxy.legend import Legend
from soniq_desktop.ui.galaxy.marks import ink
from soniq_desktop.ui.galaxy.names import region_names
from soniq_desktop.ui.galaxy.panels import Toolbar, ZoomBox
from soniq_desktop.ui.galaxy.paths import PathOverlay, open_choice
from soniq_desktop.ui.galaxy.pointing import EDGE, Pointing
from soniq_desktop.ui.galaxy.selecting import Selecting
from soniq_desktop.ui.galaxy.selection_card import SelectionCard
from soniq_desktop.ui.galaxy.states import StateCard, open_info
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.text import songs


class GalaxyPage(QWidget):
    """The canvas fills the page; tools, legend and cards float on it."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.galaxy is not None
        self.title = "Galaxy"
        self._services, self._navigator = services, navigator
        self._galaxy: GalaxyService = services.galaxy
        self._actions = SongActions(services, navigator, "galaxy")
        self._colouring: Colouring | None = None
        self._quiet = False  # the user has closed the card; it comes back with the next visit
        self._heard = False  # whether the service has said what there is
        self._make_parts()
        self.paths = PathOverlay(self._galaxy, services.playlists, self)
        self.selecting = Selecting(self.canvas, self.selection, services, navigator, self._arrange, self)
        self.pointing = Pointing(self.canvas, self.hover, services, self)
        self._connect()
        self._connect_tools()
        self.canvas.letters = bool(services.settings.get("keyboard.single_letters"))

    def _make_parts(self) -> None:
        self.canvas = GalaxyCanvas()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.toolbar = Toolbar()
        self.toolbar.setParent(self.canvas)
        self.legend = Legend(self.canvas)
        self.selection = SelectionCard(self.canvas)
        self.zoom_box = ZoomBox()
        self.zoom_box.setParent(self.canvas)
        self.zoom_text = Label("", "mono", parent=self.canvas)
        self.hover = HoverCard(self.canvas)
        self.state = StateCard(self.canvas)
        self.add_music = AddMusicButton(self._services.library)
        self.empty = EmptyState(
            "ph.planet",
            "No map yet",
            "The map appears once SONIQ has listened to some of your songs.",
            self.add_music,
            parent=self.canvas,
        )

    def _connect(self) -> None:
        services, galaxy = self._services, self._galaxy
        galaxy.map_changed.connect(self._map_arrived)
        galaxy.progress.connect(self._progressed)
        galaxy.failed.connect(self._failed)
        services.player.track_changed.connect(lambda _track: self._mark_playing())
        services.player.state_changed.connect(lambda _state: self._mark_playing())
        services.library.counts_changed.connect(lambda _counts: self._show_state())
        services.settings.changed.connect(self._setting_changed)
        self.paths.changed.connect(self._path_changed)
        self.paths.trouble.connect(self._navigator.tell)
        self.paths.chosen.connect(lambda: self.toolbar.path.setChecked(True))
        self.state.first_wanted.connect(self._state_button)
        self.state.second_wanted.connect(self._state_later)

    def _connect_tools(self) -> None:
        canvas, tools = self.canvas, self.toolbar
        tools.tool_chosen.connect(self.set_tool)
        tools.colour.changed.connect(lambda _by: self._recolour())
        tools.size_by.changed.connect(lambda _by: self._recolour())
        tools.path.toggled.connect(lambda _on: self._show_path())
        tools.paths.clicked.connect(lambda: open_choice(tools.paths, self.paths))
        tools.dimensions.toggled.connect(canvas.set_depth)
        tools.info.clicked.connect(lambda: open_info(self, tools.info, canvas.galaxy))
        tools.more.clicked.connect(self._open_more)
        self.zoom_box.connect_to(
            lambda: canvas.zoom_by(1.5), lambda: canvas.zoom_by(1 / 1.5), canvas.fit, self.find_playing
        )
        self.legend.changed.connect(self._filter)
        canvas.camera_changed.connect(self._camera_moved)
        canvas.play_wanted.connect(self.play_row)
        canvas.ends_chosen.connect(self._draw_path)
        canvas.key_used.connect(self._key)
        canvas.menu_wanted.connect(self._open_song_menu)
        self.hover.play_wanted.connect(lambda track_id: self._actions.play([track_id]))

    # what every page has

    def activate(self, params: dict[str, Any]) -> None:
        """`path`: ids of songs to show as a path, with `name`."""
        if path := params.pop("path", None):
            self.paths.show_path(path, str(params.pop("name", "Path")))
            self.toolbar.path.setChecked(True)
        else:
            self.paths.look()
        if self._galaxy.map is not None and self.canvas.galaxy is None:
            self._map_arrived(self._galaxy.map)
        self._quiet = False
        self._mark_playing()
        self._show_state()
        self._galaxy.open()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pointing.close()
        self._galaxy.leave()

    # the map

    def _map_arrived(self, galaxy: GalaxyMap | None) -> None:
        self._heard = True
        if galaxy is not None and galaxy is not self.canvas.galaxy:
            self._colouring = colouring(galaxy, self.toolbar.colour.value)
            self.canvas.set_map(galaxy, self._colouring, sizes(galaxy, self.toolbar.size_by.value))
            self.pointing.set_map(galaxy)
            self._name_regions(galaxy)
            self.legend.set_entries(self._colouring.entries)
            self._filter(self.legend.shown())
            self.selecting.refresh()
            self._describe()
            self._arrange()
        self._show_state()

    def _describe(self) -> None:
        galaxy = self.canvas.galaxy
        named = ", ".join(name.title for name in self.canvas.names[:6])
        count = songs(len(galaxy)) if galaxy is not None else "No songs"
        self.canvas.setAccessibleDescription(
            f"{count} in {len(self.canvas.names)} regions: {named}. Arrow keys go from song to song, "
            "Enter plays, C selects a cluster, T shows the songs as a table."
        )

    def _name_regions(self, galaxy: GalaxyMap) -> None:
        """Names in the colours of the genres, or in that of text where colour says something else."""
        names = region_names(galaxy)
        if self.toolbar.colour.value != "genre":
            names = [replace(name, colour=ink("text")) for name in names]
        self.canvas.names = names

    def _recolour(self) -> None:
        galaxy = self.canvas.galaxy
        if galaxy is None:
            return
        self._colouring = colouring(galaxy, self.toolbar.colour.value)
        self.canvas.set_colours(self._colouring, sizes(galaxy, self.toolbar.size_by.value))
        self._name_regions(galaxy)
        self.legend.set_entries(self._colouring.entries)
        self._filter(self.legend.shown())
        self._arrange()

    def _filter(self, shown: set[int]) -> None:
        if self._colouring is not None:
            self.canvas.show_only(np.isin(self._colouring.codes, list(shown)))

    # states

    def _show_state(self) -> None:
        """The card below the tools, and the words of an empty page."""
        galaxy, counts = self.canvas.galaxy, self._services.library.counts()
        there = galaxy is not None and len(galaxy) > 0
        self.empty.setVisible(not there and not self._galaxy.laying_out)
        for part in (self.toolbar, self.zoom_box, self.zoom_text, self.legend):
            part.setVisible(there)
        if not there:
            self._empty_words(counts.tracks)
        if self._galaxy.laying_out:
            self._arrange()
            return
        self.state.hide()
        if self._quiet:
            self._arrange()
            return
        to_come = counts.tracks - counts.listened - counts.problems
        if galaxy is not None and there and galaxy.missing.all():
            self.state.show_words(
                "Your songs are away",
                "Their files are not there now. With them, the songs come back to where they were.",
                "",
                "Close",
            )
        elif galaxy is not None and galaxy.borrowed:
            self.state.show_words(
                "This map is of another sound model",
                "Songs lie where the one before put them. Laid out anew, they will move.",
                "Lay out again",
                "Later",
            )
        elif galaxy is not None and galaxy.outgrown:
            self.state.show_words(
                "The map has been outgrown",
                f"It was learned from {songs(galaxy.learned)}; {songs(len(galaxy) - galaxy.learned)} came "
                "since. Laid out anew, it will show them better, and songs will move.",
                "Lay out again",
                "Later",
            )
        elif there and to_come > 0:
            self.state.show_words(
                f"{songs(to_come)} still to come", "They take their places while SONIQ listens.", "", "Close"
            )
        self._arrange()

    def _empty_words(self, tracks: int) -> None:
        self.add_music.setVisible(self._heard and not tracks)
        if not self._heard:
            self.empty.set_texts("Reading the map", "It is there in a moment.")
        elif tracks:
            self.empty.set_texts(
                "No map yet", f"SONIQ has to listen first. The map begins with the first of {songs(tracks)}."
            )
        else:
            self.empty.set_texts("No map yet", "Add a folder with music: the map shows what sounds alike.")

    def _progressed(self, progress: Progress | None) -> None:
        if progress is None:
            self._show_state()
            return
        self.empty.hide()
        self.state.show_progress(progress)
        self._arrange()

    def _failed(self, sentence: str) -> None:
        self._heard = True
        self.state.show_words("The map could not be made", sentence, "Try again", "Close")
        self._arrange()

    def _state_later(self) -> None:
        self._quiet = True
        self._show_state()

    def _state_button(self) -> None:
        if self._galaxy.laying_out:
            self._galaxy.cancel()
        else:
            self._galaxy.lay_out()

    # tools

    def set_tool(self, name: str) -> None:
        """Take another tool in hand."""
        self.toolbar.set_tool(name)
        self.canvas.set_tool(name)  # type: ignore[arg-type]
        if name == "path":
            self._navigator.tell("Click two songs: the wormhole between them appears on the map.")

    def find_playing(self) -> None:
        """Fly to the song that plays."""
        track = self._services.player.track()
        galaxy = self.canvas.galaxy
        row = None if track is None or galaxy is None else galaxy.row(track.id)
        if row is None:
            self._navigator.tell(
                "Nothing is playing." if track is None else "The playing song is not on the map yet."
            )
            return
        self.canvas.focus_row = row
        self.canvas.fly_to(row)

    def _open_more(self) -> None:
        menu = Menu(parent=self)
        menu.item("Select cluster", lambda: self._key("cluster"), icon="ph.selection-all", shortcut="C")
        menu.item("Show as table", self.selecting.show_table, icon="ph.table", shortcut="T")
        menu.item("Show everything", self.legend.show_all, icon="ph.eye")
        path = self.paths.ids
        menu.item("Play the path", lambda: self._actions.play(path), icon="ph.play", enabled=bool(path))
        if self._services.wormhole is not None and path:
            ends = {"start": path[0], "end": path[-1]}
            menu.item(
                "Open in Wormhole", lambda: self._navigator.open("wormhole", **ends), icon="ph.flow-arrow"
            )
        menu.addSeparator()
        menu.item(
            "Lay out again",
            self._galaxy.lay_out,
            icon="ph.arrows-clockwise",
            enabled=not self._galaxy.laying_out,
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.toolbar.more.mapToGlobal(QPoint(0, self.toolbar.more.height() + 4)))

    def _key(self, order: str) -> None:
        row = self.canvas.focus_row
        if order in ("play", "play_next", "queue"):
            self._act_on_row(order, row)
        elif order in ("pan", "lasso"):
            self.set_tool(order)
        elif order == "path":
            self._key_path(row)
        elif order == "clear":
            self._clear()
        elif order == "menu" and row is not None:
            self._open_song_menu(row, self.canvas.mapToGlobal(self.canvas.place_of(row).toPoint()))
        else:
            {
                "fit": self.canvas.fit,
                "find": self.find_playing,
                "cluster": lambda: self.selecting.take_cluster(row),
                "table": self.selecting.show_table,
            }.get(order, lambda: None)()

    def _act_on_row(self, order: str, row: int | None) -> None:
        track_id = self.canvas.song(row)
        if track_id is not None:
            acts = {"play": self._actions.play, "play_next": self._actions.play_next}
            acts.get(order, self._actions.add_to_queue)([track_id])

    def _key_path(self, row: int | None) -> None:
        if self.canvas.tool != "path":
            self.set_tool("path")
        elif row is not None:
            self.canvas.choose_end(row)

    def _clear(self) -> None:
        """Esc: the selection first, then the pinned card, then the tool."""
        if self.selecting.ids:
            self.selecting.clear()
        elif self.hover.isVisible():
            self.pointing.close()
        else:
            self.set_tool("pan")

    def wormhole_here(self) -> None:
        """The window's key for a wormhole: from the song that has the keyboard's mark."""
        self._key_path(self.canvas.focus_row)

    # songs

    def play_row(self, row: int) -> None:
        """Play one song of the map."""
        track_id = self.canvas.song(row)
        if track_id is not None:
            self._actions.play([track_id])

    def _open_song_menu(self, row: int, place: QPoint) -> None:
        track_id = self.canvas.song(row)
        if track_id is not None:
            self._services.library.track(track_id, lambda track: self._song_menu(track, row, place))

    def _song_menu(self, track: Track | None, row: int, place: QPoint) -> None:
        if track is None:
            return
        menu = self._actions.menu([track.id], [track], self)
        menu.addSeparator()
        menu.item("Select its cluster", lambda: self.selecting.take_cluster(row))
        menu.item("Begin a wormhole here", lambda: self._begin_path(row))
        menu.popup(place)

    # path and playing

    def _begin_path(self, row: int) -> None:
        self.set_tool("path")
        self.canvas.choose_end(row)

    def _draw_path(self, first: int, second: int) -> None:
        ids = [self.canvas.song(row) for row in (first, second)]
        if ids[0] is not None and ids[1] is not None:
            self.paths.draw(ids[0], ids[1])
            self.toolbar.path.setChecked(True)

    def _path_changed(self) -> None:
        self.toolbar.set_path_name(self.paths.name)
        self.toolbar.paths.setEnabled(bool(self.paths.kept))
        self._show_path()
        self._arrange()

    def _show_path(self) -> None:
        self.canvas.path_ids = self.paths.ids if self.toolbar.path.isChecked() else []
        self.canvas.update()

    def _mark_playing(self) -> None:
        player = self._services.player
        track = player.track()
        self.canvas.set_playing(None if track is None else track.id, sounding=player.state() == "playing")

    # look

    def _setting_changed(self, name: str) -> None:
        if name == "keyboard.single_letters":
            self.canvas.letters = bool(self._services.settings.get(name))

    def _camera_moved(self) -> None:
        self.zoom_text.setText(f"zoom {self.canvas.camera.zoom:.1f}×")
        self.zoom_text.adjustSize()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        width, height = self.canvas.width(), self.canvas.height()
        self.toolbar.adjustSize()
        self.toolbar.move(EDGE, 16)
        self.legend.adjustSize()
        self.legend.move(EDGE, height - self.legend.height() - 16)
        self.zoom_text.move(EDGE + self.legend.width() + 16, height - self.zoom_text.height() - 16)
        self.zoom_box.adjustSize()
        self.zoom_box.move(width - self.zoom_box.width() - EDGE, height - self.zoom_box.height() - 16)
        self.selection.adjustSize()
        narrow = self.toolbar.geometry().right() + 16 > width - self.selection.width() - EDGE
        top = self.toolbar.geometry().bottom() + 12 if narrow else 16
        self.selection.fit(height - top - 8)
        self.selection.move(width - self.selection.width() - EDGE, top)
        if self.selection.isVisible() and self.selection.geometry().bottom() > self.zoom_box.y() - 8:
            self.zoom_box.move(self.selection.x() - self.zoom_box.width() - 12, self.zoom_box.y())
        self.state.adjustSize()
        self.state.move(EDGE, self.toolbar.geometry().bottom() + 12)
        if self.canvas.galaxy is None:
            self.state.move((width - self.state.width()) // 2, (height - self.state.height()) // 2)
        self.empty.setGeometry(self.canvas.rect())
        palette = self.zoom_text.palette()
        palette.setColor(self.zoom_text.foregroundRole(), ink("text3"))
        self.zoom_text.setPalette(palette)
        parts = (self.toolbar, self.legend, self.zoom_box, self.selection, self.state)
        self.canvas.covered = [
            QRectF(part.geometry()).adjusted(-4, -4, 4, 4) for part in parts if not part.isHidden()
        ]
        self.canvas.update()
