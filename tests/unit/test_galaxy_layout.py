"""The map is learned once, the same each time, for any number of songs; how far it can be trusted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.galaxy_layout import available, lay_out
from soniq_desktop.discovery.galaxy_shape import depth_of, normalised_map, principal_components, turned_to
from soniq_desktop.discovery.galaxy_trust import trustworthiness
from soniq_desktop.discovery.galaxy_worker import learn
from soniq_desktop.discovery.vectors import normalised
from tests.discovery_fixtures import clustered

need_opentsne = pytest.mark.skipif(not available(), reason="openTSNE is not installed")


def unit(count: int, dim: int = 20, seed: int = 0, clusters: int = 4) -> np.ndarray:
    return normalised(clustered(count, dim, seed, clusters, 0.3))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 9, 10, 30])
def test_any_number_of_songs_has_a_map(count):
    vectors = unit(count) if count else np.zeros((0, 20), np.float32)
    layout = learn(np.arange(1, count + 1), vectors, None)
    assert layout.places.shape == (count, 3)
    assert np.isfinite(layout.places).all()
    assert np.abs(layout.places).max(initial=0) < 3
    assert len(np.unique(layout.places, axis=0)) == count
    assert (layout.trust is None) == (count <= 30)


def test_songs_that_all_sound_the_same_are_spread_evenly():
    same = np.tile(unit(1), (40, 1))
    places = lay_out(same)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(40)
    assert apart.min() > 0.1


@need_opentsne
def test_the_same_songs_give_the_same_map_to_the_last_bit():
    vectors = unit(120)
    np.testing.assert_array_equal(lay_out(vectors), lay_out(vectors))


@need_opentsne
def test_songs_of_one_kind_lie_together():
    vectors = unit(200)
    places = lay_out(vectors)
    kinds = np.argmax(vectors @ vectors[:4].T, axis=1)
    trust = trustworthiness(vectors, places)
    assert trust is not None
    assert trust > 0.9
    assert len(kinds) == len(places)
    chance = np.random.default_rng(0).permutation(places)
    by_chance = trustworthiness(vectors, chance)
    assert by_chance is not None
    assert by_chance < 0.6


def test_trustworthiness_is_that_of_scikit_learn():
    manifold = pytest.importorskip("sklearn.manifold")
    vectors = unit(150)
    places = (vectors @ np.random.default_rng(1).normal(size=(20, 2))).astype(np.float32)
    ours = trustworthiness(vectors, places)
    theirs = manifold.trustworthiness(vectors, places, n_neighbors=15, metric="cosine")
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_a_sample_estimates_the_whole():
    vectors = unit(600)
    places = (vectors @ np.random.default_rng(1).normal(size=(20, 2))).astype(np.float32)
    whole, part = trustworthiness(vectors, places), trustworthiness(vectors, places, sample=300)
    assert whole is not None
    assert part == pytest.approx(whole, abs=0.02)


def test_principal_components_are_those_of_the_covariance():
    vectors = unit(80)
    scores = principal_components(vectors, 2)
    singular = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(np.linalg.norm(scores, axis=0), singular[:2], rtol=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 6.28), st.booleans(), st.integers(3, 40))
def test_a_turned_or_mirrored_map_is_turned_back(angle, mirrored, count):
    old = normalised_map(np.random.default_rng(count).normal(size=(count, 2)).astype(np.float32))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    new = (old @ turn * ([1, -1] if mirrored else [1, 1])).astype(np.float32)
    rows = np.arange(count)
    np.testing.assert_allclose(turned_to(new, old, rows, rows), old, atol=1e-4)


@need_opentsne
def test_a_new_layout_lies_as_the_old_one_does():
    vectors, ids = unit(150), np.arange(150)
    old = learn(ids, vectors, None)
    more = np.concatenate([vectors, unit(30, seed=9)])
    new = learn(np.arange(180), more, old)
    free = learn(np.arange(180), more, None)

    def apart(layout):
        return float(np.square(layout.places[:150, :2] - old.places[:, :2]).sum())

    assert apart(new) <= apart(free) + 1e-6
    turned = np.linalg.svd(new.places[:150, :2].T @ old.places[:, :2])
    np.testing.assert_allclose(turned[0] @ turned[2], np.eye(2), atol=1e-3)


def test_depth_tells_songs_of_one_place_apart():
    dice = np.random.default_rng(2)
    hidden = dice.choice([-1.0, 1.0], 200)
    vectors = np.column_stack([dice.normal(0, 0.01, (200, 4)), hidden]).astype(np.float32)
    depth = depth_of(vectors, np.zeros((200, 2), np.float32))
    assert abs(np.corrcoef(depth, hidden)[0, 1]) > 0.99
    assert np.abs(depth).max() <= 0.35 + 1e-6
