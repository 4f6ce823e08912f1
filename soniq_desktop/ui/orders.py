"""What the keys of the window do: transport, pages, regions."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.shortcuts import show_map
from soniq_desktop.ui.songs.view import SongsView

if TYPE_CHECKING:
    from soniq_desktop.ui.window import MainWindow


class Orders:
    """The orders of one window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window

    def by_name(self) -> dict[str, Callable[[], object]]:
        """What every key of the map does, by its name in `shortcuts`."""
        player, bar = self._window.services.player, self._window.player_bar
        actions: dict[str, Callable[[], object]] = {
            "toggle_play": player.toggle,
            "previous": player.previous,
            "next": player.next,
            "louder": lambda: bar.step_volume(1),
            "quieter": lambda: bar.step_volume(-1),
            "mute": bar.toggle_mute,
            "shuffle": bar.toggle_shuffle,
            "repeat": bar.cycle_repeat,
            "crossfade": bar.toggle_crossfade,
            "like": bar.toggle_like,
            "search": self._focus_search,
            "back": self._window.navigator.back,
            "forward": self._window.navigator.forward,
            "next_region": lambda: self._go_region(1),
            "previous_region": lambda: self._go_region(-1),
            "queue": self._window.toggle_panel,
            "spectrogram": self.toggle_full_player,
            "full_player": self.toggle_full_player,
            "add_folder": self._window.choose_folder,
            "show_map": self._show_map,
        }
        for page in self._window.available:
            actions[f"open_{page}"] = partial(self._window.navigator.open, page)
        if "identify" in self._window.available:
            actions["identify"] = self._identify
        if "wormhole" in self._window.available:
            actions["wormhole_here"] = self._wormhole_here
        if "inspector" in self._window.available:
            actions["inspect_here"] = partial(self._open_here, "inspector")
        if "stems" in self._window.available:
            actions["stems_here"] = self._separate_here
        actions["settings"] = lambda: self._window.navigator.open("settings")
        return actions

    def _wormhole_here(self) -> None:
        """W: from the songs selected in a list, elsewhere from what plays."""
        page = self._window.current_page()
        if hasattr(page, "wormhole_here"):
            page.wormhole_here()
        else:
            self._window.navigator.open("wormhole")

    def _open_here(self, page: str, **how: object) -> None:
        """E and S: a page for the song selected in a list, elsewhere for the one that plays."""
        view, playing = (
            getattr(self._window.current_page(), "view", None),
            self._window.services.player.track(),
        )
        ids = list(view.selected_ids()) if isinstance(view, SongsView) else []
        if not ids and playing is not None:
            ids = [playing.id]
        self._window.navigator.open(page, **({"track_id": int(ids[0])} | how if ids else {}))

    def _separate_here(self) -> None:
        """S: in its own room the key belongs to the lanes."""
        place = self._window.navigator.place
        if place is None or place.page != "stems":
            self._open_here("stems", separate=True)

    def _identify(self) -> None:
        """Ctrl+I: open the page and listen; there, start and stop."""
        place = self._window.navigator.place
        if place is None or place.page != "identify":
            self._window.navigator.open("identify")
        page: Any = self._window.page("identify")
        page.toggle()

    def _focus_search(self) -> None:
        if self._window.topbar.isHidden():
            self._window.navigator.back()
        self._window.topbar.focus_search()

    def _show_map(self) -> None:
        show_map(self._window, letters=self._window.services.settings.get("keyboard.single_letters"))

    def toggle_full_player(self) -> None:
        """Open the full player, or go back from it."""
        place = self._window.navigator.place
        if place is not None and place.page == "player":
            self._window.navigator.back()
        elif "player" in self._window.available and self._window.services.player.track() is not None:
            self._window.navigator.open("player")

    def _regions(self) -> list[QWidget]:
        page = self._window.current_page()
        inside = page.regions() if hasattr(page, "regions") else [page]
        regions = [
            self._window.topbar,
            self._window.sidebar,
            *inside,
            self._window.right_panel,
            self._window.player_bar,
        ]
        return [region for region in regions if region is not None and region.isVisible()]

    def _go_region(self, by: int) -> None:
        """F6: the first control of the next region that has one."""
        regions = self._regions()
        focused = self._window.focusWidget()
        at = next(
            (i for i, r in enumerate(regions) if focused and (r is focused or r.isAncestorOf(focused))), -1
        )
        for step in range(1, len(regions) + 1):
            region = regions[(at + by * step) % len(regions)]
            target = _first_focusable(region)
            if target is not None:
                self._window.focus_ring.use_keyboard()
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _first_focusable(region: QWidget) -> QWidget | None:
    widgets = [region, *region.findChildren(QWidget)]
    for widget in widgets:
        wanted = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if wanted and widget.isEnabled() and widget.isVisible() and widget.focusProxy() is None:
            return widget
    return None
