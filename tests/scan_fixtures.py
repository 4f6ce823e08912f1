"""Small audio files in every format that SONIQ reads, made in code; and ways to tag and to damage them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 44100

# kind -> (PyAV container, encoder, sample format); Ogg Vorbis comes from soundfile
ENCODERS = {
    "mp3": ("mp3", "libmp3lame", "s16p"),
    "flac": ("flac", "flac", "s16"),
    "opus": ("ogg", "libopus", "s16"),
    "m4a": ("ipod", "aac", "fltp"),
    "alac.m4a": ("ipod", "alac", "s16p"),
    "aac": ("adts", "aac", "fltp"),
    "wav": ("wav", "pcm_s16le", "s16"),
    "aiff": ("aiff", "pcm_s16be", "s16"),
    "wv": ("wv", "wavpack", "s16p"),
}
FORMATS = (*ENCODERS, "ogg")


def tone(
    seconds: float = 1.0, frequency: float = 440.0, rate: int = RATE, channels: int = 2
) -> NDArray[np.float32]:
    """A quiet tone with a little noise, shape (frames, channels); never the same for two frequencies."""
    frames = round(seconds * rate)
    times = np.arange(frames) / rate
    noise = np.random.default_rng(round(frequency * 1000)).normal(0.0, 0.01, frames)
    mono = 0.3 * np.sin(2 * np.pi * frequency * times) + noise
    return np.repeat(mono.astype(np.float32)[:, None], channels, axis=1)


def write(
    path: Path, samples: NDArray[np.float32] | None = None, kind: str | None = None, rate: int = RATE
) -> Path:
    """Encode `samples` (a one-second tone by default) as `kind`, by default the extension of `path`."""
    kind = kind or path.suffix[1:].lower()
    samples = tone(rate=rate) if samples is None else samples
    if kind == "ogg":
        soundfile.write(path, samples, rate, format="OGG", subtype="VORBIS")
    else:
        _encode(path, samples, kind, rate)
    return path


def _encode(path: Path, samples: NDArray[np.float32], kind: str, rate: int) -> None:
    container, codec, sample_format = ENCODERS[kind]
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    options = {"movflags": "faststart"} if container == "ipod" else {}
    with av.open(str(path), "w", format=container, options=options) as output:
        out_rate = 48000 if codec == "libopus" else rate
        stream = output.add_stream(codec, rate=out_rate)
        stream.layout = layout
        stream.format = sample_format
        resampler = av.AudioResampler(
            format=sample_format, layout=layout, rate=out_rate, frame_size=stream.frame_size or 4096
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout=layout
        )
        frame.sample_rate = rate
        frame.time_base = Fraction(1, rate)
        frame.pts = 0
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
