"""Plucked strings (Karplus-Strong with a body) and bowed strings (filtered saws with vibrato)."""

import numpy as np

from soniq_desktop.demo.dsp import RATE, Signal, adsr, band, equalise, frequency, noise, ramp
from soniq_desktop.demo.oscillators import phase, pluck, subtractive, vibrato

GUITAR_BODY = ((105.0, 4.0, 2.5), (210.0, 3.0, 2.5), (420.0, 1.5, 2.0), (2900.0, 2.0, 1.0))
VIOLIN_BODY = ((290.0, 4.0, 2.5), (480.0, 3.5, 2.0), (1100.0, -2.0, 1.5), (2600.0, 4.0, 1.2))
CELLO_BODY = ((110.0, 3.0, 2.5), (230.0, 3.5, 2.2), (700.0, 1.5, 1.5), (2100.0, 2.0, 1.2))


def _held(sound: Signal, held: float, release: float) -> Signal:
    """Damp a ringing string after `held` seconds."""
    end, count = int(held * RATE), int(release * RATE)
    sound = sound[: end + count].copy()
    count = min(count, len(sound))
    sound[-count:] *= 1 - ramp(count)
    sound[:16] *= ramp(16)
    return sound


def acoustic_guitar(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, held + 0.4, rng, bright=0.45 + 0.35 * velocity, sustain=3.2)
    return _held(equalise(string, *GUITAR_BODY), held, 0.25)


def nylon_guitar(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, held + 0.4, rng, bright=0.22 + 0.25 * velocity, sustain=2.4, position=0.28)
    return _held(equalise(string, *GUITAR_BODY), held, 0.22)


def electric_guitar(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, held + 0.3, rng, bright=0.5 + 0.3 * velocity, sustain=4.5, position=0.13)
    return _held(band(string, 90.0, 5200.0), held, 0.12)


def muted_guitar(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, 0.4, rng, bright=0.35 + 0.3 * velocity, sustain=0.35, position=0.1)
    return _held(band(string, 90.0, 4500.0), min(held, 0.16), 0.06)


def harp(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _held(
        pluck(pitch, held + 1.3, rng, bright=0.3 + 0.2 * velocity, sustain=2.8, position=0.4), held + 0.6, 0.6
    )


def sitar_like(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """A bright drone string with a slow swell of its upper partials."""
    string = pluck(pitch, held + 1.0, rng, bright=0.95, sustain=4.5, position=0.06)
    return _held(equalise(string, (1800.0, 5.0, 0.9), (300.0, -3.0, 1.0)), held + 0.3, 0.6)


def upright_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, held + 0.3, rng, bright=0.18 + 0.22 * velocity, sustain=2.2, position=0.3)
    return _held(equalise(band(string, 32.0, 2400.0), (95.0, 3.0, 1.4), (750.0, 2.5, 1.2)), held, 0.09)


def electric_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, held + 0.2, rng, bright=0.3 + 0.35 * velocity, sustain=4.0, position=0.2)
    return _held(band(string, 30.0, 3000.0), held, 0.05)


def slap_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    string = pluck(pitch, held + 0.2, rng, bright=0.65 + 0.3 * velocity, sustain=2.6, position=0.08)
    return _held(equalise(band(string, 30.0, 5200.0), (80.0, 3.0, 1.2), (2400.0, 3.0, 1.0)), held, 0.04)


def _bowed(
    pitch: float,
    held: float,
    velocity: float,
    rng: np.random.Generator,
    *,
    players: int,
    attack: float,
    body: tuple[tuple[float, float, float], ...],
) -> Signal:
    """One or several players, each with their own vibrato and tuning, through one body; stereo."""
    envelope = adsr(held, attack, 2.0, 0.86, 0.22)
    count = len(envelope)
    hertz = frequency(pitch)
    top = min(9000.0, hertz * (4.0 + 7.0 * velocity))
    cutoff = 500.0 + top * envelope.astype(np.float64)
    out = np.zeros((count, 2), np.float32)
    for number in range(players):
        cents = rng.uniform(-7, 7) if players > 1 else 0.0
        line = vibrato(hertz * 2 ** (cents / 1200), count, rng, cents=11 + 5 * rng.random(), delay=0.18)
        tone = subtractive("saw", pitch, phase(line, count, rng.random()), cutoff)
        side = 0.5 if players == 1 else (number + 0.5) / players
        out += tone[:, None] * np.array([1 - 0.6 * side, 0.4 + 0.6 * side], np.float32)
    hair = band(noise(count, rng), 1200.0, 6000.0)[:, None] * 0.012
    return equalise((out / np.sqrt(players) + hair) * envelope[:, None] * 0.5, *body)


def violin(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _bowed(pitch, held, velocity, rng, players=1, attack=0.07, body=VIOLIN_BODY)


def cello(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _bowed(pitch, held, velocity, rng, players=1, attack=0.08, body=CELLO_BODY)


def string_section(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    body = VIOLIN_BODY if pitch > 57 else CELLO_BODY
    return _bowed(pitch, held, velocity, rng, players=4, attack=0.16, body=body)


def pizzicato(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _held(
        equalise(pluck(pitch, 0.7, rng, bright=0.25, sustain=0.7, position=0.3), *VIOLIN_BODY),
        min(held, 0.35),
        0.15,
    )


VOICES = {
    voice.__name__: voice
    for voice in (
        acoustic_guitar, nylon_guitar, electric_guitar, muted_guitar, harp, sitar_like, upright_bass,
        electric_bass, slap_bass, violin, cello, string_section, pizzicato,
    )
}  # fmt: skip
