"""Menus with round corners."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from soniq_desktop.ui.theme import Theme


class Menu(QMenu):
    """A QMenu whose corners are really round; `item` adds an entry in one line."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setWindowFlags(
            self.windowFlags() | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFont(Theme.current().font("body"))
        self.setToolTipsVisible(True)

    def item(
        self, text: str, do: Callable[[], object], *, icon: str = "", shortcut: str = "",
        checked: bool | None = None, enabled: bool = True,
    ) -> QAction:  # fmt: skip
        """Add an entry. `shortcut` is shown only: the keys themselves belong to the view."""
        action = self.addAction(f"{text}\t{shortcut}" if shortcut else text)
        if icon:
            action.setIcon(Theme.current().icon(icon, size=16))
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked: do())
        return action
