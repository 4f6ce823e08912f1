"""Embedders that hear sound: mel statistics, musicnn, MusicFM, MERT, music2vec, EncodecMAE."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from soniq_desktop.lab.embed.specs import Clips, Embed, ModelSpec, Samples
from soniq_desktop.lab.embed.torch_side import (
    damaged_weights,
    json_in,
    network,
    pretrained,
    tensor,
    transformers,
)
from soniq_desktop.lab.needs import LabError, need
from soniq_desktop.models.musicfm import load_musicfm
from soniq_desktop.models.musicnn import LogMel, load_musicnn
from soniq_desktop.models.torchaudio_compat import torchaudio


def mfcc(_folder: Path | None, spec: ModelSpec) -> Embed:
    """104 numbers: mean, standard deviation, skewness and kurtosis of 13 MFCC and of their 13 deltas.

    Frames of 2,048 samples every 512 at 22.05 kHz, 128 mel bands (Slaney), dB down to 80 below the loudest,
    orthonormal DCT-II, coefficients 0 to 12; deltas by regression over 9 frames. The order is statistic by
    statistic: 13 means, 13 means of deltas, 13 + 13 deviations, and so on. The scales differ: standardise
    the columns before distances are taken.
    """
    sound = torchaudio()
    mel = {"n_fft": 2048, "hop_length": 512, "n_mels": 128, "norm": "slaney", "mel_scale": "slaney"}
    transform = sound.transforms.MFCC(spec.sample_rate, n_mfcc=13, melkwargs=mel)

    def embed(clips: Clips) -> Samples:
        with torch.inference_mode():
            cepstra = torch.stack([transform(clip) for clip in tensor(clips)])  # one by one: the 80 dB
            both = torch.cat([cepstra, sound.functional.compute_deltas(cepstra, win_length=9)], dim=1)
            found: Samples = _moments(both).numpy()
        return found

    return embed


def _moments(series: torch.Tensor) -> torch.Tensor:
    """(n, rows, frames) -> (n, 4 x rows): mean, deviation, skewness, excess kurtosis over time."""
    mean = series.mean(dim=2)
    centred = series - mean.unsqueeze(2)
    deviation = centred.square().mean(dim=2).sqrt()
    unit = centred / deviation.clamp(min=1e-6).unsqueeze(2)
    skewness, kurtosis = unit.pow(3).mean(dim=2), unit.pow(4).mean(dim=2) - 3
    return torch.cat([mean, deviation, skewness, kurtosis], dim=1)


def musicnn(_folder: Path | None, _spec: ModelSpec) -> Embed:
    """The app's own: the penultimate layer of musicnn (Million Song Dataset), 200-d."""
    mel, model = LogMel(), load_musicnn("musicnn_msd")

    def embed(clips: Clips) -> Samples:
        with torch.inference_mode():
            image = mel(tensor(clips))
        return network(lambda patches: model(patches).penultimate, image)

    return embed


def musicfm(folder: Path, _spec: ModelSpec) -> Embed:
    """Mean over time of hidden state 7 of MusicFM, 1024-d."""
    transformers()
    with damaged_weights("musicfm"):
        model = load_musicfm(folder / "pretrained_msd.pt", folder / "msd_stats.json")

    def embed(clips: Clips) -> Samples:
        with torch.inference_mode():
            image = model.image(tensor(clips))
        return network(model, image)

    return embed


def mert(folder: Path, spec: ModelSpec) -> Embed:
    """Mean over time of the last hidden state of MERT.

    MERT is HuBERT trained on music. Its repository brings a class of its own as code; none of it is run here:
    without the options that the published models do not use (constant-Q input, DeepNorm) that class is
    transformers' HubertModel, so the weights are loaded into that, under their own names.
    """
    hub = transformers()
    with damaged_weights(spec.name):
        config = json_in(folder / "config.json")
        _refuse_unknown(config, spec.name)
        model = pretrained(hub.HubertModel, folder, config=_hubert_config(hub, config))
        scale = bool(json_in(folder / "preprocessor_config.json").get("do_normalize", True))
    return _mean_over_time(model, scale=scale)


def _refuse_unknown(config: dict[str, Any], name: str) -> None:
    for option in ("feature_extractor_cqt", "deepnorm"):
        if config.get(option):
            raise LabError(f"This version of {name} uses “{option}”, which SONIQ cannot compute.")


def _hubert_config(hub: Any, config: dict[str, Any]) -> Any:
    foreign = ("model_type", "auto_map", "architectures", "torch_dtype", "dtype", "transformers_version")
    return hub.HubertConfig(**{key: value for key, value in config.items() if key not in foreign})


def _mean_over_time(model: Any, *, scale: bool) -> Embed:
    """Clips, each scaled to mean 0 and variance 1 where the model wants it, to means of the last state."""

    def embed(clips: Clips) -> Samples:
        waves = tensor(clips)
        if scale:
            spread = torch.sqrt(waves.var(dim=1, unbiased=False, keepdim=True) + 1e-7)
            waves = (waves - waves.mean(dim=1, keepdim=True)) / spread
        return network(lambda batch: model(batch).last_hidden_state.mean(dim=1), waves)

    return embed


def music2vec(folder: Path, spec: ModelSpec) -> Embed:
    """Mean over time of the last hidden state of music2vec (data2vec on music), 768-d."""
    hub = transformers()
    with damaged_weights(spec.name):
        return _mean_over_time(pretrained(hub.Data2VecAudioModel, folder), scale=True)


def encodecmae(_folder: Path | None, spec: ModelSpec) -> Embed:
    """Mean over time of the last layer of EncodecMAE, by the authors' package, which fetches its weights."""
    torchaudio()
    package = need("encodecmae.hub")
    try:
        model = package.load_model(spec.revision, device="cpu")
    except Exception as error:
        raise LabError(f"EncodecMAE could not be loaded ({type(error).__name__}: {error}).") from error

    def embed(clips: Clips) -> Samples:
        found = [np.asarray(model.extract_features_from_array(clip), np.float32) for clip in clips]
        return np.stack([each.reshape(-1, each.shape[-1]).mean(axis=0) for each in found])

    return embed
