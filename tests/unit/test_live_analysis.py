"""The live views' short-time analysis against signals whose answer is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.live import COLUMN_RATE, FLOOR_DB
from soniq_desktop.analysis.live.bands import N_BANDS, band_frequencies
from soniq_desktop.analysis.live.curve import SpectrumCurve
from soniq_desktop.analysis.live.stream import ColumnStream

RATE = 44_100


def sine(hz: float, seconds: float = 1.0, amplitude: float = 1.0, rate: int = RATE) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def middle_column(samples: np.ndarray, rate: int = RATE):
    stream = ColumnStream(rate)
    columns = stream.push(samples)
    at = len(columns) // 2
    return columns.levels[at], columns.chroma[at], stream


@pytest.mark.parametrize("hz", [55.0, 110.0, 219.0, 221.0, 440.0, 699.0, 1_000.0, 3_520.0, 12_000.0])
def test_sine_is_loudest_in_its_own_band(hz):
    levels, _, _ = middle_column(sine(hz))
    nearest = int(np.argmin(np.abs(np.log(band_frequencies() / hz))))
    assert abs(int(np.argmax(levels)) - nearest) <= 1


@pytest.mark.parametrize("band", [5, 40, 70, 100, 120])
@pytest.mark.parametrize("decibel", [0.0, -30.0])
def test_sine_on_a_band_reads_its_own_level(band, decibel):
    hz = float(band_frequencies()[band])
    levels, _, _ = middle_column(sine(hz, amplitude=10 ** (decibel / 20)))
    assert levels[band] == pytest.approx(decibel, abs=1.6)


def test_silence_is_the_floor_and_has_no_pitch():
    levels, chroma, _ = middle_column(np.zeros(RATE, np.float32))
    assert (levels == FLOOR_DB).all()
    assert not chroma.any()


def test_levels_stay_finite_for_full_scale_noise():
    noise = np.random.default_rng(1).uniform(-1, 1, RATE).astype(np.float32)
    levels, _, _ = middle_column(noise)
    assert np.isfinite(levels).all()
    assert levels.max() < 0.0


@pytest.mark.parametrize(("hz", "pitch_class"), [(440.0, 9), (261.63, 0), (92.5, 6), (1_318.5, 4)])
def test_chroma_of_a_note_is_its_pitch_class(hz, pitch_class):
    _, chroma, _ = middle_column(sine(hz))
    assert int(np.argmax(chroma)) == pitch_class
    assert np.delete(chroma, pitch_class).max() < 0.2


def test_chroma_of_a_chord_has_its_three_notes():
    chord = sum(sine(hz, amplitude=0.2) for hz in (220.0, 277.18, 329.63))
    _, chroma, _ = middle_column(chord)
    assert set(np.argsort(chroma)[-3:]) == {9, 1, 4}


@pytest.mark.parametrize("cents", [-35, -10, 20, 40])
def test_tuning_is_found_and_chroma_follows_it(cents):
    shift = 2 ** (cents / 1200)
    chord = sum(sine(hz * shift, 2.0, 0.2) for hz in (440.0, 554.37, 659.26))
    _, chroma, stream = middle_column(chord)
    assert stream.tuning * 100 == pytest.approx(cents, abs=3)
    assert set(np.argsort(chroma)[-3:]) == {9, 1, 4}


@given(cuts=st.lists(st.integers(1, 9_000), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_stream_gives_the_same_columns_however_it_is_cut(cuts):
    samples = np.random.default_rng(0).standard_normal(30_000).astype(np.float32) * 0.1
    whole = ColumnStream(RATE).push(samples)
    stream, pieces, at = ColumnStream(RATE), [], 0
    for cut in [*cuts, samples.size]:
        pieces.append(stream.push(samples[at : at + cut]))
        at += cut
    levels = np.concatenate([p.levels for p in pieces])
    np.testing.assert_allclose(levels, whole.levels, atol=2e-3)
    np.testing.assert_allclose(np.concatenate([p.chroma for p in pieces]), whole.chroma, atol=1e-3)
    np.testing.assert_allclose(np.concatenate([p.onsets for p in pieces]), whole.onsets, atol=1e-3)
    assert [p.first for p in pieces] == list(np.cumsum([0, *[len(p) for p in pieces]])[:-1])


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_a_click_lands_in_the_column_of_its_time_at_any_rate(rate):
    samples = np.zeros(4 * rate, np.float32)
    samples[int(2.5 * rate)] = 1.0
    columns = ColumnStream(rate).push(samples)
    top = int(0.85 * N_BANDS) if rate > 16_000 else 80
    assert columns.first + int(np.argmax(columns.levels[:, top])) == pytest.approx(2.5 * COLUMN_RATE, abs=1)


def test_after_a_seek_only_columns_with_whole_windows_come():
    tone = sine(440.0, 4.0)
    stream = ColumnStream(RATE)
    stream.restart(2 * RATE)
    columns = stream.push(tone[2 * RATE :])
    assert columns.first == pytest.approx((2 + stream.delay) * COLUMN_RATE, abs=1)
    band = int(np.argmin(np.abs(band_frequencies() - 440)))
    assert np.ptp(columns.levels[:, band]) < 0.1


def test_every_column_of_a_track_is_there_at_its_end():
    stream = ColumnStream(RATE)
    total = len(stream.push(sine(200.0, 1.5))) + len(stream.finish())
    assert total == pytest.approx(150, abs=1)


@pytest.mark.parametrize("hz", [60.0, 440.0, 5_000.0])
def test_spectrum_curve_peaks_at_the_sine(hz):
    curve = SpectrumCurve(RATE)
    curve.update(sine(hz, amplitude=0.5), 1 / 60)
    peak = curve.frequencies[int(np.argmax(curve.levels))]
    assert peak == pytest.approx(hz, rel=0.03)
    assert curve.levels.max() == pytest.approx(-6.0, abs=1.6)


def test_peaks_hold_and_then_fall():
    curve = SpectrumCurve(RATE)
    curve.update(sine(1_000.0), 1 / 60)
    silence = np.zeros(curve.length, np.float32)
    curve.update(silence, 0.5)
    assert curve.peaks.max() > -2.0
    assert curve.levels.max() < -25.0
    for _ in range(60):
        curve.update(silence, 0.1)
    assert curve.peaks.max() < -60.0
