"""The map stays put: what is on it never moves, whatever comes, goes or breaks."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.galaxy_map import GalaxyMaps
from soniq_desktop.discovery.galaxy_place import geometric_median, place_among
from soniq_desktop.discovery.galaxy_store import Layout, layout_path, load_layout, save_layout
from soniq_desktop.discovery.galaxy_worker import learn, learnable
from soniq_desktop.discovery.sounds import SoundStore
from soniq_desktop.discovery.vectors import normalised
from tests.discovery_fixtures import SPEC, clustered
from tests.wormhole_fixtures import Shelf


def learned(shelf: Shelf) -> Layout:
    """A layout of the whole shelf, on the disk."""
    layout = learn(*learnable(shelf.catalogue, SPEC), load_layout(shelf.folder, SPEC))
    save_layout(shelf.folder, SPEC, layout)
    return layout


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path)
    genres = [("Rock", "Jazz", "")[number % 3] for number in range(60)]
    tags = [{"title": f"Title {number}", "genre": genre} for number, genre in enumerate(genres)]
    shelf.add(clustered(60, 8, clusters=3), tags=tags)
    yield shelf
    shelf.catalogue.close()


class Desk:
    """Maps over a shelf, as the service asks for them."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.sounds = SoundStore(shelf.catalogue, SPEC)
        self.maps = GalaxyMaps(shelf.folder, SPEC)

    def map(self):
        return self.maps.current(self.sounds.current(), self.shelf.catalogue.genres_of_tracks())


def test_without_a_layout_there_is_no_map(shelf):
    assert Desk(shelf).map() is None


def test_adding_songs_moves_nothing_not_even_by_a_bit(shelf):
    learned(shelf)
    desk = Desk(shelf)
    before = desk.map()
    shelf.add(clustered(25, 8, seed=1, clusters=3))
    after = desk.map()
    assert len(after) == 85
    rows = [after.row(int(each)) for each in before.ids]
    np.testing.assert_array_equal(after.places[rows], before.places)
    assert after.learned == 60
    again = Desk(shelf).map()  # from the disk
    np.testing.assert_array_equal(again.places, after.places)


def test_a_place_does_not_depend_on_what_came_before(shelf, tmp_path):
    learned(shelf)
    vectors = clustered(20, 8, seed=2, clusters=3)
    one_by_one, at_once = Desk(shelf), tmp_path / "other"
    for vector in vectors:
        shelf.add(vector[None])
        one_by_one.map()
    first = one_by_one.map()
    save_layout(at_once, SPEC, _only_learned(load_layout(shelf.folder, SPEC)))
    second = GalaxyMaps(at_once, SPEC).current(
        one_by_one.sounds.current(), shelf.catalogue.genres_of_tracks()
    )
    np.testing.assert_array_equal(first.ids, second.ids)
    np.testing.assert_allclose(first.places, second.places, atol=1e-6)


def _only_learned(layout: Layout) -> Layout:
    keep = layout.learned
    return dataclasses.replace(
        layout, ids=layout.ids[keep], places=layout.places[keep], learned=layout.learned[keep]
    )


def test_a_new_song_lies_among_songs_that_sound_like_it(shelf):
    learned(shelf)
    ids, vectors = learnable(shelf.catalogue, SPEC)
    twin = shelf.add(vectors[7:8] + 1e-4)[0]
    galaxy = Desk(shelf).map()
    apart = np.linalg.norm(galaxy.places[:, :2] - galaxy.places[galaxy.row(twin), :2], axis=1)
    order = galaxy.ids[np.argsort(apart)][1:11]
    cosines = dict(zip(ids.tolist(), (vectors @ vectors[7]).tolist(), strict=True))
    assert np.mean([cosines[int(each)] for each in order]) > np.mean(list(cosines.values())) + 0.3


def test_songs_whose_file_is_gone_are_marked_and_nothing_moves(shelf):
    learned(shelf)
    desk = Desk(shelf)
    before = desk.map()
    shelf.catalogue.mark_missing([int(before.ids[3])])
    away = desk.map()
    assert away.ids[away.missing].tolist() == [int(before.ids[3])]
    np.testing.assert_array_equal(away.places, before.places)
    shelf.catalogue.mark_present([int(before.ids[3])])
    back = desk.map()
    assert not back.missing.any()
    np.testing.assert_array_equal(back.places, before.places)


def test_genres_come_from_the_tags(shelf):
    learned(shelf)
    galaxy = Desk(shelf).map()
    names = [galaxy.genres[code] if code >= 0 else "" for code in galaxy.genre]
    assert names == [("Rock", "Jazz", "")[number % 3] for number in range(60)]


def test_the_map_says_when_it_is_outgrown(shelf):
    learned(shelf)
    assert not Desk(shelf).map().outgrown
    shelf.add(clustered(40, 8, seed=3, clusters=3))
    assert Desk(shelf).map().outgrown


@pytest.mark.parametrize("at", [0, 40, 200, -1])
def test_a_damaged_file_gives_way_to_its_backup_and_then_to_nothing(shelf, at, caplog):
    first = learned(shelf)
    file = layout_path(shelf.folder, SPEC)
    save_layout(shelf.folder, SPEC, first)  # now there is a backup
    data = bytearray(file.read_bytes())
    data[at] ^= 0xFF
    file.write_bytes(data)
    np.testing.assert_array_equal(load_layout(shelf.folder, SPEC).places, first.places)
    file.with_name(file.name + ".bak").write_bytes(data[: len(data) // 2])
    assert load_layout(shelf.folder, SPEC) is None
    assert "cannot be used" in caplog.text


def test_a_map_of_another_embedder_or_version_is_not_taken(shelf):
    learned(shelf)
    assert load_layout(shelf.folder, dataclasses.replace(SPEC, version=2)) is None
    assert load_layout(shelf.folder, dataclasses.replace(SPEC, name="other")) is None


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 9), st.integers(0, 10_000))
def test_the_geometric_median_is_no_farther_than_the_mean(count, seed):
    dice = np.random.default_rng(seed)
    points = dice.normal(size=(1, count, 2)).astype(np.float32)
    weights = dice.uniform(0.1, 1, (1, count))

    def cost(place):
        return float((weights[0] * np.linalg.norm(points[0] - place, axis=1)).sum())

    mean = (points[0] * weights[0][:, None]).sum(axis=0) / weights.sum()
    assert cost(geometric_median(points, weights)[0]) <= cost(mean) + 1e-5


def test_a_song_between_two_clusters_joins_the_nearer_one_and_not_the_void():
    vectors = normalised(np.repeat(np.eye(8, dtype=np.float32)[:2], 10, axis=0))
    places = np.repeat(np.array([[-1, 0, 0], [1, 0, 0]], np.float32), 10, axis=0)
    new = normalised(np.array([[1.0, 0.9, 0, 0, 0, 0, 0, 0]], np.float32))
    placed = place_among(np.array([1]), new, vectors, places, np.ones(20, bool))
    assert placed[0, 0] < -0.95


def test_the_first_songs_have_a_place_though_nothing_was_learned():
    placed = place_among(
        np.arange(3), normalised(clustered(3, 8)), np.zeros((3, 8), np.float32), np.zeros((3, 3), np.float32),
        np.zeros(3, bool),
    )  # fmt: skip
    assert placed.shape == (3, 3)
    assert np.isfinite(placed).all()
