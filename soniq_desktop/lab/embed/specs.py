"""The embedders of the lab by name: what they are, where their weights are, under which licence. No torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError

Samples = NDArray[np.float32]
ONE_OF = "model.safetensors|pytorch_model.bin"  # the first that a repository has
BUILT_IN = "SONIQ"
SECONDS = 30.0  # of sound that goes through a network together
MEMORY = 12 << 30  # bytes of one child; MusicFM was seen to need 1.8 GB for one clip
LIMIT = 1800.0  # seconds for one group of songs, with the loading of the model
LIGHT = ("mfcc", "musicnn", "metadata", "crnn")  # a process each; of the others one that uses all cores


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One embedder.

    Attributes:
        name: on the command line and in the table.
        dim: length of the vector.
        sample_rate: Hz of the mono audio it hears; 0 where it reads words.
        window: seconds of one clip.
        most: clips of one song at most; their vectors are averaged.
        licence: of the weights.
        source: repository on the model hub, package, or `BUILT_IN`.
        revision: commit of the repository; "main" where none could be pinned, and a number where it is ours.
        files: of the repository; "a|b" where a does, or else b.
        loader: "module:function" of this package, called as function(folder, spec).
        consent: its licence must be accepted first.
        remote_code: loading it runs code from the hub.
    """

    name: str
    dim: int
    sample_rate: int
    window: float
    most: int
    licence: str
    source: str
    revision: str
    files: tuple[str, ...]
    loader: str
    consent: bool = False
    remote_code: bool = False

    @property
    def hub(self) -> bool:
        """The weights are fetched by us from the model hub."""
        return bool(self.files)

    @property
    def clips_at_once(self) -> int:
        """Clips that are 30 seconds together."""
        return max(1, int(SECONDS / self.window))

    @property
    def reads(self) -> bool:
        """It reads words instead of hearing sound."""
        return self.sample_rate == 0


Clips = Samples | Sequence[str]  # (n, samples) at the model's rate, or n texts
Embed = Callable[[Clips], Samples]  # -> (n, dim) float32


CONFIG = ("config.json", "preprocessor_config.json", ONE_OF)
BERT = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    ONE_OF,
)
SEE_CARD = "see the model's card"


def _dino(name: str, dim: int, revision: str) -> ModelSpec:
    source = f"facebook/dino-{name}"
    loader = "pictures:dino"
    return ModelSpec(f"dino-{name}", dim, 22_050, 30.0, 1, "Apache-2.0", source, revision, CONFIG, loader)


def _mert(size: str, dim: int, revision: str) -> ModelSpec:
    source = f"m-a-p/MERT-v1-{size.upper()}"
    loader = "hearing:mert"
    return ModelSpec(
        f"mert-{size}", dim, 24_000, 5.0, 6, "CC-BY-NC-4.0", source, revision, CONFIG, loader, consent=True
    )


MODELS: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec("mfcc", 104, 22_050, 30.0, 4, "GPL-3.0-or-later", BUILT_IN, "1", (), "hearing:mfcc"),
        ModelSpec("musicnn", 200, 16_000, 3.008, 32, "ISC", BUILT_IN, "1", (), "hearing:musicnn"),
        ModelSpec(
            "musicfm",
            1024,
            24_000,
            30.0,
            1,
            "MIT",
            "minzwon/MusicFM",
            "4513b38bc25ad1d227b1980819b9691ba97f4d87",
            ("pretrained_msd.pt", "msd_stats.json"),
            "hearing:musicfm",
        ),
        _mert("95m", 768, "12af15fef9d0ac838c3f475bfbbf26d2060dd4f5"),
        _mert("330m", 1024, "0e06c986db0527c0fd1b47181c40f006805e3de0"),
        ModelSpec(
            "music2vec",
            768,
            16_000,
            30.0,
            1,
            SEE_CARD,
            "m-a-p/music2vec-v1",
            "main",
            ("config.json", ONE_OF),
            "hearing:music2vec",
            consent=True,
        ),
        ModelSpec(
            "encodecmae",
            768,
            24_000,
            10.0,
            3,
            SEE_CARD,
            "package encodecmae",
            "mel256-ec-base_st",
            (),
            "hearing:encodecmae",
            consent=True,
            remote_code=True,
        ),
        _dino("vits16", 384, "abe3b354cb6a9b6f146096b14a4a9d7eecbcb4bd"),
        _dino("vits8", 384, "main"),
        _dino("vitb16", 768, "f205d5d8e640a89a2b8ef0369670dfc37cc07fc2"),
        _dino("vitb8", 768, "main"),
        ModelSpec(
            "lyrical",
            384,
            0,
            0.0,
            1,
            "Apache-2.0",
            "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
            "86741b4e3f5cb7765a600d3a3d55a0f6a6cb443d",
            BERT,
            "words:lyrical",
        ),
        ModelSpec("metadata", 128, 0, 0.0, 1, "GPL-3.0-or-later", BUILT_IN, "1", (), "words:metadata"),
        ModelSpec("crnn", 128, 44_100, 3.7501, 20, "GPL-3.0-or-later", BUILT_IN, "1", (), "pictures:genre"),
        ModelSpec(
            "resnet18", 512, 44_100, 3.7501, 20, "your own training", BUILT_IN, "1", (), "pictures:genre"
        ),
    )
}


def model_spec(name: str) -> ModelSpec:
    """The embedder of that name.

    Raises:
        LabError: there is none; the hint names all.
    """
    if name not in MODELS:
        raise LabError(f"There is no embedder named “{name}”.", f"Known: {', '.join(MODELS)}.")
    return MODELS[name]
