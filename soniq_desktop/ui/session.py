"""What the window remembers between two starts, as JSON values in the settings."""

import base64
from typing import Any

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.navigation import Place

# Parameters that make sense in another run; the rest of a place is left out.
FRAME = QSize(2, 38)  # what a title bar and borders take, about: they are known only once they are there
KEEP_TYPES = (str, int, float, bool, dict, list, type(None))


def save_geometry(window: QWidget) -> str:
    """The window's place and size as text."""
    return base64.b64encode(window.saveGeometry().data()).decode("ascii")


def restore_geometry(window: QWidget, saved: object) -> bool:
    """Put the window where it was; False where that cannot be."""
    if not isinstance(saved, str):
        return False
    try:
        data = base64.b64decode(saved, validate=True)
    except ValueError:
        return False
    return window.restoreGeometry(QByteArray(data))


def screen_room(window: QWidget) -> QSize | None:
    """Room for the window's content on its screen; None where the screen is only made up (no display)."""
    if QGuiApplication.platformName() in {"offscreen", "minimal"}:
        return None
    return window.screen().availableSize() - FRAME


def save_place(place: Place | None) -> dict[str, Any] | None:
    """A place of the history as JSON."""
    if place is None:
        return None
    params = {name: value for name, value in place.params.items() if isinstance(value, KEEP_TYPES)}
    return {"page": place.page, "params": params}


def load_place(saved: object) -> Place | None:
    """The reverse; None for anything else."""
    if not isinstance(saved, dict) or not isinstance(saved.get("page"), str):
        return None
    params = saved.get("params")
    return Place(saved["page"], params if isinstance(params, dict) else {})
