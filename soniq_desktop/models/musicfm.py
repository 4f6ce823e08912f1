"""MusicFM, a foundation model of music, at inference. Worker processes only (torch, transformers).

Won, Hung and Le, "A foundation model for music informatics" (2024): log-mel, two residual convolutions that
make one step of four frames (25 a second), a conformer with rotary positions. A port for inference; the names
of the parameters are those of the published checkpoint, whose keys carry the prefix "model.". Layers above
the one that is used are checked and then dropped.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from soniq_desktop.models.torchaudio_compat import torchaudio

SAMPLE_RATE = 24_000
N_FFT, HOP_LENGTH, N_MELS = 2048, 240, 128
PREFIX = "model."
FEATURE = "melspec_2048"
# What only the training needs: the projection that makes its targets, the layer that guesses them.
TRAINING = (
    f"quantizer_{FEATURE}_0.random_projection",
    f"quantizer_{FEATURE}_0.codebook",
    "linear.weight",
    "linear.bias",
    "cls_token",
)


@dataclass(frozen=True, slots=True)
class Size:
    """Widths and depths; the defaults are the published model's.

    Attributes:
        channels: of the convolutions. width: of the conformer and of the vector. layers, heads, inner: of
            the conformer. hidden: which hidden state is the embedding (0 is the conformer's input).
    """

    channels: int = 512
    width: int = 1024
    layers: int = 12
    heads: int = 16
    inner: int = 4096
    hidden: int = 7


class Residual(nn.Module):
    """Two 3x3 convolutions that halve time and frequency, and a third around them."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, 2, 1)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1)
        self.bn2 = nn.BatchNorm2d(after)
        self.conv3 = nn.Conv2d(before, after, 3, 2, 1)
        self.bn3 = nn.BatchNorm2d(after)

    def forward(self, maps: Tensor) -> Tensor:
        inner = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(maps)))))
        return F.relu(self.bn3(self.conv3(maps)) + inner)


class Subsampling(nn.Module):
    """(batch, bands, frames) -> (batch, frames / 4, width)."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.conv = nn.Sequential(Residual(1, size.channels), Residual(size.channels, size.channels))
        self.linear = nn.Linear(size.channels * N_MELS // 4, size.width)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.conv(image.unsqueeze(1))  # (batch, channels, bands / 4, frames / 4)
        return self.linear(maps.permute(0, 3, 1, 2).flatten(2))  # type: ignore[no-any-return]


class LogMel(nn.Module):
    """(batch, samples) at 24 kHz -> (batch, 128, frames) in dB; HTK mel scale, centred frames."""

    def __init__(self) -> None:
        super().__init__()
        sound = torchaudio().transforms
        self.mel_stft = sound.MelSpectrogram(
            sample_rate=SAMPLE_RATE, n_fft=N_FFT, hop_length=HOP_LENGTH, n_mels=N_MELS
        )
        self.amplitude_to_db = sound.AmplitudeToDB()

    def forward(self, waves: Tensor) -> Tensor:
        # Without the last frame: its centre lies at the end of the sound.
        return self.amplitude_to_db(self.mel_stft(waves))[..., :-1]  # type: ignore[no-any-return]


class MusicFM(nn.Module):
    """The published network up to one hidden state.

    Args:
        mean, deviation: of the log-mel, in dB, from the stats file.
    """

    def __init__(self, mean: float = 0.0, deviation: float = 1.0, size: Size | None = None) -> None:
        super().__init__()
        self.size = size or Size()
        self.mean, self.deviation = mean, deviation
        with torch.device("cpu"):  # its filters are checked as they are made: never without values
            self.add_module(f"preprocessor_{FEATURE}", LogMel())
        self.conv = Subsampling(self.size)
        self.conformer = _conformer(self.size)

    def image(self, waves: Tensor) -> Tensor:
        """(batch, samples) -> (batch, 128, frames), normalised; in float32."""
        decibels: Tensor = self.get_submodule(f"preprocessor_{FEATURE}")(waves)
        return (decibels - self.mean) / self.deviation

    def forward(self, image: Tensor) -> Tensor:
        """(batch, 128, frames) -> (batch, width): the mean over time of the hidden state."""
        state = self.conv(image)
        positions = self.conformer.embed_positions(state)
        for layer in self.conformer.layers[: self.size.hidden]:
            found = layer(state, relative_position_embeddings=positions)
            state = found[0] if isinstance(found, tuple) else found  # transformers 4 gives a tuple
        return torch.mean(state, dim=1)


def _conformer(size: Size) -> Any:
    """transformers' encoder as facebook/wav2vec2-conformer-rope-large-960h-ft configures it."""
    from transformers import Wav2Vec2ConformerConfig
    from transformers.models.wav2vec2_conformer.modeling_wav2vec2_conformer import Wav2Vec2ConformerEncoder

    config = Wav2Vec2ConformerConfig(
        hidden_size=size.width,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=size.inner,
        hidden_act="swish",
        position_embeddings_type="rotary",
        rotary_embedding_base=10_000,
        conv_depthwise_kernel_size=31,
        num_conv_pos_embeddings=128,
        num_conv_pos_embedding_groups=16,
        layer_norm_eps=1e-5,
    )
    return Wav2Vec2ConformerEncoder(config)  # type: ignore[no-untyped-call]


def load_musicfm(weights: Path, stats: Path, size: Size | None = None) -> MusicFM:
    """The network with the published weights; no code in the file is run.

    Raises:
        ValueError, KeyError, RuntimeError, OSError, UnpicklingError: not that checkpoint, or damaged.
    """
    measured = json.loads(stats.read_text(encoding="utf-8"))
    model = MusicFM(float(measured[f"{FEATURE}_mean"]), float(measured[f"{FEATURE}_std"]), size)
    checkpoint = torch.load(weights, map_location="cpu", weights_only=True)
    model.load_state_dict(renamed(checkpoint["state_dict"]), strict=True)
    del model.conformer.layers[model.size.hidden :]
    return model.eval()


def renamed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Keys without prefix and without the training's own; weight normalisation by torch's present names.

    Raises:
        ValueError: keys without the prefix, or without the training's parts: another checkpoint.
    """
    if not all(key.startswith(PREFIX) for key in state):
        raise ValueError("its keys do not begin with “model.”")
    plain = {key.removeprefix(PREFIX): value for key, value in state.items()}
    if absent := [key for key in TRAINING if key not in plain]:
        raise ValueError(f"{absent[0]} is missing")
    old = {"conv.weight_g": "original0", "conv.weight_v": "original1"}
    for name, new in old.items():
        key = f"conformer.pos_conv_embed.{name}"
        if key in plain:
            plain[f"conformer.pos_conv_embed.conv.parametrizations.weight.{new}"] = plain.pop(key)
    return {key: value for key, value in plain.items() if key not in TRAINING}
