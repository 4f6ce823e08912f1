"""Settings: what songs are compared by, and where a change of that stands."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.services.sound_model import Offer, SoundModelService
from soniq_desktop.ui.components import Button, Label, ProgressRing
from soniq_desktop.ui.pages.settings_parts import Choice, SettingsCard
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.sound.question import Question, ask
from soniq_desktop.ui.sound.words import option, status, title_of


class SoundCard(SettingsCard):
    """The choice of a model; below it, while one is on the way, how far it is."""

    def __init__(self, services: Services, sound: SoundModelService) -> None:
        super().__init__(
            "Sound model",
            "Similar songs, For you, radio, Galaxy and Wormhole compare songs by it. Genres and moods do not "
            "change.",
        )
        self._services, self._sound = services, sound
        self._offers: list[Offer] = []
        self.question: Question | None = None
        self.model = Choice("Sound model")
        self.model.chosen.connect(self._chosen)
        self.add(
            "Compare songs by", "musicnn is built in. Another one has to hear every song first.", self.model
        )
        self.rows.addWidget(self._make_status())
        sound.changed.connect(self.show_state)
        sound.switched.connect(lambda _name: self.refresh())
        self.show_state()

    def refresh(self) -> None:
        """Look which models there are, and what they have heard."""
        self._sound.choices(self._arrived)

    def _make_status(self) -> QWidget:
        self.status = QWidget()
        row = QHBoxLayout(self.status)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.ring = ProgressRing()
        self.words = Label("", "small", "text2", wrap=True, figures=True)
        self.pause = Button("Pause", "ph.pause", "ghost")
        self.cancel = Button("Cancel", kind="ghost")
        self.pause.clicked.connect(self._pause)
        self.cancel.clicked.connect(self._sound.keep)
        row.addWidget(self.ring)
        row.addWidget(self.words, 1)
        row.addWidget(self.pause)
        row.addWidget(self.cancel)
        return self.status

    def _arrived(self, offers: list[Offer]) -> None:
        self._offers = offers
        self.model.set_options([(option(each.choice), each.choice.spec.name) for each in offers])
        for row, each in enumerate(offers):
            if each.choice.state == "package":
                self.model.disable(row, f"The package {each.choice.needs} is not installed")
        self.show_state()

    def _chosen(self, name: str) -> None:
        offer = next((each for each in self._offers if each.choice.spec.name == name), None)
        state = self._sound.state()
        self.model.set_value(state.wanted)  # until it has been agreed to
        if offer is None or name == state.wanted:
            return
        if offer.ready:
            self._sound.choose(name)
            return

        def answered(weights: str | None, agreed: bool) -> None:
            self._sound.choose(name, weights, agreed=agreed)

        count = self._services.library.counts().tracks
        used = title_of(state.used)
        self.question = ask(self, offer.choice, used, count, self._sound.workers(), answered)

    def _pause(self) -> None:
        progress = self._sound.state().progress
        if progress is None:
            self._sound.go_on()
        elif progress.paused:
            self._services.library.resume()
        else:
            self._services.library.pause()

    def show_state(self) -> None:
        """What holds now."""
        state = self._sound.state()
        progress = state.progress
        words = status(state, title_of(state.used))
        self.model.set_value(state.wanted)
        self.status.setVisible(bool(words))
        self.words.setText(words)
        self.words.set_color("text2" if state.step else "danger")
        self.ring.setVisible(bool(state.step))
        self.ring.set_share(
            progress.done / progress.total if progress is not None and progress.total else None
        )
        waits, paused = progress is None, progress is not None and progress.paused
        self.pause.setVisible(state.step == "hearing" and not state.busy)
        self.pause.setText("Go on" if waits or paused else "Pause")
        self.pause.set_icon("ph.play" if waits or paused else "ph.pause")
        self.cancel.setVisible(state.step in ("preparing", "hearing"))
