"""The service behind the rooms of discovery: one engine, whatever the library is."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.neighbours import index_kind
from soniq_desktop.discovery.recommend import Recommendations
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.settings import SettingsService
from tests.reasons_fixtures import Shelf
from tests.ui_fixtures import MemoryStore

SPEC = embedder_spec(DEFAULT_EMBEDDER)
WAIT = 20_000


class Listens(QObject):
    """The part of the library service that discovery hears of."""

    listened = Signal(int)


class Bench:
    """A library, the service over it, and answers as values."""

    def __init__(self, folder, qtbot):
        self.shelf = Shelf(folder, SPEC)
        self.folder, self.qtbot = folder / "index", qtbot
        self.library = Listens()
        self.settings = SettingsService(MemoryStore())
        self.services: list[DiscoveryService] = []
        self.service = self.start()

    def start(self) -> DiscoveryService:
        service = DiscoveryService(self.shelf.catalogue, self.library, self.folder, self.settings)  # type: ignore[arg-type]
        self.services.append(service)
        return service

    def ask(self, method, *args, **options):
        """The answer, or the exception."""
        answers: list[object] = []
        method(*args, answers.append, answers.append, **options)
        self.qtbot.waitUntil(lambda: bool(answers), timeout=WAIT)
        return answers[0]

    def found(self, method, *args, **options) -> list[int]:
        answer = self.ask(method, *args, **options)
        assert isinstance(answer, Recommendations)
        return [each.track.id for each in answer.tracks]

    def indexed(self, service=None) -> list[int]:
        return sorted(self.ask((service or self.service).run, lambda engine: engine.index.ids().tolist()))

    def close(self):
        for service in self.services:
            service.close()
        self.settings.close()
        self.shelf.catalogue.close()


@pytest.fixture
def bench(tmp_path, qtbot):
    bench = Bench(tmp_path, qtbot)
    yield bench
    bench.close()


def test_similar_songs_come_best_first_with_reasons(bench):
    ids = bench.shelf.crowd(12)
    answer = bench.ask(bench.service.similar, ids[0], count=5)
    scores = [each.score for each in answer.tracks]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert ids[0] not in [each.track.id for each in answer.tracks]
    assert all(each.reason.sentence for each in answer.tracks)


def test_all_questions_share_one_engine(bench):
    bench.shelf.crowd(4)
    one, other = (bench.ask(bench.service.run, lambda engine: engine) for _ in range(2))
    assert one is other
    assert bench.ask(bench.service.run, lambda engine: engine.index is engine.index)
    assert bench.ask(bench.service.run, lambda engine: engine.sounds.current() is engine.sounds.current())


def test_an_older_question_of_the_same_key_is_dropped(bench):
    ids = bench.shelf.crowd(6)
    answers = []
    for each in ids:
        bench.service.similar(each, lambda found, seed=each: answers.append(seed), key="panel")
    bench.qtbot.waitUntil(lambda: ids[-1] in answers, timeout=WAIT)
    assert answers == [ids[-1]]


def test_what_is_listened_to_later_is_found(bench, qtbot):
    bench.shelf.crowd(3)
    assert len(bench.indexed()) == 3
    new = bench.shelf.crowd(2, seed=1)
    with qtbot.waitSignal(bench.service.grown, timeout=WAIT):
        bench.library.listened.emit(new[0])
    assert set(new) < set(bench.indexed())


def test_failures_are_told_in_plain_words_where_nobody_takes_them(bench, qtbot):
    with qtbot.waitSignal(bench.service.message, timeout=WAIT) as message:
        bench.service.similar(12345, lambda _found: None)
    assert message.args[0].endswith(".")
    assert isinstance(bench.ask(bench.service.similar, 12345), NotFoundError)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_libraries_are_answered_in_words(bench, count):
    ids = bench.shelf.crowd(count)
    answer = bench.ask(bench.service.for_you).tracks
    assert len(answer.tracks) <= count
    assert answer.notice
    for each in ids:
        found = bench.ask(bench.service.similar, each)
        assert len(found.tracks) == count - 1
        assert found.notice.endswith(".")


def test_a_refused_song_is_not_offered_again_until_that_is_taken_back(bench):
    ids = bench.shelf.crowd(30)
    bench.shelf.play(ids[0])
    offered = bench.ask(bench.service.for_you, count=5).tracks.tracks
    bench.service.refuse(offered[0].track)
    again = [each.track.id for each in bench.ask(bench.service.for_you, count=5).tracks.tracks]
    assert offered[0].track.id not in again
    assert len(again) == 5
    bench.service.forgive()
    back = [each.track.id for each in bench.ask(bench.service.for_you, count=5).tracks.tracks]
    assert back == [each.track.id for each in offered]


def test_the_distance_is_that_of_the_setting(bench):
    ids = bench.shelf.crowd(60)
    bench.shelf.play(ids[0])
    away = []
    for distance in (0, 50, 100):
        bench.settings.set("discovery.distance", distance)
        away.append(sum(each.exploring for each in bench.ask(bench.service.for_you).tracks.tracks))
    assert away == [0, 10, 20]


def test_songs_of_one_genre_are_asked_for(bench):
    seed = bench.shelf.crowd(1)[0]
    jazz = [bench.shelf.add(np.eye(SPEC.dim)[n], genre="Jazz") for n in range(3)]
    bench.shelf.crowd(5, seed=3)
    assert sorted(bench.found(bench.service.similar, seed, genre="Jazz")) == jazz


def test_songs_that_are_all_equal_are_told_apart_by_number_alone(bench):
    ids = [bench.shelf.add(np.ones(SPEC.dim), title=f"Drone {n}", duration=60.0 + 10 * n) for n in range(8)]
    answer = bench.ask(bench.service.similar, ids[0], count=5)
    assert [each.track.id for each in answer.tracks] == ids[1:6]
    assert all(np.isfinite(each.score) for each in answer.tracks)
    assert all(not each.reason.named for each in answer.tracks)


def test_vectors_that_are_no_numbers_neither_crash_nor_are_claimed(bench):
    good = bench.shelf.crowd(4)
    bad = bench.shelf.add(np.full(SPEC.dim, np.nan))
    assert bad not in bench.indexed()
    answer = bench.ask(bench.service.similar, bad)
    assert {each.track.id for each in answer.tracks} == set(good)
    assert all("timbre" not in each.reason.named for each in answer.tracks)
    assert bad not in [t.track.id for t in bench.ask(bench.service.similar, good[0]).tracks if t.cosine > 0]


@pytest.mark.skipif(index_kind() == "exact", reason="hnswlib is not here; the exact index is not stored")
@pytest.mark.parametrize("harm", ["truncated", "another embedder", "no side file", "nonsense"])
def test_a_damaged_index_is_made_anew_from_the_catalogue(bench, harm):
    ids = bench.shelf.crowd(5)
    assert bench.indexed() == sorted(ids)
    bench.service.close()
    graph, side = bench.folder / f"{SPEC.name}.hnsw", bench.folder / f"{SPEC.name}.json"
    if harm == "truncated":
        graph.write_bytes(graph.read_bytes()[:100])
    elif harm == "another embedder":
        side.write_text(json.dumps(json.loads(side.read_text()) | {"embedder": "other", "dim": 3}))
    elif harm == "no side file":
        side.unlink()
    else:
        side.write_text("{}")
    again = bench.start()
    assert bench.indexed(again) == sorted(ids)
    assert len(bench.ask(again.similar, ids[0]).tracks) == 4


def set_sounds(bench, sounds):
    with bench.shelf.catalogue.database.writing() as connection:
        connection.executemany(
            "UPDATE tracks SET audio_hash = ? WHERE id = ?", [(sound, key) for key, sound in sounds.items()]
        )


def test_reasons_are_known_again_after_a_restart_unless_the_song_is_another_now(bench, qtbot):
    numbers = [
        bench.shelf.add(each, scores=np.full(50, 0.1))
        for each in np.random.default_rng(2).normal(size=(30, SPEC.dim))
    ]
    set_sounds(bench, {number: f"{number:032x}" for number in numbers})
    offered = bench.ask(bench.service.similar, numbers[0]).tracks[:3]
    bench.service.remember(offered)
    bench.service.close()
    json.dumps(bench.settings.get("discovery.reasons"))  # goes into a file
    set_sounds(bench, {offered[1].track.id: "ff" * 16})
    again = bench.start()
    with qtbot.waitSignal(again.recalled, timeout=WAIT):
        pass
    assert again.why(offered[0].track.id).reason == offered[0].reason
    assert again.why(offered[0].track.id).because == offered[0].because
    assert again.why(offered[1].track.id) is None
    again.close()
    assert len(bench.settings.get("discovery.reasons")) == 2


@pytest.mark.parametrize(
    "kept", [[1, "x", {}, {"track": 1}, {"track": "1"}], [{"track": 1, "sound": None, "shares": 3}]]
)
def test_reasons_that_cannot_be_read_are_left_out(bench, qtbot, kept):
    bench.shelf.add(np.ones(SPEC.dim), scores=np.full(50, 0.1))
    bench.settings.set("discovery.reasons", kept)
    again = bench.start()
    with qtbot.waitSignal(again.recalled, timeout=WAIT):
        pass
    assert again.why(1) is None


def test_closing_twice_and_asking_afterwards_does_nothing(bench):
    bench.service.close()
    bench.service.close()
    bench.service.similar(1, lambda _found: pytest.fail("answered"))
