"""What songs are compared by: chosen, prepared, heard by in the background, then used everywhere at once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.errors import ModelError, SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.compared_by import spec_of
from soniq_desktop.lab.embed.covering import left, see_that_it_hears
from soniq_desktop.lab.embed.sound_choices import TITLES, SoundChoice, sound_choices
from soniq_desktop.lab.embed.sound_model import DEFAULT, own_weights, prepared, prepared_before
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.listening import default_workers
from soniq_desktop.services.progress import Progress
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("sound model")
MODEL, WEIGHTS, AGREED = "sound.model", "sound.weights", "sound.agreed"

Step = Literal["", "preparing", "hearing", "switching"]


@dataclass(frozen=True, slots=True)
class SoundState:
    """Where a change of the sound model stands.

    Attributes:
        used: name of the model that songs are compared by.
        wanted: name of the one that was chosen; the same where nothing is on the way.
        step: "preparing" (weights are fetched, the model is tried), "hearing" (it hears the library),
            "switching" (the index is made), or empty.
        progress: of the hearing, None while it waits.
        trouble: why the last change failed, or why the model in use cannot hear new songs.
        busy: SONIQ works at something else of the library first.
    """

    used: str
    wanted: str
    step: Step = ""
    progress: Progress | None = None
    trouble: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be chosen; `ready`: it has heard the library before, so that no time is needed."""

    choice: SoundChoice
    ready: bool


