"""Wormhole: a path of songs from one to another, found anew while the controls move."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.discovery.wormhole import Wormhole, stop_of
from soniq_desktop.discovery.wormhole_recipe import Pin, Recipe
from soniq_desktop.library.records import LibraryCounts, Track
from soniq_desktop.services.wormhole import Found, Trouble, Waiting, WormholeService
from soniq_desktop.ui.adding import AddMusicButton
from soniq_desktop.ui.components import Button, EmptyState, Label, ProgressStrip
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.wormhole.actions import PathActions
from soniq_desktop.ui.wormhole.controls import DEFAULTS, Controls, fresh_seed
from soniq_desktop.ui.wormhole.head import WormholeHead
from soniq_desktop.ui.wormhole.hops_view import BLEED, HopsHeader, HopsView
from soniq_desktop.ui.wormhole.tunnel import TunnelView
from soniq_desktop.ui.wormhole.words import found_in, headline

SIDE, NARROW_SIDE, NARROW_BELOW = 320, 284, 1060
PAUSE_MS = 120  # a control has come to rest
STORED = "wormhole.settings"


class WormholePage(QWidget):
    """Parameters: start, end (track ids), or recipe (`Recipe.as_data`)."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.wormhole is not None
        self.title = "Wormhole"
        self._services, self._navigator = services, navigator
        self._wormhole: WormholeService = services.wormhole
        self.actions_ = SongActions(services, navigator, "wormhole")
        self.path_actions = PathActions(self._wormhole, self.actions_, navigator)
        self.path: Wormhole | None = None
        self._pins: tuple[Pin, ...] = ()
        self._whole: Recipe | None = None  # a kept recipe that is shown as it is
        self._make_parts()
        self._lay_out()
        self.controls.set_settings(self._stored_settings())
        self._connect()
        self._show_nothing()

    def _make_parts(self) -> None:
        self.head = WormholeHead()
        self.notice = Label("", "small", "warn", wrap=True)
        self.strip = ProgressStrip()
        self.strip.cancel.hide()
        self.strip.problems.hide()
        self.tunnel = TunnelView(self._services.library)
        self.hops_head = HopsHeader()
        self.hops = HopsView(self._services.library)
        self.suggest = Button("Suggest a pair", "ph.dice-five", "primary")
        self.choose = Button("Choose a start", "ph.magnifying-glass")
        self.add_music = AddMusicButton(self._services.library)
        self.empty = EmptyState("ph.flow-arrow", "", "", self.choose, self.suggest, self.add_music)
        self.controls = Controls(self._services.library)
        self.side = scrolled(self.controls)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)

    def _lay_out(self) -> None:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inset = QVBoxLayout()
        inset.setContentsMargins(MARGIN, 0, MARGIN, 6)
        inset.addWidget(self.tunnel)
        column.addLayout(inset, 2)
        table = QVBoxLayout()
        table.setContentsMargins(MARGIN - BLEED, 0, MARGIN - BLEED - 8, 0)
        table.setSpacing(0)
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 8, 0)
        header.addWidget(self.hops_head)
        table.addLayout(header)
        table.addWidget(self.hops)
        column.addLayout(table, 3)
        self.stack = QStackedWidget()
        self.stack.addWidget(shown)
        self.stack.addWidget(self.empty)
        upper = QVBoxLayout()
        upper.setContentsMargins(MARGIN, 18, MARGIN, 0)
        upper.setSpacing(10)
        for part in (self.head, self.notice, self.strip):
            upper.addWidget(part)
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(14)
        centre.addLayout(upper)
        centre.addWidget(self.stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(centre, 1)
        layout.addWidget(self.side)
        self.notice.hide()
        self.strip.hide()

    def _connect(self) -> None:
        wormhole, services = self._wormhole, self._services
        self._soon.timeout.connect(self._find)
        self.controls.changed.connect(self._controls_changed)
        self.controls.ids_dropped.connect(self._dropped)
        wormhole.found.connect(self._found)
        wormhole.failed.connect(self._failed)
        wormhole.waiting.connect(self._waiting)
        wormhole.message.connect(self._navigator.tell)
        self.suggest.clicked.connect(self._suggest)
        self.choose.clicked.connect(self._choose)
        self.head.play.clicked.connect(lambda: self._play(0))
        self.head.save.clicked.connect(lambda: self._with_path(self.path_actions.save))
        self.head.more.clicked.connect(self._more)
        self.strip.pause.clicked.connect(self._pause)
        self.hops.play_from.connect(self._play)
        self.hops.exchange.connect(self._exchange)
        self.hops.menu_wanted.connect(self._menu)
        self.hops.current_changed.connect(self.tunnel.show_place)
        self.tunnel.chosen.connect(self.hops.show_place)
        self.tunnel.menu_wanted.connect(self._node_menu)
        services.player.track_changed.connect(self._track_changed)
        services.library.counts_changed.connect(self._counts_changed)
        Theme.current().changed.connect(self._size_side)

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        """Show a kept recipe, the path between the songs that `params` name, or go on where we were."""
        data, ids = params.pop("recipe", None), {key: params.pop(key, None) for key in ("start", "end")}
        if isinstance(data, dict):
            self._open_recipe(data)
        elif any(ids.values()):
            self._load_ends(ids["start"], ids["end"])
        elif self.controls.ends.start.track() is None and self.controls.ends.end.track() is None:
            self.controls.set_ends(self._services.player.track(), None)
        if self.path is None:
            self._show_nothing()

    def session(self) -> dict[str, Any]:
        """The recipe in force, so that the way back and the next start show it again."""
        self._services.settings.set(STORED, _plain(self.controls.settings()))
        return {"recipe": self.path.recipe.as_data()} if self.path is not None else {}

    def regions(self) -> list[QWidget]:
        return [self.head, self.stack, self.side]

    def focus_main(self) -> None:
        main: QWidget = self.hops if self.path is not None else self.choose
        main.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _stored_settings(self) -> dict[str, Any]:
        stored = self._services.settings.get(STORED)
        known = {k: v for k, v in stored.items() if k in DEFAULTS} if isinstance(stored, dict) else {}
        return DEFAULTS | known | {"seed": fresh_seed()}

    def _open_recipe(self, data: dict[str, Any]) -> None:
        try:
            recipe = Recipe.from_data(data)
        except SoniqError as error:
            self._navigator.tell(str(error))
            return
        if self.path is not None and self.path.recipe == recipe:
            return
        self.controls.set_settings(recipe.as_data())
        self._pins, self._whole = (), recipe
        self._find()

    def _load_ends(self, start: int | None, end: int | None) -> None:
        """Both ends, or one of them; the other stays."""
        wanted = {"start": start, "end": end}

        def arrived(tracks: list[Track]) -> None:
            known = {track.id: track for track in tracks}
            ends = self.controls.ends
            first = known.get(start or 0) or ends.start.track() or self._services.player.track()
            last = known.get(end or 0) or ends.end.track()
            same = first is not None and last is not None and first.id == last.id and not (start and end)
            if same:  # what was there by chance gives way to what was asked for
                first, last = (None, last) if end else (first, None)
            self.controls.set_ends(first, last, [])
            self._controls_changed()

        self._services.library.tracks([each for each in wanted.values() if each], arrived)

    # finding

    def _controls_changed(self) -> None:
        """What is asked for is what the controls say; pinned songs stay while their places do."""
        self._whole = None
        if self.path is not None and len(self.path.tracks) != self.controls.length.value():
            self._pins = ()
        self._soon.start()

    def _find(self) -> None:
        self._soon.stop()
        try:
            recipe = self._whole or self.controls.recipe()
            if recipe is not None and self._whole is None:
                recipe = replace(recipe, pins=self._pins)
        except SoniqError as error:
            self._say(str(error))
            return
        if recipe is None:
            self._wormhole.forget()
            self.path = None
            self._show_nothing()
        else:
            self._wormhole.find(recipe)

    def _found(self, found: Found) -> None:
        path = found.path
        fresh = self._whole is not None or self.path is None
        self.path = path
        self.strip.hide()
        if self._whole is not None:
            self._take_over(path)
        self.tunnel.set_path(path)
        self.tunnel.set_pinned(frozenset(pin.stop.track_id for pin in self._pins) | _via(path))
        self.hops.set_path(path)
        self.head.set_figures(headline(path), headline(path, short=True))
        self.controls.found.setText(found_in(path, found.seconds))
        energies = (track.features.energy if track.features else None for track in path.tracks)
        self.controls.curve.set_measured(tuple(energies))
        self._say(" ".join(path.notices))
        self.stack.setCurrentIndex(0)
        self.head.set_enabled(True)
        self._track_changed(self._services.player.track())
        if fresh:
            self.hops.scrollToTop()

    def _take_over(self, path: Wormhole) -> None:
        """The ends and stops of a recipe that came as a whole."""
        self._whole = None
        closed = path.recipe.end.track_id == path.tracks[-1].id
        self.controls.set_ends(path.tracks[0], path.tracks[-1] if closed else path.tracks[0])
        via = [stop.track_id for stop in path.recipe.via]
        if via or self.controls.stops:
            ends = self.controls.ends
            self._services.library.tracks(
                via, lambda stops: self.controls.set_ends(ends.start.track(), ends.end.track(), stops)
            )

    def _failed(self, trouble: Trouble) -> None:
        self.path = None
        self.strip.hide()
        self._show_nothing(trouble.sentence, trouble.hint)

    def _waiting(self, waiting: Waiting) -> None:
        """The ends are listened to first: who, how far, and what to do where nothing moves."""
        first = waiting.tracks[0].title
        others = f" and {len(waiting.tracks) - 1} more" if len(waiting.tracks) > 1 else ""
        progress = waiting.progress
        words = f"Listening to “{first}”{others} first"
        if progress is None:
            figures = "not running now: Carry on starts it"
        elif progress.paused:
            figures = "paused"
        else:
            figures = "the path follows at once"
        share = progress.done / progress.total if progress and progress.total else None
        item = progress.item if progress else ""
        self.strip.show_progress(words, figures, item, share, paused=progress is None or progress.paused)
        self.strip.show()
        if self.path is None:
            self._show_nothing(words, "The path is found as soon as SONIQ has heard it.")

    def _pause(self) -> None:
        library = self._services.library
        if self.strip.pause.accessibleName() == "Pause":
            library.pause()
        else:
            library.resume()
            library.rescan()

    def _say(self, sentence: str) -> None:
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def _show_nothing(self, title: str = "", sentence: str = "") -> None:
        """No path: why, and what to do."""
        counts, start = self._services.library.counts(), self.controls.ends.start.track()
        few = counts.tracks < 2
        if few:
            title = "Nothing to travel through yet"
            sentence = "A wormhole leads from one song to another. Add a folder with more songs."
        elif not title:
            title = "Choose two songs"
            sentence = (
                "Search for them at the right, drop them there, or let SONIQ suggest two that are far apart."
            )
        if start is not None and title == "Choose two songs":
            title, sentence = f"Where to from “{start.title}”?", "Choose the song that the path leads to."
        self.empty.set_texts(title, sentence)
        self.add_music.setVisible(few)
        self.suggest.setVisible(not few)
        self.choose.setVisible(not few)
        self.choose.setText("Choose an end" if start is not None else "Choose a start")
        self.tunnel.set_path(None)
        self.hops.set_path(None)
        self.head.set_figures("", "")
        self.controls.found.setText("")
        self.controls.curve.set_measured(())
        self._say("")
        self.head.set_enabled(False)
        self.stack.setCurrentIndex(1)

    def _counts_changed(self, _counts: LibraryCounts) -> None:
        if self.path is None and self.strip.isHidden():
            self._show_nothing()

    # choosing

    def _choose(self) -> None:
        self.controls.pick("end" if self.controls.ends.start.track() is not None else "start")

    def _suggest(self) -> None:
        self._wormhole.suggest(fresh_seed(), self._suggested)

    def _suggested(self, pair: tuple[int, int] | None) -> None:
        if pair is None:
            self._show_nothing("No two songs to suggest yet", "SONIQ has to listen to your library first.")
        else:
            self._load_ends(*pair)

    def _dropped(self, which: str, ids: list[int]) -> None:
        if len(ids) > 1:
            self._load_ends(ids[0], ids[-1])
        elif ids:
            self._load_ends(*((ids[0], None) if which == "start" else (None, ids[0])))

    # the path

    def _with_path(self, do: Callable[[Wormhole], None]) -> None:
        if self.path is not None:
            do(self.path)

    def _play(self, place: int) -> None:
        self._with_path(lambda path: self.path_actions.play(path, place))

    def _exchange(self, place: int) -> None:
        if self.path is not None:
            self._pins = tuple(pin for pin in self._pins if pin.place != place)
            self._wormhole.another(self.path, place)

    def _pin(self, place: int) -> None:
        """Keep a song at its place whatever else changes, or let it go again."""
        if self.path is None:
            return
        kept = tuple(pin for pin in self._pins if pin.place != place)
        if kept == self._pins:
            kept = (*kept, Pin(place, stop_of(self.path.tracks[place])))
        self._pins = kept
        self.tunnel.set_pinned(frozenset(pin.stop.track_id for pin in kept) | _via(self.path))

    def _menu(self, place: int, at: QPoint) -> None:
        if self.path is None:
            return
        track, last = self.path.tracks[place], len(self.path.tracks) - 1
        menu = self.actions_.menu([track.id], [track], self)
        first = menu.actions()[0]
        inner = 0 < place < last
        pinned = any(pin.place == place for pin in self._pins)
        menu.item("Play the path from here", partial(self._play, place), icon="ph.play", shortcut="Enter")
        menu.item(
            "Try another here", partial(self._exchange, place), icon="ph.arrows-clockwise", shortcut="Del",
            enabled=inner,
        )  # fmt: skip
        menu.item(
            "Let it move" if pinned else "Keep it at this place", partial(self._pin, place),
            icon="ph.push-pin", enabled=inner,
        )  # fmt: skip
        own = menu.actions()[-3:]
        for action in own:
            menu.insertAction(first, action)
        menu.insertSeparator(first)
        menu.popup(at)

    def _node_menu(self, place: int) -> None:
        self._menu(place, self.tunnel.mapToGlobal(self.tunnel.node_point(place).toPoint()))

    def _track_changed(self, track: Track | None) -> None:
        """The playing hop follows the player."""
        playing = track.id if track is not None else None
        self.hops.set_playing(playing)
        self.tunnel.set_playing(playing)

    def _more(self) -> None:
        at = self.head.more.mapToGlobal(QPoint(0, self.head.more.height() + 4))
        self._with_path(lambda path: self.path_actions.menu(path, self, at))

    # look

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_side()

    def _size_side(self) -> None:
        """Wide enough for large text, too."""
        wanted = SIDE if self.width() >= NARROW_BELOW else NARROW_SIDE
        self.side.setFixedWidth(max(wanted, self.controls.minimumSizeHint().width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        side = QRectF(self.side.geometry())
        painter.fillRect(side, theme.color("sidebar"))
        painter.fillRect(QRectF(side.left(), 0, 1, self.height()), theme.color("line"))
        painter.end()


def _via(path: Wormhole) -> frozenset[int]:
    return frozenset(stop.track_id for stop in path.recipe.via)


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """JSON types, and without the seed: that belongs to one path."""
    return {key: list(v) if isinstance(v, tuple) else v for key, v in settings.items() if key != "seed"}
