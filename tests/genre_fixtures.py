"""Sounds and simulated classifiers for the genre tests."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre.conformal import Calibration
from soniq_desktop.analysis.genre.head import Head, softmax
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Listening, Tags, Waveform
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, EMBEDDERS

Samples = NDArray[np.float32]
DIM = 24


def simulated(count: int, seed: int, *, classes: int = 12, sharpness: float = 1.5) -> Calibration:
    """Tracks of a classifier whose probabilities are the true ones: labels are drawn from them."""
    random = np.random.default_rng(seed)
    probabilities = softmax(random.standard_normal((count, classes)) * sharpness)
    steps = probabilities.cumsum(axis=1)
    labels = (random.random(count)[:, None] > steps[:, :-1]).sum(axis=1)
    return Calibration(probabilities, labels.astype(np.int64), np.ones(count))


def small_head(seed: int = 1) -> Head:
    """A head for vectors of 24 dimensions, of which the first twelve say the family."""
    weight = np.zeros((12, DIM))
    weight[np.arange(12), np.arange(12)] = 2.0
    kinds = np.zeros((3, DIM))
    kinds[1, 20], kinds[2, 21] = 8.0, 8.0
    return Head(
        "musicnn-msd",
        np.zeros(DIM),
        np.ones(DIM),
        weight,
        np.zeros(12),
        1.0,
        kinds,
        np.array([3.0, 0.0, 0.0]),
        simulated(300, seed),
    )


def vectors_of(families: NDArray[np.int64], seed: int, shift: int = 0) -> NDArray[np.float32]:
    """Vectors that mean these families; with `shift` this library's music lies somewhere else."""
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((len(families), DIM)) * 0.4
    vectors[np.arange(len(families)), (families + shift) % 12] += 2.0
    return vectors.astype(np.float32)


def noise(seconds: float, rate: int, colour: float = 0.0, seed: int = 7) -> Samples:
    """Noise whose power falls with frequency to the power `colour`, peak 0.5."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal(int(seconds * rate)))
    spectrum /= np.maximum(np.arange(len(spectrum)), 20) ** (colour / 2)
    return _levelled(np.fft.irfft(spectrum))


def hum(seconds: float, rate: int) -> Samples:
    """Mains hum with harmonics and a little hiss."""
    time = np.arange(int(seconds * rate)) / rate
    tones = sum(np.sin(2 * np.pi * 50 * n * time + n) / n for n in range(1, 10))
    return _levelled(np.asarray(tones + 0.03 * np.random.default_rng(2).standard_normal(len(time))))


def _levelled(signal: NDArray[np.float64]) -> Samples:
    return (signal / np.abs(signal).max() * 0.5).astype(np.float32)


def listened_library(catalogue: Catalogue, count: int, seed: int = 1, tag: str = "") -> list[int]:
    """Tracks of as many artists that were listened to: random vectors and plausible tag scores."""
    random = np.random.default_rng(seed)
    files = [
        ScannedFile(
            f"/m/{seed}-{n}.ogg", 1000 + n, n, Tags(title=f"T{n}", artist=f"A{n}", genre=tag, duration=200.0)
        )
        for n in range(count)
    ]
    ids = catalogue.store_scanned(files)
    for number, track_id in enumerate(ids):
        listened_to(catalogue, track_id, f"{seed * 100_000 + number:032x}", random)
    return ids


def listened_to(
    catalogue: Catalogue,
    track_id: int,
    audio_hash: str = "7" * 32,
    random: np.random.Generator | None = None,
) -> None:
    """One track gets a random vector and plausible tag scores."""
    random = random or np.random.default_rng(1)
    spec = EMBEDDERS[DEFAULT_EMBEDDER]
    vector = random.standard_normal(spec.dim).astype(np.float32)
    scores = (random.random(len(spec.tags)) ** 4).astype(np.float32)
    vector /= np.linalg.norm(vector)
    empty = np.zeros(8, np.uint8)
    listening = Listening(
        audio_hash,
        200.0,
        Features(FEATURES_VERSION, loudness=-14.0, true_peak=-1.0),
        Waveform(empty, empty, empty, np.zeros(4, np.float32)),
        (Embedding(spec.name, spec.version, vector, scores),),
    )
    catalogue.store_listening(track_id, listening)


def spoken(seconds: float, rate: int, seed: int = 3) -> Samples:
    """A voice that says nothing: a gliding buzz through formants that change all the time, with pauses."""
    random = np.random.default_rng(seed)
    pieces: list[NDArray[np.float64]] = []
    while sum(map(len, pieces)) < seconds * rate:
        pieces.append(_syllable(random, rate))
        pause = random.uniform(0.25, 0.6) if random.random() < 0.15 else random.uniform(0.01, 0.06)
        pieces.append(np.zeros(int(pause * rate)))
    return _levelled(np.concatenate(pieces)[: int(seconds * rate)])


def _syllable(random: np.random.Generator, rate: int) -> NDArray[np.float64]:
    count = int(random.uniform(0.1, 0.25) * rate)
    glide = np.linspace(random.uniform(100, 150), random.uniform(90, 130), count)
    buzz = np.diff((np.cumsum(glide) / rate) % 1.0, prepend=0.0) * -1 + 0.02 * random.standard_normal(count)
    if random.random() < 0.3:  # a consonant: hiss
        buzz = random.standard_normal(count) * 0.2
    spectrum = np.fft.rfft(buzz)
    hertz = np.fft.rfftfreq(count, 1 / rate)
    gain = sum(
        level / (1 + ((hertz - formant) / width) ** 2)
        for formant, width, level in (
            (random.uniform(300, 800), 80, 1.0),
            (random.uniform(900, 2200), 120, 0.6),
            (random.uniform(2300, 3200), 180, 0.3),
        )
    )
    return np.asarray(np.fft.irfft(spectrum * gain, count) * np.hanning(count))
