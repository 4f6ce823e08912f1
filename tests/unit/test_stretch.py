"""Speed and pitch by themselves, streamed."""

import numpy as np
import pytest

from soniq_desktop.audio.stretch import Stretch

RATE = 44100


def stretched(sound, speed, semitones, block=4096):
    stretch = Stretch(RATE, speed, semitones)
    parts = [stretch.process(sound[at : at + block]) for at in range(0, len(sound), block)]
    return np.concatenate([*parts, stretch.flush()])


def tone(frequency, seconds):
    wave = 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, 0.5 * wave], axis=1).astype(np.float32)


def pitch_of(sound):
    spectrum = np.abs(np.fft.rfft(sound[RATE // 2 : RATE // 2 + 2**15, 0] * np.hanning(2**15)))
    return spectrum.argmax() * RATE / 2**15


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 1.5])
@pytest.mark.parametrize("semitones", [-6, 0, 3.5])
def test_length_follows_the_speed_and_pitch_the_key(speed, semitones):
    sound = stretched(tone(440.0, 4.0), speed, semitones)
    assert abs(len(sound) / RATE - 4.0 / speed) < 0.06
    assert abs(pitch_of(sound) / (440 * 2 ** (semitones / 12)) - 1) < 0.006


@pytest.mark.parametrize("speed", [0.5, 1.5])
def test_a_steady_tone_stays_free_of_clicks(speed):
    sound = stretched(tone(440.0, 3.0), speed, 0)
    inner = sound[RATE // 4 : -RATE // 4]
    steepest = 0.5 * 2 * np.pi * 440 / RATE
    assert np.abs(np.diff(inner[:, 0])).max() < 1.6 * steepest
    assert np.allclose(inner[:, 1], 0.5 * inner[:, 0], atol=1e-5)
