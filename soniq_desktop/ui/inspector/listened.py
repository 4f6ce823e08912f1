"""The card "What the model listened to": the part, the class, the picture, and asking for it."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout

from soniq_desktop.analysis.genre.evidence import Evidence, Excerpt
from soniq_desktop.library.records import GenreHeard, Track, Waveform
from soniq_desktop.services.explain import PART, ExplainService
from soniq_desktop.ui.components import Card, IconButton, Label, Slider, Toggle
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.inspector.class_choice import ClassChoice
from soniq_desktop.ui.inspector.heat_view import GUTTER, HeatView
from soniq_desktop.ui.inspector.legend import Legend
from soniq_desktop.ui.inspector.part_picker import PartPicker
from soniq_desktop.ui.inspector.table import show_table
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.spectrogram.text import clock
from soniq_desktop.ui.theme import Theme

KEY = "inspector"
PICTURE = 1600, 720  # pixels of an exported picture
BEGIN = 0.35  # of a song that does not play: its beginning is often no music yet


class ListenedCard(Card):
    """Asks for a picture while it is seen. `explained` gives the Evidence, None where there is none."""

    explained = Signal(object)

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.explain is not None
        self._explain: ExplainService = services.explain
        self._services, self._navigator = services, navigator
        self._track: Track | None = None
        self._heard: GenreHeard | None = None
        self._told = False  # what is said of the song: until then nobody knows which class to explain
        self._seconds = 0.0
        self._label: str | None = None  # as the user chose; None: the likeliest
        self._shown: Excerpt | None = None
        self._make_parts()
        self._lay_out()
        self._connect()

    def _make_parts(self) -> None:
        self.classes = ClassChoice()
        self.overlay = Toggle("Overlay of the evidence", text="Overlay")
        self.overlay.setChecked(True)
        self.strength = Slider("Strength of the overlay")
        self.strength.setValue(70)
        self.strength.setFixedWidth(96)
        self.strength.setToolTip("Strength of the overlay")
        self.strength_label = Label("Strength", "body", "text2")
        self.legend = Legend()
        self.table = IconButton("ph.table", "Show the evidence as a table", size=16)
        self.export = IconButton("ph.export", "Save the picture as PNG", size=16)
        self.view = HeatView()
        self.follow = Toggle("Follow what plays", text="Follow")
        self.follow.setToolTip("Look at the part that plays")
        self.follow.setChecked(True)
        self.parts = PartPicker()
        self.says = Label("", "small", "text3", wrap=True)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(
            Label("What the model listened to", "body", weight=600, elide=Qt.TextElideMode.ElideRight), 1
        )
        head.addWidget(Label("Evidence for", "body", "text3"))
        head.addWidget(self.classes)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.overlay)
        tools.addSpacing(12)
        tools.addWidget(self.strength_label)
        tools.addWidget(self.strength)
        tools.addSpacing(12)
        tools.addWidget(self.follow)
        tools.addStretch(1)
        for part in (self.legend, self.table, self.export):
            tools.addWidget(part)
        foot = QHBoxLayout()  # the whole song below the part, from the same left edge on
        foot.setContentsMargins(Theme.current().px(GUTTER), 0, 0, 0)
        foot.addWidget(self.parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 13, 20, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(tools)
        column.addSpacing(4)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        column.addWidget(self.says)

    def _connect(self) -> None:
        self.classes.chosen.connect(self._choose_class)
        self.overlay.toggled.connect(lambda _on: self._set_overlay())
        self.strength.valueChanged.connect(lambda _value: self._set_overlay())
        self.follow.toggled.connect(self._follow_toggled)
        self.parts.picked.connect(self._pick)
        self.view.seek_wanted.connect(self._seek)
        self.table.clicked.connect(self._show_table)
        self.export.clicked.connect(self._ask_where)
        self._services.player.position_changed.connect(self._position_changed)
        self._set_overlay()

    # what is looked at

    def set_track(self, track: Track | None, label: str | None = None) -> None:
        """Another song, from where it plays or from a third on."""
        self._track, self._heard, self._label, self._shown = track, None, label, None
        self._told = False
        duration = track.tags.duration if track is not None else 0.0
        self.parts.set_waveform(None)
        self.parts.set_duration(duration)
        self._seconds = BEGIN * duration if duration > 2 * PART else 0.0
        self.follow.blockSignals(True)
        self.follow.setChecked(True)
        self.follow.blockSignals(False)
        self._position_changed(self._services.player.position())

    def set_heard(self, heard: GenreHeard | None) -> None:
        """What is said of the whole song: the classes to offer."""
        self._heard, self._told = heard, True
        self.look()

    def set_agreement(self, sentence: str) -> None:
        """Whom the picture explains, and how that goes with what is said of the song."""
        self.says.setText(sentence)

    def set_waveform(self, waveform: Waveform | None) -> None:
        self.parts.set_waveform(waveform)

    def set_narrow(self, narrow: bool) -> None:
        """In a small window the slider does without its word."""
        self.strength_label.setVisible(not narrow)

    def look(self) -> None:
        """Ask for the picture that should be shown, where it is not."""
        track = self._track
        if track is None or not self._told or not self.isVisible():
            return
        if track.missing:
            self._say("The file of this song is not there now, so it cannot be listened to.")
            return
        self.parts.show_part(self._seconds)
        wanted = self._explain.excerpt(track.path, self._seconds, track.tags.duration, self._wanted_class())
        self._offer()
        if wanted == self._shown:
            return
        self._shown = wanted
        if self._explain.known(wanted) is None:
            same = self.view.evidence is not None
            part = f"{clock(wanted.start)} to {clock(min(wanted.start + PART, track.tags.duration))}"
            self.view.show_message(f"Listening to {part}…", keep=same)
        self._explain.explain(wanted, self._arrived, self._failed, key=KEY)

    def leave(self) -> None:
        """Nobody looks any more."""
        self._explain.cancel(KEY)
        self._shown = None

    def _wanted_class(self) -> str | None:
        if self._label is not None or self._heard is None:
            return self._label
        return self._heard.shown[0] if self._heard.shown else words.in_order(self._heard.probabilities)[0][0]

    def _offer(self, found: Evidence | None = None) -> None:
        members = self._heard.shown if self._heard is not None else ()
        if self._heard is not None:
            order = words.in_order(self._heard.probabilities)
        elif found is not None:
            order = words.in_order(found.probabilities)
        else:
            order = []
        current = found.label if found is not None else self._wanted_class() or self.classes.current()
        self.classes.show_classes(members, [name for name, _ in order], current)
        self.legend.set_label(current)

    def _arrived(self, found: Evidence) -> None:
        self.view.show_evidence(found)
        self._offer(found)
        self._show_position()
        self.explained.emit(found)

    def _failed(self, sentence: str) -> None:
        """Not asked for again until another part, class or visit: it plays on, ten positions a second."""
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.view.show_message(sentence)
        self.explained.emit(None)

    # what the user does

    def _choose_class(self, label: str) -> None:
        self._label = label
        self.look()

    def _set_overlay(self) -> None:
        self.strength.setEnabled(self.overlay.isChecked())
        self.view.set_overlay(self.overlay.isChecked(), self.strength.value() / 100)

    def _pick(self, seconds: float) -> None:
        self.follow.setChecked(False)
        self._seconds = seconds
        self.look()

    def _seek(self, seconds: float) -> None:
        """A click in the picture: hear that place."""
        if self._plays():
            self._services.player.seek(seconds)

    def _follow_toggled(self, on: bool) -> None:
        if on:
            self._position_changed(self._services.player.position())
            self.look()

    def _plays(self) -> bool:
        playing = self._services.player.track()
        return self._track is not None and playing is not None and playing.id == self._track.id

    def _position_changed(self, seconds: float) -> None:
        self._show_position()
        if self._plays() and self.follow.isChecked():
            self._seconds = seconds
            self.look()

    def _show_position(self) -> None:
        if self.isVisible():
            now = self._services.player.position() if self._plays() else None
            self.view.set_position(now)
            self.parts.set_position(now)

    # taking it away

    def evidence_rows(self) -> list[list[str]]:
        """Where the evidence is, the part with most of it first."""
        found = self.view.evidence
        return [
            [
                f"{clock(each.start, 1)} – {clock(each.end, 1)}",
                words.band(each.low, each.high),
                words.percent(each.share),
                words.percent(each.peak),
            ]
            for each in (found.regions if found is not None else ())
        ]

    def _show_table(self) -> None:
        found = self.view.evidence
        title = f"Evidence for {found.label}" if found is not None else "Evidence"
        heads = ("Time", "Band", "Share of all", "Strongest")
        empty = "Nothing in this part speaks for this genre."
        show_table(self.table, title, heads, self.evidence_rows(), empty)

    def _ask_where(self) -> None:
        if self.view.evidence is None or self._track is None:
            return
        stamp = datetime.now(UTC).strftime("%Y%m%d")
        name = "".join(c if c.isalnum() or c in " -_" else "_" for c in self._track.title)[:60]
        suggestion = str(Path.home() / f"{name} {self.view.evidence.label} {stamp}.png")
        file, _ = QFileDialog.getSaveFileName(self, "Save the picture", suggestion, "PNG (*.png)")
        if file:
            self.save(Path(file))

    def save(self, file: Path) -> None:
        """Write the picture as it is shown."""
        file = file if file.suffix else file.with_suffix(".png")
        self._explain.export(
            self.view.picture(*PICTURE),
            file,
            lambda name: self._navigator.tell(f"Picture saved as {name}."),
            lambda error: self._navigator.tell(str(error)),
        )
