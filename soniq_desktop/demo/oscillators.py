"""Band-limited oscillators: wavetables built from their harmonics, so that nothing aliases."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.demo.dsp import RATE, Signal, frequency, noise

SIZE = 2048
TOP = 17000.0  # Hz, the highest partial
ROWS = 28
CUTOFFS = np.geomspace(90.0, 18000.0, ROWS)


def phase(hertz: NDArray[np.float64] | float, count: int, start: float = 0.0) -> NDArray[np.float64]:
    """Cycles since the start, for a constant or a moving frequency."""
    if isinstance(hertz, float):
        return np.asarray(start + np.arange(count) * (hertz / RATE), np.float64)
    return np.asarray(start + np.cumsum(hertz) / RATE, np.float64)


def vibrato(
    hertz: float,
    count: int,
    rng: np.random.Generator,
    cents: float = 18.0,
    rate: float = 5.4,
    delay: float = 0.25,
) -> NDArray[np.float64]:
    """A frequency that starts plain and begins to sway after `delay` seconds."""
    time = np.arange(count) / RATE
    depth = cents * np.clip((time - delay) / 0.35, 0, 1)
    sway = np.sin(2 * np.pi * (rate + rng.uniform(-0.3, 0.3)) * time + rng.uniform(0, 1))
    return np.asarray(hertz * 2.0 ** (depth * sway / 1200))


def harmonics(shape: str, count: int) -> Signal:
    """Amplitudes of the first `count` harmonics of a classic waveform."""
    order = np.arange(1, count + 1)
    if shape == "saw":
        return 1.0 / order
    if shape == "square":
        return np.where(order % 2, 1.0 / order, 0.0)
    if shape == "triangle":
        return np.where(order % 2, 1.0 / order**2 * np.where(order % 4 == 1, 1, -1), 0.0)
    width = float(shape.removeprefix("pulse"))  # "pulse0.25"
    return np.asarray(np.sin(np.pi * order * width) / order)


def table(amplitudes: Signal) -> Signal:
    """One period from the amplitudes of its harmonics, in sine phase."""
    spectrum = np.zeros(SIZE // 2 + 1, complex)
    spectrum[1 : len(amplitudes) + 1] = -0.5j * SIZE * amplitudes
    return np.fft.irfft(spectrum, SIZE).astype(np.float32)


@lru_cache(maxsize=512)
def filtered(shape: str, pitch: int, resonance: float) -> Signal:
    """(ROWS, SIZE): the waveform through a four-pole low pass at each of `CUTOFFS`."""
    hertz = frequency(pitch)
    count = max(1, min(SIZE // 2 - 1, int(TOP / hertz)))
    order = hertz * np.arange(1, count + 1)
    base = harmonics(shape, count)
    octaves = np.log2(order[None, :] / CUTOFFS[:, None])
    gain = 1 / np.sqrt(1 + 2.0 ** (8 * np.clip(octaves, -6, 6)))
    gain = gain * (1 + resonance * np.exp(-((octaves / 0.3) ** 2)))
    return np.stack([table(base * row) for row in gain])


def play(one: Signal, cycles: NDArray[np.float64]) -> Signal:
    """Read one period at a phase in cycles, interpolating."""
    position = (cycles % 1.0) * SIZE
    index = position.astype(np.int32)
    part = (position - index).astype(np.float32)
    index &= SIZE - 1
    left = one[index]
    return np.asarray(left + part * (one[(index + 1) & (SIZE - 1)] - left))


def subtractive(
    shape: str, pitch: float, cycles: NDArray[np.float64], cutoff: NDArray[np.float64], resonance: float = 0.0
) -> Signal:
    """A waveform through a low pass whose cutoff (Hz, per sample) moves."""
    stack = filtered(shape, round(pitch), resonance).ravel()
    row = np.clip(np.log(cutoff / CUTOFFS[0]) / np.log(CUTOFFS[1] / CUTOFFS[0]), 0, ROWS - 1.001)
    low = row.astype(np.int32)
    blend = (row - low).astype(np.float32)
    index = (((cycles % 1.0) * SIZE).astype(np.int32) & (SIZE - 1)) + low * SIZE
    below = stack[index]
    return np.asarray(below + blend * (stack[index + SIZE] - below))


def partials(hertz: Signal, amplitudes: Signal, decay: Signal, count: int) -> Signal:
    """Decaying sines: the sum over k of a[k] exp(-t / decay[k]) sin(2 pi f[k] t); each ends 60 dB down."""
    out = np.zeros(count, np.float32)
    for pitch, level, seconds in zip(hertz, amplitudes, decay, strict=True):
        if pitch < TOP and level > 1e-4:
            length = min(count, int(6.9 * seconds * RATE))
            out[:length] += level * _ringing(pitch, seconds, length)
    return out


def _ringing(hertz: float, decay: float, count: int) -> Signal:
    """One decaying sine. A block is turned and shrunk into the next, which spares most of the exp and sin."""
    block = 512
    step = (2j * np.pi * hertz - 1 / decay) / RATE
    first = np.exp(step * np.arange(block))
    turns = np.exp(step * block * np.arange(-(-count // block)))
    return np.asarray((turns[:, None] * first).imag.ravel()[:count], np.float32)


def pluck(
    pitch: float,
    seconds: float,
    rng: np.random.Generator,
    *,
    bright: float,
    sustain: float,
    position: float = 0.18,
) -> Signal:
    """Karplus-Strong string, a period at a time: each is the last one, averaged and a little weaker.

    `bright` 0..1 is the tone of the pluck, `sustain` the time to fall by 60 dB (s), `position` where along
    the string it is plucked. The string is made at a whole number of samples and then brought to pitch.
    """
    hertz = frequency(pitch)
    period = max(8, round(RATE / hertz))
    count = int(seconds * RATE)
    periods = count // period + 3
    string = _excitation(period, rng, bright, position)
    loss = 10.0 ** (-3.0 / (sustain * hertz))
    blend = 0.5 * (1 - bright) ** 1.5 + 0.06  # weight of the previous sample: how fast the treble dies
    rows = np.empty((periods, period), np.float32)
    previous_end = 0.0
    for number in range(periods):
        rows[number] = string
        shifted = np.concatenate(([previous_end], string[:-1]))
        previous_end = string[-1]
        string = (loss * ((1 - blend) * string + blend * shifted)).astype(np.float32)
    at = np.arange(count) * ((period + blend) * hertz / RATE)
    index = at.astype(np.int32)
    part = (at - index).astype(np.float32)
    sound = rows.ravel()
    index = np.minimum(index, len(sound) - 2)
    return np.asarray(sound[index] + part * (sound[index + 1] - sound[index]))


def _excitation(period: int, rng: np.random.Generator, bright: float, position: float) -> Signal:
    """A burst of shaped noise with the comb of the plucking position and without a mean."""
    order = np.arange(period // 2 + 1)
    angle = np.angle(np.fft.rfft(noise(period, rng)))
    level = 1 / np.maximum(order, 1) ** (1.1 - 0.6 * bright) * np.exp(-order / (8 + 60 * bright))
    level = level * np.abs(np.sin(np.pi * order * position))
    level[0] = 0
    burst = np.fft.irfft(level * np.exp(1j * angle), period)
    return np.asarray(burst / (np.max(np.abs(burst)) + 1e-9), np.float32)