class SoundModelService(QObject):
    """One change at a time; the model in use stays in use until the next one has heard the library.

    No method blocks; answers and signals come on the GUI thread.
    """

    changed = Signal()  # `state` is another one
    switched = Signal(str)  # songs are compared by this model of the lab from now on
    message = Signal(str)  # a plain sentence

    def __init__(
        self,
        catalogue: Catalogue,
        library: LibraryService,
        discovery: DiscoveryService,
        settings: SettingsService,
        paths: Paths,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._library, self._discovery = catalogue, library, discovery
        self._settings, self._paths = settings, paths
        self._tasks = Tasks(2, self)  # preparing may take as long as a download
        self._used = catalogue.sound_model()
        self._next: SoundModel | None = None  # prepared, and on the way
        self._change = 0  # counts changes: answers to an earlier one are of no interest
        self._stop = threading.Event()  # of the change that is being prepared
        self._step: Step = ""
        self._progress: Progress | None = None
        self._trouble = ""
        self._busy = False
        library.heard_by.connect(self._heard)
        library.deaf.connect(self._deaf)
        library.progress.connect(self._progressed)

    # -- life

    def start(self) -> None:
        """Let the model in use hear what is new, and go on with a change that was not finished."""
        self._listen()
        if self.state().wanted != self.state().used:
            self._begin()

    def close(self) -> None:
        """End threads and processes; what was heard is kept. Safe to call twice."""
        self._stop.set()
        self._tasks.close()

    # -- questions

    def state(self) -> SoundState:
        """Where things stand, from memory."""
        used = DEFAULT if self._used is None else self._used.model
        wanted = str(self._settings.get(MODEL))
        return SoundState(used, wanted, self._step, self._progress, self._trouble, self._busy)

    def choices(self, done: Callable[[list[Offer]], None]) -> None:
        """The models, what each needs, and which have heard the library before."""
        self._tasks.run(self._offers, done, key="choices")

    def _offers(self) -> list[Offer]:
        known = self._catalogue.sound_models()
        offers = []
        for choice in sound_choices(self._paths.models / "hub"):
            model = prepared_before(known, choice.spec.name, None)
            heard = model is not None and not left(self._catalogue, model)
            offers.append(Offer(choice, heard or choice.spec.name == DEFAULT))
        return offers

    def workers(self) -> int:
        """How many processes hear at a time."""
        return int(self._settings.get("analysis.workers")) or default_workers()

    # -- commands

    def choose(self, name: str, weights: str | None = None, *, agreed: bool = False) -> None:
        """Compare songs by another model, once it has heard them.

        Args:
            weights: a folder (or file) of the user's own.
            agreed: the user has read the licence of the weights and agrees, also to code that it brings.
        """
        if agreed:
            self._settings.set(AGREED, sorted({*self._settings.get(AGREED), name}))
        self._settings.set(WEIGHTS, weights)
        self._settings.set(MODEL, name)
        self._begin()

    def keep(self) -> None:
        """Stay with the model in use; what the other has heard is kept. The last step cannot be stopped."""
        if self._step != "switching":
            self._end("")

    def go_on(self) -> None:
        """Hear on after the user has stopped the background work."""
        self._listen()

    # -- a change, step by step

    def _begin(self) -> None:
        self._change += 1
        self._stop.set()
        self._stop = threading.Event()
        self._next, self._progress, self._trouble = None, None, ""
        wanted = str(self._settings.get(MODEL))
        if wanted == DEFAULT:
            self._listen()
            self._switch(None)
            return
        self._show("preparing")
        stop = self._stop
        self._run(lambda: self._prepare(stop), self._prepared)

    def _prepare(self, stop: threading.Event) -> tuple[SoundModel, bool]:
        """The wanted model, and whether it has heard everything already. On the thread."""
        name, weights = str(self._settings.get(MODEL)), self._settings.get(WEIGHTS)
        known = prepared_before(self._catalogue.sound_models(), name, weights)
        model = known or self._try_out(name, weights, stop)
        model = self._catalogue.know_sound_model(model)
        return model, not left(self._catalogue, model)

    def _try_out(self, name: str, weights: str | None, stop: threading.Event) -> SoundModel:
        """Fetch and load a model in a process of its own. On the thread; blocks until `stop`."""
        agreed = name in self._settings.get(AGREED)
        asked = {"model": name, "weights": weights, "licence": agreed, "remote_code": agreed}
        try:
            return prepared(asked, TITLES.get(name, name), stop.is_set)
        except ModelError as error:  # its hint is for the command line
            raise ModelError(error.sentence) from error

    def _prepared(self, found: tuple[SoundModel, bool]) -> None:
        self._next, heard_all = found
        if heard_all:
            self._heard(self._next)
        else:
            self._show("hearing")
            self._listen()

    def _heard(self, model: SoundModel) -> None:
        """A model has heard all that it can."""
        if self._next is not None and model.name == self._next.name:
            if self._step in ("preparing", "hearing"):
                self._run(lambda: see_that_it_hears(self._catalogue, model), lambda _: self._switch(model))
        elif self._used is not None and model.name == self._used.name and not self._step:
            self._run(lambda: self._catalogue.fit_sound_model(model), self._refitted)

    def _refitted(self, model: SoundModel) -> None:
        """The library has doubled since its columns were scaled."""
        if self._used is not None and model.mark != self._used.mark:
            self._switch(model)

    def _switch(self, model: SoundModel | None) -> None:
        """Make the index, then compare by it everywhere."""
        self._show("switching")
        self._run(lambda: model and self._catalogue.fit_sound_model(model), self._adopt)

    def _adopt(self, model: SoundModel | None) -> None:
        end, failed = self._of_this_change(self._end), self._of_this_change(self._failed)
        spec = embedder_spec(DEFAULT_EMBEDDER) if model is None else spec_of(model)

        def done() -> None:
            old, self._used = self._used, model
            end("")
            used = self.state().used
            self.switched.emit(used)
            if model is None or old is None or model.name != old.name:
                self.message.emit(f"Songs are compared by {TITLES[used]} now.")

        self._discovery.adopt(spec, lambda: self._catalogue.use_sound_model(model), done, failed)

    def _deaf(self, model: SoundModel, sentence: str) -> None:
        """A model cannot be used."""
        if self._next is not None and model.name == self._next.name:
            self._end(sentence)
        elif sentence == self._trouble:  # said before: every pass over new songs finds it out
            return
        else:
            self._trouble = sentence
            self.changed.emit()
        self.message.emit(sentence)

    # -- parts

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        """On the thread; the answer is of interest while no other change has begun."""
        self._tasks.run(work, self._of_this_change(done), self._of_this_change(self._failed))

    def _of_this_change(self, call: Callable[[Any], None]) -> Callable[[Any], None]:
        """The same, but nothing once another change has begun."""
        change = self._change
        return lambda answer: call(answer) if change == self._change else None

    def _failed(self, error: Exception) -> None:
        sentence = str(error)
        if not isinstance(error, SoniqError):
            log.error("The sound model could not be changed.", exc_info=error)
            sentence = "The sound model could not be changed. The log has the details."
        self._end(sentence)
        self.message.emit(sentence)

    def _end(self, trouble: str) -> None:
        """Nothing is on the way any more; what is in use is what is chosen."""
        self._change += 1
        self._stop.set()
        self._next, self._progress, self._trouble, self._step = None, None, trouble, ""
        used = self._used
        self._settings.set(WEIGHTS, None if used is None else own_weights(used))
        self._settings.set(MODEL, DEFAULT if used is None else used.model)
        self._listen()
        self.changed.emit()

    def _listen(self) -> None:
        """Who hears songs in the background: the model in use first."""
        models = [each for each in (self._used, self._next) if each is not None]
        self._library.compare_by(list({model.name: model for model in models}.values()))

    def _show(self, step: Step) -> None:
        self._step = step
        self.changed.emit()

    def _progressed(self, progress: Progress | None) -> None:
        hears = progress if progress is not None and progress.stage == "compare" else None
        busy = progress is not None and hears is None
        news = (hears, busy) != (self._progress, self._busy)
        self._progress, self._busy = hears, busy
        if news and self._step == "hearing":
            self.changed.emit()
