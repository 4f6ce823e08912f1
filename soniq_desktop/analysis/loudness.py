"""Loudness of a programme while it streams past (ITU-R BS.1770-5, EBU R 128, EBU Tech 3341 and 3342)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from soniq_desktop.analysis.truepeak import TruePeakMeter

Floats = NDArray[np.float64]

STEP = 0.1  # seconds between gating blocks: 400 ms blocks overlapping by 75 %
MOMENTARY = 4  # steps
SHORT_TERM = 30  # steps
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the ungated level, for the integrated loudness
RANGE_GATE = -20.0  # LU, for the loudness range (Tech 3342)
RANGE_PERCENTILES = (10.0, 95.0)
CURVE_POINTS = 2_048  # at most, for a very long track

SURROUND = {"SL", "SR", "BL", "BR", "BC"}
LFE = {"LFE", "LFE2"}


@dataclass(frozen=True, slots=True)
class Loudness:
    """What the meter found. None: below the absolute gate throughout, or too short to measure.

    Attributes:
        integrated: LUFS.
        range: LU.
        true_peak: dBTP.
        curve: short-term loudness about once a second, LUFS, never below the absolute gate.
    """

    integrated: float | None
    range: float | None
    true_peak: float | None
    curve: NDArray[np.float32]


class LoudnessMeter:
    """Feed it blocks of (channels, frames) at the file's own rate and layout; then ask for the result."""

    def __init__(self, rate: int, channel_names: Sequence[str]) -> None:
        self._sos = k_weighting(rate).astype(np.float32)
        self._state = np.zeros((len(self._sos), len(channel_names), 2), np.float32)
        self._weights = channel_weights(channel_names).astype(np.float32)
        self._step = round(rate * STEP)
        self._rest = np.zeros(0, np.float32)
        self._powers: list[NDArray[np.float32]] = []
        self._peak = TruePeakMeter(rate, len(channel_names))

    def add(self, block: NDArray[np.float32]) -> None:
        """(channels, frames) float32, full scale 1.0."""
        self._peak.add(block)
        weighted, self._state = signal.sosfilt(self._sos, block, axis=-1, zi=self._state)
        power = np.concatenate([self._rest, self._weights @ np.square(weighted, out=weighted)])
        whole = len(power) // self._step * self._step
        self._powers.append(power[:whole].reshape(-1, self._step).mean(axis=-1))
        self._rest = power[whole:].copy()

    def result(self) -> Loudness:
        steps = np.concatenate([np.zeros(0), *self._powers]).astype(np.float64)
        short_term = _levels(_moving_mean(steps, SHORT_TERM))
        return Loudness(
            integrated_loudness(_moving_mean(steps, MOMENTARY)),
            loudness_range(short_term),
            self._peak.result(),
            _curve(short_term if len(short_term) else _levels(steps)),
        )


def k_weighting(rate: int) -> Floats:
    """Second-order sections (2, 6) of BS.1770's pre-filter for any sample rate.

    The standard tabulates 48 kHz only; its analogue prototypes (a shelf of +4 dB at 1,682 Hz, a high-pass at
    38 Hz) were recovered by B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement",
    AES Convention 145, 2018.
    """
    shelf_k, shelf_q = np.tan(np.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + shelf_k / shelf_q + shelf_k**2
    shelf = [
        (high + band * shelf_k / shelf_q + shelf_k**2) / a0,
        2 * (shelf_k**2 - high) / a0,
        (high - band * shelf_k / shelf_q + shelf_k**2) / a0,
        1.0,
        2 * (shelf_k**2 - 1) / a0,
        (1 - shelf_k / shelf_q + shelf_k**2) / a0,
    ]
    pass_k, pass_q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + pass_k / pass_q + pass_k**2
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (pass_k**2 - 1) / a0, (1 - pass_k / pass_q + pass_k**2) / a0]
    return np.array([shelf, high_pass])


def channel_weights(names: Sequence[str]) -> Floats:
    """BS.1770 weights: surrounds +1.5 dB, low-frequency effects not at all, everything else 1.

    With both side and back pairs (7.1) only the side pair lies between 60 and 120 degrees and is raised.
    """
    sides = {"SL", "SR"}
    raised = sides if sides <= set(names) else SURROUND
    return np.array([0.0 if name in LFE else 1.41 if name in raised else 1.0 for name in names])


def integrated_loudness(powers: Floats) -> float | None:
    """LUFS from the powers of the 400 ms blocks, with the absolute and then the relative gate."""
    loud = powers[powers > _power(ABSOLUTE_GATE)]
    if not len(loud):
        return None
    gate = _level(loud.mean()) + RELATIVE_GATE
    return _level(loud[loud > _power(gate)].mean())


def loudness_range(short_term: Floats) -> float | None:
    """LU between the 10th and the 95th percentile of the gated short-term loudness (Tech 3342)."""
    loud = short_term[short_term > ABSOLUTE_GATE]
    if not len(loud):
        return None
    gated = loud[loud > _level(_power(loud).mean()) + RANGE_GATE]
    low, high = np.percentile(gated, RANGE_PERCENTILES)
    return float(high - low)


def _curve(levels: Floats) -> NDArray[np.float32]:
    stride = max(round(1 / STEP), -(-len(levels) // CURVE_POINTS))
    return np.maximum(levels[::stride], ABSOLUTE_GATE).astype(np.float32)


def _moving_mean(values: Floats, width: int) -> Floats:
    """Means over `width` neighbours; empty where there are fewer."""
    if len(values) < width:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(values, width).mean(axis=-1))


def _levels(powers: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return -0.691 + 10 * np.log10(powers)


def _level(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power))


def _power(level: float | Floats) -> Floats:
    return np.asarray(10 ** ((level + 0.691) / 10))
