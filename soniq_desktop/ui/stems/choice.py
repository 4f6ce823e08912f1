"""Before a song is taken apart: which engine, what it costs, and getting its weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Button, Card, Label, ProgressRing
from soniq_desktop.ui.songs.text import file_size, time_left
from soniq_desktop.ui.stems import words

if TYPE_CHECKING:
    from soniq_desktop.services.models import ModelProgress
    from soniq_desktop.services.stem_choices import EngineChoice

HIDDEN = "htdemucs-onnx"  # offered only where its file was imported: the other form needs less memory


class EngineCard(Card):
    """One engine with its costs and one button."""

    wanted = Signal(object)  # EngineChoice
    licence_wanted = Signal(object)
    cancel_wanted = Signal()

    def __init__(self, choice: "EngineChoice", *, first: bool) -> None:
        super().__init__()
        self.choice = choice
        self.setAccessibleName(f"{choice.title}. {words.ABOUT.get(choice.name, '')}")
        self.button = Button(self._offer(), kind="primary" if first else "secondary")
        self.button.clicked.connect(lambda: self.wanted.emit(choice))
        self.licence = Button("Licence", kind="ghost")
        self.licence.clicked.connect(lambda: self.licence_wanted.emit(choice))
        self.ring, self.share = ProgressRing(), Label("", "small", "text2", figures=True)
        self.cancel = Button("Cancel", kind="ghost")
        self.cancel.clicked.connect(self.cancel_wanted)
        self._lay_out()
        self.show_download(None)

    def _offer(self) -> str:
        choice = self.choice
        if not choice.installed:
            return "Carry on with the download" if choice.received else "Get the model"
        if choice.ready >= 1:
            return "Open the mixer"
        if choice.ready > 0:
            return f"Carry on from {choice.ready:.0%}".replace("%", " %")
        return "Separate"

    def _lay_out(self) -> None:
        choice = self.choice
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(6)
        column.addWidget(Label(choice.title, "panel"))
        column.addWidget(Label(words.ABOUT.get(choice.name, ""), "body", "text2", wrap=True))
        column.addSpacing(8)
        facts = (
            ("Stems", words.stems_text(choice.stems), "text"),
            ("Time for this song", words.time_text(choice), "text"),
            ("Memory", words.memory_text(choice), "text" if choice.fits else "warn"),
            ("Model", words.download_text(choice), "text"),
            ("Licence", choice.licence, "text"),
        )
        for name, value, token in facts:
            row = QHBoxLayout()
            row.setSpacing(12)
            label = Label(name, "small", "text3")
            label.setFixedWidth(116)
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(Label(value, "small", token, wrap=True), 1)
            column.addLayout(row)
        column.addStretch(1)
        column.addSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(10)
        for widget in (self.button, self.licence, self.ring):
            row.addWidget(widget)
        row.addWidget(self.share, 1)
        row.addWidget(self.cancel)
        row.addStretch(0)
        column.addLayout(row)

    def show_download(self, progress: "ModelProgress | None") -> None:
        """How far the download is, None when there is none."""
        busy = progress is not None
        for widget in (self.ring, self.share, self.cancel):
            widget.setVisible(busy)
        self.button.setVisible(not busy)
        self.licence.setVisible(not busy)
        if progress is None:
            return
        known = progress.total > 0
        self.ring.set_share(progress.received / progress.total if known else None)
        left = (progress.total - progress.received) / progress.rate if known and progress.rate > 0 else None
        done = file_size(progress.received)
        parts = (f"{done} of {file_size(progress.total)}" if known else done, time_left(left))
        self.share.setText(" · ".join(part for part in parts if part))
        self.share.setAccessibleName(f"Downloading, {self.share.text()}")


class ChoicePanel(QWidget):
    """The engines side by side, a sentence above, and the way for a file of one's own below."""

    start_wanted = Signal(object)  # EngineChoice, its weights are here
    get_wanted = Signal(object)
    licence_wanted = Signal(object)
    import_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[EngineCard] = []
        self.title = Label("Take this song apart", "heading")
        self.sentence = Label(
            "A model separates vocals, drums, bass and the rest on this computer. Nothing is uploaded. "
            "Choose one; the first part plays within seconds, and the result is kept.",
            "body",
            "text2",
            wrap=True,
        )
        self.trouble = Label("", "body", "warn", wrap=True)
        self.trouble.hide()
        self.import_file = Button("Import a model file", "ph.download-simple", "ghost")
        self.import_file.setToolTip(
            "Weights that you have as a file already: HTDemucs, its ONNX form, Spleeter"
        )
        self.import_file.clicked.connect(self.import_wanted)
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addWidget(self.trouble)
        column.addSpacing(4)
        column.addLayout(self._row)
        column.addWidget(self.import_file, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(480, super().minimumSizeHint().height())

    def show_choices(self, choices: Sequence["EngineChoice"]) -> None:
        """Offer these; the first that fits in memory is the one to take."""
        focused = next((i for i, card in enumerate(self.cards) if card.button.hasFocus()), None)
        for card in self.cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        offered = [each for each in choices if each.installed or each.name != HIDDEN]
        best = recommended(offered)
        self.cards = [EngineCard(choice, first=choice is best) for choice in offered]
        for card in self.cards:
            card.wanted.connect(self._take)
            card.licence_wanted.connect(self.licence_wanted)
            card.cancel_wanted.connect(self.cancel_wanted)
            self._row.addWidget(card, 1)
            card.show()  # now: the layout alone would show it an event later, after a moment of nothing
        if focused is not None and focused < len(self.cards):
            self.cards[focused].button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, choice: "EngineChoice") -> None:
        (self.start_wanted if choice.installed else self.get_wanted).emit(choice)

    def show_download(self, progress: "ModelProgress | None") -> None:
        """How far a download is."""
        for card in self.cards:
            mine = progress is not None and card.choice.model == progress.name
            card.show_download(progress if mine else None)
            card.button.setEnabled(progress is None or mine)

    def say(self, sentence: str) -> None:
        """What went wrong, or nothing."""
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))


def recommended(choices: Sequence["EngineChoice"]) -> "EngineChoice | None":
    """What one would take: an engine that is here and fits, the best first; else the best that fits."""
    fitting = [each for each in choices if each.fits] or list(choices)
    return next((each for each in fitting if each.installed), next(iter(fitting), None))
