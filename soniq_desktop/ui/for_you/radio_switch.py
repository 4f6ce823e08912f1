"""The switch in the queue panel: does music go on at the end of the queue?"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.ui.components import Label, Toggle

if TYPE_CHECKING:
    from soniq_desktop.services.radio import RadioService

HINT = "goes on when the queue ends"


class RadioSwitch(QWidget):
    """A word, what it means, and the switch; follows the setting wherever that is changed."""

    def __init__(self) -> None:
        super().__init__()
        self._radio: RadioService | None = None
        self.toggle = Toggle("Radio: go on when the queue ends")
        self.toggle.toggled.connect(self._set)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Label("Radio", "small", "text2", weight=500))
        layout.addWidget(Label(HINT, "small", "text3", elide=Qt.TextElideMode.ElideRight), 1)
        layout.addWidget(self.toggle)

    def follow(self, radio: "RadioService") -> None:
        """Show and switch this radio."""
        self._radio = radio
        radio.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        assert self._radio is not None
        self.toggle.blockSignals(True)
        self.toggle.setChecked(self._radio.on())
        self.toggle.blockSignals(False)
        self.toggle.update()

    def _set(self, on: bool) -> None:
        if self._radio is not None:
            self._radio.set_on(on)
