"""Synthesisers: subtractive pads, leads and basses, the supersaw, chip voices, choir."""

import numpy as np

from soniq_desktop.demo.dsp import RATE, Signal, adsr, band, fade_out, frequency, noise, ramp
from soniq_desktop.demo.oscillators import SIZE, harmonics, phase, play, subtractive, table, vibrato

VOWELS = {  # formants of a sung vowel: Hz, dB, width in Hz
    "ah": ((730.0, 0, 110.0), (1090.0, -4, 130.0), (2440.0, -18, 190.0), (3400.0, -24, 260.0)),
    "oo": ((320.0, 0, 80.0), (870.0, -16, 110.0), (2240.0, -30, 190.0), (3300.0, -38, 260.0)),
}


def _spread(
    shape: str,
    pitch: float,
    cutoff: np.ndarray,
    cents: tuple[float, ...],
    rng: np.random.Generator,
    resonance: float = 0.2,
) -> Signal:
    """Detuned copies over the stereo field."""
    count = len(cutoff)
    out = np.zeros((count, 2), np.float32)
    for number, detune in enumerate(cents):
        hertz = frequency(pitch + detune / 100)
        tone = subtractive(shape, pitch, phase(hertz, count, rng.random()), cutoff, resonance)
        side = number / max(1, len(cents) - 1) if len(cents) > 1 else 0.5
        out += tone[:, None] * np.array([np.cos(side * np.pi / 2), np.sin(side * np.pi / 2)], np.float32)
    return out / np.float32(np.sqrt(len(cents)))


