"""Camera, grid, lasso, clusters and picture: what the map does without a window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.galaxy_camera import LEAST, MOST, Camera
from soniq_desktop.discovery.galaxy_clusters import find_clusters, words_of
from soniq_desktop.discovery.galaxy_grid import PointGrid, inside_polygon, nearest_towards, thinned
from soniq_desktop.discovery.galaxy_picture import (
    COARSE,
    Stars,
    glow_strength,
    in_sight,
    paint_glow,
    paint_stars,
    stars_of,
)
from soniq_desktop.discovery.galaxy_selection import along, scattered, summary
from tests.galaxy_fixtures import CENTRES, make_galaxy

FLAT = Camera(800, 600, 270)


@settings(max_examples=60)
@given(st.floats(0.2, 8), st.floats(0, 800), st.floats(0, 600))
def test_what_is_under_the_mouse_stays_there_while_zooming(factor, x, y):
    before = FLAT.to_map(x, y)
    zoomed = FLAT.zoomed(factor, x, y)
    assert zoomed.to_map(x, y) == pytest.approx(before, abs=1e-9)
    assert LEAST <= zoomed.zoom <= MOST


def test_panning_follows_the_hand_exactly():
    point = np.array([[0.3, -0.2, 0.1]], np.float32)
    moved = FLAT.panned(40, -25).project(point) - FLAT.project(point)
    np.testing.assert_allclose(moved, [[40, -25]], atol=1e-3)


def test_projection_and_its_inverse_agree():
    place = np.array([[0.3, -0.7, 0.2]], np.float32)
    camera = FLAT.zoomed(3.0, 200, 500)
    x, y = camera.project(place)[0]
    assert camera.to_map(float(x), float(y)) == pytest.approx((0.3, -0.7), abs=1e-5)


def test_three_dimensions_begin_as_the_flat_map_and_then_show_depth():
    places = make_galaxy(50).places
    nearly = Camera(800, 600, 270, yaw=0.5, tilt=0.7, depth=1e-7).project(places)
    np.testing.assert_allclose(nearly, FLAT.project(places), atol=0.01)
    pair = np.array([[0.2, 0.2, -0.3], [0.2, 0.2, 0.3]], np.float32)
    deep = Camera(800, 600, 270, yaw=0.5, tilt=0.7, depth=1.0).project(pair)
    assert np.linalg.norm(deep[0] - deep[1]) > 20


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 300), st.integers(0, 10_000), st.floats(0.001, 2))
def test_the_grid_finds_what_a_search_of_all_finds(count, seed, reach):
    dice = np.random.default_rng(seed)
    points = dice.normal(size=(count, 2)).astype(np.float32)
    shown = dice.uniform(size=count) < 0.7
    x, y = dice.normal(size=2)
    apart = np.where(shown, np.linalg.norm(points - (x, y), axis=1), np.inf)
    found = PointGrid.over(points).nearest(x, y, reach, shown)
    if count and apart.min() < reach - 1e-6:
        assert found is not None
        assert apart[found] == pytest.approx(apart.min(), abs=1e-6)
    elif not count or apart.min() > reach + 1e-6:
        assert found is None


def test_all_songs_at_one_place_are_found():
    assert PointGrid.over(np.zeros((9, 2), np.float32)).nearest(0.001, 0, 0.01) is not None


def test_arrows_go_to_the_nearest_song_in_their_direction():
    points = np.array([[0, 0], [1, 0.1], [3, 0], [0.5, 0.6], [0, -1]], np.float32)
    assert nearest_towards(points, 0, 1, 0) == 1
    assert nearest_towards(points, 1, 1, 0) == 2
    assert nearest_towards(points, 0, 0, -1) == 4
    assert nearest_towards(points, 2, 1, 0) is None
    assert nearest_towards(points, 0, 1, 0, np.array([1, 0, 1, 1, 1], bool)) == 2


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(0, 10_000))
def test_the_lasso_holds_what_lies_inside_a_convex_line(corners, seed):
    dice = np.random.default_rng(seed)
    angles = np.sort(dice.uniform(0, 2 * np.pi, corners))
    polygon = np.column_stack([np.cos(angles), np.sin(angles)])
    points = dice.uniform(-1.2, 1.2, (200, 2)).astype(np.float32)
    edges = np.roll(polygon, -1, axis=0) - polygon
    away = points[:, None] - polygon
    side = edges[:, 0] * away[:, :, 1] - edges[:, 1] * away[:, :, 0]
    clear = np.abs(side).min(axis=1) > 1e-5
    expected = (side > 0).all(axis=1)
    np.testing.assert_array_equal(inside_polygon(points, polygon)[clear], expected[clear])


def test_a_line_that_crosses_itself_counts_even_and_odd():
    bow = np.array([[-1, -1], [1, 1], [1, -1], [-1, 1]], float)
    inside = inside_polygon(np.array([[-0.8, 0], [0.8, 0], [0, 0.8], [5, 5]], np.float32), bow)
    assert inside.tolist() == [True, True, False, False]
    assert not inside_polygon(np.zeros((2, 2), np.float32), bow[:2]).any()


def test_a_long_line_is_thinned_to_its_shape():
    line = np.column_stack([np.linspace(0, 1, 5000), np.zeros(5000)])
    short = thinned(line)
    assert len(short) == 200
    np.testing.assert_array_equal(short[[0, -1]], line[[0, -1]])


def test_clusters_are_the_hills_of_the_map():
    galaxy = make_galaxy(400)
    assert len(galaxy.clusters) == 4
    found = sorted((round(cluster.x, 1), round(cluster.y, 1)) for cluster in galaxy.clusters)
    for (x, y), (centre_x, centre_y) in zip(found, sorted(map(tuple, CENTRES)), strict=True):
        assert (x, y) == pytest.approx((centre_x, centre_y), abs=0.15)
    for corner in range(4):
        own = galaxy.members[np.arange(400) % 4 == corner]
        assert (own == np.bincount(own[own >= 0]).argmax()).mean() > 0.95


def test_a_handful_of_songs_has_no_clusters():
    members, clusters = find_clusters(np.zeros((4, 2), np.float32))
    assert clusters == []
    assert (members == -1).all()


def test_words_are_the_tags_that_set_a_cluster_apart():
    scores = np.full((90, 3), 0.3, np.float32)  # "common" is everywhere
    members = np.repeat([0, 1, 2], 30).astype(np.int32)
    scores[members == 0, 1] = 0.9
    scores[members == 1, 2] = 0.6
    words = words_of(scores, members, ("common", "metal", "piano"), 3)
    assert [said[:1] for said in words] == [("metal",), ("piano",), ()]


def make_stars(count: int, colour: tuple[int, int, int] = (200, 40, 10)) -> Stars:
    return stars_of(np.tile(np.array(colour, np.uint8), (count, 1)), np.zeros(count, np.uint8))


def test_a_star_is_brightest_in_its_middle_and_premultiplied():
    pixels = np.zeros((21, 31), np.uint32)
    points = np.array([[15.0, 10.0], [500.0, 10.0]], np.float32)
    stars = make_stars(2)
    rows = in_sight(points, stars.shown, 31, 21, 4)
    assert rows.tolist() == [0]
    paint_stars(pixels, points, stars, 1.5, rows)
    alpha = pixels >> 24
    assert alpha.argmax() == 10 * 31 + 15
    assert alpha[10, 18] == 0
    for shift in (0, 8, 16):
        assert ((pixels >> shift & 0xFF) <= alpha).all()


def test_hidden_stars_and_stars_out_of_sight_cost_nothing():
    points = np.array([[5, 5], [6, 6], [-50, 5]], np.float32)
    rows = in_sight(points, np.array([True, False, True]), 20, 20, 8)
    assert rows.tolist() == [0]


def test_stars_at_the_very_edge_do_not_wrap_around():
    pixels = np.zeros((20, 20), np.uint32)
    points = np.array([[0.0, 10.0], [19.9, 10.0], [10.0, -0.4]], np.float32)
    paint_stars(pixels, points, make_stars(3), 2.0, np.arange(3))
    assert pixels[:, 8:12][12:].max() == 0


def test_the_glow_is_where_the_stars_are_and_saturates():
    points = np.full((5000, 2), 100.0, np.float32)
    few = paint_glow(400, 400, points, make_stars(5000), np.arange(5000), 0.0005)
    assert few.shape == (400 // COARSE, 400 // COARSE)
    assert (few >> 24).argmax() == (100 // COARSE) * (400 // COARSE) + 100 // COARSE
    alpha = paint_glow(400, 400, points, make_stars(5000), np.arange(5000), 1.0) >> 24
    assert alpha.max() < 200
    assert alpha[-1, -1] == 0


def test_large_and_small_libraries_glow_alike():
    assert 1000 * glow_strength(1000, 1.0, 300) == pytest.approx(100_000 * glow_strength(100_000, 1.0, 300))


def test_a_selection_is_summed_up():
    galaxy = make_galaxy(200)
    rows = np.arange(0, 100)
    found = summary(galaxy, rows)
    assert found.songs == 100
    assert found.seconds == 10_000
    assert found.unplayed == 75
    assert found.energy.low == pytest.approx(np.percentile(np.arange(1, 101) / 200, 10))
    assert found.energy.median == pytest.approx(0.2525)
    assert len(set(found.samples)) == 3


def test_a_selection_plays_as_a_walk_across_it():
    places = np.array([[3, 0, 0], [1, 0.1, 0], [2, 0, 0], [0, 0, 0]], np.float32)
    assert along(places, np.array([0, 1, 2, 3])).tolist() == [3, 1, 2, 0]


def test_samples_lie_apart():
    galaxy = make_galaxy(200)
    rows = scattered(galaxy.places[:, :2], np.arange(200), 3)
    corners = {int(row) % 4 for row in rows}
    assert len(corners) == 3
