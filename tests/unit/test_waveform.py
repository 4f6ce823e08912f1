"""The overview behind the seek bar."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.waveform import POINTS, WaveformMeter, colours
from tests.audio_fixtures import noise


def overview(signal, rate=44_100, block=50_000):
    meter = WaveformMeter(rate)
    for start in range(0, signal.shape[1], block):
        meter.add(signal[:, start : start + block])
    return meter.overview()


@settings(max_examples=25, deadline=None)
@given(frames=st.integers(1, 200_000), block=st.integers(1_000, 70_000), channels=st.integers(1, 3))
def test_has_a_fixed_length_and_keeps_the_highest_peak(frames, block, channels):
    signal = noise(1.0, frames, channels).T.copy()
    peak, rms = overview(signal, block=block)
    assert len(peak) == len(rms) == POINTS
    assert peak.dtype == rms.dtype == np.uint8
    assert peak.max() == round(255 * float(np.abs(signal).max()))
    assert np.all(rms <= peak)


def test_rms_of_a_sine_is_its_peak_over_root_two():
    signal = np.sin(2 * np.pi * 1_000 * np.arange(441_000) / 44_100).astype(np.float32)[None]
    peak, rms = overview(signal)
    assert np.all(peak >= 254)
    assert np.all(np.abs(rms.astype(int) - 255 / np.sqrt(2)) < 2)


def test_shows_where_the_loud_part_is():
    signal = np.full((2, 300_000), 0.1, np.float32)
    signal[:, 100_000:200_000] = 0.8
    peak, _ = overview(signal)
    third = POINTS // 3
    assert peak[third // 2] == round(25.5)
    assert peak[POINTS // 2] == 204
    assert peak[-third // 2] == round(25.5)


def test_beyond_full_scale_is_full():
    peak, rms = overview(np.full((1, 44_100), 3.0, np.float32))
    assert np.all(peak == 255)
    assert np.all(rms == 255)


def test_nothing_at_all_is_flat():
    peak, rms = WaveformMeter(44_100).overview()
    assert len(peak) == len(rms) == POINTS
    assert not peak.any()
    assert not rms.any()


@pytest.mark.parametrize(("hertz", "colour"), [(50, 0), (100, 0), (894.4, 128), (8_000, 255), (15_000, 255)])
def test_colour_is_the_centroid_on_a_log_scale(hertz, colour):
    centroids = np.full(5_000, hertz, np.float32)
    assert np.all(np.abs(colours(centroids, np.ones(5_000, np.float32)).astype(int) - colour) <= 1)


def test_loud_frames_decide_the_colour_and_silence_is_dark():
    centroids = np.tile([200.0, 6_000.0], 5_000).astype(np.float32)
    weights = np.tile([0.01, 1.0], 5_000).astype(np.float32)
    assert colours(centroids, weights).min() > 200
    assert not colours(np.zeros(5_000, np.float32), np.zeros(5_000, np.float32)).any()
