"""Similar tracks: no copies, nothing missing, some variety."""

from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.neighbours import ExactIndex
from soniq_desktop.discovery.similar import CROWDING, Neighbours
from soniq_desktop.library.catalogue import Catalogue
from tests.discovery_fixtures import SPEC, add_track, clustered, library

START = np.eye(SPEC.dim)[0]


def at(cosine: float, axis: int = 1) -> np.ndarray:
    """A unit vector with that cosine to START."""
    vector = cosine * START
    vector[axis] = np.sqrt(1 - cosine**2)
    return vector


class Shelf:
    """A catalogue and an exact index that are filled track by track."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(folder / "library.sqlite3")
        self.index = ExactIndex(SPEC.dim)
        self.start = self.add("start", 1.0, title="Start", artist="Ada")

    def add(self, name: str, cosine: float, axis: int = 1, **tags: object) -> int:
        track_id = add_track(self.catalogue, f"{name}.flac", at(cosine, axis), **tags)
        self.index.add([track_id], at(cosine, axis)[None])
        return track_id

    def similar(self, k: int = 10, **options: bool) -> list[tuple[int, float]]:
        return Neighbours(self.catalogue, self.index, SPEC.name).similar(self.start, k, **options)


@pytest.fixture
def shelf(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalogue.close()


def test_most_similar_first_without_the_track_itself(shelf: Shelf) -> None:
    far, near = shelf.add("far", 0.3), shelf.add("near", 0.9)
    found = shelf.similar()
    assert [track_id for track_id, _ in found] == [near, far]
    assert [value for _, value in found] == pytest.approx([0.9, 0.3], abs=1e-5)


def test_no_more_than_asked(shelf: Shelf) -> None:
    for i in range(8):
        shelf.add(f"t{i}", 0.5 + i / 100)
    assert len(shelf.similar(3)) == 3


def test_a_copy_of_the_same_sound_is_left_out(shelf: Shelf) -> None:
    copy = shelf.add("copy", 0.8)
    shelf.add("copy elsewhere", 0.79)
    with shelf.catalogue.database.writing() as connection:
        connection.execute("UPDATE tracks SET audio_hash = 'aa' WHERE id > ?", (shelf.start,))
    assert [track_id for track_id, _ in shelf.similar()] == [copy]


@pytest.mark.parametrize(
    ("tags", "same"),
    [
        ({"title": "START", "artist": "ada", "duration": 201.5}, True),
        ({"title": "Start", "artist": "Ada", "duration": 210.0}, False),
        ({"title": "Start", "artist": "Grace"}, False),
        ({"title": "Start"}, False),
    ],
)
def test_another_file_of_the_recording_is_left_out(shelf: Shelf, tags: dict, same: bool) -> None:
    other = shelf.add("other", 0.99, **tags)
    assert [track_id for track_id, _ in shelf.similar()] == ([] if same else [other])


def test_untagged_tracks_are_not_taken_for_copies(shelf: Shelf) -> None:
    ids = {shelf.add(f"{i}/track01", 0.9) for i in range(3)}
    assert {track_id for track_id, _ in shelf.similar()} == ids


def test_missing_files_are_left_out_unless_asked_for(shelf: Shelf) -> None:
    gone, here = shelf.add("gone", 0.9), shelf.add("here", 0.8)
    shelf.catalogue.mark_missing([gone])
    assert [track_id for track_id, _ in shelf.similar()] == [here]
    assert [track_id for track_id, _ in shelf.similar(missing=True)] == [gone, here]


def test_one_album_does_not_take_the_whole_list(shelf: Shelf) -> None:
    album = [shelf.add(f"a{i}", 0.9, title=f"A{i}", artist="Bo", album="One") for i in range(6)]
    others = [shelf.add(f"o{i}", 0.87, title=f"O{i}", artist=f"Other {i}", album="Two") for i in range(6)]
    found = [track_id for track_id, _ in shelf.similar(6)]
    assert 1 <= len(set(found) & set(album)) <= 3
    assert len(set(found) & set(others)) >= 3


def test_variety_never_beats_a_clear_difference(shelf: Shelf) -> None:
    album = [shelf.add(f"a{i}", 0.9, title=f"A{i}", artist="Bo", album="One") for i in range(3)]
    shelf.add("stranger", 0.9 - 3 * CROWDING, artist="Cy")
    assert {track_id for track_id, _ in shelf.similar(3)} == set(album)


def test_a_track_not_listened_to_yet_is_a_plain_sentence(shelf: Shelf) -> None:
    waiting = add_track(shelf.catalogue, "new.flac", None, title="New one", artist="Di")
    neighbours = Neighbours(shelf.catalogue, shelf.index, SPEC.name)
    with pytest.raises(NotFoundError, match="has not listened to “New one” yet"):
        neighbours.similar(waiting)
    with pytest.raises(NotFoundError, match="no longer in the library"):
        neighbours.similar(10**6)


def test_a_row_of_the_index_without_a_track_is_harmless(shelf: Shelf) -> None:
    here = shelf.add("here", 0.5)
    shelf.index.add([10**6], at(0.99)[None])
    assert [track_id for track_id, _ in shelf.similar()] == [here]


def test_similar_is_stable(tmp_path: Path) -> None:
    vectors = clustered(60, SPEC.dim)
    catalogue, ids = library(tmp_path, vectors)
    index = ExactIndex(SPEC.dim)
    index.add(ids, vectors)
    neighbours = Neighbours(catalogue, index, SPEC.name)
    with catalogue:
        assert neighbours.similar(ids[3], 10) == neighbours.similar(ids[3], 10)
        assert len(neighbours.similar(ids[3], 10)) == 10
