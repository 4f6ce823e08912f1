"""Beats, bars and octaves on patterns whose beats are known; and what has no beat."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.beats import BeatMeter, count_beats
from soniq_desktop.analysis.beats_bars import find_bars
from soniq_desktop.analysis.beats_path import best_chain, evidence
from soniq_desktop.analysis.tempo import periodicity
from soniq_desktop.models.beatnet import Listener, load_beatnet
from tests.audio_fixtures import noise
from tests.listening_fixtures import babble, drums, onset_flux

RATE = 22_050


@pytest.fixture(scope="module")
def network():
    return load_beatnet()


def counted(network, mono):
    meter = BeatMeter(Listener(network))
    meter.add(mono, last=True)
    return count_beats(meter.result(), periodicity(onset_flux(mono)))


def pulses(bpm: float, seconds: float, seed: int = 0) -> np.ndarray:
    """Activation (frames,) of a steady beat with some noise."""
    activation = 0.05 * np.random.default_rng(seed).random(round(seconds * 50))
    beats = np.arange(0.5, seconds - 0.1, 60 / bpm)
    activation[np.round(beats * 50).astype(int)] = 0.9
    return activation.astype(np.float32)


def f_measure(truth, found, window=0.07):
    hits = sum(bool(len(found)) and np.abs(found - at).min() <= window for at in truth)
    return 2 * hits / (len(truth) + len(found))


@pytest.mark.parametrize("bpm", [76, 100, 128, 160])
def test_finds_the_beats_of_a_rock_pattern(network, bpm):
    found = counted(network, drums(bpm, 20))
    assert found.tempo.bpm == pytest.approx(bpm, rel=0.02)
    beats = found.grid.beats[found.grid.beats > 3]
    assert f_measure(_after(bpm, 3, 20), beats) > 0.9
    assert found.grid.beats_per_bar in (3, 4)
    assert (np.diff(found.grid.beats) > 0).all()


def _after(bpm, start, end):
    times = np.arange(0, end, 60 / bpm)
    return times[times > start]


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros(20 * RATE, np.float32),
        noise(20, RATE, 1)[:, 0],
        drums(120, 2),
        np.zeros(0, np.float32),
    ],
    ids=["silence", "noise", "two seconds", "nothing"],
)
def test_what_has_no_steady_beat_gets_no_tempo(network, signal):
    assert counted(network, signal) is None


def test_talk_gets_no_tempo(network):
    assert counted(network, babble(20)) is None


@settings(max_examples=20, deadline=None)
@given(bpm=st.floats(60, 190), seed=st.integers(0, 99))
def test_the_best_chain_follows_a_steady_beat(bpm, seed):
    chain = best_chain(evidence(pulses(bpm, 20, seed)), bpm / 1.4, bpm * 1.4)
    truth = np.arange(0.5, 19.9, 60 / bpm)
    assert f_measure(truth, chain.frames / 50, 0.05) > 0.95
    assert (np.diff(chain.frames) > 0).all()


def test_silence_before_and_after_belongs_to_no_chain():
    quiet = np.zeros(500, np.float32)
    chain = best_chain(evidence(np.concatenate([quiet, pulses(120, 10), quiet])), 90, 160)
    assert chain.frames[0] >= 500 - 30
    assert chain.frames[-1] <= 1_000 + 30


def test_a_tempo_that_changes_slowly_is_followed():
    times = np.cumsum(60 / np.linspace(110, 125, 60))
    activation = np.full(int(times[-1] * 50) + 50, 0.03, np.float32)
    activation[np.round(times * 50).astype(int)] = 0.9
    assert f_measure(times, best_chain(evidence(activation), 80, 160).frames / 50, 0.05) > 0.95


@pytest.mark.parametrize(("meter", "first"), [(4, 0), (4, 3), (3, 1)])
def test_finds_bars_and_their_length(meter, first):
    place = (np.arange(60) - first) % meter
    downbeat = np.where(place == 0, 0.7, 0.1).astype(np.float32)
    accents = np.zeros((60 * 25, 13), np.float16)
    bars = find_bars(0.8 - downbeat, downbeat, accents, np.arange(60) * 25)
    assert bars.beats_per_bar == meter
    assert np.array_equal(np.flatnonzero(bars.downbeats), np.flatnonzero(place == 0))
