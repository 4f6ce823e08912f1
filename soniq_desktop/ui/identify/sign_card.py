"""The card for every way in which no track was recognised: a sign, a sentence, and what to do next."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from soniq_desktop.common.music import camelot, key_name
from soniq_desktop.services.answers import Miss
from soniq_desktop.services.clip_sound import ClipSound
from soniq_desktop.ui.components import Button, Card, Label
from soniq_desktop.ui.identify.parts import Fact, Facts, Tile
from soniq_desktop.ui.identify.text import families, percent

CLEAR_TEMPO, CLEAR_KEY = 0.2, 0.5  # confidence below which a short recording through the air says nothing
KEPT = "A kept clip is checked again whenever you add music. It never leaves this computer."


class SignCard(Card):
    """A sign, a title, a sentence, facts, and at most two actions."""

    def __init__(self) -> None:
        super().__init__()
        self.sign = Tile("ph.question")
        self.title = Label("", "heading", wrap=True, weight=700)
        self.sentence = Label("", "body", "text2", wrap=True)
        self.primary = Button("", "", "primary", "large")
        self.primary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.secondary = Button("", "", "secondary", "large")
        self.footnote = Label("", "small", "text3", wrap=True)
        self.facts = Facts()
        self._do: Callable[[], object] | None = None
        self._also: Callable[[], object] | None = None
        self.primary.clicked.connect(lambda: self._do and self._do())
        self.secondary.clicked.connect(lambda: self._also and self._also())
        self._lay_out()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.title)
        texts.addWidget(self.sentence)
        texts.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self.primary, 1)
        actions.addWidget(self.secondary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(self.facts)
        layout.addLayout(actions)
        layout.addWidget(self.footnote)

    def show_texts(self, icon: str, title: str, sentence: str, footnote: str = "") -> None:
        """Other words; facts and actions go away."""
        self.sign.set_icon(icon)
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.footnote.setText(footnote)
        self.footnote.setVisible(bool(footnote))
        self.facts.set_facts([])
        self.primary.hide()
        self.secondary.hide()
        self.setAccessibleName(f"{title}. {sentence}")

    def offer(self, text: str, icon: str, do: Callable[[], object]) -> None:
        """The one thing to do next."""
        self.primary.setText(text)
        self.primary.set_icon(icon)
        self.primary.show()
        self._do = do

    def also(self, text: str, icon: str, do: Callable[[], object], *, enabled: bool = True) -> None:
        """The other thing to do."""
        self.secondary.setText(text)
        self.secondary.set_icon(icon)
        self.secondary.setEnabled(enabled)
        self.secondary.show()
        self._also = do

    def show_miss(self, miss: Miss, listen: Callable[[], object], keep: Callable[[], object]) -> None:
        """Nothing was recognised."""
        sentence = miss.result.reason
        if miss.result.best_guess_similarity > 0:
            sentence += f" The best guess is only {percent(miss.result.best_guess_similarity)} likely."
        self.show_texts("ph.question", "Not in your library", sentence, KEPT)
        self.offer("Listen again", "ph.arrow-clockwise", listen)
        self.also("Keep clip", "ph.download-simple", keep, enabled=bool(miss.clip))

    def show_sound(self, sound: ClipSound) -> None:
        """How the unknown music sounds, once that was found out."""
        features = sound.features
        facts: list[Fact] = []
        if names := families(sound.tags):
            facts.append(("Sounds like", tuple(names)))
        if features.tempo and (features.tempo_confidence or 0.0) >= CLEAR_TEMPO:
            facts.append(("Tempo", f"{features.tempo:.0f} BPM"))
        clear = (features.key_confidence or 0.0) >= CLEAR_KEY
        if clear and features.key is not None and features.mode is not None:
            name = key_name(features.key, features.mode).removesuffix("m")
            facts.append(("Key", f"{name} {features.mode} · {camelot(features.key, features.mode)}"))
        self.facts.set_facts(facts)
