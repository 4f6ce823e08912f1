"""Bars, loops, zoom, meters and words of the stems page: values in, values out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.audio.mixer import GAIN_DB, Lane
from soniq_desktop.library.records import BeatGrid
from soniq_desktop.services.stem_choices import EngineChoice
from soniq_desktop.services.stem_jobs import StemProgress
from soniq_desktop.ui.stems import look, words
from soniq_desktop.ui.stems.bars import lines_of
from soniq_desktop.ui.stems.choice import recommended
from soniq_desktop.ui.stems.lane_controls import gain_at_place, place_of_gain
from soniq_desktop.ui.stems.loop_drag import LoopDrag, grip, resized, shifted
from soniq_desktop.ui.stems.meter import FLOOR, HOLD, Ballistics, decibels
from soniq_desktop.ui.stems.overlays import label_step
from soniq_desktop.ui.stems.tool_cards import shifted_key
from soniq_desktop.ui.stems.view import LEAST, STEPS, TimeView
from soniq_desktop.ui.stems.waves import bar_heights, gaps


def grid(first=0.5, beat=0.5, count=64, per_bar=4):
    beats = (first + beat * np.arange(count)).astype(np.float32)
    return BeatGrid(beats, np.arange(count) % per_bar == 0, 0.9, per_bar)


def choice(name="htdemucs", *, installed=True, fits=True, memory=1_500_000_000):
    return EngineChoice(
        name, name.title(), ("vocals", "other"), name, installed, 84_000_000, "MIT", "text", 80.0, memory,
        12_000_000_000, fits, False, 0.0,
    )  # fmt: skip


class TestBars:
    def test_bars_begin_at_downbeats_and_go_on_to_the_end(self):
        lines = lines_of(grid(count=16), 12.0)
        assert lines.musical
        assert lines.starts[:4] == pytest.approx((0.5, 2.5, 4.5, 6.5))
        assert lines.starts[-2:] == pytest.approx((10.5, 12.0))
        assert [lines.label(0), lines.label(4)] == ["1", "5"]

    def test_without_a_beat_seconds_are_the_lines(self):
        for no_grid in (None, grid(count=3)):
            lines = lines_of(no_grid, 65.5)
            assert not lines.musical
            assert lines.count == 65
            assert lines.label(64) == "1:04"

    def test_a_loop_is_named_by_its_bars(self):
        lines = lines_of(grid(), 40.0)
        loop = lines.span(3, 6)
        assert lines.within(loop) == (3, 6)
        assert lines.name(loop) == "4 – 7"
        assert lines.describe(loop) == "Bars 4 – 7, 8.0 s"
        assert lines.describe(lines.span(2, 2)) == "Bar 3, 2.0 s"
        assert lines_of(None, 90.0).describe((10.0, 70.0)) == "0:10 – 1:10, 60.0 s"

    @given(st.floats(0, 60), st.floats(0.2, 2), st.integers(3, 200), st.floats(5, 400))
    def test_lines_rise_and_end_with_the_track(self, first, beat, count, duration):
        lines = lines_of(grid(first, beat, count), duration)
        assert all(after > before for before, after in zip(lines.starts, lines.starts[1:], strict=False))
        assert lines.starts[-1] >= min(duration, lines.starts[0])
        assert 0 <= lines.at(duration / 2) < lines.count

    def test_labels_stand_apart(self):
        view = TimeView()
        view.set_duration(252.0)
        lines = lines_of(grid(0.0, 0.484, 520), 252.0)
        assert label_step(view, lines, 864) == 8
        view.set_zoom(STEPS)
        assert label_step(view, lines, 864) == 1


class TestLoopDrag:
    lines = lines_of(grid(), 40.0)

    def test_what_a_press_takes_hold_of(self):
        assert grip(100, None, on_ruler=True) == "new"
        assert grip(100, None, on_ruler=False) is None
        assert grip(103, (100, 200), on_ruler=False) == "begin"
        assert grip(196, (100, 200), on_ruler=True) == "end"
        assert grip(150, (100, 200), on_ruler=True) == "all"
        assert grip(150, (100, 200), on_ruler=False) is None

    def test_a_new_loop_takes_whole_bars_either_way(self):
        drag = LoopDrag("new", self.lines, None, 5.0)
        assert drag.to(5.1) is None  # not yet another bar: a click
        assert drag.to(9.0) == self.lines.span(2, 4)
        assert drag.to(1.0) == self.lines.span(0, 2)

    def test_ends_do_not_cross_and_the_whole_stays_inside(self):
        loop = self.lines.span(4, 6)
        assert LoopDrag("begin", self.lines, loop, loop[0]).to(39.0) == self.lines.span(6, 6)
        assert LoopDrag("end", self.lines, loop, loop[1] - 0.01).to(0.0) == self.lines.span(4, 4)
        assert LoopDrag("all", self.lines, loop, loop[0] + 0.1).to(0.6) == self.lines.span(0, 2)
        far = LoopDrag("all", self.lines, loop, loop[0] + 0.1).to(39.9)
        assert self.lines.within(far)[1] == self.lines.count - 1

    @given(st.integers(0, 15), st.integers(0, 15), st.integers(-40, 40))
    def test_moving_keeps_the_length_and_resizing_the_beginning(self, first, more, by):
        loop = self.lines.span(first, first + more)
        begin, end = self.lines.within(loop)
        moved = self.lines.within(shifted(self.lines, loop, by))
        assert moved[1] - moved[0] == end - begin
        assert 0 <= moved[0] <= moved[1] < self.lines.count
        assert self.lines.within(resized(self.lines, loop, by))[0] == begin


class TestView:
    @given(st.floats(3, 4000), st.integers(-20, 140), st.floats(0, 1))
    def test_zoom_stays_inside_and_keeps_the_moment(self, duration, zoom, share):
        view = TimeView()
        view.set_duration(duration)
        view.set_zoom(zoom, share * duration)
        assert view.begin >= 0
        assert view.end <= duration * 1.000001
        assert view.span >= min(LEAST, duration) * 0.999999
        assert view.begin - 1e-6 <= share * duration <= view.end + 1e-6

    def test_the_window_follows_the_playhead(self):
        view = TimeView()
        view.set_duration(100.0)
        view.show(0.0, 10.0)
        view.follow(5.0)
        assert view.begin == 0.0
        view.follow(11.0)
        assert view.begin == pytest.approx(10.0)
        assert view.seconds(view.x(12.5, 800), 800) == pytest.approx(12.5)


class TestWaves:
    def test_a_bar_is_as_high_as_the_loudest_moment_under_it(self):
        peaks = np.zeros(500, np.uint8)
        peaks[100] = 255
        peaks[499] = 128  # behind the window that is shown
        assert bar_heights(peaks, 0.0, 5.0, 5) == pytest.approx([0, 0, 1, 0, 0])
        assert bar_heights(peaks, 8.0, 4.0, 2)[1] == 0.0
        assert bar_heights(np.zeros(0, np.uint8), 0.0, 5.0, 3) == [0, 0, 0]
        assert bar_heights(peaks, 0.0, 5.0, 0) == []

    def test_gaps_are_what_is_not_ready(self):
        assert gaps([], 10.0) == [(0.0, 10.0)]
        assert gaps([(2.0, 4.0), (6.0, 10.0)], 10.0) == [(0.0, 2.0), (4.0, 6.0)]
        assert gaps([(0.0, 10.0)], 10.0) == []


class TestControls:
    @given(st.floats(*GAIN_DB))
    def test_gain_and_place_belong_together(self, gain):
        place = place_of_gain(gain)
        assert 0.0 <= place <= 1.0
        assert gain_at_place(place) == pytest.approx(gain, abs=1e-6)

    def test_meters_rise_at_once_and_keep_the_peak_for_a_while(self):
        channel = Ballistics()
        channel.take(-6.0, 0.0, 0.03)
        assert (channel.level, channel.peak) == (-6.0, -6.0)
        channel.take(FLOOR, 0.5, 0.1)
        assert channel.level == pytest.approx(-9.0)
        assert channel.peak == -6.0
        channel.take(FLOOR, HOLD + 1, 0.1)
        assert channel.peak == pytest.approx(-9.0)
        assert decibels(0.0) == FLOOR
        assert decibels(1.0) == 0.0

    def test_what_a_lane_says(self):
        assert look.gain_text(Lane(gain_db=-1.5)) == "−1.5 dB"
        assert look.gain_text(Lane(gain_db=-0.04)) == "0.0 dB"
        assert look.gain_text(Lane(gain_db=-60)) == "−∞ dB"
        assert look.gain_text(Lane(muted=True)) == "muted"
        assert look.gain_text(Lane(), soloed_elsewhere=True) == "not soloed"
        assert [look.pan_text(pan) for pan in (0, -0.12, 1)] == ["C", "12 L", "100 R"]
        assert look.spoken_pan(-0.12) == "12 % left"

    def test_keys_are_shifted_by_name(self):
        assert shifted_key(9, "minor", 0) == "A minor"
        assert shifted_key(9, "minor", 3) == "C minor"
        assert shifted_key(0, "major", -1) == "B major"
        assert shifted_key(None, None, 2) == ""


class TestWords:
    def test_progress_in_words(self):
        progress = StemProgress(
            1, "htdemucs", "separating", 16, 26, 156.0, 252.0, 48.0, 2_900_000_000, 3_400_000_000, "cpu",
            16_000_000_000, 4,
        )  # fmt: skip
        assert words.headline(progress) == "Separating, 61 %"
        assert words.figures(progress).split(words.GAP) == ["48 s left", "2:36 of 4:12 ready to play"]
        assert words.memory_now(progress) == "2.9 of 16 GB, peak 3.4"
        assert words.device_text(progress) == "4 CPU threads"
        assert words.next_chunk(progress) == "Next: chunk 17 of 26"

    def test_waiting_is_rounded_as_a_forecast_is(self):
        assert [words.about(each) for each in (4, 33, 127, 4000)] == [
            "a few seconds", "about 35 s", "about 2 min", "about 1 h 7 min",
        ]  # fmt: skip

    def test_an_engine_that_is_here_and_fits_is_recommended(self):
        big, small = choice(installed=False), choice("spleeter")
        assert recommended([big, small]) is small
        assert recommended([big]) is big
        tight = choice(fits=False)
        assert recommended([tight, small]) is small
        assert recommended([tight]) is tight
        assert recommended([]) is None
