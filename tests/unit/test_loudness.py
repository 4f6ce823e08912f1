"""Loudness, loudness range and true peak against the standards' own test signals and an independent meter."""

import contextlib
from fractions import Fraction

import av
import av.filter
import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.loudness import ABSOLUTE_GATE, LoudnessMeter
from soniq_desktop.analysis.truepeak import TruePeakMeter
from tests.listening_fixtures import tone

STEREO = ("FL", "FR")
SURROUND = ("FL", "FR", "FC", "LFE", "SL", "SR")


def measure(signal, rate=48_000, names=STEREO, block=50_000):
    meter = LoudnessMeter(rate, names)
    for start in range(0, signal.shape[1], block):
        meter.add(signal[:, start : start + block])
    return meter.result()


def steps(*parts, rate=48_000):
    """A 1 kHz stereo tone that steps through (level, seconds)."""
    return np.concatenate([tone(seconds, level, rate=rate) for level, seconds in parts], axis=1)


def music(seconds, rate, channels=2, seed=1):
    """Noise with an envelope and a tilt, so that filter, gates and channels all matter."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    noise = np.cumsum(rng.standard_normal((channels, n)), axis=1)
    noise -= np.concatenate([noise[:, :1], noise[:, :-1]], axis=1) * 0.995
    envelope = 10 ** (-1.5 * np.abs(np.sin(np.arange(n) / rate * 0.7)))
    signal = noise * envelope
    return (0.5 * signal / np.abs(signal).max()).astype(np.float32)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([(-23, 20)], -23.0, id="case 1"),
        pytest.param([(-33, 20)], -33.0, id="case 2"),
        pytest.param([(-36, 10), (-23, 60), (-36, 10)], -23.0, id="case 3, relative gate"),
        pytest.param([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0, id="case 4, both gates"),
        pytest.param([(-26, 20), (-20, 20.1), (-26, 20)], -23.0, id="case 5"),
    ],
)
def test_meets_the_integrated_cases_of_tech_3341(parts, expected):
    assert measure(steps(*parts)).integrated == pytest.approx(expected, abs=0.1)


def test_meets_the_surround_case_of_tech_3341():
    levels = (-28.0, -28.0, -24.0, -np.inf, -30.0, -30.0)
    signal = np.concatenate([tone(20, level, channels=1) for level in levels])
    assert measure(signal, names=SURROUND).integrated == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([(-20, 20), (-30, 20)], 10.0, id="case 1"),
        pytest.param([(-20, 20), (-15, 20)], 5.0, id="case 2"),
        pytest.param([(-40, 20), (-20, 20)], 20.0, id="case 3"),
        pytest.param([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0, id="case 4"),
    ],
)
def test_meets_the_range_cases_of_tech_3342(parts, expected):
    assert measure(steps(*parts)).range == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize(
    ("divisor", "phase", "amplitude", "expected"),
    [
        pytest.param(4, 0.0, 0.5, -6.0, id="case 15"),
        pytest.param(4, 45.0, 0.5, -6.0, id="case 16"),
        pytest.param(6, 60.0, 0.5, -6.0, id="case 17"),
        pytest.param(8, 67.5, 0.5, -6.0, id="case 18"),
        pytest.param(4, 45.0, 1.41, 3.0, id="case 19"),
    ],
)
def test_meets_the_true_peak_cases_of_tech_3341(divisor, phase, amplitude, expected):
    t = np.arange(48_000)
    sine = amplitude * np.sin(2 * np.pi * t / divisor + np.radians(phase))
    ramp = np.minimum(1.0, np.minimum(t, t[::-1]) / 4_800)
    signal = np.tile(sine * ramp, (2, 1)).astype(np.float32)
    peak = measure(signal).true_peak
    assert expected - 0.4 <= peak <= expected + 0.2


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_agrees_with_pyloudnorm(rate, channels):
    signal = music(12, rate, channels)
    reference = pyloudnorm.Meter(rate).integrated_loudness(signal.T.astype(np.float64))
    names = STEREO[:channels] if channels > 1 else ("FC",)
    assert measure(signal, rate, names).integrated == pytest.approx(reference, abs=0.1)


def ebur128(signal, rate, layout):
    """Integrated loudness, range and true peak (linear) as FFmpeg's filter finds them."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="fltp", layout=layout, time_base=Fraction(1, rate))
    meter, sink = graph.add("ebur128", "peak=true:metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    found = {}
    for start in range(0, signal.shape[1], 4_800):
        block = np.ascontiguousarray(signal[:, start : start + 4_800])
        frame = av.AudioFrame.from_ndarray(block, "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        graph.push(frame)
        with contextlib.suppress(av.BlockingIOError):
            while True:
                found.update(graph.pull().metadata)
    peaks = [float(value) for name, value in found.items() if "true_peaks_ch" in name]
    return float(found["lavfi.r128.I"]), float(found["lavfi.r128.LRA"]), 20 * np.log10(max(peaks))


@pytest.mark.parametrize(
    ("names", "layout"), [(STEREO, "stereo"), (("FC",), "mono"), (SURROUND, "5.1(side)")]
)
def test_agrees_with_the_meter_of_ffmpeg(names, layout):
    signal = music(20, 48_000, len(names))
    integrated, spread, peak = ebur128(signal, 48_000, layout)
    result = measure(signal, names=names)
    assert result.integrated == pytest.approx(integrated, abs=0.1)
    assert result.range == pytest.approx(spread, abs=0.2)
    assert result.true_peak == pytest.approx(peak, abs=0.2)


def test_true_peak_agrees_with_sixteenfold_interpolation():
    spectrum = np.fft.rfft(music(4, 44_100), axis=1)
    spectrum[:, int(0.8 * spectrum.shape[1]) :] = 0  # to 17.6 kHz, as far as lossy codecs go
    signal = np.fft.irfft(spectrum).astype(np.float32)
    fine = 16 * np.fft.irfft(spectrum, 16 * signal.shape[1], axis=1)
    assert measure(signal, 44_100).true_peak == pytest.approx(20 * np.log10(np.abs(fine).max()), abs=0.2)


def test_true_peak_finds_a_peak_across_a_block_boundary():
    signal = np.zeros((1, 4_000), np.float32)
    signal[0, 1_990:2_010] = np.sin(np.pi / 4 + np.pi / 2 * np.arange(20))  # samples at 0.707, peaks of 1
    whole, halves = TruePeakMeter(48_000, 1), TruePeakMeter(48_000, 1)
    whole.add(signal)
    for part in (signal[:, :2_000], signal[:, 2_000:]):
        halves.add(part)
    assert whole.result() == pytest.approx(halves.result(), abs=1e-4)
    assert whole.result() > -0.5


@settings(max_examples=15, deadline=None)
@given(gain=st.floats(-20.0, 12.0), seed=st.integers(0, 100))
def test_a_gain_shifts_loudness_and_peak_by_itself(gain, seed):
    signal = music(5, 44_100, seed=seed)
    before, after = measure(signal, 44_100), measure(signal * np.float32(10 ** (gain / 20)), 44_100)
    assert after.integrated - before.integrated == pytest.approx(gain, abs=0.01)
    assert after.true_peak - before.true_peak == pytest.approx(gain, abs=0.01)
    assert after.range == pytest.approx(before.range, abs=0.02)


@settings(max_examples=10, deadline=None)
@given(block=st.integers(1_000, 100_000))
def test_the_size_of_the_blocks_does_not_matter(block):
    signal = music(6, 44_100)
    one, other = measure(signal, 44_100), measure(signal, 44_100, block=block)
    assert one.integrated == pytest.approx(other.integrated, abs=1e-3)
    assert one.range == pytest.approx(other.range, abs=1e-3)
    assert one.true_peak == pytest.approx(other.true_peak, abs=1e-4)


@pytest.mark.parametrize(
    "signal", [np.zeros((2, 48_000 * 5), np.float32), tone(5, -80)], ids=["silence", "faint"]
)
def test_below_the_absolute_gate_there_is_no_loudness(signal):
    result = measure(signal)
    assert result.integrated is None
    assert result.range is None
    assert np.all(result.curve == ABSOLUTE_GATE)


def test_silence_has_no_peak():
    assert measure(np.zeros((2, 48_000), np.float32)).true_peak is None


def test_a_fifth_of_a_second_is_too_short_for_loudness_but_has_a_peak_and_a_curve():
    result = measure(tone(0.2, -6))
    assert result.integrated is None
    assert result.true_peak == pytest.approx(-6, abs=0.3)
    assert np.all(np.isfinite(result.curve))


def test_low_frequency_effects_do_not_count_and_surrounds_count_more():
    def one_channel(index):
        signal = np.zeros((6, 48_000 * 3), np.float32)
        signal[index] = tone(3, -20, channels=1)[0]
        return measure(signal, names=SURROUND).integrated

    assert one_channel(3) is None
    assert one_channel(4) - one_channel(0) == pytest.approx(10 * np.log10(1.41), abs=0.01)


def test_the_curve_follows_the_level():
    curve = measure(steps((-20, 10), (-40, 10))).curve
    assert curve[0] == pytest.approx(-20, abs=0.2)
    assert curve[-1] == pytest.approx(-40, abs=0.2)
    assert 15 <= len(curve) <= 20


def test_the_curve_of_a_long_track_stays_small():
    meter = LoudnessMeter(8_000, ("FC",))
    block = tone(18, -20, rate=8_000, channels=1)
    for _ in range(200):
        meter.add(block)
    assert 1_024 <= len(meter.result().curve) <= 2_048
