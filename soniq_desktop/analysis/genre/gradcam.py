"""What in the spectrogram spoke for a genre: Grad-CAM on the genre networks. Worker processes only (torch).

Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization" (2017):
the maps of a convolution, each weighted by the mean gradient of the class' logit with respect to it, summed,
and what speaks against the class left out.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.models.genre_mel import (
    FRAME_SECONDS,
    N_FFT,
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    Image,
    MelImage,
    band_frequencies,
)
from soniq_desktop.models.genre_networks import LoadedNetwork, load_network

LONGEST = 30.0  # seconds of one picture
HOTTEST = 0.2  # share of the cells that the deletion test removes


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A picture of an excerpt and what mattered in it.

    Attributes:
        label: the class explained; probability: what the network gives it, of this excerpt.
        probabilities: (classes,) of all, in the order of `labels`.
        image: (frames, 128) uint8 log-mel, lowest band first.
        heat: (frames, 128) float16 in 0..1; 0 everywhere where nothing spoke for the class.
        seconds: (frames,) float32, middle of each frame in the track.
        hertz: (128,) float32, middle of each band.
    """

    label: str
    probability: float
    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    image: Image
    heat: NDArray[np.float16]
    seconds: NDArray[np.float32]
    hertz: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ExplanationTask:
    """What to explain: `length` seconds of a file from `start` on, for a class or None for the likeliest."""

    path: str
    start: float
    length: float
    label: str | None = None
    network: str = "genre_crnn"


def setup(_config: object = None) -> None:
    """Once per process."""
    torch.set_num_threads(1)


def explain(task: ExplanationTask) -> Explanation:
    """Decode the excerpt and explain it; the handler of a `ProcessPool`.

    Raises:
        UnreadableAudioError: the file cannot be decoded.
        AnalysisError: there is no sound at that place, or the network does not know the class.
        ModelError: the weights are missing or damaged.
    """
    return _explained(task, Path(task.path).stat().st_mtime_ns if Path(task.path).exists() else 0)


@lru_cache(maxsize=16)
def _explained(task: ExplanationTask, _changed: int) -> Explanation:
    """The last ones are kept: about 40 kB for each second of the excerpt."""
    network = loaded(task.network)
    image = picture(excerpt(task.path, task.start, min(task.length, LONGEST)))
    if not image.any():
        raise AnalysisError("There is no sound to explain at this place.")
    return explain_image(network, image, task.label, task.start)


@lru_cache(maxsize=2)
def loaded(name: str) -> LoadedNetwork:
    return load_network(name)


def excerpt(path: str, start: float, length: float) -> NDArray[np.float32]:
    """Mono at 44.1 kHz, at least one window of the network long where the file is."""
    decoder = Decoder(path, SAMPLE_RATE, 1)
    try:
        decoder.seek(max(0, round(start * SAMPLE_RATE)))
        mono = decoder.read(max(WINDOW_SAMPLES, round(length * SAMPLE_RATE)))[:, 0]
    finally:
        decoder.close()
    return np.ascontiguousarray(mono)


def picture(mono: NDArray[np.float32]) -> Image:
    """The log-mel image; sound shorter than a window is repeated until it fills one."""
    if 0 < len(mono) < WINDOW_SAMPLES:
        mono = np.resize(mono, WINDOW_SAMPLES)
    return MelImage()(mono) if len(mono) else np.zeros((1, 128), np.uint8)


def explain_image(
    network: LoadedNetwork, image: Image, label: str | None = None, start: float = 0.0
) -> Explanation:
    """Grad-CAM for one class (None: the likeliest) over an image (frames, 128)."""
    chances = network.probabilities(image[None])[0]
    number = int(chances.argmax()) if label is None else _number(network, label)
    seconds = start + (np.arange(len(image)) * FRAME_SECONDS + N_FFT / SAMPLE_RATE / 2)
    return Explanation(
        network.labels[number],
        float(chances[number]),
        network.labels,
        chances,
        image,
        heat_of(network, image, number),
        seconds.astype(np.float32),
        band_frequencies(),
    )


def heat_of(network: LoadedNetwork, image: Image, number: int) -> NDArray[np.float16]:
    """(frames, 128) in 0..1: weighted maps, positive part, at the image's size, with a maximum of 1."""
    kept: list[Any] = []
    hook = network.module.picture.register_forward_hook(lambda _module, _inputs, maps: kept.append(maps))
    try:
        with torch.enable_grad():
            logits = network.module(network.scaled(image[None]).requires_grad_())
            (slopes,) = torch.autograd.grad(logits[0, number], kept[0])
    finally:
        hook.remove()
    weights = slopes.mean(dim=(2, 3), keepdim=True)
    coarse = F.relu((weights * kept[0]).sum(dim=1, keepdim=True))
    heat = F.interpolate(coarse, image.shape, mode="bilinear", align_corners=False)[0, 0].detach().numpy()
    strongest = float(heat.max())
    return (heat / strongest if strongest > 0 else heat).astype(np.float16)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Probability of the class: as it is, without the hottest cells, without as many random ones (mean)."""

    whole: float
    without_hottest: float
    without_random: float


def deletion(
    network: LoadedNetwork, explanation: Explanation, share: float = HOTTEST, draws: int = 8, seed: int = 5
) -> Deletion:
    """Check an explanation: blocks of 8 frames by 8 bands become the image's mean, the hottest first."""
    number = network.labels.index(explanation.label)
    heat = block_means(np.asarray(explanation.heat, np.float32))
    count = max(1, round(share * heat.size))
    random = np.random.default_rng(seed)
    hottest = np.lexsort((random.random(heat.size), -heat.ravel()))  # equally cold ones in any order
    orders = [hottest, *(random.permutation(heat.size) for _ in range(draws))]
    masked = np.stack([erased(explanation.image, heat.shape, order[:count]) for order in orders])
    chances = network.probabilities(masked)[:, number]
    return Deletion(explanation.probability, float(chances[0]), float(chances[1:].mean()))


def block_means(heat: NDArray[np.float32], size: int = 8) -> NDArray[np.float32]:
    """(frames, bands) -> means of blocks of 8 by 8; what is left over at the ends stays out."""
    frames, bands = heat.shape[0] // size, heat.shape[1] // size
    blocks = heat[: frames * size, : bands * size].reshape(frames, size, bands, size)
    return np.asarray(blocks.mean(axis=(1, 3)))


def erased(image: Image, shape: tuple[int, ...], cells: NDArray[np.int64], size: int = 8) -> Image:
    """The image with these blocks replaced by its mean."""
    mask = np.zeros(shape, np.bool_)
    mask.flat[cells] = True
    fine = mask.repeat(size, axis=0).repeat(size, axis=1)
    found = image.copy()
    found[: fine.shape[0], : fine.shape[1]][fine] = round(float(image.mean()))
    return found


def _number(network: LoadedNetwork, label: str) -> int:
    if label not in network.labels:
        raise AnalysisError(f"The network does not know “{label}”.", f"Known: {', '.join(network.labels)}.")
    return network.labels.index(label)
