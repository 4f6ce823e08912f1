"""Keys of cadences, their transposition and their tuning; and the names of keys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.key import estimate_key, fold, key_scores, tuning_of
from soniq_desktop.common.music import camelot, compatible_keys, key_name
from tests.audio_fixtures import noise
from tests.listening_fixtures import babble, chords, pitch_segments


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_finds_the_key_of_a_cadence(tonic, mode):
    key = estimate_key(pitch_segments(chords(tonic, mode, 12)))
    assert (key.tonic, key.mode) == (tonic, mode)
    assert key.confidence > 0.2


@pytest.mark.parametrize("tuning", [-0.4, -0.2, 0.25, 0.45])
def test_a_detuned_recording_keeps_its_key_and_tells_its_tuning(tuning):
    key = estimate_key(pitch_segments(chords(2, "major", 12, tuning=tuning)))
    assert (key.tonic, key.mode) == (2, "major")
    assert key.tuning == pytest.approx(tuning, abs=0.05)


@settings(max_examples=30, deadline=None)
@given(steps=st.integers(0, 11), seed=st.integers(0, 1_000))
def test_scores_rotate_with_the_chroma(steps, seed):
    chroma = np.random.default_rng(seed).dirichlet(np.ones(12))
    scores, moved = key_scores(chroma).reshape(2, 12), key_scores(np.roll(chroma, steps)).reshape(2, 12)
    assert np.allclose(np.roll(scores, steps, axis=1), moved)


@pytest.mark.parametrize("steps", [1, 5, 8])
def test_the_key_follows_a_transposition(steps):
    low = estimate_key(pitch_segments(chords(0, "minor", 12)))
    high = estimate_key(pitch_segments(chords(steps, "minor", 12)))
    assert (high.tonic - low.tonic) % 12 == steps
    assert high.mode == low.mode


def test_the_level_does_not_matter():
    signal = chords(7, "major", 12)
    loud, quiet = (
        estimate_key(pitch_segments(signal)),
        estimate_key(pitch_segments(signal * np.float32(0.01))),
    )
    assert (loud.tonic, loud.mode) == (quiet.tonic, quiet.mode)
    assert loud.confidence == pytest.approx(quiet.confidence, abs=0.02)


def test_noise_and_talk_have_no_key():
    assert estimate_key(pitch_segments(noise(12, 22_050, 1)[:, 0])) is None
    assert estimate_key(pitch_segments(babble(12))) is None


def test_a_mixture_of_two_keys_is_less_sure():
    both = np.concatenate([chords(0, "major", 12), chords(6, "major", 12)])
    clear, mixed = estimate_key(pitch_segments(chords(0, "major", 12))), estimate_key(pitch_segments(both))
    assert clear.confidence > 0.9
    assert mixed is None or mixed.confidence < clear.confidence - 0.05


@pytest.mark.parametrize("samples", [0, 500, 100_000])
def test_silence_has_no_key(samples):
    assert estimate_key(pitch_segments(np.zeros(samples, np.float32))) is None


def test_folding_keeps_one_pitch_in_one_class():
    histogram = np.zeros(120)
    histogram[93] = 1.0  # 0.3 semitones above A
    assert tuning_of(histogram) == pytest.approx(0.3)
    chroma = fold(histogram, tuning_of(histogram))
    assert chroma.argmax() == 9
    assert chroma[9] == pytest.approx(1.0)


def test_names_of_keys():
    assert key_name(6, "minor") == "F♯m"
    assert key_name(8, "major") == "A♭"
    assert key_name(0, "major") == "C"
    assert key_name(12, "minor") == "Cm"


@pytest.mark.parametrize(
    ("tonic", "mode", "code"),
    [(0, "major", "8B"), (9, "minor", "8A"), (6, "minor", "11A"), (7, "major", "9B"), (5, "major", "7B"),
     (11, "major", "1B"), (8, "minor", "1A"), (4, "major", "12B"), (1, "minor", "12A")],
)  # fmt: skip
def test_camelot_codes(tonic, mode, code):
    assert camelot(tonic, mode) == code


def test_camelot_codes_are_all_different():
    codes = {camelot(tonic, mode) for tonic in range(12) for mode in ("major", "minor")}
    assert len(codes) == 24


@given(tonic=st.integers(0, 11), mode=st.sampled_from(["major", "minor"]))
def test_compatible_keys_are_neighbours_on_the_wheel(tonic, mode):
    code = camelot(tonic, mode)
    number, ring = int(code[:-1]), code[-1]
    others = {camelot(*key) for key in compatible_keys(tonic, mode)}
    turn = {f"{(number + step - 1) % 12 + 1}{ring}" for step in (-1, 0, 1)}
    assert others == turn | {f"{number}{'A' if ring == 'B' else 'B'}"}
