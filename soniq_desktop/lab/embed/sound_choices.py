"""What the app can compare songs by: which models there are, what each needs, takes and costs. No torch."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from soniq_desktop.lab.embed.sound_model import DEFAULT
from soniq_desktop.lab.embed.specs import LIGHT, MODELS, ModelSpec
from soniq_desktop.models.hub import here

State = Literal["here", "fetch", "weights", "package"]

TITLES = {
    "musicnn": "musicnn", "mfcc": "MFCC", "crnn": "CRNN", "resnet18": "ResNet-18", "musicfm": "MusicFM",
    "mert-95m": "MERT 95M", "mert-330m": "MERT 330M", "music2vec": "music2vec", "encodecmae": "EncodecMAE",
    "dino-vits16": "DINO ViT-S/16", "dino-vits8": "DINO ViT-S/8", "dino-vitb16": "DINO ViT-B/16",
    "dino-vitb8": "DINO ViT-B/8",
}  # fmt: skip
PAGE = 4096  # bytes of a page of the catalogue, which holds whole rows
ROW = 48  # bytes of a row beside its vector
GRAPH = 160  # bytes of the index beside a vector
# Processor seconds for a song of three and a half minutes, one thread (docs/decisions/sound_model.md).
SECONDS_A_SONG: dict[str, float] = {
    "crnn": 0.27, "mfcc": 0.53, "resnet18": 0.97, "dino-vits16": 1.5, "dino-vitb16": 4.3, "dino-vits8": 6.1,
    "music2vec": 7.0, "mert-95m": 7.6, "musicfm": 9.6, "dino-vitb8": 18.0, "mert-330m": 21.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """A model that songs can be compared by.

    Attributes:
        state: "here" (can be used at once), "fetch" (weights are fetched first), "weights" (needs weights of
            the user's own), "package" (`needs` is not installed).
    """

    spec: ModelSpec
    title: str
    state: State
    needs: str = ""

    def disk(self, songs: int) -> int:
        """Bytes of the vectors and their index, within a tenth of what was measured."""
        if self.spec.name == DEFAULT:
            return 0
        vector = 4 * self.spec.dim
        rows = PAGE // (vector + ROW)  # to a page
        kept = PAGE // rows if rows else vector + ROW + PAGE // 8  # longer ones go on in other pages
        return songs * (kept + vector + GRAPH)

    def seconds(self, songs: int, workers: int) -> float | None:
        """How long hearing so many songs of usual length takes; None where nobody has measured it.

        As on the processor that was measured (docs/decisions/sound_model.md), busy with nothing else.
        """
        if self.spec.name == DEFAULT:
            return 0.0
        each = SECONDS_A_SONG.get(self.spec.name)
        return None if each is None else songs * each / max(1, workers)


def sound_choices(cache: Path) -> list[SoundChoice]:
    """All that hear sound, the built-in one first; `cache` is where fetched weights lie."""
    names = sorted(TITLES, key=lambda name: (name != DEFAULT, name not in LIGHT))
    return [_choice(MODELS[name], cache) for name in names]


def sound_choice(name: str, cache: Path) -> SoundChoice | None:
    """The choice of that name; None where there is none (what reads words cannot be chosen)."""
    return _choice(MODELS[name], cache) if name in TITLES else None


def _choice(spec: ModelSpec, cache: Path) -> SoundChoice:
    title = TITLES[spec.name]
    if spec.name == "resnet18":
        return SoundChoice(spec, title, "weights")
    missing = [name for name in _packages(spec) if find_spec(name) is None]
    if missing:
        return SoundChoice(spec, title, "package", missing[0])
    fetched = not spec.hub or here(spec.source, spec.revision, spec.files, cache) is not None
    return SoundChoice(spec, title, "here" if fetched else "fetch")


def _packages(spec: ModelSpec) -> tuple[str, ...]:
    if spec.name == "encodecmae":
        return ("encodecmae",)
    return ("transformers", "huggingface_hub") if spec.hub else ()