def warm_pad(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(held, min(0.9, 0.35 * held), 3.0, 0.85, 1.1)
    time = np.arange(len(envelope)) / RATE
    cutoff = 350 + 1500 * velocity * envelope * (
        1 + 0.25 * np.sin(2 * np.pi * 0.13 * time + rng.uniform(0, 6))
    )
    return 0.6 * _spread("saw", pitch, cutoff, (-9, 0, 8), rng) * envelope[:, None]


def glass_pad(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(held, min(1.2, 0.4 * held), 4.0, 0.8, 1.6)
    time = np.arange(len(envelope)) / RATE
    cutoff = 900 + 2200 * (0.5 + 0.5 * np.sin(2 * np.pi * 0.09 * time + rng.uniform(0, 6)))
    return 0.5 * _spread("triangle", pitch, cutoff, (-6, 5), rng) * envelope[:, None]


def poly_stab(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Short house chord: the filter closes quickly."""
    envelope = adsr(held, 0.004, 0.22, 0.25, 0.14)
    time = np.arange(len(envelope)) / RATE
    cutoff = 420 + (1800 + 3200 * velocity) * np.exp(-time * 9)
    return 0.6 * _spread("saw", pitch, cutoff, (-7, 7), rng) * envelope[:, None]


def synth_brass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(held, 0.045, 0.5, 0.75, 0.18)
    cutoff = 400 + (1500 + 2500 * velocity) * envelope.astype(float)
    return 0.6 * _spread("saw", pitch, cutoff, (-8, 0, 8), rng) * envelope[:, None]


def supersaw(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(held, 0.012, 0.8, 0.8, 0.22)
    cutoff = np.full(len(envelope), 3200.0 + 5000.0 * velocity)
    return 0.5 * _spread("saw", pitch, cutoff, (-19, -11, -5, 0, 5, 11, 19), rng) * envelope[:, None]


def lead(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Mellow square lead with a late vibrato."""
    envelope = adsr(held, 0.015, 0.5, 0.8, 0.16)
    count = len(envelope)
    line = vibrato(frequency(pitch), count, rng, cents=14, rate=5.6, delay=0.3)
    cutoff = 700 + (1200 + 1800 * velocity) * envelope.astype(float)
    return 0.7 * subtractive("pulse0.4", pitch, phase(line, count), cutoff, 0.4) * envelope


def acid(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Resonant saw; accents open the filter."""
    envelope = adsr(held, 0.003, 0.3, 0.5, 0.05)
    time = np.arange(len(envelope)) / RATE
    cutoff = 180 + 2600 * velocity**2 * np.exp(-time * 11)
    return 0.6 * subtractive("saw", pitch, phase(frequency(pitch), len(envelope)), cutoff, 2.6) * envelope


def pluck_synth(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(max(held, 0.12), 0.002, 0.16, 0.0, 0.12)
    time = np.arange(len(envelope)) / RATE
    cutoff = 300 + 4200 * velocity * np.exp(-time * 14)
    return 0.8 * _spread("pulse0.3", pitch, cutoff, (-5, 5), rng, 0.8) * envelope[:, None]


def sub_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(held, 0.008, 2.0, 0.9, 0.06)
    turn = 2 * np.pi * phase(frequency(pitch), len(envelope))
    return ((np.sin(turn) + 0.22 * np.sin(2 * turn) + 0.08 * np.sin(3 * turn)) * envelope * 0.8).astype(
        np.float32
    )


def glide_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Long, saturated sine with a pitch drop at its start."""
    envelope = adsr(held, 0.004, 0.9, 0.55, 0.12)
    time = np.arange(len(envelope)) / RATE
    line = frequency(pitch) * (1 + 1.2 * np.exp(-time * 55))
    tone = np.tanh(1.9 * np.sin(2 * np.pi * phase(line, len(envelope))))
    return (tone * envelope * 0.8).astype(np.float32)


def saw_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    envelope = adsr(held, 0.004, 0.4, 0.7, 0.06)
    time = np.arange(len(envelope)) / RATE
    cutoff = 220 + (500 + 1100 * velocity) * np.exp(-time * 6)
    tone = subtractive("saw", pitch, phase(frequency(pitch), len(envelope)), cutoff, 0.8)
    low = np.sin(2 * np.pi * phase(frequency(pitch), len(envelope)))
    return ((0.7 * tone + 0.4 * low) * envelope).astype(np.float32)


def reese(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Drum and bass: detuned saws that beat, with a clean fundamental."""
    envelope = adsr(held, 0.01, 2.0, 0.9, 0.08)
    time = np.arange(len(envelope)) / RATE
    cutoff = 420 + 260 * np.sin(2 * np.pi * 0.35 * time + rng.uniform(0, 6))
    tone = band(_spread("saw", pitch, cutoff, (-14, 13), rng, 0.6), 70.0, None)
    low = np.sin(2 * np.pi * phase(frequency(pitch), len(envelope)))
    return ((0.6 * tone + 0.55 * low[:, None]) * envelope[:, None]).astype(np.float32)


def _chip(shape: str, pitch: float, held: float, rng: np.random.Generator, swell: float) -> Signal:
    envelope = adsr(held, 0.002, 0.25, 0.6, 0.03)
    count = len(envelope)
    partial_count = max(1, min(SIZE // 2 - 1, int(12000 / frequency(pitch))))
    line = vibrato(frequency(pitch), count, rng, cents=swell, rate=6.5, delay=0.15)
    return play(table(harmonics(shape, partial_count)), phase(line, count)) * envelope * 0.6


def chip_lead(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _chip("pulse0.25", pitch, held, rng, 16)


def chip_square(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _chip("square", pitch, held, rng, 0)


def chip_bass(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _chip("triangle", pitch, held, rng, 0)


def chip_noise(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    count = int(0.11 * RATE)
    held_noise = np.repeat(noise(count // 6 + 1, rng), 6)[:count]
    sound = band(held_noise, 600.0, 9000.0) * np.exp(-np.arange(count) / (0.03 * RATE)).astype(np.float32)
    sound[:24] *= ramp(24)
    return 0.4 * fade_out(sound)


def _choir(pitch: float, held: float, velocity: float, rng: np.random.Generator, vowel: str) -> Signal:
    envelope = adsr(held, min(0.35, 0.3 * held), 3.0, 0.9, 0.5)
    count = len(envelope)
    hertz = frequency(pitch)
    order = hertz * np.arange(1, max(2, int(5000 / hertz)))
    tilt = sum(
        10 ** (gain / 20) / (1 + ((order - centre) / width) ** 2) for centre, gain, width in VOWELS[vowel]
    )
    one = table((tilt + 0.015) / np.arange(1, len(order) + 1) ** 0.7)
    one /= np.sqrt(2 * np.mean(one**2))
    out = np.zeros((count, 2), np.float32)
    for singer in range(4):
        line = vibrato(hertz * 2 ** (rng.uniform(-6, 6) / 1200), count, rng, cents=14, rate=5.1, delay=0.2)
        side = singer / 3
        out += play(one, phase(line, count, rng.random()))[:, None] * np.array(
            [1 - 0.7 * side, 0.3 + 0.7 * side]
        )
    return (out * envelope[:, None] * 0.35).astype(np.float32)


def choir_ah(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _choir(pitch, held, velocity, rng, "ah")


def choir_oo(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _choir(pitch, held, velocity, rng, "oo")


def riser(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Noise that opens and swells up to the next section."""
    count = int(held * RATE)
    rise = np.linspace(0, 1, count, dtype=np.float32) ** 2
    dark, light = band(noise(count, rng), 300.0, 1800.0), band(noise(count, rng), 1500.0, 9000.0)
    return fade_out((dark * (1 - rise) + light * rise) * rise * 0.5, 0.04)


def air(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """A wind that breathes, wide and very quiet."""
    count = int(held * RATE)
    time = np.arange(count) / RATE
    swell = (0.55 + 0.45 * np.sin(2 * np.pi * 0.07 * time + rng.uniform(0, 6))).astype(np.float32)
    wide = band(noise(count * 2, rng).reshape(count, 2), 350.0, 2600.0) * swell[:, None] * 0.3
    wide[: RATE // 2] *= np.linspace(0, 1, RATE // 2, dtype=np.float32)[: len(wide), None]
    return fade_out(wide, 1.0)


VOICES = {
    voice.__name__: voice
    for voice in (
        warm_pad, glass_pad, poly_stab, synth_brass, supersaw, lead, acid, pluck_synth, sub_bass, glide_bass,
        saw_bass, reese, chip_lead, chip_square, chip_bass, chip_noise, choir_ah, choir_oo, riser, air,
    )
}  # fmt: skip
