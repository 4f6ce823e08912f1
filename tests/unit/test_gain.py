"""Normalisation, crossfade curves and the limiter."""

import numpy as np
import pytest

from soniq_desktop.audio.gain import (
    HEADROOM,
    TARGET,
    Limiter,
    album_loudness,
    db_to_linear,
    equal_power,
    normalisation_gain,
    volume_to_linear,
)
from soniq_desktop.audio.source import Source
from tests.audio_fixtures import noise, sine


def test_loud_tracks_are_turned_down_to_the_target():
    assert normalisation_gain(-8.0, 0.5) == pytest.approx(db_to_linear(TARGET + 8.0))


def test_quiet_tracks_are_lifted_only_as_far_as_their_peak_allows():
    assert normalisation_gain(-28.0, -20.0) == pytest.approx(db_to_linear(10.0))
    assert normalisation_gain(-28.0, -4.0) == pytest.approx(db_to_linear(HEADROOM + 4.0))
    assert normalisation_gain(-28.0, 0.3) == 1.0


@pytest.mark.parametrize("loudness", [None, float("-inf"), float("nan")])
def test_unmeasured_tracks_play_unchanged(loudness):
    assert normalisation_gain(loudness, -3.0) == 1.0


def test_album_loudness_is_the_mean_energy_weighted_by_time():
    assert album_loudness([(-20.0, 100.0), (-20.0, 300.0)]) == pytest.approx(-20.0)
    expected = 10 * np.log10((10**-1.0 + 10**-3.0) / 2)
    assert album_loudness([(-10.0, 60.0), (-30.0, 60.0)]) == pytest.approx(expected)
    assert album_loudness([]) is None


def test_album_mode_uses_the_album_and_falls_back_to_the_track():
    source = Source(1, "x", "x", loudness=-10.0, true_peak=-1.0, album_loudness=-14.0, album_peak=-0.5)
    assert source.gain("album") == pytest.approx(db_to_linear(TARGET + 14.0))
    assert source.gain("track") == pytest.approx(db_to_linear(TARGET + 10.0))
    assert source.gain("off") == 1.0
    assert Source(1, "x", "x", loudness=-10.0).gain("album") == pytest.approx(db_to_linear(TARGET + 10.0))


@pytest.mark.parametrize(
    ("place", "other", "expected"),
    [((1, 3), (1, 4), True), ((1, 3), (2, 1), True), ((1, 3), (1, 5), False), ((1, 3), None, False)],
)
def test_album_order_is_recognised(place, other, expected):
    first = Source(1, "x", "x", album="a", place=place)
    assert first.continues(Source(2, "y", "y", album="a", place=other)) is expected
    assert first.continues(Source(2, "y", "y", album="b", place=other)) is False


def test_volume_is_cubic_and_bounded():
    assert volume_to_linear(0.0) == 0.0
    assert volume_to_linear(1.0) == volume_to_linear(7.0) == 1.0
    assert volume_to_linear(0.5) == pytest.approx(0.125)


def test_crossfade_weights_keep_the_power():
    out, into = equal_power(0, 1001, 1000)
    np.testing.assert_allclose(out**2 + into**2, 1.0, atol=1e-6)
    assert (out[0, 0], into[0, 0]) == (1.0, 0.0)
    later, _ = equal_power(500, 10, 1000)
    np.testing.assert_allclose(later, out[500:510], atol=1e-6)


def limited(samples, block=1000):
    limiter = Limiter(44100)
    parts = [limiter.process(samples[i : i + block]) for i in range(0, len(samples), block)]
    return np.concatenate([*parts, limiter.flush()])


def test_limiter_passes_what_fits_bit_by_bit():
    sound = noise(0.3, amplitude=1.0)
    np.testing.assert_array_equal(limited(sound), sound)


@pytest.mark.parametrize("block", [37, 1000, 50_000])
def test_limiter_keeps_peaks_under_full_scale_without_clipping(block):
    sound = sine(0.5, amplitude=0.5)
    sound[9000:11000] *= 4.0
    out = limited(sound, block)
    assert len(out) == len(sound)
    assert np.abs(out).max() <= 1.0 + 1e-6
    np.testing.assert_array_equal(out[:8500], sound[:8500])
    np.testing.assert_array_equal(out[12000:], sound[12000:])
    gain = out[sound[:, 0] != 0, 0] / sound[sound[:, 0] != 0, 0]
    assert np.abs(np.diff(gain)).max() < 0.01, "the gain moves smoothly"


def test_limiter_does_not_depend_on_block_size():
    sound = noise(0.2, amplitude=1.6)
    np.testing.assert_allclose(limited(sound, 100), limited(sound, 8000), atol=1e-6)
