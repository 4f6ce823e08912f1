"""The index on disk: in step with the catalogue, all or nothing, and never trusted blindly."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.discovery.index_store import Changes, StoredIndex, open_index
from soniq_desktop.discovery.neighbours import index_kind
from soniq_desktop.library.catalogue import Catalogue
from tests.discovery_fixtures import SPEC, add_track, clustered, library, listen

needs_hnswlib = pytest.mark.skipif(index_kind() == "exact", reason="hnswlib is not installed")
VECTORS = clustered(40, SPEC.dim)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Catalogue, list[int]]]:
    catalogue, ids = library(tmp_path, VECTORS)
    yield catalogue, ids
    catalogue.close()


class Counting:
    """A catalogue that counts the vectors read from it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.read = catalogue, 0

    def embedding_stamps(self, embedder: str, version: int) -> tuple:
        return self.catalogue.embedding_stamps(embedder, version)

    def embeddings(self, embedder: str, ids: list[int] | None = None) -> tuple:
        found = self.catalogue.embeddings(embedder, ids)
        self.read += len(found[0])
        return found


@pytest.mark.parametrize("kind", ["exact", pytest.param("hnsw", marks=needs_hnswlib)])
def test_a_new_index_holds_the_catalogue(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, kind: str
) -> None:
    catalogue, ids = filled
    stored = StoredIndex(catalogue, SPEC, tmp_path / "index", kind)  # type: ignore[arg-type]
    assert stored.sync() == Changes(added=40, removed=0)
    assert stored.index.ids().tolist() == ids
    assert stored.index.search(VECTORS[11], 1)[0].tolist() == [ids[11]]
    assert stored.sync() == Changes(0, 0)


@needs_hnswlib
def test_a_second_start_reads_no_vectors(filled: tuple[Catalogue, list[int]], tmp_path: Path) -> None:
    catalogue, ids = filled
    first = open_index(catalogue, SPEC, tmp_path / "index")
    source = Counting(catalogue)
    again = open_index(source, SPEC, tmp_path / "index")
    assert source.read == 0
    assert again.index.ids().tolist() == ids
    assert again.index.recall == first.index.recall >= 0.98
    assert np.array_equal(again.index.search(VECTORS[3], 9)[0], first.index.search(VECTORS[3], 9)[0])


@pytest.mark.parametrize("kind", ["exact", pytest.param("hnsw", marks=needs_hnswlib)])
def test_only_what_changed_is_taken_over(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, kind: str
) -> None:
    catalogue, ids = filled
    source = Counting(catalogue)
    stored = StoredIndex(source, SPEC, tmp_path / "index", kind)  # type: ignore[arg-type]
    stored.sync()
    source.read = 0
    fresh = add_track(catalogue, "fresh.flac", -VECTORS[0])
    listen(catalogue, ids[5], -VECTORS[1], "5" * 32)
    with catalogue.database.writing() as connection:
        connection.execute("DELETE FROM tracks WHERE id = ?", (ids[7],))
    assert stored.sync() == Changes(added=2, removed=1)
    assert source.read == 2
    assert stored.index.search(-VECTORS[0], 1)[0].tolist() == [fresh]
    assert stored.index.search(-VECTORS[1], 1)[0].tolist() == [ids[5]]
    assert ids[7] not in stored.index.ids()


@needs_hnswlib
def test_changes_survive_a_restart(filled: tuple[Catalogue, list[int]], tmp_path: Path) -> None:
    catalogue, ids = filled
    stored = open_index(catalogue, SPEC, tmp_path / "index")
    with catalogue.database.writing() as connection:
        connection.execute("DELETE FROM tracks WHERE id = ?", (ids[7],))
    listen(catalogue, ids[5], -VECTORS[1], "5" * 32)
    stored.sync()
    assert stored.save()
    source = Counting(catalogue)
    again = StoredIndex(source, SPEC, tmp_path / "index")
    assert again.sync() == Changes(0, 0)
    assert source.read == 0
    assert again.index.search(-VECTORS[1], 1)[0].tolist() == [ids[5]]
    assert ids[7] not in again.index.search(VECTORS[7], 40)[0]


def test_vectors_that_cannot_be_compared_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vectors = VECTORS[:6].copy()
    vectors[2, 3] = np.nan
    vectors[4] = 0
    catalogue, ids = library(tmp_path, vectors)
    source = Counting(catalogue)
    stored = StoredIndex(source, SPEC, tmp_path / "index")
    with catalogue, caplog.at_level(logging.WARNING, "soniq.index"):
        stored.sync()
        assert stored.index.ids().tolist() == [ids[0], ids[1], ids[3], ids[5]]
        assert "cannot be compared: 2" in caplog.text
        source.read = 0
        stored.sync()
        assert source.read == 0


