"""Embedders that look at mel spectrograms: DINO's vision transformers, and the genre networks."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from soniq_desktop.lab.embed.specs import Clips, Embed, ModelSpec, Samples
from soniq_desktop.lab.embed.torch_side import damaged_weights, network, pretrained, tensor, transformers
from soniq_desktop.lab.needs import LabError
from soniq_desktop.models.genre_mel import MelImage
from soniq_desktop.models.genre_networks import load_network
from soniq_desktop.models.torchaudio_compat import torchaudio

SIDE = 224  # pixels: frames and mel bands of one image
STEP = SIDE // 2  # images overlap by half
RANGE_DB = 80.0
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of the photographs that DINO was trained on


def dino(folder: Path, spec: ModelSpec) -> Embed:
    """The mean CLS token of 224 x 224 mel images that overlap by half (5.2 s each).

    224 mel bands, frames of 2,048 samples every 512 at 22.05 kHz, dB down to 80 below the loudest of the
    clip as 0..1 in three equal channels, low frequencies at the bottom.
    """
    hub = transformers()
    with damaged_weights(spec.name):
        model = pretrained(hub.ViTModel, folder, add_pooling_layer=False)
    mel = torchaudio().transforms.MelSpectrogram(
        sample_rate=spec.sample_rate,
        n_fft=2048,
        hop_length=512,
        n_mels=SIDE,
        center=False,
        norm="slaney",
        mel_scale="slaney",
    )

    def embed(clips: Clips) -> Samples:
        with torch.inference_mode():
            images = [_images(mel(clip)) for clip in tensor(clips)]
        return np.stack([network(_cls, model, each).mean(axis=0) for each in images])

    return embed


def _images(power: torch.Tensor) -> torch.Tensor:
    """Mel power (224, frames) -> (images, 3, 224, 224), scaled as DINO wants it."""
    decibels = 10 * torch.log10((power / power.max().clamp(min=1e-10)).clamp(min=10 ** (-RANGE_DB / 10)))
    image = (decibels / RANGE_DB + 1).flip(0)
    missing = SIDE - image.shape[1]
    if missing > 0:
        image = torch.nn.functional.pad(image, (0, missing))
    windows = image.unfold(1, SIDE, STEP).permute(1, 0, 2)
    colours = windows.unsqueeze(1).expand(-1, 3, -1, -1)
    mean, deviation = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(DEVIATION).view(3, 1, 1)
    return (colours - mean) / deviation


def _cls(model: Any, images: torch.Tensor) -> torch.Tensor:
    state: torch.Tensor = model(images).last_hidden_state
    return state[:, 0]


def genre(folder: Path | None, spec: ModelSpec) -> Embed:
    """What a genre network's last layer sees: the shipped CRNN, or a weights.safetensors of one's own."""
    if folder is None and spec.name != "crnn":
        raise LabError(
            f"SONIQ ships no weights of {spec.name}.",
            f"Train it with soniq lab train-genre --network {spec.name}, then name its weights.safetensors "
            "with --weights.",
        )
    loaded = load_network(str(folder) if folder else "genre_crnn")
    if loaded.name != spec.name:
        raise LabError(f"These are the weights of a {loaded.name}, not of a {spec.name}.")
    picture = MelImage()

    def embed(clips: Clips) -> Samples:
        images = np.stack([picture(np.asarray(clip, np.float32)) for clip in clips])
        return network(loaded.module.vector, loaded.scaled(images))

    return embed
