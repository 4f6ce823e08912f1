"""Drums: swept sines for skins, shaped noise for wires and cymbals. Only tom and conga have a pitch."""

import numpy as np

from soniq_desktop.demo.dsp import RATE, Signal, band, fade_out, frequency, noise, ramp
from soniq_desktop.demo.oscillators import partials

CYMBAL = np.array([1.0, 1.342, 1.482, 1.783, 1.949, 2.295, 2.61, 3.07, 3.54, 4.07])


def _decay(count: int, seconds: float) -> Signal:
    """Falls by 60 dB in `seconds`."""
    return np.asarray(np.exp(-6.9 * np.arange(count) / (seconds * RATE)), np.float32)


def _skin(start: float, end: float, drop: float, ring: float) -> Signal:
    """A sine that falls from `start` to `end` Hz with time constant `drop` and rings for `ring` seconds."""
    count = int(ring * RATE)
    hertz = end + (start - end) * np.exp(-np.arange(count) / (drop * RATE))
    sound = np.sin(2 * np.pi * np.cumsum(hertz) / RATE).astype(np.float32) * _decay(count, ring)
    sound[:40] *= ramp(40)
    return fade_out(sound)


def _click(seconds: float, low: float, high: float, rng: np.random.Generator) -> Signal:
    count = int(seconds * RATE)
    return fade_out(band(noise(count, rng), low, high) * _decay(count, seconds))


def _add(sound: Signal, other: Signal, level: float, at: int = 0) -> Signal:
    count = max(len(sound), at + len(other))
    out = np.zeros(count, np.float32)
    out[: len(sound)] = sound
    out[at : at + len(other)] += level * other
    return out


def _metal(seconds: float, base: float, low: float, rng: np.random.Generator, hiss: float = 0.6) -> Signal:
    """Inharmonic partials and high noise."""
    count = int(seconds * RATE)
    ring = partials(base * CYMBAL * 4, np.ones(10) * 0.2, np.full(10, seconds / 6.9), count)
    mixed = band(ring + hiss * noise(count, rng) * _decay(count, seconds), low, 14000.0)
    mixed[:24] *= ramp(24)
    return fade_out(mixed)


def kick(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    body = _skin(165.0, 50.0, 0.028, 0.34)
    return _add(body, _click(0.012, 1500.0, 6000.0, rng), 0.10 + 0.25 * velocity)


def deep_kick(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _add(_skin(140.0, 43.0, 0.045, 0.62), _click(0.008, 1200.0, 5000.0, rng), 0.12)


def soft_kick(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _add(_skin(95.0, 56.0, 0.03, 0.28), _click(0.02, 200.0, 1600.0, rng), 0.12)


def rock_kick(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _add(_skin(190.0, 62.0, 0.018, 0.26), _click(0.014, 2200.0, 7000.0, rng), 0.45)


def snare(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    wires = _click(0.20 + 0.06 * velocity, 1100.0, 9500.0, rng)
    return 0.8 * _add(_skin(260.0, 188.0, 0.02, 0.16), wires, 0.42)


def rim(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return 0.5 * _add(_skin(1720.0, 1650.0, 0.01, 0.05), _skin(520.0, 480.0, 0.01, 0.06), 0.7)


def clap(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    sound = np.zeros(1, np.float32)
    for at in (0.0, 0.011, 0.021):
        sound = _add(sound, _click(0.018, 900.0, 4200.0, rng), 0.6, int(at * RATE))
    return _add(sound, _click(0.19, 850.0, 5200.0, rng), 0.55, int(0.03 * RATE))


def brush(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    count = int(0.22 * RATE)
    shape = np.sin(np.pi * np.linspace(0, 1, count) ** 0.45) ** 1.5
    return fade_out(band(noise(count, rng), 900.0, 6500.0) * shape.astype(np.float32) * 0.5)


def hat(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return 0.42 * _metal(0.06 + 0.05 * velocity, 900.0, 6200.0, rng)


def open_hat(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return 0.36 * _metal(0.42, 900.0, 5400.0, rng)


def ride(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    count = int(1.1 * RATE)
    bell = partials(610.0 * CYMBAL, 0.12 / CYMBAL, 0.22 / CYMBAL**0.3, count)
    return 0.6 * fade_out(_add(bell, _metal(0.7, 820.0, 4200.0, rng, 0.35), 0.3)[:count], 0.05)


def crash(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return 0.3 * fade_out(_metal(2.0, 760.0, 2600.0, rng, 0.9), 0.2)


def shaker(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    count = int(0.09 * RATE)
    shape = np.sin(np.pi * np.linspace(0, 1, count) ** 0.6) ** 2
    return 0.4 * band(noise(count, rng), 4200.0, 11000.0) * shape.astype(np.float32)


def tambourine(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _add(shaker(0, 0, velocity, rng), _metal(0.16, 1450.0, 6500.0, rng, 0.3), 0.35)


def tom(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    hertz = frequency(pitch)
    return _add(_skin(1.6 * hertz, hertz, 0.04, 0.45), _click(0.03, 400.0, 3000.0, rng), 0.2)


def conga(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    hertz = frequency(pitch)
    slap = _click(0.015 + 0.01 * velocity, 900.0, 5000.0, rng)
    return _add(_skin(1.15 * hertz, hertz, 0.015, 0.22), slap, 0.22 * velocity)


def cowbell(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    count = int(0.3 * RATE)
    return fade_out(
        partials(np.array([562.0, 845.0, 1690.0]), np.array([0.5, 0.5, 0.15]), np.full(3, 0.05), count)
    )


def woodblock(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    count = int(0.12 * RATE)
    return fade_out(
        partials(np.array([880.0, 1430.0, 2210.0]), np.array([0.7, 0.3, 0.1]), np.full(3, 0.018), count)
    )


VOICES = {
    voice.__name__: voice
    for voice in (
        kick, deep_kick, soft_kick, rock_kick, snare, rim, clap, brush, hat, open_hat, ride, crash, shaker,
        tambourine, tom, conga, cowbell, woodblock,
    )
}  # fmt: skip
