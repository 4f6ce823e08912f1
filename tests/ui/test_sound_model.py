"""Changing what songs are compared by: the service step by step, and the card of the settings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal

from soniq_desktop.common.errors import ModelError
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.compared_by import spec_in_use
from soniq_desktop.discovery.recommend import Recommendations
from soniq_desktop.lab.embed.specs import MODELS
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.progress import Progress
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.sound_model import SoundModelService
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.sound.card import SoundCard
from soniq_desktop.ui.sound.question import Question
from tests.sound_model_fixtures import MODEL, heard_by, listened_to
from tests.ui_fixtures import FakeLibrary, MemoryStore

WAIT = 20_000
SONGS = 12


class Library(FakeLibrary):
    """Hears nothing by itself: the tests say what has been heard."""

    listened = Signal(int)
    heard_by = Signal(object)
    deaf = Signal(object, str)

    def __init__(self) -> None:
        super().__init__(SONGS)
        self.compared: list[list[str]] = []

    def compare_by(self, models: list[SoundModel]) -> None:
        self.compared.append([model.name for model in models])

    def pause(self) -> None:
        self.calls.append(("pause", ()))

    def resume(self) -> None:
        self.calls.append(("resume", ()))


class Bench:
    """A library, the services over it, and models that are prepared without a process."""

    def __init__(self, home: Path, qtbot) -> None:
        self.paths, self.qtbot = Paths.under(home).ensure(), qtbot
        self.catalogue = Catalogue(self.paths.catalogue)
        self.ids = listened_to(self.catalogue, [f"/music/{n}.flac" for n in range(SONGS)])
        self.store = MemoryStore()
        self.models = {"mfcc": MODEL, "musicfm": replace(MODEL, name="musicfm-test", model="musicfm", dim=9)}
        self.asked: list[tuple[str, str | None]] = []
        self.said: list[str] = []
        self.parts: list[QObject] = []
        self.start()

    def start(self) -> None:
        self.library = Library()
        self.settings = SettingsService(self.store)
        self.discovery = DiscoveryService(self.catalogue, self.library, self.paths.index, self.settings)
        self.sound = SoundModelService(
            self.catalogue, self.library, self.discovery, self.settings, self.paths
        )
        self.sound._try_out = self.tried_out
        self.sound.message.connect(self.said.append)
        self.parts += [self.sound, self.discovery, self.settings]

    def tried_out(self, name: str, weights: str | None, _stop: object) -> SoundModel:
        self.asked.append((name, weights))
        if name not in self.models:
            raise ModelError(f"{name} cannot be fetched.")
        return self.models[name]

    def until(self, step: str) -> None:
        self.qtbot.waitUntil(lambda: self.sound.state().step == step, timeout=WAIT)

    def hear(self, model: SoundModel) -> None:
        heard_by(self.catalogue, model, self.ids)
        self.library.heard_by.emit(model)

    def switch_to(self, model: SoundModel) -> None:
        """All the way."""
        self.sound.choose(model.model)
        self.until("hearing")
        with self.qtbot.waitSignal(self.sound.switched, timeout=WAIT):
            self.hear(model)

    def spec(self) -> str:
        return self.discovery.embedder().name

    def similar(self) -> Recommendations:
        found: list[Recommendations] = []
        self.discovery.similar(self.ids[0], found.append, count=5)
        self.qtbot.waitUntil(lambda: bool(found), timeout=WAIT)
        return found[0]

    def close(self) -> None:
        for part in self.parts:
            part.close()
        self.catalogue.close()


@pytest.fixture
def bench(tmp_path, qtbot):
    bench = Bench(tmp_path / "home", qtbot)
    yield bench
    bench.close()


# The service


def test_the_old_model_stays_in_use_until_the_new_one_has_heard_the_library(bench, qtbot):
    before = bench.similar()
    bench.sound.choose("mfcc")
    bench.until("hearing")
    assert bench.library.compared[-1] == [MODEL.name]
    heard_by(bench.catalogue, MODEL, bench.ids[:-1])
    assert bench.spec() == spec_in_use(bench.catalogue).name == DEFAULT_EMBEDDER
    assert [each.track.id for each in bench.similar().tracks] == [each.track.id for each in before.tracks]
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT):
        bench.hear(MODEL)
    assert bench.spec() == spec_in_use(bench.catalogue).name == MODEL.name
    assert bench.sound.state().step == ""
    assert bench.said == ["Songs are compared by MFCC now."]
    after = bench.similar()
    assert [each.cosine for each in after.tracks] != [each.cosine for each in before.tracks]


def test_all_rooms_have_the_new_model_in_the_same_moment(bench, qtbot):
    told: list[tuple[str, str, bool]] = []

    def note(signal: str) -> None:
        model = bench.catalogue.sound_model()
        told.append((signal, bench.spec(), model is not None and model.name == MODEL.name))

    bench.discovery.switched.connect(lambda: note("switched"))
    bench.discovery.grown.connect(lambda: note("grown"))
    bench.switch_to(MODEL)
    assert told == [("switched", MODEL.name, True), ("grown", MODEL.name, True)]


def test_going_back_needs_no_hearing_and_neither_does_coming_again(bench, qtbot):
    bench.switch_to(MODEL)
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT) as back:
        bench.sound.choose("musicnn")
    assert back.args == ["musicnn"]
    assert bench.spec() == spec_in_use(bench.catalogue).name == DEFAULT_EMBEDDER
    asked = list(bench.asked)
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT) as again:
        bench.sound.choose("mfcc")
    assert again.args == ["mfcc"]
    assert bench.asked == asked


def test_a_change_goes_on_after_a_restart(bench, qtbot):
    bench.sound.choose("mfcc")
    bench.until("hearing")
    bench.start()
    assert bench.sound.state().used == "musicnn"
    bench.sound.start()
    bench.until("hearing")
    assert bench.asked == [("mfcc", None)]  # it was prepared before
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT):
        bench.hear(MODEL)
    bench.start()
    bench.sound.start()
    assert bench.library.compared == [[MODEL.name]]  # new songs are heard by it
    assert bench.spec() == MODEL.name


def test_a_cancelled_change_keeps_what_is_in_use(bench, qtbot):
    bench.sound.choose("mfcc")
    bench.until("hearing")
    bench.sound.keep()
    assert bench.sound.state().wanted == bench.sound.state().used == "musicnn"
    assert bench.library.compared[-1] == []
    bench.hear(MODEL)  # a pass that was in its end
    bench.sound.choose("nowhere")
    qtbot.waitUntil(lambda: bench.sound.state().trouble != "", timeout=WAIT)
    assert bench.spec() == DEFAULT_EMBEDDER


def test_a_model_that_cannot_be_had_is_told_and_nothing_changes(bench, qtbot):
    with qtbot.waitSignal(bench.sound.message, timeout=WAIT) as said:
        bench.sound.choose("mert-95m", agreed=True)
    assert said.args == ["mert-95m cannot be fetched."]
    assert bench.sound.state().trouble == "mert-95m cannot be fetched."
    assert bench.settings.get("sound.model") == "musicnn"
    assert bench.spec() == DEFAULT_EMBEDDER


def test_weights_that_vanish_later_leave_the_index_in_use(bench, qtbot):
    bench.switch_to(MODEL)
    bench.library.deaf.emit(catalogue_model(bench), "The weights of mfcc are not there any more.")
    assert bench.sound.state().trouble == "The weights of mfcc are not there any more."
    assert bench.said[-1] == "The weights of mfcc are not there any more."
    said = len(bench.said)
    bench.library.deaf.emit(catalogue_model(bench), "The weights of mfcc are not there any more.")
    assert len(bench.said) == said  # once is enough
    assert bench.sound.state().used == "mfcc"
    assert len(bench.similar().tracks) == 5
    assert bench.spec() == MODEL.name


def catalogue_model(bench: Bench) -> SoundModel:
    model = bench.catalogue.sound_model()
    assert model is not None
    return model


def test_a_model_that_is_deaf_to_most_songs_is_not_used(bench, qtbot):
    bench.sound.choose("mfcc")
    bench.until("hearing")
    heard_by(bench.catalogue, MODEL, bench.ids[:2])
    with qtbot.waitSignal(bench.sound.message, timeout=WAIT) as said:
        bench.library.heard_by.emit(MODEL)
    assert said.args[0].startswith("mfcc could not hear 10 of 12 songs.")
    assert bench.spec() == DEFAULT_EMBEDDER


def test_another_choice_overtakes_the_one_on_the_way(bench, qtbot):
    bench.sound.choose("mfcc")
    bench.until("hearing")
    bench.sound.choose("musicfm")
    qtbot.waitUntil(lambda: bench.library.compared[-1] == ["musicfm-test"], timeout=WAIT)
    bench.hear(MODEL)  # of no interest any more
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT) as switched:
        bench.hear(bench.models["musicfm"])
    assert switched.args == ["musicfm"]
    assert bench.discovery.embedder().dim == 9


def test_a_library_that_doubles_is_scaled_anew(bench, qtbot):
    bench.switch_to(MODEL)
    mark = bench.discovery.embedder().scaling
    new = listened_to(bench.catalogue, [f"/music/new {n}.flac" for n in range(SONGS)], seed=3)
    heard_by(bench.catalogue, MODEL, new, seed=4)
    with qtbot.waitSignal(bench.discovery.switched, timeout=WAIT):
        bench.library.heard_by.emit(catalogue_model(bench))
    assert bench.discovery.embedder().scaling != mark
    assert bench.said == ["Songs are compared by MFCC now."]  # nothing that the listener needs to know


def test_what_another_embedder_heard_of_a_clip_is_not_compared(bench, qtbot):
    bench.switch_to(MODEL)
    raw = heard_by(bench.catalogue, MODEL, bench.ids)
    answers: list[list[tuple[int, float]]] = []
    bench.discovery.closest(Embedding(MODEL.name, 1, raw[4]), 1, answers.append)
    bench.discovery.closest(Embedding(DEFAULT_EMBEDDER, 1, np.ones(200, np.float32)), 1, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=WAIT)
    (found,) = max(answers, key=len)
    assert found[0] == bench.ids[4]
    assert found[1] == pytest.approx(1.0, abs=1e-4)
    assert [] in answers


# The card


@pytest.fixture
def card(bench, qtbot):
    services = Services(bench.library, None, bench.settings, None, sound=bench.sound)
    card = SoundCard(services, bench.sound)
    card.resize(760, 300)
    qtbot.addWidget(card)
    card.show()
    card.refresh()
    qtbot.waitUntil(lambda: card.model.count() > 1, timeout=WAIT)
    return card


def pick(card: SoundCard, words: str) -> None:
    row = card.model.findText(words)
    assert row >= 0, words
    card.model.setCurrentIndex(row)
    card.model.activated.emit(row)


def ask(card: SoundCard, words: str) -> Question:
    pick(card, words)
    assert card.question is not None
    return card.question


def lines(question: Question) -> str:
    from soniq_desktop.ui.components import Label

    return " ".join(label.text() for label in question.findChildren(Label))


def test_the_question_says_what_it_takes_and_begins_only_when_answered(card, bench, qtbot):
    question = ask(card, "MFCC")
    said = lines(question)
    assert "104 numbers a song. It comes with SONIQ." in said
    assert "100,000 songs: about" in said
    assert "musicnn stays in use" in said
    assert card.model.currentText() == "musicnn"
    assert bench.asked == []
    qtbot.mouseClick(question.begin, Qt.MouseButton.LeftButton)
    bench.until("hearing")
    assert card.model.currentText() == "MFCC"
    assert bench.asked == [("mfcc", None)]


def test_a_licence_is_shown_and_accepted_first(card, bench, qtbot):
    question = ask(card, "MERT 95M")
    assert f"Licence of the weights: {MODELS['mert-95m'].licence}." in lines(question)
    assert not question.begin.isEnabled()
    qtbot.mouseClick(question.agree, Qt.MouseButton.LeftButton)
    assert question.begin.isEnabled()
    with qtbot.waitSignal(bench.sound.message, timeout=WAIT):
        qtbot.mouseClick(question.begin, Qt.MouseButton.LeftButton)
    assert bench.settings.get("sound.agreed") == ["mert-95m"]
    assert card.words.text() == "mert-95m cannot be fetched."
    assert card.model.currentText() == "musicnn"


def test_weights_of_ones_own_are_chosen(card, bench, qtbot):
    question = ask(card, "ResNet-18")
    assert not question.begin.isEnabled()
    question.set_weights("/mine/weights.safetensors")
    assert question.begin.isEnabled()
    with qtbot.waitSignal(bench.sound.message, timeout=WAIT):
        qtbot.mouseClick(question.begin, Qt.MouseButton.LeftButton)
    assert bench.asked == [("resnet18", "/mine/weights.safetensors")]


def test_the_card_shows_how_far_the_hearing_is_and_pauses_it(card, bench, qtbot):
    assert not card.status.isVisible()
    bench.sound.choose("mfcc")
    bench.until("hearing")
    bench.library.progress.emit(Progress("compare", 3, 12, seconds_left=40.0))
    assert card.words.text() == "MFCC has heard 3 of 12 songs, 40 s left. musicnn stays in use until then."
    qtbot.mouseClick(card.pause, Qt.MouseButton.LeftButton)
    assert bench.library.calls[-1] == ("pause", ())
    bench.library.progress.emit(Progress("compare", 3, 12, paused=True))
    assert "paused" in card.words.text()
    qtbot.mouseClick(card.pause, Qt.MouseButton.LeftButton)
    assert bench.library.calls[-1] == ("resume", ())
    bench.library.progress.emit(Progress("listen", 1, 2))
    assert card.words.text().startswith("MFCC hears your songs once SONIQ has listened to them.")
    assert not card.pause.isVisible()
    bench.library.progress.emit(None)
    asked = len(bench.library.compared)
    qtbot.mouseClick(card.pause, Qt.MouseButton.LeftButton)  # "Go on"
    assert len(bench.library.compared) == asked + 1
    qtbot.mouseClick(card.cancel, Qt.MouseButton.LeftButton)
    assert not card.status.isVisible()
    assert card.model.currentText() == "musicnn"


def test_a_model_that_has_heard_all_is_taken_without_a_question(card, bench, qtbot):
    bench.switch_to(MODEL)
    card.refresh()
    qtbot.waitUntil(lambda: any(each.ready for each in card._offers if each.choice.spec.name == "mfcc"))
    card.question = None
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT):
        pick(card, "musicnn")
    with qtbot.waitSignal(bench.sound.switched, timeout=WAIT):
        pick(card, "MFCC")
    assert card.question is None
