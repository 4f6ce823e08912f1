"""Both indexes behind one interface: what they take, what they refuse, and that they agree."""

import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.hnsw import HnswIndex
from soniq_desktop.discovery.neighbours import ExactIndex, NeighbourIndex, index_kind, new_index
from tests.discovery_fixtures import clustered

MakeIndex = Callable[[int], NeighbourIndex]

needs_hnswlib = pytest.mark.skipif(index_kind() == "exact", reason="hnswlib is not installed")


@pytest.fixture(params=["exact", pytest.param("hnsw", marks=needs_hnswlib)])
def make(request: pytest.FixtureRequest) -> MakeIndex:
    return lambda dim: new_index(dim, request.param)


def brute(vectors: dict[int, np.ndarray], query: np.ndarray, k: int) -> list[int]:
    """The k best ids by a definition of its own: cosine of each, one by one, in float64."""

    def cosine(vector: np.ndarray) -> float:
        a, b = vector.astype(float), query.astype(float)
        return float(a @ b / np.sqrt(a @ a) / np.sqrt(b @ b))

    return sorted(vectors, key=lambda key: (-cosine(vectors[key]), key))[:k]


def test_finds_the_true_neighbours_with_their_cosines(make: MakeIndex) -> None:
    vectors = clustered(400, 20)
    index = make(20)
    index.add(np.arange(1000, 1400), vectors)
    query = vectors[7] + 0.1
    ids, cosines = index.search(query, 10)
    assert ids.tolist() == brute(dict(zip(range(1000, 1400), vectors, strict=True)), query, 10)
    expected = (
        vectors[ids - 1000] @ query / np.linalg.norm(vectors[ids - 1000], axis=1) / np.linalg.norm(query)
    )
    assert np.allclose(cosines, expected, atol=1e-5)
    assert (np.diff(cosines) <= 0).all()


def test_length_of_vectors_does_not_matter(make: MakeIndex) -> None:
    index = make(2)
    index.add([1, 2], np.array([[100.0, 1.0], [0.001, 0.001]]))
    ids, cosines = index.search(np.array([5.0, 5.0]), 2)
    assert ids.tolist() == [2, 1]
    assert cosines[0] == pytest.approx(1, abs=1e-5)


def test_more_neighbours_than_there_are(make: MakeIndex) -> None:
    index = make(4)
    assert len(index.search(np.ones(4), 5)[0]) == 0
    index.add([3, 4], np.eye(4)[:2])
    assert index.search(np.ones(4), 100)[0].tolist() == [3, 4]


@pytest.mark.parametrize(
    "bad",
    [np.ones((2, 5)), np.array([[1, 1, 1, 1], [1, np.nan, 1, 1]]), np.array([[1, 1, 1, 1], [0, 0, 0, 0]]),
     np.array([[1, 1, 1, 1], [np.inf, 0, 0, 0]]), np.ones((3, 4)), np.ones(4)],
    ids=["width", "nan", "zero", "infinite", "count", "flat"],
)  # fmt: skip
def test_unfit_vectors_are_refused_and_nothing_is_added(make: MakeIndex, bad: np.ndarray) -> None:
    index = make(4)
    with pytest.raises(ValueError):
        index.add([1, 2], bad)
    assert len(index) == 0


@pytest.mark.parametrize("bad", [np.ones(5), np.full(4, np.nan), np.zeros(4), np.ones((1, 4))])
def test_unfit_queries_are_refused(make: MakeIndex, bad: np.ndarray) -> None:
    index = make(4)
    index.add([1], np.ones((1, 4)))
    with pytest.raises(ValueError):
        index.search(bad, 1)


@pytest.mark.parametrize("k", [0, -1])
def test_k_must_be_positive(make: MakeIndex, k: int) -> None:
    index = make(4)
    index.add([1], np.ones((1, 4)))
    with pytest.raises(ValueError, match="neighbours"):
        index.search(np.ones(4), k)


def test_adding_again_replaces(make: MakeIndex) -> None:
    index = make(3)
    index.add([1, 2], np.array([[1.0, 0, 0], [0, 1, 0]]))
    index.add([1], np.array([[0, 0, 1.0]]))
    assert len(index) == 2
    ids, cosines = index.search(np.array([0, 0, 1.0]), 2)
    assert ids.tolist() == [1, 2]
    assert cosines[0] == pytest.approx(1)


def test_of_an_id_given_twice_the_last_counts(make: MakeIndex) -> None:
    index = make(2)
    index.add([5, 5], np.array([[1.0, 0], [0, 1]]))
    assert len(index) == 1
    assert index.search(np.array([0, 1.0]), 1)[1][0] == pytest.approx(1)


def test_removed_tracks_are_not_found_and_may_come_back(make: MakeIndex) -> None:
    vectors = clustered(50, 6)
    index = make(6)
    index.add(np.arange(50), vectors)
    index.remove([3, 4, 999])
    index.remove([3])
    assert len(index) == 48
    assert 3 not in index.search(vectors[3], 48)[0]
    index.add([3], vectors[9:10])
    ids, cosines = index.search(vectors[9], 2)
    assert set(ids.tolist()) == {3, 9}
    assert np.allclose(cosines, 1, atol=1e-5)


