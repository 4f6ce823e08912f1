"""Signal processing of the synthesiser: envelopes, filters, reverb, delay, chorus, drive, loudness, limiter.

Signals are float32 at `RATE`: (n,) mono or (n, 2) stereo.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from soniq_desktop.analysis.loudness import k_weighting

RATE = 44100
Signal = NDArray[np.floating[Any]]  # float32 between functions

ROOMS = {  # reverberation time in seconds at low, middle and high frequencies, predelay in seconds
    "room": (0.5, 0.45, 0.3, 0.006),
    "plate": (1.3, 1.4, 0.8, 0.012),
    "hall": (2.4, 2.0, 1.0, 0.022),
    "cathedral": (4.6, 4.0, 1.6, 0.035),
}


def frequency(pitch: float) -> float:
    """Hertz of a MIDI note number, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def ramp(count: int) -> Signal:
    """Half a raised cosine from 0 to 1: a fade without a click."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / max(count, 1))).astype(np.float32)


def adsr(held: float, attack: float, decay: float, sustain: float, release: float) -> Signal:
    """Envelope of `held` seconds and a release; decay and release are exponential, and end at zero."""
    on, off = max(1, int(held * RATE)), max(64, int(release * RATE))
    time = np.arange(on) / RATE
    level = sustain + (1.0 - sustain) * np.exp(-np.clip(time - attack, 0, None) / max(decay, 1e-3))
    rise = min(on, max(32, int(attack * RATE)))
    level[:rise] *= ramp(rise)
    fall = level[-1] * np.exp(-4.0 * np.arange(off) / off) * (1 - ramp(off))
    return np.concatenate([level, fall]).astype(np.float32)


def fade_out(sound: Signal, seconds: float = 0.01) -> Signal:
    """Bring the end of a signal to zero, in place."""
    count = min(len(sound), max(2, int(seconds * RATE)))
    fall = 1 - ramp(count)
    sound[-count:] *= fall if sound.ndim == 1 else fall[:, None]
    return sound


def noise(count: int, rng: np.random.Generator) -> Signal:
    return rng.standard_normal(count, dtype=np.float32)


def band(sound: Signal, low: float | None, high: float | None, order: int = 2) -> Signal:
    """Butterworth high pass at `low` and low pass at `high` (Hz), whichever is given."""
    if low is not None:
        sound = signal.sosfilt(_butter(order, low, "highpass"), sound, axis=0)
    if high is not None:
        sound = signal.sosfilt(_butter(order, high, "lowpass"), sound, axis=0)
    return sound.astype(np.float32)


@lru_cache(maxsize=256)
def _butter(order: int, hertz: float, kind: str) -> NDArray[np.float64]:
    return np.asarray(signal.butter(order, min(hertz, 0.45 * RATE), kind, fs=RATE, output="sos"))


@lru_cache(maxsize=64)
def peaking(hertz: float, decibels: float, quality: float) -> NDArray[np.float64]:
    """Second-order section of a peaking equaliser (Bristow-Johnson, Audio EQ Cookbook)."""
    gain, omega = 10 ** (decibels / 40), 2 * np.pi * hertz / RATE
    alpha = np.sin(omega) / (2 * quality)
    upper = np.array([1 + alpha * gain, -2 * np.cos(omega), 1 - alpha * gain])
    lower = np.array([1 + alpha / gain, -2 * np.cos(omega), 1 - alpha / gain])
    return np.asarray(np.concatenate([upper, lower])[None, :] / lower[0])


def equalise(sound: Signal, *bands: tuple[float, float, float]) -> Signal:
    """Apply peaking bands (Hz, dB, Q)."""
    sections = np.concatenate([peaking(*each) for each in bands])
    return np.asarray(signal.sosfilt(sections, sound, axis=0), np.float32)


@lru_cache(maxsize=4)
def impulse_response(room: str) -> Signal:
    """(n, 2): a few early reflections, then noise whose high frequencies die first."""
    low, middle, high, predelay = ROOMS[room]
    rng = np.random.default_rng(len(room) * 7919)
    count = int(RATE * max(low, middle) * 1.1)
    time = np.arange(count)[:, None] / RATE
    diffuse = noise(count * 2, rng).reshape(count, 2)
    bands = ((None, 400.0, low), (400.0, 3500.0, middle), (3500.0, 11000.0, high))
    late = sum(band(diffuse, lowest, top) * 10.0 ** (-3.0 * time / rt60) for lowest, top, rt60 in bands)
    late *= 1 - np.exp(-time / 0.012)
    response = np.zeros((count + int(predelay * RATE), 2), np.float32)
    response[int(predelay * RATE) :] = late
    for _ in range(10):
        at = int(RATE * (predelay + rng.uniform(0.001, 0.045)))
        response[at, rng.integers(2)] += rng.choice([-1, 1]) * rng.uniform(1.0, 2.5)
    response = band(response, 160.0, None)
    return fade_out(response / np.sqrt(np.sum(response**2, axis=0)), 0.1)


def reverb(send: Signal, room: str) -> Signal:
    """Convolve a stereo send with a room; as long as the send."""
    response = impulse_response(room)
    return np.stack(
        [signal.oaconvolve(send[:, side], response[:, side])[: len(send)] for side in (0, 1)], axis=1
    )


def echo(send: Signal, seconds: float, feedback: float = 0.45, repeats: int = 5) -> Signal:
    """Ping-pong delay; each repeat is darker than the one before."""
    out = np.zeros_like(send)
    tap, step = send, int(seconds * RATE)
    for number in range(1, repeats + 1):
        tap = band(tap, 200.0, 4200.0, order=1)[:, ::-1] * feedback
        if number * step >= len(out):
            break
        out[number * step :] += tap[: len(out) - number * step]
    return out


def chorus(sound: Signal, depth: float) -> Signal:
    """Two slowly moving copies, one to each side."""
    time = np.arange(len(sound), dtype=np.float64)
    out = sound.copy()
    for side, rate in ((0, 0.63), (1, 0.71)):
        delay = RATE * (0.012 + 0.004 * np.sin(2 * np.pi * rate * time / RATE + side * 1.9))
        out[:, side] += depth * np.interp(time - delay, time, sound[:, side]).astype(np.float32)
    return out / (1 + 0.5 * depth)


def overdrive(sound: Signal, amount: float) -> Signal:
    """Valve-like clipping at twice the rate, then a speaker cabinet."""
    gain = 2.0 * 30.0**amount
    reference = np.percentile(np.abs(sound), 99.5) + 1e-9
    tight = band(sound / reference, 90.0, None)
    wide = signal.resample_poly(tight, 2, 1, axis=0)
    clipped = np.tanh(gain * wide + 0.15) - np.tanh(0.15)
    out = signal.resample_poly(clipped, 1, 2, axis=0)[: len(sound)].astype(np.float32)
    return equalise(band(out, 85.0, 4600.0, order=3), (2600.0, 3.5, 1.2), (420.0, -3.0, 0.9))


def k_weighted(sound: Signal) -> Signal:
    """A sound through the pre-filter of ITU-R BS.1770."""
    return np.asarray(signal.sosfilt(k_weighting(RATE), sound, axis=0), dtype=np.float32)


def momentary(sound: Signal) -> NDArray[np.float64]:
    """Loudness of 400 ms blocks every 100 ms, LUFS."""
    squares = np.sum(k_weighted(sound).astype(np.float64) ** 2, axis=1)
    hop = RATE // 10
    tenths = np.add.reduceat(squares, np.arange(0, len(squares) - hop + 1, hop))[: len(squares) // hop]
    power = np.convolve(tenths, np.ones(4), "valid") / (4 * hop)
    return np.asarray(-0.691 + 10 * np.log10(power + 1e-12), np.float64)


def loudness(sound: Signal) -> float:
    """Integrated loudness with both gates of BS.1770-4, LUFS."""
    blocks = momentary(sound)
    blocks = blocks[blocks > -70]
    if not len(blocks):
        return -70.0
    gate = 10 * np.log10(np.mean(10 ** (blocks / 10))) - 10
    return float(10 * np.log10(np.mean(10 ** (blocks[blocks > gate] / 10))))


def limit(sound: Signal, ceiling: float = 0.87) -> Signal:
    """Look-ahead limiter: the gain falls smoothly 20 ms before a peak and rises in the same time after it."""
    need = np.minimum(1.0, ceiling / np.maximum(np.max(np.abs(sound), axis=1), 1e-9))
    window = int(0.04 * RATE)
    gain = ndimage.minimum_filter1d(need, window)
    for _ in range(2):  # two boxes of half the window: smooth, and never above what the peak allows
        gain = ndimage.uniform_filter1d(gain, window // 2)
    return np.asarray(np.clip(sound * gain[:, None], -ceiling, ceiling), np.float32)
