"""Struck and blown keyboards: piano, electric piano, organs, harpsichord, bells, vibraphone, music box."""

import numpy as np

from soniq_desktop.demo.dsp import RATE, Signal, adsr, band, fade_out, frequency, noise, ramp
from soniq_desktop.demo.oscillators import partials, phase, play, table

DRAWBARS = np.array([0.5, 1.5, 1, 2, 3, 4, 5, 6, 8])  # 16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1'


def _damped(sound: Signal, held: float, release: float) -> Signal:
    """Let a ringing sound go on for `held` seconds, then damp it."""
    end = int((held + release) * RATE)
    sound = sound[:end]
    count = min(len(sound), int(release * RATE))
    if len(sound) > int(held * RATE):
        sound[-count:] *= 1 - ramp(count)
    return fade_out(sound)


def piano(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Stiff strings (inharmonic partials), two decays, softer hammers at lower velocity, felt noise."""
    hertz = frequency(pitch)
    number = np.arange(1, min(26, int(9000 / hertz)) + 1)
    stiffness = 2.5e-4 * 2 ** ((pitch - 60) / 16)
    tones = hertz * number * np.sqrt(1 + stiffness * number**2)
    hammer = np.exp(-number * (0.10 + 0.32 * (1 - velocity)) * (1 + hertz / 1500))
    level = np.abs(np.sin(np.pi * number / 8.3)) * hammer / number**0.35
    ring = 5.5 * 2 ** (-(pitch - 40) / 24) / (1 + 0.18 * number)
    count = int(min(held + 0.5, 7.0) * RATE)
    level = level / np.sqrt(np.sum(level**2))
    sound = partials(tones, 0.65 * level, 0.28 * ring, count) + partials(
        tones * 1.0004, 0.35 * level, ring, count
    )
    thud = band(noise(int(0.03 * RATE), rng), 150.0, 1400.0)
    sound[: len(thud)] += 0.05 * thud[: len(sound)] * np.exp(-np.arange(len(thud)) / 300)[: len(sound)]
    sound[:30] *= ramp(30)
    return _damped(sound, held, 0.25)


def electric_piano(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Two FM pairs: a bell-like tine that dies quickly over a round body."""
    count = int((held + 0.4) * RATE)
    time = np.arange(count) / RATE
    hertz = frequency(pitch)
    turn = 2 * np.pi * hertz * time
    index = (0.5 + 1.3 * velocity) * np.exp(-time * 2.2)
    body = np.sin(turn + index * np.sin(turn))
    tine = np.sin(turn + 0.9 * velocity * np.exp(-time * 9) * np.sin(14 * turn)) * np.exp(-time * 3)
    sound = (0.7 * body + 0.3 * tine) * np.exp(-time * (0.55 + hertz / 1400))
    return _damped((sound * np.minimum(1, time / 0.003)).astype(np.float32), held, 0.3)


def _drawbar(pitch: float, held: float, bars: tuple[int, ...], rotor: float, click: float) -> Signal:
    hertz = frequency(pitch)
    envelope = adsr(held, 0.006, 1.0, 1.0, 0.05)
    count = len(envelope)
    time = np.arange(count) / RATE
    spectrum = np.zeros(17)
    for bar, ratio in zip(bars, DRAWBARS * 2, strict=True):
        spectrum[int(ratio)] = bar / 8
    spectrum = spectrum[1:][: max(1, int(15000 / (hertz / 2)))]
    tone = play(table(spectrum), phase(hertz / 2 * (1 + 0.0012 * np.sin(2 * np.pi * rotor * time)), count))
    turning = np.stack([1 + 0.16 * np.sin(2 * np.pi * rotor * time + side) for side in (0.0, 1.9)], axis=1)
    envelope[: int(0.004 * RATE)] *= 1 + click
    return (0.3 * (tone * envelope)[:, None] * turning).astype(np.float32)


def organ(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Tonewheel organ, gospel registration, slow rotor."""
    return _drawbar(pitch, held, (7, 5, 8, 5, 2, 3, 1, 1, 2), 1.1, 0.3)


def fast_organ(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _drawbar(pitch, held, (6, 8, 8, 3, 0, 2, 0, 0, 1), 6.4, 0.6)


def pipe_organ(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Flue pipes: principal harmonics, slow speech and a breath of wind."""
    hertz = frequency(pitch)
    number = np.arange(1, max(2, min(14, int(9000 / hertz))))
    levels = np.array([1, 0.62, 0.30, 0.34, 0.10, 0.12, 0.05, 0.12, 0.03, 0.03, 0.02, 0.04, 0.01])
    envelope = adsr(held, 0.07, 1.0, 1.0, 0.18)
    tone = play(table(levels[: len(number)]), phase(hertz, len(envelope)))
    wind = band(noise(len(envelope), rng), 300.0, 2500.0) * 0.006
    return 0.45 * (tone + wind) * envelope


def harpsichord(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    hertz = frequency(pitch)
    number = np.arange(1, min(40, int(12000 / hertz)) + 1)
    level = np.abs(np.sin(np.pi * number * 0.13)) / number**0.75
    ring = 1.7 * 2 ** (-(pitch - 55) / 20) / (1 + 0.05 * number)
    sound = partials(hertz * number, 0.45 * level, ring, int((held + 0.3) * RATE))
    sound[:20] *= ramp(20)
    return _damped(sound, held, 0.09)


def _bar(
    pitch: float, held: float, ratios: tuple[float, ...], levels: tuple[float, ...], rings: tuple[float, ...]
) -> Signal:
    hertz = frequency(pitch)
    count = int(max(held, rings[0] * 4) * RATE)
    scale = 2 ** (-(pitch - 72) / 30)
    sound = partials(hertz * np.array(ratios), np.array(levels), scale * np.array(rings), count)
    sound[:24] *= ramp(24)
    return fade_out(sound, 0.05)


def vibraphone(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    sound = _bar(pitch, held, (1, 4, 9.8), (0.8, 0.22 * velocity, 0.08 * velocity), (0.75, 0.25, 0.06))
    time = np.arange(len(sound)) / RATE
    return (sound * (1 + 0.22 * np.sin(2 * np.pi * 4.6 * time))).astype(np.float32)


def marimba(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _bar(pitch, held, (1, 3.93, 9.2), (0.9, 0.22 * velocity, 0.06), (0.16, 0.05, 0.02))


def music_box(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    return _bar(
        pitch, held, (1, 2.0, 6.27, 12.2), (0.8, 0.10, 0.16 * velocity, 0.04), (0.6, 0.35, 0.12, 0.05)
    )


def bell(pitch: float, held: float, velocity: float, rng: np.random.Generator) -> Signal:
    """Glass-like FM bell."""
    time = np.arange(int(2.8 * RATE)) / RATE
    turn = 2 * np.pi * frequency(pitch) * time
    index = 1.2 * velocity * np.exp(-time * 2.4)
    sound = np.sin(turn + index * np.sin(3.5 * turn)) * np.exp(-time * 1.9) * np.minimum(1, time / 0.004)
    return fade_out(sound.astype(np.float32), 0.2)


VOICES = {
    voice.__name__: voice
    for voice in (
        piano, electric_piano, organ, fast_organ, pipe_organ, harpsichord, vibraphone, marimba, music_box,
        bell,
    )
}  # fmt: skip