def test_everything_may_be_removed(make: MakeIndex) -> None:
    index = make(3)
    index.add(np.arange(300), clustered(300, 3))
    index.remove(np.arange(300))
    assert len(index) == 0
    assert index.search(np.ones(3), 4)[0].tolist() == []
    index.add([7], np.ones((1, 3)))
    assert index.search(np.ones(3), 4)[0].tolist() == [7]


def test_equal_vectors_come_in_the_order_of_their_ids(make: MakeIndex) -> None:
    index = make(3)
    index.add([9, 2, 5], np.ones((3, 3)))
    assert index.search(np.ones(3), 3)[0].tolist() == [2, 5, 9]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 30), min_size=1, max_size=6), st.integers(0, 999)),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 30), min_size=1, max_size=6), st.just(0)),
    ),
    max_size=12,
)


@needs_hnswlib
@settings(max_examples=60, deadline=None)
@given(steps, st.integers(1, 40))
def test_any_history_gives_what_a_dictionary_gives(history: list, k: int) -> None:
    kinds = [ExactIndex(5), HnswIndex(5)]
    truth: dict[int, np.ndarray] = {}
    for step, ids, seed in history:
        vectors = np.random.default_rng(seed).standard_normal((len(ids), 5))
        for index in kinds:
            index.add(ids, vectors) if step == "add" else index.remove(ids)
        if step == "add":
            truth |= dict(zip(ids, vectors, strict=True))
        else:
            truth = {key: value for key, value in truth.items() if key not in ids}
    query = np.random.default_rng(1).standard_normal(5)
    for index in kinds:
        assert index.ids().tolist() == sorted(truth)
        assert index.search(query, k)[0].tolist() == brute(truth, query, k)


@needs_hnswlib
def test_dead_entries_do_not_pile_up() -> None:
    index = HnswIndex(4)
    for round_ in range(30):
        index.add(np.arange(100) + 100 * round_, clustered(100, 4, seed=round_))
        index.remove(np.arange(100) + 100 * (round_ - 1))
    assert len(index) == 100
    assert index.graph.get_current_count() <= 300


@needs_hnswlib
def test_tuning_searches_harder_where_vectors_have_no_structure() -> None:
    easy, hard = HnswIndex(64), HnswIndex(64)
    easy.add(np.arange(3000), clustered(3000, 64, clusters=100, spread=0.2))
    hard.add(np.arange(3000), np.random.default_rng(0).standard_normal((3000, 64)))
    easy.tune()
    hard.tune()
    assert easy.recall >= 0.98
    assert hard.recall >= 0.98
    assert hard.ef > easy.ef


@needs_hnswlib
def test_measured_recall_is_the_recall_users_get() -> None:
    vectors = np.random.default_rng(3).standard_normal((4000, 48)).astype(np.float32)
    index, exact = HnswIndex(48), ExactIndex(48)
    for each in (index, exact):
        each.add(np.arange(4000), vectors)
    index.tune()
    queries = vectors[::57]
    hits = [len(set(index.search(q, 10)[0]) & set(exact.search(q, 10)[0])) for q in queries]
    assert np.mean(hits) / 10 == pytest.approx(index.recall, abs=0.02)


@needs_hnswlib
def test_a_graph_with_parts_out_of_reach_is_searched_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clustered(60, 4)
    index = HnswIndex(4)
    index.add(np.arange(60), vectors)

    class CutOff:
        def __getattr__(self, name: str) -> object:
            return getattr(graph, name)

        def knn_query(self, *args: object, **kwargs: object) -> None:
            raise RuntimeError("Cannot return the results in a contiguous 2D array")

    graph = index.graph
    monkeypatch.setattr(index, "graph", CutOff())
    expected = brute(dict(enumerate(vectors)), vectors[5], 10)
    assert index.search(vectors[5], 10)[0].tolist() == expected


def test_searching_while_adding_is_safe(make: MakeIndex) -> None:
    vectors = clustered(1500, 16)
    index = make(16)
    index.add(np.arange(200), vectors[:200])
    failures: list[BaseException] = []

    def search() -> None:
        try:
            while adding.is_alive():
                ids, _ = index.search(vectors[0], 10)
                assert len(ids) == 10
                assert ids[0] == 0
        except BaseException as error:
            failures.append(error)

    def add() -> None:
        for start in range(200, 1500, 100):
            index.add(np.arange(start, start + 100), vectors[start : start + 100])
            index.remove([start])

    adding = threading.Thread(target=add)
    searching = [threading.Thread(target=search) for _ in range(2)]
    for thread in (adding, *searching):
        thread.start()
    for thread in (adding, *searching):
        thread.join()
    assert not failures
    assert len(index) == 1500 - 13


def test_without_hnswlib_search_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hnswlib", None)
    assert index_kind() == "exact"
    assert isinstance(new_index(4), ExactIndex)


def test_importing_discovery_loads_no_heavy_library() -> None:
    code = (
        "import sys, soniq_desktop.discovery.recommend, soniq_desktop.discovery.index_store\n"
        "heavy = ('torch', 'librosa', 'scipy', 'numba', 'safetensors', 'PySide6')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
