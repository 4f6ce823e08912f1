"""Signals whose tempo, key and loudness are known, and a catalogue that lives in memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.key import ChromaMeter
from soniq_desktop.analysis.onsets import OnsetMeter
from soniq_desktop.analysis.spectrum import HOP, N_FFT, RATE, Framer, power_spectra
from soniq_desktop.library.records import Listening, Tags, Track

Samples = NDArray[np.float32]

MAJOR_STEPS = (0, 2, 4, 5, 7, 9, 11)
MINOR_STEPS = (0, 2, 3, 5, 7, 8, 10)
# degrees (from 0) of a cadence that belongs to one key only
MAJOR_CHORDS = (0, 3, 4, 0, 5, 1, 4, 0)
MINOR_CHORDS = (0, 3, 4, 0, 5, 3, 4, 0)


def tone(
    seconds: float, level: float, *, rate: int = 48_000, hertz: float = 1_000.0, channels: int = 2
) -> Samples:
    """A sine whose peak lies at `level` dBFS, (channels, frames)."""
    t = np.arange(round(seconds * rate)) / rate
    sine = 10 ** (level / 20) * np.sin(2 * np.pi * hertz * t)
    return np.tile(sine, (channels, 1)).astype(np.float32)


def decaying(hertz: Sequence[float], seconds: float, rate: int, halving: float) -> Samples:
    """Struck tones with four harmonics each, together."""
    t = np.arange(round(seconds * rate)) / rate
    partials = sum(np.sin(2 * np.pi * f * k * t) / k**1.5 for f in hertz for k in (1, 2, 3, 4))
    return (np.asarray(partials) * 0.5 ** (t / halving)).astype(np.float32)


def drums(bpm: float, seconds: float, rate: int = 22_050, *, swing: float = 0.0, seed: int = 1) -> Samples:
    """A rock beat, (frames,): kick on one and three, snare on two and four, hi-hat on the eighths."""
    rng = np.random.default_rng(seed)
    mix = np.zeros(round((seconds + 1) * rate), np.float32)
    t = np.arange(round(0.2 * rate)) / rate
    kick = (np.sin(2 * np.pi * (50 * t + 4 * (1 - np.exp(-t * 40)))) * np.exp(-t * 20)).astype(np.float32)
    snare = (rng.standard_normal(len(t)) * np.exp(-t * 25) * 0.5).astype(np.float32)
    hat = (np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-t * 80) * 0.15).astype(np.float32)
    beat = 60 / bpm
    for number in range(int(seconds / beat)):
        _put(mix, number * beat * rate, kick if number % 2 == 0 else snare)
        _put(mix, number * beat * rate, hat)
        _put(mix, (number + 0.5 + swing) * beat * rate, hat)
    return 0.5 * mix[: round(seconds * rate)]


def clicks(bpm: float, seconds: float, rate: int = 22_050) -> Samples:
    """One short click on every beat, (frames,)."""
    mix = np.zeros(round((seconds + 1) * rate), np.float32)
    click = decaying([1_000.0], 0.05, rate, 0.005)
    for at in np.arange(0, seconds, 60 / bpm):
        _put(mix, at * rate, click)
    return 0.3 * mix[: round(seconds * rate)]


def chords(
    tonic: int, mode: str, seconds: float = 16.0, rate: int = 22_050, *, tuning: float = 0.0
) -> Samples:
    """A cadence of triads with bass in a key, (frames,); `tuning` in semitones from A = 440 Hz."""
    steps, degrees = (MAJOR_STEPS, MAJOR_CHORDS) if mode == "major" else (MINOR_STEPS, MINOR_CHORDS)
    length = seconds / len(degrees)
    return np.concatenate([_triad(tonic, steps, degree, length, rate, tuning) for degree in degrees])


def _triad(
    tonic: int, steps: Sequence[int], degree: int, seconds: float, rate: int, tuning: float
) -> Samples:
    places = (degree - 14, degree, degree + 2, degree + 4)
    pitches = (60 + tonic + tuning + 12 * (place // 7) + steps[place % 7] for place in places)
    hertz = [440 * 2 ** ((pitch - 69) / 12) for pitch in pitches]
    return 0.1 * decaying(hertz, seconds, rate, 1.0)


def _put(mix: Samples, at: float, sound: Samples) -> None:
    start = round(at)
    room = mix[start : start + len(sound)]
    room += sound[: len(room)]


def babble(seconds: float, seed: int = 5, rate: int = 22_050) -> Samples:
    """Syllables of random length, pitch and pause: voiced buzz through two resonances, hiss between."""
    rng = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < seconds * rate:
        t = np.arange(int(rng.uniform(0.08, 0.35) * rate)) / rate
        pitch = rng.uniform(90, 160) * (1 - 0.3 * t / t[-1])
        phase = 2 * np.pi * np.cumsum(pitch) / rate
        formants = rng.uniform((300, 900), (800, 2400))
        voice = sum(
            np.sin(k * phase) * sum(np.exp(-(((k * 120 - f) / 150) ** 2)) for f in formants)
            for k in range(1, 30)
        )
        parts += [
            voice * np.hanning(len(t)) * rng.uniform(0.3, 1),
            np.zeros(int(rng.uniform(0, 0.4) ** 2 * rate * 4)),
        ]
        parts.append(0.1 * rng.standard_normal(int(rng.uniform(0, 0.1) * rate)))
    mono = np.concatenate(parts)[: int(seconds * rate)]
    return (0.2 * mono / np.abs(mono).max()).astype(np.float32)


def onset_flux(mono: Samples, block: int = 65_536) -> Samples:
    """Onset strength of a mono signal at 22,050 Hz, fed in blocks as the listening pass does."""
    framer, meter = Framer(N_FFT, HOP), OnsetMeter()
    for start in range(0, len(mono), block):
        meter.add(power_spectra(framer.add(mono[start : start + block])))
    meter.add(power_spectra(framer.add(mono[:0], last=True)))
    return meter.result()


def pitch_segments(mono: Samples, block: int = 65_536) -> NDArray[np.float64]:
    """Pitch histograms of a mono signal at 22,050 Hz."""
    assert RATE == 22_050
    meter = ChromaMeter()
    for start in range(0, len(mono), block):
        meter.add(mono[start : start + block])
    meter.add(mono[:0], last=True)
    return meter.result()


class MemoryCatalogue:
    """What the runner needs of a catalogue, with everything it was told."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.waiting = {number: Track(number, path, Tags()) for number, path in enumerate(paths, 1)}
        self.stored: dict[int, Listening] = {}
        self.problems: dict[str, str] = {}

    def to_listen(self, limit: int, first: Sequence[int] = (), *, version: int) -> list[Track]:
        """Those of `first`, then the others in order."""
        ids = [key for key in first if key in self.waiting]
        ids += [key for key in self.waiting if key not in ids]
        return [self.waiting[key] for key in ids[:limit]]

    def count_to_listen(self, version: int) -> int:
        return len(self.waiting)

    def store_listening(self, track_id: int, listening: Listening) -> int:
        if track_id not in self.waiting:
            return 0
        self.stored[track_id] = listening
        del self.waiting[track_id]
        return track_id

    def likely_copies(self, ids: Sequence[int]) -> list[int]:
        return []

    def copy_listening(self, track_id: int, audio_hash: str, *, version: int) -> int | None:
        raise AssertionError("nothing was hashed")

    def store_problem(self, path: str, stage: str, reason: str, track_id: int | None = None) -> None:
        assert stage == "listen"
        self.problems[path] = reason
        if track_id is not None:
            self.waiting.pop(track_id, None)
