"""Listening to one file: a single decode feeds every measurement."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.beats import BeatMeter, Network, count_beats
from soniq_desktop.analysis.clips import ClipCutter
from soniq_desktop.analysis.embedders import Embedder
from soniq_desktop.analysis.energy import energy
from soniq_desktop.analysis.estimates import with_estimates
from soniq_desktop.analysis.fingerprints import Fingerprinted
from soniq_desktop.analysis.key import ChromaMeter, Key, estimate_key
from soniq_desktop.analysis.loudness import LoudnessMeter
from soniq_desktop.analysis.mono import MonoMix
from soniq_desktop.analysis.onsets import OnsetMeter, activity, onset_rate
from soniq_desktop.analysis.spectrum import HOP, N_FFT, RATE, Framer, Resampler, centroids, power_spectra
from soniq_desktop.analysis.stream import SoundStream
from soniq_desktop.analysis.tempo import Periodicity, Tempo, periodicity, tempo_of
from soniq_desktop.analysis.waveform import WaveformMeter, colours
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.fingerprint.landmarks import Fingerprinter
from soniq_desktop.library.records import BeatGrid, Embedding, Features, Fingerprint, Listening, Waveform

Samples = NDArray[np.float32]


def listen_to_file(
    path: str,
    embedder: Embedder | None = None,
    beat_network: Network | None = None,
    genre_embedder: Embedder | None = None,
) -> Listening:
    """Decode a file once and measure everything; without a network the tempo is that of the onsets alone.

    `genre_embedder` hears besides `embedder`, whose embedding comes first.

    Values that cannot be measured (silence, too short) are None; silence has no embedding.

    Raises:
        UnreadableAudioError: the file cannot be opened or decoded.
    """
    with SoundStream(path) as stream:
        levels = _Levels(stream)
        embedders = [each for each in (embedder, genre_embedder) if each is not None]
        sound = _Sound(stream, embedders, beat_network)
        for block in stream.blocks():
            levels.add(block)
            sound.add(block)
        sound.finish()
        features, waveform, grid = _summary(levels, sound)
        embeddings = sound.embeddings()
        return Listening(
            stream.audio_hash,
            stream.duration,
            with_estimates(features, embeddings),
            waveform,
            embeddings,
            sound.fingerprint(),
            grid,
        )


def fingerprint_file(path: str) -> Fingerprinted:
    """Decode a file for its fingerprint alone; equal to the one of `listen_to_file`.

    Raises:
        UnreadableAudioError: the file cannot be opened or decoded.
    """
    with SoundStream(path) as stream:
        mix, printer = MonoMix(stream.channel_names), Fingerprinter(stream.rate)
        for block in stream.blocks():
            printer.push(mix(block))
        fingerprint = printer.finish()
        return Fingerprinted(stream.audio_hash, stream.duration, fingerprint)


class _Levels:
    """What is measured on the file's own channels and rate."""

    def __init__(self, stream: SoundStream) -> None:
        self.loudness = LoudnessMeter(stream.rate, stream.channel_names)
        self.waveform = WaveformMeter(stream.rate)

    def add(self, block: Samples) -> None:
        self.loudness.add(block)
        self.waveform.add(block)


