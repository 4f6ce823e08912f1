"""The user's own presets: apply, save, rename, delete."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.components import Menu, ask_name

if TYPE_CHECKING:
    from soniq_desktop.services.stems import StemService

BUILT_IN = ("Original", "Karaoke", "Acapella", "No drums", "Custom")


class PresetMenu:
    """Asks the service for the names, then opens a menu at a widget."""

    def __init__(self, service: "StemService", owner: QWidget) -> None:
        self._service, self._owner = service, owner
        self.menu: Menu | None = None

    def open_at(self, anchor: QWidget) -> None:
        """Below a widget."""

        def opened(_ready_made: list[str], own: list[str]) -> None:
            self.menu = self.make(own)
            self.menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

        self._service.preset_names(opened)

    def make(self, own: list[str]) -> Menu:
        """The menu for these presets of the user."""
        menu = Menu("Presets", self._owner)
        for name in own:
            sub = Menu(name.replace("&", "&&"), menu)
            sub.item("Use", partial(self._service.apply_preset, name), icon="ph.check")
            sub.item(
                "Save the mixer here", partial(self._service.save_preset, name), icon="ph.download-simple"
            )
            sub.item("Rename...", partial(self.rename, name), icon="ph.pencil-simple")
            sub.item("Delete", partial(self._service.delete_preset, name), icon="ph.trash")
            menu.addMenu(sub)
        if own:
            menu.addSeparator()
        menu.item("Save as preset...", self.save, icon="ph.plus")
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def save(self) -> None:
        """Ask for a name and keep the mixer."""
        self._ask("Save as preset", "Save", "", self._service.save_preset)

    def rename(self, name: str) -> None:
        """Ask for another name."""

        def rename(new: str) -> None:
            if new != name:
                self._service.rename_preset(name, new)

        self._ask("Rename preset", "Rename", name, rename)

    def _ask(self, title: str, button: str, text: str, then: Callable[[str], None]) -> None:
        ask_name(self._owner, title, button, lambda name: None if name in BUILT_IN else then(name), text=text)
