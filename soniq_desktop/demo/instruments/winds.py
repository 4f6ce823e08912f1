"""Winds: flute, clarinet, muted trumpet, brass section, saxophone."""

import numpy as np

from soniq_desktop.demo.dsp import Signal, adsr, band, equalise, frequency, noise
from soniq_desktop.demo.oscillators import phase, play, subtractive, table, vibrato


def flute(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Few harmonics, breath around them, vibrato after the attack."""
    envelope = adsr(held, 0.06, 2.0, 0.9, 0.12)
    count = len(envelope)
    tone = play(
        table(np.array([1.0, 0.28 + 0.2 * velocity, 0.09, 0.05, 0.02])),
        phase(vibrato(frequency(pitch), count, rng, cents=13, rate=5.0, delay=0.3), count),
    )
    hertz = frequency(pitch)
    breath = band(noise(count, rng), 0.8 * hertz, min(3.2 * hertz, 9000.0)) * 0.03
    return 0.6 * (tone + breath) * envelope


def clarinet(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Odd harmonics, round onset."""
    envelope = adsr(held, 0.04, 2.0, 0.9, 0.09)
    count = len(envelope)
    line = vibrato(frequency(pitch), count, rng, cents=6, rate=4.8, delay=0.4)
    cutoff = 600 + (1400 + 1800 * velocity) * envelope.astype(float)
    return (subtractive("square", pitch, phase(line, count), cutoff) * envelope * 0.7).astype(np.float32)


def _brass(
    pitch: float, held: float, velocity: float, rng: np.random.Generator, attack: float, top: float
) -> Signal:
    """The louder, the brighter: the cutoff follows the envelope; a scoop into the note."""
    envelope = adsr(held, attack, 0.8, 0.8, 0.09)
    count = len(envelope)
    line = vibrato(frequency(pitch), count, rng, cents=10, rate=5.2, delay=0.35)
    line *= 2 ** (-0.35 * np.exp(-np.arange(count) / 900) / 12)
    cutoff = 350 + top * (0.35 + 0.65 * velocity) * envelope.astype(float) ** 1.5
    return (subtractive("saw", pitch, phase(line, count, rng.random()), cutoff, 0.25) * envelope).astype(
        np.float32
    )


def trumpet(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return equalise(_brass(pitch, held, velocity, rng, 0.03, 4200.0), (1200.0, 3.0, 1.2)) * 0.7


def muted_trumpet(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    sound = band(_brass(pitch, held, velocity, rng, 0.035, 5200.0), 350.0, 7000.0)
    return equalise(sound, (1700.0, 7.0, 1.6), (700.0, -4.0, 1.0)) * 0.6


def brass_section(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    left, right = (_brass(pitch + cents / 100, held, velocity, rng, 0.028, 3800.0) for cents in (-5, 5))
    return np.stack([left + 0.4 * right, right + 0.4 * left], axis=1) * 0.45


def saxophone(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    sound = _brass(pitch, held, velocity, rng, 0.04, 3000.0)
    growl = band(noise(len(sound), rng), 900.0, 4500.0) * 0.02 * np.abs(sound)
    return equalise(sound + growl, (620.0, 4.0, 1.4), (1350.0, 4.0, 1.6), (2900.0, -3.0, 1.0)) * 0.6


VOICES = {
    voice.__name__: voice for voice in (flute, clarinet, trumpet, muted_trumpet, brass_section, saxophone)
}
