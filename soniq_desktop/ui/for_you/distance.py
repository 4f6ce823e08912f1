"""The dial "how far from home": one setting, shown wherever it matters."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.services.settings import SettingsService
from soniq_desktop.ui.components import Label, Slider
from soniq_desktop.ui.for_you.text import distance_word

SETTING = "discovery.distance"
SETTLED_MS = 300  # after the last movement


class DistanceDial(QWidget):
    """A slider over the setting; `settled` comes once it rests."""

    settled = Signal()

    def __init__(self, settings: SettingsService) -> None:
        super().__init__()
        self._settings = settings
        self.slider = Slider("How far from home, 0 to 100")
        self.slider.setMinimumWidth(140)
        self.slider.setMaximumWidth(220)
        self.slider.setValue(round(float(settings.get(SETTING))))
        self.value = Label("", "small", "text2", figures=True)
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self.settled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(Label("How far from home", "small", "text2", weight=500))
        layout.addWidget(self.slider)
        layout.addWidget(self.value)
        self.slider.valueChanged.connect(self._moved)
        settings.changed.connect(self._changed)
        self._show()

    def _moved(self, value: int) -> None:
        self._settings.set(SETTING, value)
        self._show()
        self._timer.start()

    def _changed(self, name: str) -> None:
        value = round(float(self._settings.get(SETTING)))
        if name == SETTING and value != self.slider.value():
            self.slider.setValue(value)

    def _show(self) -> None:
        value = self.slider.value()
        self.value.setText(f"{value}, {distance_word(value)}")
