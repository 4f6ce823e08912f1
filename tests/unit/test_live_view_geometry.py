"""Zoomable axis, visible stretch of time, and figures as text."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from soniq_desktop.ui.spectrogram import text
from soniq_desktop.ui.spectrogram.axis import LogAxis
from soniq_desktop.ui.spectrogram.window import LONGEST, PLAYHEAD_AT, SHORTEST, TimeWindow

fractions = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(st.floats(0.3, 3.0), fractions), max_size=12))
def test_zooming_never_leaves_the_range(steps):
    axis = LogAxis.whole(40.0, 16_000.0)
    for factor, around in steps:
        axis = axis.zoom(factor, around)
        assert 40.0 - 1e-6 <= axis.low < axis.high <= 16_000.0 + 1e-6
        assert axis.high / axis.low >= axis.narrowest - 1e-9


@given(st.floats(1.0, 3.0), fractions)
def test_zooming_in_keeps_what_is_under_the_pointer(factor, around):
    axis = LogAxis.whole(40.0, 16_000.0)
    assert axis.zoom(factor, around).value(around) == pytest.approx(axis.value(around), rel=1e-6)


@given(st.floats(0.0, 300.0))
def test_following_puts_the_playhead_at_its_place_within_the_track(position):
    window = TimeWindow()
    start = window.at(position, 300.0)
    assert 0.0 <= start <= 300.0 - window.seconds
    assert start <= position <= start + window.seconds
    if 10.0 < position < 290.0:
        assert (position - start) / window.seconds == pytest.approx(PLAYHEAD_AT)


@given(st.floats(0.2, 5.0), fractions, st.floats(20.0, 250.0))
def test_zooming_time_without_following_keeps_the_instant(factor, around, start):
    window = TimeWindow(follow=False, start=start)
    fixed = window.start + around * window.seconds
    window.zoom(factor, around, 300.0)
    assert SHORTEST <= window.seconds <= LONGEST
    assume(0.0 < window.start < 300.0 - window.seconds)
    assert window.start + around * window.seconds == pytest.approx(fixed)


def test_a_track_shorter_than_the_window_begins_at_its_left_edge():
    assert TimeWindow().at(2.0, 4.0) == 0.0


def test_panning_stops_following():
    window = TimeWindow()
    window.at(100.0, 300.0)
    window.pan(5.0, 300.0)
    assert not window.follow
    assert window.at(200.0, 300.0) == pytest.approx(100.0 - PLAYHEAD_AT * 9.6 + 5.0)


def test_figures_are_written_as_the_design_wants():
    assert text.clock(99.894, 2) == "1:39.89"
    assert text.clock(3_725) == "1:02:05"
    assert text.decibel(-31.42, -90) == "−31.4 dB"
    assert text.decibel(-90, -90) == "below −90 dB"
    assert text.note(2_341.0) == "D7 −6 ct"
    assert text.note(440.0) == "A4 ±0 ct"
    assert text.hertz(2_341.4) == "2,341 Hz"
    assert text.range_hertz(16_000) == "16 kHz"
    assert text.signed(-0.04) == "0.0"
