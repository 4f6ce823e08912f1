"""Recommenders learn what is there to be learned, and nothing that they may not know."""

from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.lab.evaluation import Experiment, Results, make, measure
from soniq_desktop.lab.interactions import Interactions, interactions
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Task, ranked
from soniq_desktop.lab.recommenders.content_knn import ContentKnn, recent
from soniq_desktop.lab.recommenders.pairwise import Rivals
from soniq_desktop.lab.splits import leave_last_out
from soniq_desktop.lab.vectors import cooccurrence

ITEMS = 40
QUICK = {"epochs": 20, "dim": 16, "batch": 64, "patience": 20}


def chains(users: int = 80, length: int = 8, seed: int = 0) -> Interactions:
    """Everybody goes from item i to i + 1, from a random start: the next one can be known for sure."""
    starts = np.random.default_rng(seed).integers(0, ITEMS, users)
    rows = [
        (f"u{user:03d}", f"{(start + step) % ITEMS:02d}")
        for user, start in enumerate(starts)
        for step in range(length)
    ]
    return interactions([row[0] for row in rows], [row[1] for row in rows], None, dated=False)


def circle() -> np.ndarray:
    """Content vectors in which neighbours of the chain are near each other."""
    angle = np.linspace(0, 2 * np.pi, ITEMS, endpoint=False)
    return np.column_stack((np.cos(angle), np.sin(angle))).astype(np.float32)


def ndcg(model: str, vectors: np.ndarray | None, **settings: float | str) -> float:
    halves = leave_last_out(chains(), "test")
    experiment = Experiment(model, ks=(5,), settings=settings)
    return measure(experiment, halves, vectors).figures["NDCG@5"].value


def test_chance_is_as_good_as_chance() -> None:
    expected = np.mean([1 / np.log2(rank + 2) if rank < 5 else 0 for rank in range(ITEMS - 7)])
    assert abs(ndcg("random", None) - expected) < 0.06


def test_content_knn_finds_what_is_near() -> None:
    assert ndcg("knn", circle()) > 2 * ndcg("popularity", None)


def test_bert4rec_learns_what_follows_what() -> None:
    assert ndcg("bert4rec", None, **QUICK | {"batch": 16}, layers=1, rate=2e-2) > 4 * ndcg("popularity", None)


@pytest.mark.parametrize("loss", ["bpr", "max-margin"])
def test_factors_learn_taste_without_content(loss: str) -> None:
    """Two halves of the catalogue, two kinds of listeners: nobody crosses over."""
    generator = np.random.default_rng(0)
    items = [generator.permutation(20)[:8] + 20 * (user % 2) for user in range(60)]
    rows = [(f"u{user:02d}", f"{item:02d}") for user, chosen in enumerate(items) for item in chosen]
    events = interactions([row[0] for row in rows], [row[1] for row in rows], None, dated=False)
    model = make("bpr")
    settings: dict[str, float | int | str] = {"dim": 8, "batch": 64, "epochs": 30, "rate": 1e-2, "loss": loss}
    model.fit(Task(events, None, 0, settings))
    half = model.scores(np.arange(60)).reshape(60, 2, 20).mean(axis=2).argmax(axis=1)
    assert (half == np.arange(60) % 2).mean() > 0.9


def test_items_that_a_user_has_played_are_never_rivals() -> None:
    events = interactions(["a", "a", "b"], ["x", "y", "z"], None, dated=False)
    items, strange = Rivals(Task(events, None)).drawn(np.array([0, 1]), 200, 0)
    assert set(items[0][strange[0]].tolist()) == {2}
    assert set(items[1][strange[1]].tolist()) == {0, 1}
    assert Rivals(Task(events, None, again=True)).drawn(np.array([0, 1]), 200, 0)[1].all()


def heard_all(users: int = 60) -> Interactions:
    """Everybody has heard all of four songs, and one of them eight times more."""
    rows = [
        (f"u{u:02d}", str(i)) for u in range(users) for i in range(4) for _ in range(9 if i == u % 4 else 1)
    ]
    return interactions([row[0] for row in rows], [row[1] for row in rows], None, dated=False)


def test_where_songs_come_again_factors_learn_which_come_most() -> None:
    model = make("bpr")
    settings: dict[str, float | int | str] = {
        "dim": 8,
        "batch": 64,
        "epochs": 40,
        "patience": 40,
        "rate": 2e-2,
    }
    model.fit(Task(heard_all(), None, 0, settings, again=True))
    assert (model.scores(np.arange(60)).argmax(axis=1) == np.arange(60) % 4).mean() > 0.9


def test_users_who_have_heard_everything_leave_nothing_to_learn_and_break_nothing() -> None:
    for model in (make("bpr"), make("snn")):
        model.fit(Task(heard_all(8), np.eye(4, dtype=np.float32), 0, {"epochs": 2}))
        assert np.isfinite(model.scores(np.arange(8))).all()


def test_an_unknown_loss_gets_a_sentence() -> None:
    with pytest.raises(LabError, match="setting loss cannot be hinge"):
        make("bpr").fit(Task(chains(), None, 0, {"loss": "hinge"}))


@pytest.mark.parametrize("loss", ["bpr", "max-margin"])
def test_the_shallow_network_learns_taste_from_content(loss: str) -> None:
    assert ndcg("snn", circle(), **QUICK, loss=loss, rate=1e-2) > 2 * ndcg("popularity", None)


