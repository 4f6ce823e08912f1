"""Excerpts of files as mel images, kept on the disk: a training that goes on need not hear them again."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.models.genre_mel import HOP_LENGTH, N_FFT, SAMPLE_RATE, Image, MelImage

EXCERPTS = 5
SPAN = 75.0  # seconds around the middle of the file, over which the excerpts are spread
FRAMES = 416  # of an excerpt: 4.9 s, of which training cuts 3.7 s at 0.9 to 1.1 times the speed
SAMPLES = N_FFT + (FRAMES - 1) * HOP_LENGTH
QUIET = 1e-4  # RMS below which an excerpt says nothing


def read_excerpts(path: str, most: int = EXCERPTS, span: float = SPAN) -> list[NDArray[np.float32]]:
    """Up to `most` excerpts of 4.9 s at 44.1 kHz, evenly over the middle `span` seconds.

    Silent ones are left out; a shorter file is repeated to fill one.

    Raises:
        UnreadableAudioError: nothing can be decoded.
    """
    decoder = Decoder(path, SAMPLE_RATE, 1)
    try:
        wide = int(min(decoder.frames or SPAN * SAMPLE_RATE, span * SAMPLE_RATE))
        first = max(0, (decoder.frames - wide) // 2)
        if wide > most * SAMPLES:  # seek from one to the next
            parts = [_read_at(decoder, first + each, SAMPLES) for each in _starts(wide, most)]
        else:
            parts = _cut(_read_at(decoder, first, wide), most)
    finally:
        decoder.close()
    return [part for part in parts if len(part) and float(np.sqrt(np.mean(part**2))) > QUIET]


def _read_at(decoder: Decoder, start: int, count: int) -> NDArray[np.float32]:
    if start:
        decoder.seek(start)
    mono = decoder.read(count)[:, 0]
    return mono if len(mono) >= min(count, SAMPLES) or not len(mono) else np.resize(mono, SAMPLES)


def _starts(length: int, count: int) -> list[int]:
    return [int(each) for each in np.linspace(0, length - SAMPLES, count)]


def _cut(mono: NDArray[np.float32], most: int) -> list[NDArray[np.float32]]:
    if len(mono) < SAMPLES:
        return [np.resize(mono, SAMPLES)] if len(mono) else []
    count = min(most, max(1, len(mono) // SAMPLES))
    return [np.ascontiguousarray(mono[start : start + SAMPLES]) for start in _starts(len(mono), count)]


def images_of(
    paths: Sequence[Path], cache: Path, told: Callable[[int, int], None] = lambda _done, _total: None
) -> tuple[dict[Path, Image], dict[Path, str]]:
    """(excerpts, 416, 128) uint8 of each file, and why others were left out; kept in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    found: dict[Path, Image] = {}
    refused: dict[Path, str] = {}
    maker = MelImage()
    for number, path in enumerate(paths):
        try:
            image = _image_of(path, cache, maker)
        except SoniqError as error:
            refused[path] = str(error)
        else:
            if len(image):
                found[path] = image
            else:
                refused[path] = "There is no sound in it."
        told(number + 1, len(paths))
    return found, refused


def _image_of(path: Path, cache: Path, maker: MelImage) -> Image:
    stamp = path.stat()
    name = hashlib.blake2b(f"{path} {stamp.st_size} {stamp.st_mtime_ns}".encode(), digest_size=10).hexdigest()
    kept = cache / f"{name}.u8"
    if kept.exists():
        return np.frombuffer(kept.read_bytes(), np.uint8).reshape(-1, FRAMES, 128)
    images = [maker(part) for part in read_excerpts(str(path))]
    stacked = np.stack(images) if images else np.zeros((0, FRAMES, 128), np.uint8)
    write_atomic(kept, stacked.tobytes())
    return stacked