class _Sound:
    """What is measured on the mono mix."""

    def __init__(
        self, stream: SoundStream, embedders: Sequence[Embedder], beat_network: Network | None = None
    ) -> None:
        self._mix = MonoMix(stream.channel_names)
        self._printer = Fingerprinter(stream.rate)
        self._to_shared = Resampler(stream.rate, RATE)
        self._framer = Framer(N_FFT, HOP)
        self.chroma = ChromaMeter()
        self.onsets = OnsetMeter()
        self.beats = BeatMeter(beat_network) if beat_network is not None else None
        self.centroids: list[Samples] = []
        self.weights: list[Samples] = []
        self._heard = [EmbedderStream(each, stream.rate, stream.expected_duration) for each in embedders]

    def add(self, block: Samples) -> None:
        self._add_mono(self._mix(block))

    def finish(self) -> None:
        """Flush what the resamplers and framers hold back."""
        self._add_mono(np.zeros(0, np.float32), last=True)

    def embeddings(self) -> tuple[Embedding, ...]:
        found = (each.embedding() for each in self._heard)
        return tuple(each for each in found if each is not None)

    def fingerprint(self) -> Fingerprint:
        return self._printer.finish()

    def _add_mono(self, mono: Samples, *, last: bool = False) -> None:
        self._printer.push(mono)
        shared = self._to_shared.add(mono, last=last)
        self.chroma.add(shared, last=last)
        if self.beats is not None:
            self.beats.add(shared, last=last)
        power = power_spectra(self._framer.add(shared, last=last))
        self.onsets.add(power)
        frequency, weight = centroids(power)
        self.centroids.append(frequency)
        self.weights.append(weight)
        for each in self._heard:
            each.add(mono, last=last)


class EmbedderStream:
    """An embedder that gets its excerpts of a stream of `rate` Hz passing by."""

    def __init__(self, embedder: Embedder, rate: int, expected: float) -> None:
        self._embedder = embedder
        self._resampler = Resampler(rate, embedder.sample_rate)
        self._clips = ClipCutter(embedder.excerpts, embedder.sample_rate, expected)

    def add(self, mono: Samples, *, last: bool = False) -> None:
        self._clips.add(self._resampler.add(mono, last=last))

    def embedding(self) -> Embedding | None:
        """None for silence."""
        try:
            return self._embedder.describe_excerpts(self._clips.clips())
        except AnalysisError:
            return None


def embed_file(path: str, embedder: Embedder) -> Embedding | None:
    """Decode a file for one embedder alone, as `listen_to_file` hears it; None for silence.

    Raises:
        UnreadableAudioError: the file cannot be opened or decoded.
    """
    with SoundStream(path) as stream:
        mix = MonoMix(stream.channel_names)
        heard = EmbedderStream(embedder, stream.rate, stream.expected_duration)
        for block in stream.blocks():
            heard.add(mix(block))
        heard.add(np.zeros(0, np.float32), last=True)
    return heard.embedding()


def _summary(levels: _Levels, sound: _Sound) -> tuple[Features, Waveform, BeatGrid | None]:
    loudness = levels.loudness.result()
    frequencies, weights = np.concatenate(sound.centroids), np.concatenate(sound.weights)
    flux = sound.onsets.result()
    brightness = _weighted_mean(frequencies, weights)
    features = Features(
        FEATURES_VERSION,
        loudness=loudness.integrated,
        loudness_range=loudness.range,
        true_peak=loudness.true_peak,
        energy=energy(loudness.integrated, activity(flux), brightness),
        brightness=brightness,
        onset_rate=onset_rate(flux),
    )
    tempo, grid = _beat(sound, periodicity(flux))
    features = _with_tempo(features, tempo)
    features = _with_key(features, estimate_key(sound.chroma.result()))
    peak, rms = levels.waveform.overview()
    return features, Waveform(peak, rms, colours(frequencies, weights), loudness.curve), grid


def _beat(sound: _Sound, found: Periodicity | None) -> tuple[Tempo | None, BeatGrid | None]:
    """Tempo and beats; both None where there is no steady beat."""
    if sound.beats is None:
        return (None if found is None else tempo_of(found)), None
    counted = count_beats(sound.beats.result(), found)
    return (None, None) if counted is None else (counted.tempo, counted.grid)


def _with_tempo(features: Features, tempo: Tempo | None) -> Features:
    if tempo is None:
        return features
    return replace(
        features, tempo=tempo.bpm, tempo_alternative=tempo.alternative, tempo_confidence=tempo.confidence
    )


def _with_key(features: Features, key: Key | None) -> Features:
    if key is None:
        return features
    return replace(features, key=key.tonic, mode=key.mode, key_confidence=key.confidence)


def _weighted_mean(values: Samples, weights: Samples) -> float | None:
    total = float(weights.sum())
    return float(values @ weights / total) if total > 0 else None
