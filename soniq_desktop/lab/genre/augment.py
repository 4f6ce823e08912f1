"""Variations of mel images, where they cost next to nothing: pitch, tempo, equalisation, noise, codec, gaps.

Images are float32 (batch, frames, 128) on the scale of `genre_mel` (255 = loudest, 3.19 per decibel). One
choice is made per batch where that saves an interpolation per image, else per image. `torch.Generator`s make
them repeatable.
"""

from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Generator, Tensor

from soniq_desktop.models.genre_mel import RANGE_DB, WINDOW_FRAMES

PER_DB = 255 / RANGE_DB
TEMPO = 0.1  # up to 10 % slower or faster
PITCH = 0.06  # of the band axis: about a semitone each way above 1 kHz
EQUALISER_DB = 6.0
FLOOR_DB = (80.0, 35.0)  # where noise drowns what is quieter, below the loudest
CUTOFF = (88, 128)  # bands; 88 is about 5.5 kHz, as poor codecs leave
TIMES, BANDS = 40, 16  # largest gaps (Park et al., SpecAugment, 2019)


def varied(images: Tensor, generator: Generator, frames: int = WINDOW_FRAMES) -> Tensor:
    """(batch, 1.1 frames or more, 128) uint8 -> (batch, frames, 128) float32, the same music otherwise."""
    heard = tempo(images.float(), generator, frames)
    for change, chance in ((pitch, 0.5), (equaliser, 0.7), (noise, 0.4), (codec, 0.3)):
        if float(torch.rand((), generator=generator)) < chance:
            heard = change(heard, generator)
    loudest = heard.amax(dim=(1, 2), keepdim=True)
    heard = (heard + torch.where(loudest > 0, 255 - loudest, torch.zeros_like(loudest))).clamp(0, 255)
    return gaps(heard, generator)


def centre(images: Tensor) -> Tensor:
    """The middle 320 frames, unchanged, float32."""
    spare = (images.shape[1] - WINDOW_FRAMES) // 2
    return images[:, spare : spare + WINDOW_FRAMES].float()


def tempo(images: Tensor, generator: Generator, frames: int = WINDOW_FRAMES) -> Tensor:
    """A random part, as long as `frames` at 0.9 to 1.1 times the speed."""
    length = min(images.shape[1], round(frames * (1 + _between(-TEMPO, TEMPO, generator))))
    start = int(torch.randint(images.shape[1] - length + 1, (), generator=generator))
    return _resized(images[:, start : start + length], frames, images.shape[2])


def pitch(images: Tensor, generator: Generator) -> Tensor:
    """All bands moved together towards higher or lower ones."""
    bands = images.shape[2]
    wide = _resized(images, images.shape[1], round(bands * (1 + _between(-PITCH, PITCH, generator))))
    return F.pad(wide, (0, bands - wide.shape[2])) if wide.shape[2] < bands else wide[:, :, :bands]


def equaliser(images: Tensor, generator: Generator) -> Tensor:
    """A smooth random curve of up to 6 dB each way, another for each image."""
    knots = (torch.rand(len(images), 1, 6, generator=generator) * 2 - 1) * EQUALISER_DB * PER_DB
    curve = F.interpolate(knots, images.shape[2], mode="linear", align_corners=True)
    return torch.where(images > 0, images + curve, images).clamp(min=0)


def noise(images: Tensor, generator: Generator) -> Tensor:
    """A noise floor: what lies below it is lost, and it trembles."""
    level = 255 - PER_DB * _between(*FLOOR_DB, generator)
    trembling = torch.rand(images.shape, generator=generator) * 4 * PER_DB
    return torch.maximum(images, level - trembling)


def codec(images: Tensor, generator: Generator) -> Tensor:
    """Nothing above some frequency, as after a low bit rate."""
    cut = int(torch.randint(*CUTOFF, (), generator=generator))
    return torch.cat([images[:, :, :cut], torch.zeros_like(images[:, :, cut:])], dim=2)


def gaps(images: Tensor, generator: Generator) -> Tensor:
    """One span of time and one of frequency set to the image's mean, in half of the batches."""
    if float(torch.rand((), generator=generator)) < 0.5:
        return images
    pick = partial(torch.randint, generator=generator)
    mean = float(images.mean())
    start, width = int(pick(images.shape[1] - TIMES, ())), int(pick(TIMES, ()))
    low, height = int(pick(images.shape[2] - BANDS, ())), int(pick(BANDS, ()))
    holed = images.clone()
    holed[:, start : start + width] = mean
    holed[:, :, low : low + height] = mean
    return holed


def _between(low: float, high: float, generator: Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator))


def _resized(images: Tensor, frames: int, bands: int) -> Tensor:
    resized = F.interpolate(images.unsqueeze(1), (frames, bands), mode="bilinear", align_corners=False)
    return resized.squeeze(1)
