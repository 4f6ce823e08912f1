"""Energy, brightness and activity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.analysis.energy import energy
from soniq_desktop.analysis.onsets import activity
from soniq_desktop.analysis.spectrum import Framer, centroids, power_spectra
from tests.audio_fixtures import noise, sine
from tests.listening_fixtures import chords, drums, onset_flux

LOUDNESS = st.floats(-60.0, 0.0)
ACTIVITY = st.floats(0.0, 500.0)
BRIGHTNESS = st.floats(20.0, 11_000.0)


@given(LOUDNESS, ACTIVITY, BRIGHTNESS, st.integers(0, 2), st.floats(1.0, 2.0))
def test_energy_never_falls_when_one_of_its_causes_rises(loudness, beat, brightness, which, factor):
    before = [loudness, beat, brightness]
    after = list(before)
    after[which] = loudness + 6 * (factor - 1) if which == 0 else before[which] * factor
    assert 0 <= energy(*before) <= energy(*after) <= 1


def test_the_middle_of_music_has_the_middle_energy():
    assert energy(-15, 72, 1_800) == pytest.approx(0.5)


def test_quiet_dull_music_is_still_and_loud_bright_busy_music_is_not():
    assert energy(-24, 30, 700) < 0.1
    assert energy(-8, 120, 3_000) > 0.85


def test_without_loudness_there_is_no_energy():
    assert energy(None, 72, 1_800) is None


def test_without_onsets_or_brightness_energy_is_low():
    assert energy(-15, None, None) < 0.2


@pytest.mark.parametrize("gain", [0.01, 0.3, 1.0])
def test_activity_does_not_depend_on_the_level(gain):
    beat = drums(120, 10)
    assert activity(onset_flux(beat * np.float32(gain))) == pytest.approx(
        activity(onset_flux(beat)), rel=0.02
    )


def test_drums_are_busier_than_chords_and_silence_is_nothing():
    assert activity(onset_flux(drums(150, 10))) > 1.5 * activity(onset_flux(chords(0, "major", 10)))
    assert activity(onset_flux(np.zeros(50_000, np.float32))) is None


@pytest.mark.parametrize("hertz", [220.0, 1_000.0, 5_000.0])
def test_the_centroid_of_a_tone_is_its_frequency(hertz):
    frames = Framer(1_024, 256).add(sine(2, 22_050, hertz, 1)[:, 0])[8:-8]
    frequency, weight = centroids(power_spectra(frames))
    assert np.median(frequency) == pytest.approx(hertz, rel=0.08)
    assert np.all(weight > 0)


def test_the_centroid_of_white_noise_lies_in_the_middle():
    frequency, _ = centroids(power_spectra(Framer(1_024, 256).add(noise(2, 22_050, 1)[:, 0])))
    assert np.median(frequency) == pytest.approx(5_512, rel=0.05)


def test_a_silent_frame_has_no_centroid():
    frequency, weight = centroids(np.zeros((3, 513), np.float32))
    assert not frequency.any()
    assert not weight.any()


def test_framing_in_blocks_is_framing_at_once():
    signal = noise(1, 22_050, 1)[:, 0]
    whole = Framer(1_024, 256)
    parts = Framer(1_024, 256)
    at_once = np.concatenate([whole.add(signal), whole.add(signal[:0], last=True)])
    blocks = [parts.add(signal[start : start + 777]) for start in range(0, len(signal), 777)]
    assert np.array_equal(np.concatenate([*blocks, parts.add(signal[:0], last=True)]), at_once)
