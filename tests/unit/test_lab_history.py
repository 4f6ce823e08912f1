"""The app's own history and simulated listeners, as data of experiments."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli.commands import run
from soniq_desktop.common.paths import Paths
from soniq_desktop.lab.evaluate import Plan, evaluate
from soniq_desktop.lab.evaluation import Experiment, measure
from soniq_desktop.lab.history import library_vectors, read_history, session_split, simulate
from soniq_desktop.lab.interactions import interactions
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.simulated import RANDOM, Ways, simulated_interactions, simulated_plays
from soniq_desktop.lab.splits import split
from soniq_desktop.library.records import Play
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.hybrid_fixtures import listener, sounds
from tests.reasons_fixtures import Shelf

SPEC = embedder_spec(DEFAULT_EMBEDDER)
LIBRARY = sounds()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A library of 40 songs, of which pairs were played together in 30 sessions."""
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path))
    shelf, random = Shelf(tmp_path, SPEC), np.random.default_rng(0)
    ids = [shelf.add(random.standard_normal(SPEC.dim)) for _ in range(40)]
    for session in range(30):
        first = 2 * (session % 10)
        for place in range(3):
            at = 1.7e9 + session * 86_400 + place * 210
            shelf.catalogue.record_play(Play(ids[first + place], at, 200.0, "finished", "songs"))
    shelf.catalogue.record_play(Play(ids[30], 1.7e9 + 5, 3.0, "skipped", "songs"))
    shelf.catalogue.close()
    return Paths.from_environment()


def test_the_history_is_read_by_sessions_and_counted_plays(home: Paths) -> None:
    before = home.catalogue.read_bytes()
    events = read_history(home)
    assert (events.user_count, len(events)) == (30, 90)
    assert home.catalogue.read_bytes() == before


def test_the_last_songs_of_later_sessions_are_what_is_predicted(home: Paths) -> None:
    events = read_history(home)
    halves = session_split(events, "test")
    assert len(halves.test) == 6
    assert len(halves.heard) + len(halves.test) == len(events)
    choosing = session_split(events, "val")
    assert choosing.train.times.max() < halves.test.times.min()
    assert not set(choosing.test.users) & set(halves.test.users)


def test_nothing_is_learned_from_later_sessions_whose_beginnings_are_known(home: Paths) -> None:
    halves = session_split(read_history(home), "test")
    assert halves.known is not None
    begun = np.array([halves.heard.times[halves.heard.users == user].min() for user in halves.test.users])
    assert halves.train.times.max() < begun.min()
    assert not set(halves.train.users) & set(halves.test.users)
    assert set(halves.test.users) <= set(halves.known.users)


def test_evaluating_on_the_history_of_the_app(home: Paths, tmp_path: Path) -> None:
    plan = Plan(Path("history"), tmp_path / "out", ("popularity", "knn"), "library", (5,))
    result = evaluate(plan, lambda _model: lambda _share, _doing: None)
    assert [row["model"] for row in result["results"]] == ["popularity", "knn"]
    assert "later sessions" in " ".join(result["sentences"])


def test_an_empty_history_and_no_library_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no library"):
        read_history(Paths.under(tmp_path))
    Shelf(tmp_path, SPEC).catalogue.close()
    with pytest.raises(LabError, match="Nothing was played"):
        read_history(Paths.under(tmp_path))
    single = interactions(["a"], ["1"], np.array([1.0]), dated=True)
    with pytest.raises(LabError, match="too few sessions"):
        session_split(single, "test")


def test_vectors_of_the_library_by_track_id(home: Paths) -> None:
    vectors = library_vectors(home, ("1", "no id", "99999"))
    assert np.linalg.norm(vectors, axis=1).round(3).tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(LabError, match="none of these songs"):
        library_vectors(home, ("x",))


def test_simulated_listeners_are_written_as_a_file_that_can_be_evaluated(home: Paths, tmp_path: Path) -> None:
    out = tmp_path / "plays.csv"
    events = simulate(home, out, Ways(), 3, 20, 0)
    rows = list(csv.reader(out.read_text().splitlines()))
    assert rows[0] == ["user", "song", "timestamp"]
    assert len(rows) == len(events) + 1


def test_the_same_seed_is_the_same_listener() -> None:
    one, other, third = (listener(LIBRARY, Ways(), seed, 30) for seed in (1, 1, 2))
    assert np.array_equal(one.tracks, other.tracks)
    assert not np.array_equal(one.tracks[:50], third.tracks[:50])


def test_plays_are_in_the_order_of_time_and_do_not_overlap() -> None:
    plays = listener(LIBRARY, Ways(), 0, 200)
    assert (np.diff(plays.started) > 0).all()
    assert (plays.started[1:] >= plays.started[:-1] + plays.heard[:-1]).all()


def test_a_listener_of_an_empty_library_is_a_sentence() -> None:
    with pytest.raises(LabError, match="no song"):
        simulated_plays(
            np.zeros(0, np.int64), np.zeros((0, 4), np.float32), np.zeros(0), Ways(), days=3, seed=0
        )


def test_taste_can_be_learned_and_randomness_cannot() -> None:
    """Over many listeners content beats chance where there is taste."""

    def gain(ways: Ways) -> float:
        events = simulated_interactions(
            LIBRARY.ids, LIBRARY.vectors, LIBRARY.columns["duration"], ways, 60, days=12, seed=0
        )
        halves = split(events, "test", start="2025-10-01", test="2025-11-11", end="2025-11-14")
        found = {
            model: measure(Experiment(model, ks=(10,)), halves, vectors_of(events.item_names)).figures
            for model in ("random", "knn")
        }
        return found["knn"]["NDCG@10"].value / found["random"]["NDCG@10"].value

    assert gain(Ways()) > 2
    assert gain(RANDOM) < 1.5


def vectors_of(names: tuple[str, ...]) -> np.ndarray:
    return LIBRARY.vectors[LIBRARY.rows(int(name) for name in names)]


def test_tuning_on_the_history_and_what_soniq_heard(
    home: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["lab", "tune", "--interactions", "history", "--embedding", "library", "--model", "knn"]
    words += [
        "--trials",
        "2",
        "--metric",
        "HitRate@5",
        "--name",
        "mine",
        "--out",
        str(tmp_path / "study"),
        "--json",
    ]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trials"] == 2
    assert told["best"]["embedding"] == "library"
    words = ["lab", "evaluate", "--interactions", "history", "--preset", "mine", "--k", "5"]
    assert run([*words, "--out", str(tmp_path / "results"), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["results"]
    assert [(row["model"], row["embedding"]) for row in rows] == [("popularity", "none"), ("knn", "library")]
    assert json.loads(rows[1]["settings"]) == told["best"]["settings"]
