"""Axes, the ring of columns and the scrolling picture."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.live.raster import Raster
from soniq_desktop.analysis.live.scales import (
    frequency_ticks,
    from_log_fraction,
    log_fraction,
    nearest_note,
    tempo_ticks,
    time_step,
)
from soniq_desktop.analysis.live.store import ColumnStore


def test_nearest_note_names_octave_and_cents():
    assert nearest_note(440.0) == ("A", 4, 0)
    assert nearest_note(2_341.0) == ("D", 7, -6)
    assert nearest_note(261.63) == ("C", 4, 0)
    assert nearest_note(446.2, tuning=0.24)[2] == 0


@given(st.floats(20.0, 20_000.0))
def test_nearest_note_is_never_more_than_half_a_semitone_away(hz):
    _name, _octave, cents = nearest_note(hz)
    assert -50 <= cents <= 50
    midi = 69 + 12 * math.log2(hz / 440)
    assert abs(midi - round(midi - cents / 100) - cents / 100) < 0.01


@given(st.floats(0.0, 1.0))
def test_log_axis_goes_there_and_back(fraction):
    assert log_fraction(from_log_fraction(fraction, 40, 16_000), 40, 16_000) == pytest.approx(
        fraction, abs=1e-9
    )


def test_ticks_are_round_and_within_the_view():
    assert frequency_ticks(40, 16_000) == [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]
    assert frequency_ticks(300, 700) == [300, 400, 500, 600, 700]
    assert tempo_ticks(60, 130) == [60, 70, 80, 90, 100, 120]
    assert time_step(9.6 / 928) == 1.0


def numbered(first: int, n: int) -> np.ndarray:
    return np.repeat(np.arange(first, first + n, dtype=np.float32)[:, None], 2, axis=1)


@given(first=st.integers(0, 5_000), n=st.integers(1, 150))
@settings(max_examples=50, deadline=None)
def test_store_returns_the_columns_it_was_given(first, n):
    store = ColumnStore(2, 100, empty=-1.0)
    store.put(first, numbered(first, n))
    kept = np.arange(first + max(0, n - 100), first + n)
    assert (store.get(kept)[:, 0] == kept).all()
    assert store.known(kept).all()
    assert not store.known(kept + 100).any()
    assert (store.get(kept + 100) == -1.0).all()


def test_an_empty_store_knows_nothing_not_even_before_the_beginning():
    store = ColumnStore(2, 100, empty=0.0)
    assert not store.known(np.arange(-5, 5)).any()
    store.put(10, numbered(10, 20))
    assert store.known(np.arange(10, 30)).all()
    store.clear()
    assert not store.known(np.arange(-5, 30)).any()


def ramp(numbers: np.ndarray) -> np.ndarray:
    """Two bands that hold the column number and its half."""
    value = numbers.astype(np.float32)[..., None]
    return np.concatenate([value, value / 2], axis=-1)


def make_raster(width: int = 50) -> Raster:
    raster = Raster(ramp, 100.0)
    raster.level_range(0.0, 255.0)
    raster.shape((3, width), np.array([1.0, 0.5, 0.0]), smooth=True)
    raster.pixels_per_second = 100.0
    return raster


def test_scrolling_picture_equals_one_drawn_at_once():
    scrolled, whole = make_raster(), make_raster()
    for first in range(0, 120, 3):
        scrolled.draw(first, first + 3)
    whole.draw(70, 120)
    assert (scrolled.picture == whole.picture).all()
    assert scrolled.picture[2, 119 % 50] in (119, 120)


def test_rows_blend_between_bands():
    raster = make_raster()
    raster.draw(100, 101)
    top, between, bottom = raster.picture[:, 100 % 50].tolist()
    assert top < between < bottom
    assert between == pytest.approx((top + bottom) / 2, abs=1)


def test_zoomed_out_pixels_show_their_loudest_column():
    def one_click(numbers: np.ndarray) -> np.ndarray:
        return np.repeat((numbers == 41).astype(np.float32)[..., None], 2, axis=-1)

    raster = Raster(one_click, 100.0)
    raster.shape((2, 50), np.array([0.0, 1.0]), smooth=True)
    raster.pixels_per_second = 25.0
    raster.draw(0, 50)
    assert np.flatnonzero(raster.picture[0]).tolist() == [10]
    assert raster.picture[0, 10] == 255


def test_values_outside_the_range_are_clipped():
    raster = make_raster()
    raster.level_range(40.0, 60.0)
    raster.draw(0, 50)
    assert raster.picture.min() == 0
    raster.draw(200, 250)
    assert raster.picture.max() == 255
