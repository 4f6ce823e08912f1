"""Tempo on patterns whose tempo is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.onsets import onset_rate
from soniq_desktop.analysis.tempo import estimate_tempo
from tests.audio_fixtures import noise
from tests.listening_fixtures import clicks, drums, onset_flux


def tempo_of(mono):
    return estimate_tempo(onset_flux(mono))


@pytest.mark.parametrize("bpm", [66, 72, 84, 96.5, 108, 120, 128, 140, 152, 164, 174, 180])
def test_finds_the_tempo_of_a_rock_beat(bpm):
    tempo = tempo_of(drums(bpm, 20))
    assert tempo.bpm == pytest.approx(bpm, rel=0.01)
    assert tempo.confidence > 0.4


@pytest.mark.parametrize("bpm", range(62, 181, 13))
def test_the_true_tempo_is_the_answer_or_its_alternative(bpm):
    tempo = tempo_of(clicks(bpm, 20))
    assert min(abs(tempo.bpm / bpm - 1), abs(tempo.alternative / bpm - 1)) < 0.01


@settings(max_examples=8, deadline=None)
@given(bpm=st.floats(85, 170), seed=st.integers(0, 50))
def test_any_tempo_is_measured_to_half_a_percent(bpm, seed):
    tempo = tempo_of(drums(bpm, 15, seed=seed))
    assert min(abs(tempo.bpm / bpm - 1), abs(tempo.alternative / bpm - 1)) < 0.005


@settings(max_examples=8, deadline=None)
@given(gain=st.floats(-30.0, 0.0))
def test_the_level_does_not_matter(gain):
    signal = drums(117, 12)
    quiet = tempo_of(signal * np.float32(10 ** (gain / 20)))
    assert quiet.bpm == pytest.approx(tempo_of(signal).bpm, rel=1e-3)


def test_the_alternative_is_another_octave():
    tempo = tempo_of(drums(120, 15))
    assert tempo.alternative / tempo.bpm in (pytest.approx(0.5), pytest.approx(2.0))


def test_a_tempo_that_drifts_by_two_percent_is_still_found():
    slower, faster = drums(119, 20), drums(121, 20)
    assert tempo_of(np.concatenate([slower, faster])).bpm == pytest.approx(120, rel=0.015)


def test_noise_has_less_confidence_than_a_beat():
    hiss = noise(20, 22_050, 1)[:, 0]
    assert tempo_of(hiss).confidence < 0.5 * tempo_of(drums(120, 20)).confidence


@pytest.mark.parametrize("signal", [np.zeros(220_500, np.float32), drums(120, 2), np.zeros(0, np.float32)])
def test_silence_and_very_short_sound_have_no_tempo(signal):
    assert tempo_of(signal) is None


def test_counts_onsets():
    assert onset_rate(onset_flux(clicks(120, 20))) == pytest.approx(2.0, abs=0.15)
    assert onset_rate(onset_flux(clicks(90, 20))) == pytest.approx(1.5, abs=0.15)


def test_silence_has_no_onset_rate():
    assert onset_rate(onset_flux(np.zeros(44_100, np.float32))) is None