def test_songs_heard_in_training_are_not_recommended_unless_asked_for() -> None:
    halves = leave_last_out(chains(), "test")
    model = make("popularity")
    model.fit(Task(halves.train, None))
    histories = halves.train.sequences()
    users = np.arange(20)
    fresh = ranked(model, users, histories, 10, again=False)
    assert not any(np.isin(fresh[user], histories[user]).any() for user in users)
    assert any(
        np.isin(row, histories[user]).any()
        for user, row in enumerate(ranked(model, users, histories, 10, again=True))
    )


def test_a_k_larger_than_the_catalogue_leaves_places_empty() -> None:
    halves = leave_last_out(chains(), "test")
    model = make("popularity")
    model.fit(Task(halves.train, None))
    top = ranked(model, np.arange(2), halves.train.sequences(), ITEMS + 5, again=False)
    assert top.shape == (2, ITEMS + 5)
    assert (top == -1).sum(axis=1).tolist() == [7 + 5, 7 + 5]  # seven heard in training


def test_a_stopped_training_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    halves = leave_last_out(chains(40), "test")
    settings = QUICK | {"epochs": 4, "layers": 1}
    users = np.arange(10)

    def scores(checkpoint: str, stop_after: int | None) -> np.ndarray:
        told = []

        def progress(share: float, _doing: str) -> None:
            told.append(share)
            if stop_after is not None and len(told) == stop_after:
                raise KeyboardInterrupt

        model = make("bert4rec")
        model.fit(Task(halves.train, None, 1, settings, progress, checkpoint))
        return model.scores(users)

    whole = scores("", None)
    with pytest.raises(KeyboardInterrupt):
        scores(str(tmp_path / "stopped"), 2)
    np.testing.assert_allclose(scores(str(tmp_path / "stopped"), None), whole, atol=1e-5)


def test_who_watches_a_training_may_end_it() -> None:
    seen = []

    def watch(epoch: int, value: float) -> None:
        seen.append((epoch, value))
        if epoch == 1:
            raise StopIteration

    task = Task(chains(40), circle(), 0, QUICK, watch=watch)
    with pytest.raises(StopIteration):
        make("snn").fit(task)
    assert [epoch for epoch, _ in seen] == [0, 1]
    assert all(0 <= value <= 1 for _, value in seen)


def test_a_damaged_checkpoint_is_begun_anew(tmp_path: Path) -> None:
    halves = leave_last_out(chains(40), "test")
    settings = QUICK | {"epochs": 1, "layers": 1}
    for _ in range(2):
        make("bert4rec").fit(Task(halves.train, None, 1, settings, checkpoint=str(tmp_path / "c")))
        (file,) = tmp_path.glob("*.pt")
        file.write_bytes(file.read_bytes()[:100])


def test_items_without_content_come_last_and_nan_harms_nobody() -> None:
    vectors = circle()
    vectors[3] = np.nan
    vectors[4] = 0
    model = ContentKnn()
    model.fit(Task(chains(), vectors))
    scores = model.scores(np.arange(5))
    assert np.isfinite(scores).all()
    assert (scores[:, 3:5] < scores[:, [0, 1, 2, *range(5, ITEMS)]].min()).all()


def test_recent_plays_count_more_where_that_is_set() -> None:
    np.testing.assert_allclose(recent(3, 1.0), [1 / 7, 2 / 7, 4 / 7], rtol=1e-6)
    np.testing.assert_allclose(recent(4, 0), 0.25)


def test_vectors_from_co_listening_put_chain_neighbours_together() -> None:
    vectors = cooccurrence(chains(), 8, 0)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near = np.mean([unit[i] @ unit[(i + 1) % ITEMS] for i in range(ITEMS)])
    far = np.mean([unit[i] @ unit[(i + ITEMS // 2) % ITEMS] for i in range(ITEMS)])
    assert near > far + 0.3


def test_models_that_need_content_say_so() -> None:
    for model in ("knn", "snn"):
        with pytest.raises(LabError, match="needs an embedding"):
            make(model).fit(Task(chains(), None))
    with pytest.raises(LabError, match="no recommender"):
        make("oracle")


def test_users_with_one_event_are_survived_by_every_model() -> None:
    events = interactions(["a", "b", "b", "b", "c", "c", "c", "c"], list("xxyzxyzw"), None, dated=False)
    halves = leave_last_out(events, "test")
    vectors = np.eye(4, dtype=np.float32)
    for model in ("popularity", "random", "bpr", "knn", "snn", "bert4rec"):
        settings = {"epochs": 1} if model in {"bpr", "snn", "bert4rec"} else {}
        outcome = measure(Experiment(model, ks=(2,), settings=settings), halves, vectors)
        assert outcome.users == 2


def test_what_was_measured_is_kept_and_not_measured_again(tmp_path: Path) -> None:
    halves = leave_last_out(chains(), "test")
    experiment = Experiment("popularity", ks=(5,))
    outcome = measure(experiment, halves, None)
    Results(tmp_path).keep(experiment.key(halves), outcome)
    row = Results(tmp_path).get(experiment.key(halves))
    assert row is not None
    assert row["NDCG@5"] == outcome.figures["NDCG@5"].value
    assert Results(tmp_path).get(Experiment("popularity", ks=(5,), seed=1).key(halves)) is None
    assert Results(tmp_path).get(experiment.key(leave_last_out(chains(seed=1), "test"))) is None
