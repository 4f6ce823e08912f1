"""Where the evidence lies: regions, contours, and values that the window can read without torch."""

import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from soniq_desktop.analysis.genre.conformal import coverage_by_class, measured_coverage
from soniq_desktop.analysis.genre.evidence import (
    CELL,
    Frame,
    coarse,
    connected,
    contours,
    regions,
    strongest,
)
from soniq_desktop.analysis.genre.explaining import as_evidence
from soniq_desktop.analysis.genre.gradcam import Explanation
from soniq_desktop.models.genre_mel import FRAME_SECONDS, band_frequencies
from tests.genre_fixtures import simulated
from tests.inspector_fixtures import HERTZ, make_evidence, make_heat

FRAME = Frame(48.0, 60.0, HERTZ)


def test_the_strongest_region_surrounds_the_hottest_cell() -> None:
    found = strongest(coarse(make_heat()), FRAME)
    assert found is not None
    assert found.start < 48 + 12 * 100 / 400 < found.end
    assert found.low < HERTZ[40] < found.high
    assert found.end - found.start == pytest.approx(12 / 400 * 2 * 20 * np.sqrt(-np.log(0.68)), abs=0.25)
    assert found.peak == pytest.approx(1.0, abs=0.05)


def test_regions_come_with_their_share_the_largest_first() -> None:
    first, second = regions(coarse(make_heat()), FRAME)
    assert first.share > second.share > 0.05
    assert first.share + second.share < 1
    assert second.start > first.end
    assert second.low > first.high


def test_nothing_is_found_where_nothing_speaks_for_the_class() -> None:
    cold = coarse(np.zeros((400, 128), np.float32))
    assert strongest(cold, FRAME) is None
    assert regions(cold, FRAME) == []
    assert len(contours(cold, 0.45)) == 0


@given(st.integers(0, 10_000), st.floats(0.2, 0.7))
@settings(max_examples=30, deadline=None)
def test_connected_parts_are_those_of_scipy(seed: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((14, 9)) < share
    labels, count = ndimage.label(mask)
    parts = connected(mask)
    assert len(parts) == count
    for part in parts:
        numbers = {int(labels[x, y]) for x, y in part}
        assert len(numbers) == 1
        assert len(part) == (labels == numbers.pop()).sum()


@given(st.integers(0, 10_000), st.floats(0.2, 0.8))
@settings(max_examples=30, deadline=None)
def test_contours_pass_where_the_level_is(seed: int, level: float) -> None:
    """Both ends of each segment lie on an edge of the grid, and there the value is the level."""
    grid = np.random.default_rng(seed).random((12, 7)).astype(np.float32)
    segments = contours(grid, level)
    places = segments.reshape(-1, 2) * np.array(grid.shape) - 0.5
    values = ndimage.map_coordinates(grid, places.T, order=1)
    assert np.allclose(values, level, atol=1e-4)
    crossings = ((grid[1:] >= level) != (grid[:-1] >= level)).sum()
    crossings += ((grid[:, 1:] >= level) != (grid[:, :-1] >= level)).sum()
    inner = len(segments) * 2
    assert crossings <= inner <= 2 * crossings  # an edge inside belongs to two squares, one at the rim to one


def test_a_contour_of_a_disc_is_a_circle() -> None:
    x, y = np.mgrid[0:60, 0:60]
    grid = np.maximum(0, 1 - np.hypot(x - 30, y - 30) / 20).astype(np.float32)
    places = contours(grid, 0.5).reshape(-1, 2) * 60 - 0.5
    assert np.hypot(*(places - 30).T) == pytest.approx(10.0, abs=0.2)


def test_blocks_are_means_also_of_a_picture_smaller_than_one() -> None:
    heat = np.arange(40, dtype=np.float32).reshape(10, 4)
    assert coarse(heat).shape == (10 // CELL[0], 1)
    assert coarse(heat)[0, 0] == heat[:4].mean()
    assert coarse(heat[:2, :2]).shape == (1, 1)


def test_the_window_reads_evidence_without_torch() -> None:
    code = "import pickle, sys; e = pickle.load(sys.stdin.buffer); print(e.label, 'torch' in sys.modules)"
    data = pickle.dumps(make_evidence("Jazz"))
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert done.stdout.split() == [b"Jazz", b"False"]


def test_coverage_by_class_adds_up_to_the_whole() -> None:
    known = simulated(600, 4)
    whole, parts = measured_coverage(known, 0.9), coverage_by_class(known, 0.9, least=1)
    assert whole is not None
    assert sum(each.tracks for each in parts.values()) == 600
    hits = sum(each.share * each.tracks for each in parts.values())
    assert hits == pytest.approx(whole.share * 600)
    assert set(coverage_by_class(known, 0.9, least=40)) <= set(parts)
    assert coverage_by_class(simulated(19, 4), 0.9) == {}


def explanation(seconds: float, start: float) -> Explanation:
    """As Grad-CAM gives it: hottest at the ends of what was heard, and less so in the middle."""
    frames = round(seconds / FRAME_SECONDS)
    heat = np.zeros((frames, 128), np.float16)
    heat[[0, -1]] = 1.0
    heat[frames // 2 - 10 : frames // 2 + 10, 20:40] = 0.5
    times = start + np.arange(frames) * FRAME_SECONDS + 0.02
    image = np.arange(frames * 128).reshape(frames, 128).astype(np.uint8)
    labels = ("Rock", "Jazz")
    shares = np.array([0.7, 0.3], np.float32)
    return Explanation("Rock", 0.7, labels, shares, image, heat, times.astype(np.float32), band_frequencies())


def test_the_margins_are_cut_off_and_what_is_left_is_levelled() -> None:
    found = as_evidence(explanation(14.0, 11.0), 12.0, 12.0)
    assert (found.start, found.end) == (pytest.approx(12.0, abs=0.02), pytest.approx(24.0, abs=0.02))
    assert found.heat.max() == 255
    assert not found.heat[0].any()
    assert found.strongest is not None
    assert found.strongest.start == pytest.approx(18.0, abs=0.2)


def test_a_song_shorter_than_the_window_is_shown_once() -> None:
    found = as_evidence(explanation(3.75, 0.0), 0.0, 2.0)
    assert found.end == pytest.approx(2.0, abs=0.05)
    assert found.image.shape == found.heat.shape


def test_evidence_in_the_margins_alone_is_none() -> None:
    everything = explanation(14.0, 11.0)
    heat = everything.heat.copy()
    heat[1:-1] = 0.02
    found = as_evidence(replace(everything, heat=heat), 12.0, 12.0)
    assert not found.heat.any()
    assert found.strongest is None
