"""The tap gives what is audible now; ring, timeline and clock know where that is."""

import numpy as np
import pytest

from soniq_desktop.audio.ring import Ring
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.tap import SIZE, Tap
from soniq_desktop.audio.timeline import Playback, PlayClock, Segment, Timeline


def stereo(start, frames):
    values = np.arange(start, start + frames, dtype=np.float32)
    return np.stack([values, values], axis=1)


def make(heard=0, level=1.0):
    state = {"heard": heard}
    tap = Tap(44100, lambda: state["heard"])
    return state, tap, Ring(44100, 2, 0, tap, level)


def test_latest_ends_at_what_is_audible_not_at_what_is_written():
    state, tap, ring = make()
    ring.append(stereo(0, 5000))
    state["heard"] = 2000
    np.testing.assert_array_equal(tap.latest(100), np.arange(1900, 2000))


def test_latest_is_padded_with_silence_before_the_beginning():
    state, tap, ring = make()
    ring.append(stereo(1, 500))
    state["heard"] = 10
    np.testing.assert_array_equal(tap.latest(20), [*[0.0] * 10, *range(1, 11)])


def test_since_gives_every_frame_once():
    state, tap, ring = make()
    counter, heard = 0, []
    for step in (100, 700, 0, 1300):
        ring.append(stereo(ring.written, 1000))
        state["heard"] += step
        counter, new = tap.since(counter)
        heard.append(new)
    np.testing.assert_array_equal(np.concatenate(heard), np.arange(2100))


def test_windows_are_whole_across_the_end_of_the_ring():
    state, tap, _ = make()
    tap.write(0, stereo(0, SIZE - 10))
    tap.write(SIZE - 10, stereo(SIZE - 10, 100))
    state["heard"] = SIZE + 50
    np.testing.assert_array_equal(tap.latest(200), np.arange(SIZE - 150, SIZE + 50, dtype=np.float32))


def test_tap_hears_before_the_volume_control_and_mixes_to_mono():
    state, tap, ring = make(level=0.25)
    ring.append(np.tile(np.array([[1.0, 0.0]], np.float32), (100, 1)))
    state["heard"] = 100
    np.testing.assert_allclose(tap.latest(50), 0.5)
    np.testing.assert_allclose(ring.wet[:50, 0], 0.25)


def test_a_splice_is_what_the_tap_gives_too():
    state, tap, ring = make()
    ring.append(np.ones((1000, 2), np.float32))
    rest = ring.splice(400, np.zeros((800, 2), np.float32), 100)
    assert len(rest) == 200
    state["heard"] = 1000
    window = tap.latest(1000)
    assert window[:400].min() == 1.0
    assert window[500:].max() == 0.0
    assert np.abs(np.diff(window)).max() <= 0.0101, "the crossfade has no step"
    np.testing.assert_allclose(ring.wet[:1000, 0], window)


def test_volume_changes_what_is_on_its_way_in_a_ramp():
    _, _, ring = make()
    ring.append(np.ones((5000, 2), np.float32))
    ring.set_level(1000, 0.1)
    wet = ring.wet[:5000, 0]
    assert wet[:1000].min() == 1.0
    np.testing.assert_allclose(wet[1700:], 0.1, atol=1e-6)
    assert np.abs(np.diff(wet)).max() < 0.005
    ring.set_level(1200, 1.0)  # in the middle of the first ramp
    assert np.abs(np.diff(ring.wet[:5000, 0])).max() < 0.005
    assert ring.wet[4999, 0] == 1.0


def test_mono_device_gets_both_sides():
    tap = Tap(44100, lambda: 0)
    ring = Ring(44100, 1, 0, tap, 1.0)
    ring.append(np.tile(np.array([[0.5, 0.1]], np.float32), (10, 1)))
    np.testing.assert_allclose(ring.wet[:10, 0], 0.3)


def playback(track=1):
    return Playback(track, Source(track, "x", "x"))


def test_timeline_maps_frames_to_moments_and_a_new_plan_replaces_the_old_one():
    one, two, line = playback(1), playback(2), Timeline()
    line.put(Segment(100, one, 5.0))
    line.put(Segment(500, two, 0.0))
    assert line.at(50) is None
    assert line.at(499).playback is one
    assert line.at(500).playback is two
    line.put(Segment(300, None))
    assert line.at(600).playback is None
    line.forget_before(400)
    assert [segment.start for segment in line.segments] == [300]


def test_play_clock_is_smooth_between_bursts_and_holds_to_the_card():
    now = {"t": 0.0}
    clock = PlayClock(44100, 4096 / 44100, lambda: now["t"])
    read, real, errors, last = 4096, 0.0, [], -1
    clock.heard(read)
    for step in range(2000):
        now["t"] += 0.005
        real += 0.005 * 44100 * 1.0005  # the card is half a thousandth fast
        while read - real < 2048:
            read += 2048
        heard = clock.heard(read)
        assert heard >= last
        last = heard
        if step > 100:
            errors.append(heard - real)
    assert np.ptp(errors) < 2300
    assert abs(np.mean(errors)) < 2100


def test_play_clock_never_runs_past_what_was_read():
    now = {"t": 0.0}
    clock = PlayClock(44100, 0.0, lambda: now["t"])
    clock.heard(0)
    now["t"] = 100.0
    assert clock.heard(1000) <= 1000
    assert clock.heard(1000) == pytest.approx(1000, abs=1000)
