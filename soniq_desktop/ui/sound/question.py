"""What a model takes and may be used for, before it begins to hear the library."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from soniq_desktop.lab.embed.sound_choices import SoundChoice
from soniq_desktop.ui.components import Button, Label, Popover, Toggle
from soniq_desktop.ui.sound.words import facts

WIDTH = 480

Answer = Callable[[str | None, bool], None]  # (weights of the user's own, whether the licence was accepted)


class Question(Popover):
    """`answered` is called with the answer; closing it any other way changes nothing."""

    def __init__(self, owner: QWidget, choice: SoundChoice, used: str, lines: list[str], answered: Answer):
        title = f"Compare songs by {choice.title}?"
        super().__init__(owner, name=title, width=WIDTH, padding=24)
        self._choice, self._answered = choice, answered
        self._weights: str | None = None
        self.body.addWidget(Label(title, "panel"))
        for line in lines:
            self.body.addWidget(Label(line, "body", "text2", wrap=True))
        stays = f"It hears your songs in the background. Until it has heard them all, {used} stays in use."
        self.body.addWidget(Label(stays, "body", wrap=True))
        self.file = Label("", "small", "text3", wrap=True)
        self.file.hide()
        self.body.addWidget(self.file)
        self.agree: Toggle | None = None
        if choice.spec.consent:
            self.agree = Toggle(
                "I have read the licence of the weights and accept it", text="I accept the licence"
            )
            self.agree.toggled.connect(lambda _on: self._look())
            self.body.addWidget(self.agree)
        self.body.addLayout(self._buttons())
        self._look()

    def _buttons(self) -> QHBoxLayout:
        self.folder = Button("Choose weights", "ph.folder-open", "ghost")
        cancel = Button("Cancel", kind="ghost")
        words = "Fetch and begin" if self._choice.state == "fetch" else "Begin"
        self.begin = Button(words, kind="primary")
        self.folder.clicked.connect(self._choose)
        cancel.clicked.connect(self.close_popover)
        self.begin.clicked.connect(self._answer)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder)
        if not (self._choice.spec.hub or self._choice.state == "weights"):
            self.folder.hide()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.begin)
        return row

    def set_weights(self, path: str) -> None:
        """Take the weights from a folder (or file) of the user's own."""
        self._weights = path
        self.file.setText(f"Weights: {path}")
        self.file.show()
        self.begin.setText("Begin")
        self._look()

    def _choose(self) -> None:
        title = f"Weights of {self._choice.title}"
        if self._choice.state == "weights":
            path, _ = QFileDialog.getOpenFileName(self, title, str(Path.home()), "Weights (*.safetensors)")
        else:
            path = QFileDialog.getExistingDirectory(self, title, str(Path.home()))
        if path:
            self.set_weights(path)

    def _look(self) -> None:
        """Only what was agreed to and is complete can begin."""
        complete = self._choice.state != "weights" or self._weights is not None
        self.begin.setEnabled(complete and (self.agree is None or self.agree.isChecked()))

    def _answer(self) -> None:
        self.close_popover()
        self._answered(self._weights, self.agree is not None and self.agree.isChecked())


def ask(
    owner: QWidget, choice: SoundChoice, used: str, count: int, workers: int, answered: Answer
) -> Question:
    """Open the question for a library of `count` songs."""
    question = Question(owner, choice, used, facts(choice, count, workers), answered)
    question.open_centred()
    return question
