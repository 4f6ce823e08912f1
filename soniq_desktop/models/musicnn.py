"""musicnn in torch: log-mel front end, tags and penultimate layer, several patches at a time.

Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging" (2019); the
layers are those of Pons et al., "End-to-end learning for music audio tagging at scale" (2018). The weights
are the authors' (models/musicnn/convert.py).

In the published weights, weight decay has put most front-end filters to sleep: 497 of 561 are zero for MSD.
Such a filter gives a constant, which is folded into the layers behind it, so that only the waking ones are
computed: the same result at a fraction of the cost (docs/decisions/musicnn.md).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from soniq_desktop.models.registry import load_weights
from soniq_desktop.models.torchaudio_compat import torchaudio

SAMPLE_RATE = 16_000
N_FFT = 512
HOP_LENGTH = 256
N_MELS = 96
PATCH_FRAMES = 187
PATCH_SAMPLES = (PATCH_FRAMES - 1) * HOP_LENGTH + N_FFT  # 48,128, 3.008 s: one patch without padding
EPSILON = 1e-3  # of every batch normalisation
ASLEEP = 1e-6  # largest weight of a filter that counts as zero

FRONT = ("timbral_38", "timbral_67", "temporal_128", "temporal_64", "temporal_32")
MIDDLE = ("middle_1", "middle_2", "middle_3")

Weights = dict[str, Tensor]


class Described(NamedTuple):
    """What the network says of each patch."""

    tags: Tensor  # (batch, 50), probabilities
    penultimate: Tensor  # (batch, 200)


class LogMel:
    """(batch, 48128) audio at 16 kHz -> (batch, 187, 96), log10(10000 x + 1) of the mel power.

    The mel power is that of librosa.feature.melspectrogram (Hann window, Slaney scale, unit area); only the
    padding at the ends, which librosa adds and an excerpt does not need, is left out.
    """

    def __init__(self) -> None:
        self.mel: Any = torchaudio().transforms.MelSpectrogram(
            sample_rate=SAMPLE_RATE,
            n_fft=N_FFT,
            hop_length=HOP_LENGTH,
            n_mels=N_MELS,
            center=False,
            norm="slaney",
            mel_scale="slaney",
        )

    def __call__(self, clips: Tensor) -> Tensor:
        mel: Tensor = self.mel(clips)
        return torch.log10(10_000 * mel.transpose(1, 2) + 1)


@dataclass(frozen=True, slots=True)
class FrontLayer:
    """The waking filters of one front-end layer, and what the sleeping ones give.

    The network takes the maximum over frequency behind ReLU and normalisation. Both are monotonic, so here
    the maximum comes first; where the normalisation falls (negative scale) the filter is negated for a
    minimum.
    """

    awake: Tensor  # (filters,) bool
    constants: Tensor  # (asleep,) outputs of the sleeping filters
    kernel: Tensor  # (n, 1, frames, bands), times sign
    sign: Tensor  # (n, 1), +1 or -1
    bias: Tensor  # (n, 1)
    scale: Tensor  # (n, 1)
    shift: Tensor  # (n, 1)

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, 1, 187, 96) -> (batch, n, 187)"""
        frames = self.kernel.shape[2]
        padded = F.pad(x, (0, 0, (frames - 1) // 2, frames // 2))  # TensorFlow's "same"
        peak = F.conv2d(padded, self.kernel).amax(dim=3)
        return torch.addcmul(self.shift, F.relu(peak * self.sign + self.bias), self.scale)


@dataclass(frozen=True, slots=True)
class MiddleLayer:
    """Seven frames of all channels, ReLU, normalisation."""

    kernel: Tensor  # (64, channels, 7)
    bias: Tensor  # (64, 1), or (64, 187) where constants of sleeping channels are in it
    scale: Tensor  # (64, 1)
    shift: Tensor  # (64, 1)

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, channels, 187) -> (batch, 64, 187)"""
        return torch.addcmul(self.shift, F.relu(F.conv1d(x, self.kernel, padding=3) + self.bias), self.scale)


class Musicnn:
    """The network of one set of weights, at inference."""

    def __init__(self, weights: Weights) -> None:
        self.input_scale, self.input_shift = affine(weights, "input")
        self.front = [front_layer(weights, name) for name in FRONT]
        awake = torch.cat([layer.awake for layer in self.front])
        constants = torch.cat([layer.constants for layer in self.front])
        self.middle = [middle_layer(weights, name) for name in MIDDLE]
        self.middle[0] = without_sleepers(self.middle[0], awake, constants)
        self.pooled, self.dense_bias = dense_layer(weights, awake, constants)
        self.dense_scale, self.dense_shift = affine(weights, "dense")
        self.tags, self.tags_bias = weights["tags.weight"], weights["tags.bias"]

    def __call__(self, mel: Tensor) -> Described:
        """Describe patches (batch, 187, 96) of log-mel power."""
        x = (mel * self.input_scale + self.input_shift).unsqueeze(1)
        front = torch.cat([layer(x) for layer in self.front], dim=1)
        first = self.middle[0](front)
        second = self.middle[1](first) + first
        third = self.middle[2](second) + second
        features = torch.cat([front, first, second, third], dim=1)
        pooled = torch.cat([features.amax(dim=2), features.mean(dim=2)], dim=1)
        hidden = F.relu(F.linear(pooled, self.pooled, self.dense_bias))
        penultimate = hidden * self.dense_scale + self.dense_shift
        return Described(torch.sigmoid(F.linear(penultimate, self.tags, self.tags_bias)), penultimate)


def load_musicnn(name: str) -> Musicnn:
    """The network with the shipped weights of that name; ModelError where they are missing or damaged."""
    return Musicnn(as_tensors(load_weights(name)))


def as_tensors(weights: dict[str, NDArray[Any]]) -> Weights:
    """Float32 tensors of the stored (half-precision) arrays."""
    return {key: torch.from_numpy(value.copy()).float() for key, value in weights.items()}


def affine(weights: Weights, layer: str) -> tuple[Tensor, Tensor]:
    """Scale and shift that a batch normalisation comes down to at inference."""
    scale = weights[f"{layer}.norm.weight"] * torch.rsqrt(weights[f"{layer}.norm.variance"] + EPSILON)
    return scale, weights[f"{layer}.norm.bias"] - weights[f"{layer}.norm.mean"] * scale


def front_layer(weights: Weights, name: str) -> FrontLayer:
    """Sort the filters of a layer into waking and sleeping ones."""
    kernel, bias = weights[f"{name}.weight"].transpose(1, 2), weights[f"{name}.bias"]  # (n, frames, bands)
    scale, shift = affine(weights, name)
    awake = kernel.abs().amax(dim=(1, 2)) > ASLEEP
    constants = (F.relu(bias) * scale + shift)[~awake]
    sign = torch.where(scale[awake] < 0, -1.0, 1.0)
    return FrontLayer(
        awake=awake,
        constants=constants,
        kernel=(kernel[awake] * sign[:, None, None]).unsqueeze(1).contiguous(),
        sign=sign[:, None],
        bias=bias[awake, None],
        scale=scale[awake, None],
        shift=shift[awake, None],
    )


def middle_layer(weights: Weights, name: str) -> MiddleLayer:
    scale, shift = affine(weights, name)
    kernel, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return MiddleLayer(kernel, bias[:, None], scale[:, None], shift[:, None])


def without_sleepers(layer: MiddleLayer, awake: Tensor, constants: Tensor) -> MiddleLayer:
    """The layer for waking channels only, with what it makes of the constant ones as a bias for each frame.

    For each frame, because the padding of the ends is zero also where a channel is constant.
    """
    steady = torch.zeros(len(awake)).masked_scatter(~awake, constants)
    bias = F.conv1d(steady[:, None].expand(-1, PATCH_FRAMES), layer.kernel, padding=3) + layer.bias
    return MiddleLayer(layer.kernel[:, awake].contiguous(), bias, layer.scale, layer.shift)


def dense_layer(weights: Weights, awake: Tensor, constants: Tensor) -> tuple[Tensor, Tensor]:
    """Kernel (200, 2 n) for the n maxima and n means of the kept channels, and bias (200,).

    The normalisation of the pooled values and the sleeping channels, whose maximum and mean are their
    constant, are folded in. The original interleaves maximum and mean per channel.
    """
    scale, shift = affine(weights, "pool")
    dense = weights["dense.weight"]
    bias = weights["dense.bias"] + dense @ shift
    kernel = (dense * scale).reshape(len(dense), -1, 2)  # (200, channels, max and mean)
    kept = torch.cat([awake, awake.new_ones(kernel.shape[1] - len(awake))])
    bias = bias + kernel[:, ~kept].sum(dim=2) @ constants
    return kernel[:, kept].transpose(1, 2).flatten(1).contiguous(), bias
