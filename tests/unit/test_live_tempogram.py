"""Tempogram and tempo estimate against clicks of known tempo."""

import numpy as np
import pytest

from soniq_desktop.analysis.live import COLUMN_RATE
from soniq_desktop.analysis.live.stream import ColumnStream
from soniq_desktop.analysis.live.tempogram import (
    N_TEMPI,
    WINDOW,
    estimate_tempo,
    onset_strength,
    tempo_axis,
    tempogram,
)

RATE = 44_100


def clicks(bpm: float, seconds: float = 10.0) -> np.ndarray:
    samples = np.random.default_rng(0).standard_normal(int(seconds * RATE)).astype(np.float32) * 1e-4
    burst = np.random.default_rng(1).standard_normal(1_000) * np.exp(-np.arange(1_000) / 150)
    for start in np.arange(0.1, seconds - 0.1, 60 / bpm):
        at = int(start * RATE)
        samples[at : at + 1_000] += 0.5 * burst.astype(np.float32)
    return samples


@pytest.mark.parametrize("bpm", [80.0, 100.0, 120.0, 133.0, 150.0])
def test_clicks_peak_at_their_tempo(bpm):
    onsets = ColumnStream(RATE).push(clicks(bpm)).onsets[-WINDOW:]
    row = int(np.argmax(tempogram(onsets[None, :])[0]))
    assert tempo_axis()[row] == pytest.approx(bpm, rel=0.02)
    estimate = estimate_tempo(onsets)
    assert estimate is not None
    assert estimate.bpm == pytest.approx(bpm, rel=0.01)
    assert estimate.strength > 0.6


def test_silence_has_no_tempo():
    onsets = np.zeros(WINDOW, np.float32)
    assert estimate_tempo(onsets) is None
    assert not tempogram(onsets[None, :]).any()


def test_noise_is_much_weaker_than_a_beat():
    noise = np.random.default_rng(2).random((4, WINDOW), dtype=np.float32)
    assert tempogram(noise).shape == (4, N_TEMPI)
    assert tempogram(noise).max() < 0.25


def test_onset_strength_counts_only_rises():
    levels = np.full((8, 4), -60.0, np.float32)
    levels[4:] = -40.0
    levels[7] = -80.0
    strength = onset_strength(levels, levels[:3])
    assert strength.tolist() == [0, 0, 0, 0, 20, 20, 20, 0]


def test_a_row_is_the_window_before_its_column():
    beat = (np.arange(WINDOW) % (COLUMN_RATE // 2) == 0).astype(np.float32)
    still = np.zeros(WINDOW, np.float32)
    rows = tempogram(np.stack([still, beat]))
    assert rows[0].max() == 0.0
    assert rows[1].max() > 0.8
