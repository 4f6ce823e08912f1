"""A tiny HTDemucs with random weights, saved as demucs publishes its own, and tracks to take apart."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from soniq_desktop.stems.engine import FOUR, EngineSpec
from tests.audio_fixtures import write_audio

TINY = EngineSpec("tiny", "Tiny", FOUR, "tiny", "soniq_desktop.stems.htdemucs:load", 1, 400_000_000, 10.0)
SEGMENT = Fraction(1, 2)  # seconds
SMALL = {
    "sources": ["drums", "bass", "other", "vocals"],
    "channels": 8,
    "depth": 4,
    "t_layers": 1,
    "t_heads": 2,
    "bottom_channels": 16,
    "segment": {"_type": "fraction", "numerator": SEGMENT.numerator, "denominator": SEGMENT.denominator},
}


def save_tiny_htdemucs(path: Path, seed: int = 1) -> Path:
    """The released network's code with few channels and half-second chunks; 0.3 MB."""
    import torch
    from demucs.htdemucs import HTDemucs
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    arguments = {**SMALL, "segment": SEGMENT}
    model = HTDemucs(**arguments)
    metadata = {"klass": "demucs.htdemucs.HTDemucs", "args": "[]", "kwargs": json.dumps(SMALL)}
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, path, metadata)
    return path


def chords(seconds: float, rate: int = 44100, channels: int = 2, seed: int = 0):
    """(n, channels) float32: decaying tones over noise, peak about 0.5."""
    dice = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    sound = np.zeros((len(time), channels))
    for start in np.arange(0, seconds, 0.37):
        note = np.sin(2 * np.pi * dice.uniform(80, 900) * time) * np.exp(-4 * np.maximum(time - start, 0))
        sound += (note * (time >= start))[:, None] * dice.uniform(0.1, 0.3, channels)
    sound += dice.normal(0, 0.01, sound.shape)
    return (0.5 * sound / max(np.abs(sound).max(), 1e-9)).astype(np.float32)


def track(
    folder: Path, seconds: float = 2.6, name: str = "track.wav", rate: int = 44100, channels: int = 2
) -> Path:
    """A file of `chords`."""
    return write_audio(folder / name, chords(seconds, rate, channels), rate)


class Echo:
    """An engine that hands each stem a fixed share of the mix: what comes out is known exactly."""

    name, stems, sample_rate, device = "echo", ("one", "two"), 44100, "cpu"

    def __init__(self, segment: int = 44100, overlap: float = 0.25) -> None:
        self.segment, self.overlap, self.windows = segment, overlap, 0

    def separate(self, chunks):
        for chunk in chunks:
            self.windows += 1
            yield np.stack([chunk * np.float32(0.25), chunk * np.float32(0.75)])
