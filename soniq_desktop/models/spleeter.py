"""Spleeter, 2 stems, in torch: two U-Nets on the magnitude spectrogram, and the masks that they make.

Hennequin, Khlif, Voituret and Moussallam, "Spleeter: a fast and efficient music source separation tool with
pre-trained models" (2020). The layers follow Jansson et al., "Singing voice separation with deep U-Net
convolutional networks" (2017), the weights are the authors' (models/spleeter_weights.py).

The networks see 0 to 11 kHz. What lies above is shared out by the mean mask below it, frame by frame: the
authors' "average" extension. (Their default leaves it out of both stems, which then miss the cymbals.)
"""

from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from soniq_desktop.common.errors import ModelError

STEMS = ("vocals", "accompaniment")
SAMPLE_RATE = 44_100
N_FFT = 4096
HOP_LENGTH = 1024
FRAMES = 512  # of one patch
BINS = 1024  # that the networks see
CHUNK = (FRAMES - 1) * HOP_LENGTH  # samples whose centred STFT has 512 frames: 11.87 s
EPSILON = 1e-10
NORM_EPSILON = 1e-3
FILTERS = (16, 32, 64, 128, 256, 512)

Weights = dict[str, Tensor]


class Spleeter:
    """Both networks with their weights, at inference."""

    def __init__(self, weights: Weights) -> None:
        self._weights = {name: value.float() for name, value in weights.items()}
        self._window = torch.hann_window(N_FFT)

    def __call__(self, chunk: Tensor) -> Tensor:
        """Take (2, CHUNK) apart: (stems, 2, CHUNK)."""
        spectrum = torch.stft(
            chunk,
            N_FFT,
            HOP_LENGTH,
            window=self._window,
            center=True,
            pad_mode="constant",
            return_complex=True,
        )
        masks = self.masks(spectrum.abs()[:, :BINS])
        masked = masks * spectrum  # (stems, 2, bins, frames)
        sound = torch.istft(
            masked.flatten(0, 1), N_FFT, HOP_LENGTH, window=self._window, length=chunk.shape[1]
        )
        return sound.reshape(len(STEMS), 2, -1)

    def masks(self, magnitude: Tensor) -> Tensor:
        """Magnitudes (2, BINS, frames) -> masks (stems, 2, N_FFT / 2 + 1, frames) that add up to one."""
        patch = magnitude.transpose(1, 2).unsqueeze(0)  # (1, 2, frames, bins)
        power = torch.cat([self._unet(patch, stem) for stem in STEMS]).square()
        masks = (power + EPSILON / len(STEMS)) / (power.sum(dim=0, keepdim=True) + EPSILON)
        masks = masks.transpose(2, 3)
        above = masks.mean(dim=2, keepdim=True).expand(-1, -1, N_FFT // 2 + 1 - BINS, -1)
        return torch.cat([masks, above], dim=2)

    def _unet(self, patch: Tensor, stem: str) -> Tensor:
        """(1, 2, frames, bins) -> the magnitudes of one stem, the same shape."""
        skips: list[Tensor] = []
        x = patch
        for depth in range(len(FILTERS)):
            skips.append(self._down(x, f"{stem}.down{depth}"))
            x = F.leaky_relu(self._norm(skips[-1], f"{stem}.down{depth}"), 0.2)
        x = self._up(skips.pop(), f"{stem}.up0")
        for depth in range(1, len(FILTERS)):
            x = self._up(torch.cat([skips.pop(), x], dim=1), f"{stem}.up{depth}")
        kernel, bias = self._weights[f"{stem}.mask.weight"], self._weights[f"{stem}.mask.bias"]
        return torch.sigmoid(F.conv2d(x, kernel, bias, padding=3, dilation=2)) * patch

    def _down(self, x: Tensor, name: str) -> Tensor:
        """Half the size. TensorFlow's "same" pads an even length by one before and two behind."""
        return F.conv2d(
            F.pad(x, (1, 2, 1, 2)), self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], stride=2
        )

    def _up(self, x: Tensor, name: str) -> Tensor:
        """Twice the size; cut as `_down` pads."""
        full = F.conv_transpose2d(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], stride=2)
        return self._norm(F.relu(full[:, :, 1:-2, 1:-2]), name)

    def _norm(self, x: Tensor, name: str) -> Tensor:
        mean, variance, weight, bias = (
            self._weights[f"{name}.norm.{part}"] for part in ("mean", "variance", "weight", "bias")
        )
        return F.batch_norm(x, mean, variance, weight, bias, eps=NORM_EPSILON)


def load_spleeter(path: Path) -> Spleeter:
    """The networks of a converted weights file.

    Raises:
        ModelError: the file is missing, cut off, or of another model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights = load_file(path)
    except (OSError, SafetensorError, ValueError) as error:
        raise ModelError("The weights of Spleeter cannot be read; they are damaged or cut off.",
                         "Remove the model and fetch it again.") from error  # fmt: skip
    if any(f"{stem}.mask.weight" not in weights for stem in STEMS):
        raise ModelError(
            "This file does not hold the weights of Spleeter.", "Remove the model and fetch it again."
        )
    return Spleeter(weights)
