"""Genres in the window: judged in the background, corrected with one click, shown by one rule."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from soniq_desktop.analysis.genre.head import VERSION
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Listening, Tags, Track, Waveform
from soniq_desktop.services.genre import GenreService
from soniq_desktop.services.listening import Listener
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.ui.genres import shown_genre
from tests.genre_fixtures import listened_library, noise

RATE = 44_100


class Store:
    def get(self, name: str, default: object = None) -> object:
        return default

    def set(self, name: str, value: object) -> None: ...

    def flush(self) -> None: ...


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "library.sqlite3") as opened:
        yield opened


@pytest.fixture
def library(qtbot: QtBot) -> object:
    from PySide6.QtCore import QObject, Signal

    class Library(QObject):
        listened = Signal(int)
        touched: list[list[int]] = []  # noqa: RUF012

        def touch(self, ids: list[int]) -> None:
            self.touched.append(ids)

    return Library()


@pytest.fixture
def service(qtbot: QtBot, catalogue: Catalogue, library: object) -> Iterator[GenreService]:
    settings = SettingsService(Store())  # type: ignore[arg-type]
    made = GenreService(catalogue, library, settings)  # type: ignore[arg-type]
    yield made
    made.close()
    settings.close()


def test_tracks_heard_before_there_was_a_classifier_get_their_genre(
    qtbot: QtBot, service: GenreService, catalogue: Catalogue, library: object
) -> None:
    ids = listened_library(catalogue, 12)
    with qtbot.waitSignal(service.taught, timeout=10_000):
        service._bring_up_to_date()
    tracks = catalogue.tracks(ids)
    assert all(track.genre_heard is not None for track in tracks)
    assert library.touched  # type: ignore[attr-defined]


def test_a_correction_shows_at_once_and_can_be_taken_back(
    qtbot: QtBot, service: GenreService, catalogue: Catalogue
) -> None:
    ids = listened_library(catalogue, 3)
    with qtbot.waitSignal(service.changed, timeout=10_000) as caught:
        service.correct(ids[:2], "Jazz")
    assert caught.args == [ids[:2]]
    assert [shown_genre(track).names for track in catalogue.tracks(ids[:2])] == [("Jazz",), ("Jazz",)]
    with qtbot.waitSignal(service.changed, timeout=10_000):
        service.correct(ids[:1], None)
    assert catalogue.tracks(ids[:1])[0].genre_corrected is None


def test_corrections_teach_and_the_gain_is_told(
    qtbot: QtBot, service: GenreService, catalogue: Catalogue
) -> None:
    ids = listened_library(catalogue, 40)
    for track_id in ids[:30]:
        catalogue.set_correction(track_id, "genre", "Reggae")
    with qtbot.waitSignal(service.taught, timeout=20_000) as caught:
        service._bring_up_to_date()
    refit = caught.args[0]
    assert refit.labels == 30
    assert refit.taught
    assert refit.loss_after < refit.loss_before


def test_the_inbox_and_the_coverage_arrive(qtbot: QtBot, service: GenreService, catalogue: Catalogue) -> None:
    listened_library(catalogue, 30)
    answers: list[object] = []
    service.unsure(answers.append, 5)
    service.coverage(answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=10_000)
    tracks, found = answers
    assert len(tracks) == 5  # type: ignore[arg-type]
    assert found.own is None  # type: ignore[attr-defined]
    assert found.shipped.low < found.shipped.share < found.shipped.high  # type: ignore[attr-defined]


def test_another_level_changes_the_sets(qtbot: QtBot, service: GenreService, catalogue: Catalogue) -> None:
    ids = listened_library(catalogue, 60)
    sizes = []
    for level in (0.8, 0.95):
        with qtbot.waitSignal(service.taught, timeout=10_000):  # the service sees the setting itself
            service._settings.set("genre.level", level)
        tracks = catalogue.tracks(ids)
        sizes.append(np.mean([len(t.genre_heard or ()) if not t.genre_note else 4 for t in tracks]))
    assert sizes[0] < sizes[1]


def test_the_crnn_judges_what_it_has_heard_and_the_rest_keeps_its_genre(
    qtbot: QtBot, service: GenreService, catalogue: Catalogue
) -> None:
    ids = listened_library(catalogue, 6)
    with qtbot.waitSignal(service.taught, timeout=10_000):
        service._bring_up_to_date()
    before = [catalogue.genre_heard(each) for each in ids]
    tracks = catalogue.tracks(ids)
    assert catalogue.without_embedding("genre-crnn", 2) == ids
    metal = np.full(12, 0.01, np.float32)
    metal[1] = 0.89
    vector = np.full(128, 128**-0.5, np.float32)
    catalogue.store_embeddings([(each, Embedding("genre-crnn", 2, vector, metal)) for each in ids[:2]])
    with qtbot.waitSignal(service.taught, timeout=10_000):  # the service sees the setting itself
        service._settings.set("genre.model", "crnn")
    after = [catalogue.genre_heard(each) for each in ids]
    assert [each.classifier for each in after[:2]] == ["head genre-crnn"] * 2  # type: ignore[union-attr]
    for old, new in zip(before[2:], after[2:], strict=True):
        assert old is not None
        assert new is not None
        assert (new.classifier, new.shown) == (old.classifier, old.shown)
    spoken = {"speech", "no music"}
    for old_track, new_track in zip(tracks[:2], catalogue.tracks(ids[:2]), strict=True):
        assert (old_track.genre_note in spoken) == (new_track.genre_note in spoken)  # told by the default
    assert catalogue.without_embedding("genre-crnn", 2) == ids[2:]
    with qtbot.waitSignal(service.taught, timeout=10_000):  # the service sees the setting itself
        service._settings.set("genre.model", "head")
    back = catalogue.genre_heard(ids[0])
    assert back is not None
    assert before[0] is not None
    assert (back.classifier, back.shown) == (before[0].classifier, before[0].shown)


def test_choosing_the_crnn_lets_it_hear_what_was_listened_to_before(
    qtbot: QtBot, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((noise(5, RATE, 1.0) * 32767).astype("<i2").tobytes())
    (track_id,) = catalogue.store_scanned([ScannedFile(str(path), 10, 10, Tags(title="x", duration=5.0))])
    empty = np.zeros(8, np.uint8)
    catalogue.store_listening(
        track_id,
        Listening(
            "ab" * 16,
            5.0,
            Features(FEATURES_VERSION, loudness=-14.0, true_peak=-1.0),
            Waveform(empty, empty, empty, np.zeros(4, np.float32)),
        ),
    )
    listener = Listener(catalogue, tmp_path / "fingerprints")
    listener.set_workers(1)
    try:
        listener.set_genre_embedder("genre-crnn")
        with qtbot.waitSignals([listener.stored, listener.ended], timeout=60_000):
            listener.start()
        assert catalogue.embedding("genre-crnn", track_id) is not None
    finally:
        listener.close()


def test_damaged_weights_are_told_once_and_tags_still_show(
    qtbot: QtBot, service: GenreService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from soniq_desktop.common.errors import ModelError

    def broken(*_: object) -> None:
        raise ModelError('The weights of the model "genre_head" are damaged.')

    monkeypatch.setattr("soniq_desktop.services.genre.GenreEngine", broken)
    with qtbot.waitSignal(service.notice, timeout=10_000) as caught:
        service._bring_up_to_date()
    assert "genre_head" in caught.args[0]
    assert service.genre_set(Track(1, "/a.ogg", Tags(genre="Jazz"))).names == ("Jazz",)


@pytest.mark.parametrize(
    ("track", "names", "source"),
    [
        (Track(1, "a", Tags(genre="Bebop"), genre_corrected="Soul", genre_heard=("Rock",)), ("Soul",), "you"),
        (Track(1, "a", Tags(genre="Bebop; Swing"), genre_heard=("Rock",)), ("Bebop", "Swing"), "tag"),
        (Track(1, "a", Tags(genre="Soundtrack"), genre_heard=("Rock", "Metal")), ("Rock", "Metal"), "heard"),
        (Track(1, "a", Tags(genre="Other"), genre_heard=()), ("Other",), "tag"),
        (Track(1, "a", Tags(), genre_heard=("Folk",)), ("Folk",), "heard"),
        (Track(1, "a", Tags(), genre_heard=(), genre_note="not sure"), (), ""),
        (Track(1, "a", Tags()), (), ""),
    ],
)
def test_the_users_word_comes_before_the_files_before_what_was_heard(
    track: Track, names: tuple[str, ...], source: str
) -> None:
    shown = shown_genre(track)
    assert (shown.names, shown.source) == (names, source)
    assert shown.note == track.genre_note


def test_one_more_tagged_track_does_not_judge_the_library_anew(catalogue: Catalogue) -> None:
    from soniq_desktop.analysis.genre.engine import GenreEngine

    listened_library(catalogue, 20, tag="Rock")
    engine = GenreEngine(catalogue)
    engine.bring_up_to_date()
    name = engine._name(engine._teach())
    (new,) = listened_library(catalogue, 1, seed=2, tag="Jazz")
    assert catalogue.genres_to_judge(engine._name(engine._teach()), VERSION, 100) == [new]
    catalogue.set_correction(new, "genre", "Folk")
    assert engine._name(engine._teach()) != name  # the user's word does
