"""Adding a music folder: the same question everywhere, and a button that asks it where a room is empty."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from soniq_desktop.ui.components import Button

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService


def ask_for_folder(owner: QWidget, library: "LibraryService") -> None:
    """Ask for a folder and add it."""
    folder = QFileDialog.getExistingDirectory(owner, "Add a music folder", str(Path.home()))
    if folder:
        library.add_folder(folder)


class AddMusicButton(Button):
    """What to do in a room without songs."""

    def __init__(self, library: "LibraryService") -> None:
        super().__init__("Add a music folder", "ph.folder-plus", "primary")
        self.clicked.connect(lambda: ask_for_folder(self, library))
