"""From a song without stems to one with them: engines, weights, the work itself, and what may go wrong."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QFileDialog

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Menu, Popover
from soniq_desktop.ui.stems import words
from soniq_desktop.ui.stems.choice import ChoicePanel, recommended
from soniq_desktop.ui.stems.licence import open_licence
from soniq_desktop.ui.stems.strip import SeparationStrip

if TYPE_CHECKING:
    from soniq_desktop.services.stem_choices import EngineChoice
    from soniq_desktop.services.stem_jobs import StemProgress
    from soniq_desktop.services.stems import StemService

FILTER = "Model files (*.safetensors *.onnx *.whl *.tgz *.th);;All files (*)"


class Separating(QObject):
    """Owns the strip and the choice of engines; the page says which song it is about."""

    moved = Signal()  # progress, or the end of it: lanes show what they wait for
    choices_known = Signal()

    def __init__(
        self, service: "StemService", strip: SeparationStrip, choice: ChoicePanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._service, self.strip, self.choice = service, strip, choice
        self.track: Track | None = None
        self.progress: StemProgress | None = None
        self.choices: list[EngineChoice] = []
        self._titles: dict[int, str] = {}
        self._start_when_here: str | None = None  # model whose download is followed by a separation
        self._short: EngineChoice | None = None  # an engine that was wanted and does not fit
        self._last: str | None = None  # engine of the last start
        self.licence: Popover | None = None
        self._then: Callable[[], None] | None = None  # waits for the answer about the engines
        self._connect()

    def _connect(self) -> None:
        service, strip, choice = self._service, self.strip, self.choice
        service.progress.connect(self._take_progress)
        service.models.progress.connect(choice.show_download)
        service.models.changed.connect(self._models_changed)
        strip.pause_wanted.connect(service.pause)
        strip.resume_wanted.connect(self.carry_on)
        strip.cancel_wanted.connect(service.cancel)
        strip.first_wanted.connect(self._first)
        strip.second_wanted.connect(self._second)
        strip.dismissed.connect(self._dismiss)
        strip.engine.clicked.connect(self._open_engines)
        choice.start_wanted.connect(self.start)
        choice.get_wanted.connect(self._get)
        choice.licence_wanted.connect(self._show_licence)
        choice.import_wanted.connect(self._import)
        choice.cancel_wanted.connect(service.models.cancel)

    # engines

    def set_track(self, track: Track | None) -> None:
        """Another song; asks what the engines would cost for it."""
        self.track, self.choices = track, []
        self._short = self._then = None
        self.choice.say("")
        if self.strip.in_trouble:
            self.strip.hide()
        self.ask()
        self._show_progress()

    def ask(self, then: Callable[[], None] | None = None) -> None:
        """Ask for the engines; `then` is called when they are known, even if somebody asks again before."""
        self._then = then or self._then
        if self.track is not None:
            self._service.engines(self.track, partial(self._take_choices, self.track.id))

    def _take_choices(self, track_id: int, choices: Sequence["EngineChoice"]) -> None:
        if self.track is None or self.track.id != track_id:
            return
        self.choices = list(choices)
        self.choice.show_choices(self.choices)
        if not self.strip.in_trouble:
            self._show_progress()  # the engine has its title now
        self.choices_known.emit()
        then, self._then = self._then, None
        if then is not None:
            then()

    def best(self) -> "EngineChoice | None":
        """The engine to take without asking: here already, the best that fits; None: one has to choose."""
        found = recommended(self.choices)
        return found if found is not None and found.installed else None

    def title_of(self, engine: str) -> str:
        """Its name for people."""
        return next((each.title for each in self.choices if each.name == engine), engine)

    # starting

    def start(self, choice: "EngineChoice", *, force: bool = False) -> None:
        """Take the song apart; where memory is short, say so and offer a lighter engine first."""
        if self.track is None:
            return
        if choice.ready >= 1:
            self._service.open(self.track, choice.name)
            return
        if not choice.fits and not force:
            self._offer_lighter(choice)
            return
        self._short, self._last = None, choice.name
        self._titles[self.track.id] = self.track.title
        self.choice.say("")
        if self.strip.in_trouble:
            self.strip.hide()
        self._service.start(self.track, choice.name, force=force)

    def carry_on(self) -> None:
        """Go on with what was paused, in this run of the program or in an earlier one."""
        if self.mine:
            self._service.resume()
        elif self.track is not None and (current := self._service.current()) is not None:
            self._service.start(self.track, current.spec.name)

    def _offer_lighter(self, choice: "EngineChoice") -> None:
        self._short = choice
        lighter = self._lighter(choice)
        first = f"Use {lighter.title} instead" if lighter is not None else ""
        hint = "Close other programs first."
        if lighter is not None:
            hint = f"{lighter.title} needs about {words.gigabytes(lighter.memory)}."
        self.strip.show_trouble(words.short_of_memory(choice), hint, first, "Start anyway")

    def _lighter(self, than: "EngineChoice") -> "EngineChoice | None":
        lighter = [each for each in self.choices if each.memory < than.memory and each.fits]
        return max(lighter, key=lambda each: (each.installed, each.memory), default=None)

    def _first(self) -> None:
        """The strip's first button: a lighter engine, or once more."""
        short = self._short
        self._dismiss()
        if short is not None:
            lighter = self._lighter(short)
            if lighter is not None:
                (self.start if lighter.installed else self._get)(lighter)
        else:
            self.ask(self._again)

    def _again(self) -> None:
        again = next((each for each in self.choices if each.name == self._last), self.best())
        if again is not None:
            self.start(again)

    def _second(self) -> None:
        short, failed = self._short, next((each for each in self.choices if each.name == self._last), None)
        self._dismiss()
        if short is not None:
            self.start(short, force=True)
        elif failed is not None and (lighter := self._lighter(failed)) is not None:
            (self.start if lighter.installed else self._get)(lighter)

    def _dismiss(self) -> None:
        self._short = None
        self.strip.hide()
        self._show_progress()

    # weights

    def _get(self, choice: "EngineChoice") -> None:
        self.licence = open_licence(self.choice, choice, partial(self._fetch, choice))

    def _fetch(self, choice: "EngineChoice") -> None:
        self.choice.say("")
        self._start_when_here = choice.model
        self._service.models.get(choice.model, accepted=True)

    def _show_licence(self, choice: "EngineChoice") -> None:
        self.licence = open_licence(self.choice, choice, None)

    def _import(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self.choice, "Import a model file", "", FILTER)
        if file:
            self.choice.say("")
            self._service.models.import_file(file)

    def _models_changed(self) -> None:
        self.ask(self._start_fetched)

    def _start_fetched(self) -> None:
        model, self._start_when_here = self._start_when_here, None
        here = next((each for each in self.choices if each.model == model and each.installed), None)
        if here is not None and self.choice.isVisible():
            self.start(here)

    # the work

    @property
    def running(self) -> bool:
        """The page's song is being taken apart now."""
        return self.mine and self.progress is not None and self.progress.stage in ("loading", "separating")

    @property
    def mine(self) -> bool:
        """What goes on is about the page's song."""
        return (
            self.progress is not None and self.track is not None and self.progress.track_id == self.track.id
        )

    def _take_progress(self, progress: "StemProgress | None") -> None:
        ended = progress is None or progress.stage == "done"
        self.progress = None if ended else progress
        if not self.strip.in_trouble:
            self._show_progress()
        if ended:
            self.ask()
        self.moved.emit()

    def _show_progress(self) -> None:
        progress = self.progress
        if progress is None:
            if not self.strip.in_trouble:
                self.strip.hide()
            self._offer_rest()
            return
        elsewhere = "" if self.mine else self._titles.get(progress.track_id, "another song")
        self.strip.show_progress(progress, self.title_of(progress.engine), elsewhere=elsewhere)

    def _offer_rest(self) -> None:
        """Half of a song is in the cache and nothing works on it: say so, with a way to carry on."""
        current = self._service.current()
        if (
            current is None
            or self.track is None
            or current.track.id != self.track.id
            or self.strip.in_trouble
        ):
            return
        stem_set = current.stem_set
        if stem_set.complete or not stem_set.done() or stem_set.layout is None:
            return
        from soniq_desktop.services.stem_jobs import StemProgress

        duration = stem_set.layout.frames / stem_set.layout.sample_rate
        paused = StemProgress(
            self.track.id, current.spec.name, "paused", len(stem_set.done()), stem_set.chunks,
            stem_set.seconds_ready, duration,
        )  # fmt: skip
        self.strip.show_progress(paused, self.title_of(current.spec.name))

    def opened(self) -> None:
        """Another song, or other stems, are in the mixer."""
        if not self.strip.in_trouble:
            self._show_progress()

    def failed(self, sentence: str, hint: str) -> None:
        """Something went wrong: in the choice where that is shown, else in the strip."""
        self._start_when_here = None
        if self.choice.isVisible():
            self.choice.say(f"{sentence} {hint}".strip())
        else:
            again = "Try again" if self._last or self.best() else ""
            lighter = self._lighter_after(f"{sentence} {hint}")
            other = f"Use {lighter.title} instead" if lighter is not None else ""
            self.strip.show_trouble(sentence, hint, again, other)

    def _lighter_after(self, words_of_failure: str) -> "EngineChoice | None":
        """Where memory was the trouble: an engine that needs less than the one that failed."""
        failed = next((each for each in self.choices if each.name == self._last), None)
        return self._lighter(failed) if failed is not None and "memory" in words_of_failure else None

    # engine menu

    def engine_items(self, menu: Menu) -> None:
        """An entry for each engine that is here."""
        current = self._service.current()
        used = current.spec.name if current is not None else ""
        for each in self.choices:
            if each.installed:
                name = f"{each.title}, {words.stems_text(each.stems).lower()}, {words.about(each.seconds)}"
                if each.ready >= 1:
                    name = f"{each.title}, {words.stems_text(each.stems).lower()}, ready"
                menu.item(name, partial(self._use, each), checked=each.name == used)

    def _use(self, choice: "EngineChoice") -> None:
        current = self._service.current()
        if self.track is None or (self.running and current is not None and current.spec.name == choice.name):
            return
        if choice.ready >= 1:
            self._service.open(self.track, choice.name)
        else:
            self.start(choice)

    def _open_engines(self) -> None:
        menu = Menu("Engine", self.strip)
        self.engine_items(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.strip.engine.mapToGlobal(QPoint(0, self.strip.engine.height() + 4)))
