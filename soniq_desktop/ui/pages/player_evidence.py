"""The full player's evidence: a switch, the class, and asking for the parts that come."""

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.analysis.genre.evidence import Evidence
from soniq_desktop.library.records import GenreHeard, Track
from soniq_desktop.services.explain import PART, ExplainService
from soniq_desktop.ui.components import Button, Menu, Toggle
from soniq_desktop.ui.genres import FAMILIES
from soniq_desktop.ui.inspector.colours import class_colour
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.spectrogram.canvas import SpectrogramCanvas
from soniq_desktop.ui.spectrogram.evidence import EvidenceLayer

NOW, NEXT = "player.now", "player.next"


class PlayerEvidence(QWidget):
    """Grad-CAM over the mel view while the switch is on. Asks for the part that plays, then for the next."""

    def __init__(self, services: Services, canvas: SpectrogramCanvas) -> None:
        super().__init__()
        assert services.explain is not None
        self._services, self._canvas = services, canvas
        self._explain: ExplainService = services.explain
        self._track: Track | None = None
        self._label: str | None = None
        self._chosen = False  # by the user, for this song
        self._layer: EvidenceLayer | None = None
        self._pending: dict[str, float] = {}  # starts of the parts that are awaited
        self._silent: set[float] = set()  # starts of parts that cannot be explained
        self.switch = Toggle("Show what spoke for the genre", text="Evidence")
        self.switch.setToolTip("What in the sound spoke for a genre, by the CRNN; on the mel view")
        self.classes = Button("", "ph.caret-down", "ghost", "chip")
        self.classes.setAccessibleName("Evidence for which genre")
        self.classes.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.switch)
        row.addWidget(self.classes)
        self.switch.toggled.connect(lambda _on: self._restart())
        self.classes.clicked.connect(self._open_menu)

    def set_track(self, track: Track | None) -> None:
        """Another song plays."""
        if track is not None and self._track is not None and track.id == self._track.id:
            return
        self._track, self._label, self._chosen = track, None, False
        self._silent.clear()
        if track is not None and self._services.genre is not None:
            self._services.genre.heard(track.id, partial(self._heard, track.id), key="player")
        self._restart()

    def leave(self) -> None:
        """Nobody looks any more."""
        for key in (NOW, NEXT):
            self._explain.cancel(key)
        self._pending.clear()

    def look(self) -> None:
        """Ask for the part that plays, and for the next one before it begins."""
        track = self._track
        if not self.switch.isChecked() or track is None or track.missing or self._canvas.mode != 0:
            return
        now = self._services.player.position()
        if self._ask(track, now, NOW) and now + PART < track.tags.duration:
            self._ask(track, now + PART, NEXT)

    def _ask(self, track: Track, seconds: float, key: str) -> bool:
        """Whether nothing is to be done for this part: it is there, or it has no evidence."""
        wanted = self._explain.excerpt(track.path, seconds, track.tags.duration, self._label)
        if self._layer is None or wanted.start in self._silent or self._layer.holds(wanted.start):
            return True
        if self._pending.get(key) != wanted.start:
            self._pending[key] = wanted.start
            done, failed = partial(self._arrived, wanted.start), partial(self._failed, wanted.start)
            self._explain.explain(wanted, done, failed, key=key)
        return False

    def _restart(self) -> None:
        self.leave()
        on = self.switch.isChecked() and self._track is not None
        self._layer = EvidenceLayer(class_colour(self._label or "")) if on else None
        self._canvas.set_evidence(self._layer)
        self.classes.setVisible(on and self._label is not None)
        self.classes.setText(self._label or "")
        self.look()

    def _heard(self, track_id: int, heard: GenreHeard | None) -> None:
        if self._track is None or self._track.id != track_id or self._chosen or heard is None:
            return
        best = FAMILIES[int(heard.probabilities.argmax())]
        self._choose(heard.shown[0] if heard.shown else best, chosen=False)

    def _choose(self, label: str, *, chosen: bool = True) -> None:
        self._label, self._chosen = label, chosen
        self._restart()

    def _arrived(self, asked: float, found: Evidence) -> None:
        if self._layer is None:
            return
        if self._label is None:  # nobody knows the genre: what the network says of the first part
            self._choose(found.label, chosen=False)
            return
        self._layer.add(asked, found)
        self._canvas.update()

    def _failed(self, asked: float, sentence: str) -> None:
        """A part without sound has no evidence; the reason is in the tooltip."""
        self._silent.add(asked)
        self.switch.setToolTip(sentence)

    def menu(self) -> Menu:
        """All classes."""
        menu = Menu("Evidence for", parent=self)
        for family in FAMILIES:
            menu.item(family, partial(self._choose, family), checked=family == self._label)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.classes.mapToGlobal(QPoint(0, self.classes.height() + 4)))
