"""Half, double, and back: the user's say on the octave of a tempo."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Button, Label

SLOWEST, FASTEST = 20.0, 400.0  # BPM within which a tempo may be halved or doubled
SAME = 0.01  # a tempo that differs by less from the measured one is no correction


class TempoButtons(QWidget):
    """Emits `corrected` with the new tempo in BPM, or None for the measured one."""

    corrected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track: Track | None = None
        self.half = self._button("÷2", "Count at half the tempo", 0.5)
        self.double = self._button("×2", "Count at twice the tempo", 2.0)
        self.undo = Button("Undo", kind="ghost", size="chip")
        self.undo.setAccessibleName("Take back my tempo")
        self.undo.clicked.connect(lambda: self.corrected.emit(None))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Label("Count the beat at", "small", "text2"), 1)
        for button in (self.undo, self.half, self.double):
            layout.addWidget(button)

    def _button(self, text: str, name: str, factor: float) -> Button:
        button = Button(text, kind="secondary", size="chip")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(lambda: self._scale(factor))
        return button

    def set_track(self, track: Track | None) -> None:
        """Show which ways are open for a track; nothing where no tempo is known."""
        self._track = track
        tempo = _tempo(track)
        self.setVisible(tempo is not None)
        if track is None or tempo is None:
            return
        self.half.setEnabled(tempo / 2 >= SLOWEST)
        self.double.setEnabled(tempo * 2 <= FASTEST)
        self.undo.setVisible(track.tempo_corrected is not None)

    def _scale(self, factor: float) -> None:
        tempo = _tempo(self._track)
        if self._track is None or self._track.features is None or tempo is None:
            return
        wanted = tempo * factor
        measured = self._track.features.tempo_alternative if self._track.tempo_corrected else tempo
        back = measured is not None and abs(wanted / measured - 1) < SAME
        self.corrected.emit(None if back else wanted)


def _tempo(track: Track | None) -> float | None:
    return track.features.tempo if track is not None and track.features is not None else None