def test_a_stopped_sync_carries_on_later(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soniq_desktop.discovery.index_store.ROWS", 10)
    catalogue, ids = filled
    stored = StoredIndex(catalogue, SPEC, tmp_path / "index")
    answers = iter([False, False, True])
    assert stored.sync(lambda: next(answers)).added == 20
    assert stored.sync().added == 20
    assert stored.index.ids().tolist() == ids


def damage_truncate(folder: Path) -> None:
    graph = folder / f"{SPEC.name}.hnsw"
    graph.write_bytes(graph.read_bytes()[:-100])


def damage_graph_gone(folder: Path) -> None:
    (folder / f"{SPEC.name}.hnsw").unlink()


def damage_side_garbage(folder: Path) -> None:
    (folder / f"{SPEC.name}.json").write_bytes(b'{"format": 1, "metr')


def damage_side_not_a_table(folder: Path) -> None:
    (folder / f"{SPEC.name}.json").write_text("[1, 2]")


def damage_ids(folder: Path) -> None:
    """A side file of another state: lists a track that the graph does not hold."""
    side = json.loads((folder / f"{SPEC.name}.json").read_text())
    side["ids"][0] = 987654
    (folder / f"{SPEC.name}.json").write_text(json.dumps(side))


DAMAGES = [damage_truncate, damage_graph_gone, damage_side_garbage, damage_side_not_a_table, damage_ids]


@needs_hnswlib
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_a_damaged_index_is_made_anew(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, caplog: pytest.LogCaptureFixture, damage
) -> None:
    catalogue, ids = filled
    open_index(catalogue, SPEC, tmp_path / "index")
    damage(tmp_path / "index")
    with caplog.at_level(logging.WARNING, "soniq.index"):
        stored = open_index(catalogue, SPEC, tmp_path / "index")
    assert "made anew" in caplog.text
    assert stored.index.ids().tolist() == ids
    assert StoredIndex(catalogue, SPEC, tmp_path / "index").index.ids().tolist() == ids


@needs_hnswlib
@pytest.mark.parametrize("change", [{"name": "another"}, {"version": 2}, {"dim": 9}], ids=str)
def test_an_index_of_another_embedder_is_not_used(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, caplog: pytest.LogCaptureFixture, change: dict
) -> None:
    catalogue, _ = filled
    open_index(catalogue, SPEC, tmp_path / "index")
    other = replace(SPEC, **change)
    for suffix in (".hnsw", ".json"):
        (tmp_path / "index" / (SPEC.name + suffix)).rename(tmp_path / "index" / (other.name + suffix))
    with caplog.at_level(logging.WARNING, "soniq.index"):
        stored = StoredIndex(catalogue, other, tmp_path / "index")
    assert len(stored.index) == 0
    assert stored.index.dim == other.dim
    assert "of another index" in caplog.text


@needs_hnswlib
def test_a_save_that_fails_leaves_the_old_index(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, ids = filled
    stored = open_index(catalogue, SPEC, tmp_path / "index")
    before = {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()}
    add_track(catalogue, "fresh.flac", -VECTORS[0])
    stored.sync()

    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("no space left")

    monkeypatch.setattr(stored.index, "save", full)
    assert not stored.save()
    assert {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()} == before
    assert StoredIndex(catalogue, SPEC, tmp_path / "index").index.ids().tolist() == ids


@needs_hnswlib
def test_files_are_exchanged_at_once_or_not_at_all(
    filled: tuple[Catalogue, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, _ = filled
    stored = open_index(catalogue, SPEC, tmp_path / "index")
    before = {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()}
    add_track(catalogue, "fresh.flac", -VECTORS[0])
    stored.sync()

    def refused(self: Path, target: Path) -> None:
        raise PermissionError("the file is open elsewhere")

    monkeypatch.setattr(Path, "replace", refused)
    assert not stored.save()
    assert {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()} == before


@needs_hnswlib
def test_a_kill_between_the_two_files_is_noticed(filled: tuple[Catalogue, list[int]], tmp_path: Path) -> None:
    catalogue, ids = filled
    stored = open_index(catalogue, SPEC, tmp_path / "index")
    old_side = (tmp_path / "index" / f"{SPEC.name}.json").read_bytes()
    with catalogue.database.writing() as connection:
        connection.execute("DELETE FROM tracks WHERE id = ?", (ids[7],))
    stored.sync()
    stored.save()
    (tmp_path / "index" / f"{SPEC.name}.json").write_bytes(old_side)
    assert len(StoredIndex(catalogue, SPEC, tmp_path / "index").index) == 0
