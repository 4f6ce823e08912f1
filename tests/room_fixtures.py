"""Music as a microphone hears it in a café, and a home that knows some of it."""

import os
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.ingest import ScannedFile
from soniq_desktop.library.records import Tags
from tests.fingerprint_fixtures import sound
from tests.virtual_card import RATE

# A recording of a café is not part of the project: a folder beside the checkout, or named by a variable.
NOISES = Path(os.environ.get("SONIQ_TEST_NOISE", Path(__file__).parents[2] / "shared/data/noise"))
CAFE = NOISES / "coffee-shop.ogg"

Samples = NDArray[np.floating]


def song_of(seed: int, seconds: float = 40.0) -> Samples:
    """Plucked notes, (n,): every song with a tempo, a tuning and a swing of its own, as songs have."""
    dice = np.random.default_rng(seed)
    sound = dice.normal(0.0, 0.002, round(seconds * RATE))
    beat, tuning = dice.uniform(0.1, 0.2), dice.uniform(100.0, 120.0)
    for number in range(int((seconds - 1.0) / beat)):
        at = round((number + dice.uniform(0.0, 0.5)) * beat * RATE)
        time = np.arange(round(dice.uniform(0.2, 0.6) * RATE)) / RATE
        hertz = tuning * 2 ** dice.uniform(0, 4)
        note = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 6))
        sound[at : at + len(time)] += 0.1 * note * np.exp(-time / 0.15)
    return sound


def in_a_cafe(song: Samples, snr: float) -> NDArray[np.float32]:
    """The song (n,) with the noise of a café that is `snr` dB quieter, at a microphone's level."""
    noise = recorded(len(song)) if CAFE.exists() else pink(len(song))
    noise = noise * np.sqrt(np.mean(song**2) / np.mean(noise**2)) * 10 ** (-snr / 20)
    mixed = song + noise
    return (mixed * 0.3 / np.abs(mixed).max()).astype(np.float32)


def recorded(length: int) -> Samples:
    """People and cups (n,), from the recording's beginning, round and round."""
    samples, rate = soundfile.read(CAFE, dtype="float32", always_2d=True)
    return np.resize(soxr.resample(samples.mean(axis=1), rate, RATE), length)


def pink(length: int) -> Samples:
    """Noise (n,) whose power falls as the frequency rises."""
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(0, 1, length))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1.0), length)


def known_songs(paths: Paths, count: int) -> None:
    """A library of the first songs, of which only the fingerprints are known."""
    with Catalogue(paths.catalogue) as catalogue, FingerprintStore(paths.fingerprints) as store:
        for number in range(count):
            tags = Tags(title=f"Song {number}", artist="The Fixtures", duration=40.0)
            (track_id,) = catalogue.store_scanned([ScannedFile(f"/music/{number}.flac", 1, 1, tags)])
            samples = soxr.resample(song_of(number), RATE, SAMPLE_RATE).astype(np.float32)
            store.add(track_id, sound(number), fingerprint(samples, SAMPLE_RATE))
