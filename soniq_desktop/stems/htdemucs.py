"""HTDemucs v4 by the `demucs` package: its loader, its network and its padding; the chunks are ours."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from demucs.apply import apply_model

from soniq_desktop.models.htdemucs import load_htdemucs
from soniq_desktop.stems.engine import EngineSpec, Samples

OVERLAP = 0.25  # demucs' default


class HTDemucs:
    """The Engine of one weights file."""

    def __init__(self, name: str, model: Any, device: str) -> None:
        self.name, self.device, self.overlap = name, device, OVERLAP
        self.stems = in_our_order(model.sources)
        self.sample_rate = int(model.samplerate)
        self.segment = int(model.segment * model.samplerate)
        self._model = model
        self._order = [model.sources.index(stem) for stem in self.stems]

    def separate(self, chunks: Iterable[Samples]) -> Iterator[Samples]:
        """See Engine. Short of memory on the graphics card, the rest is done on the processor."""
        for chunk in chunks:
            yield self._one(torch.from_numpy(chunk))

    def _one(self, chunk: torch.Tensor) -> Samples:
        with torch.inference_mode():
            try:
                out = self._apply(chunk)
            except torch.OutOfMemoryError:
                if self.device == "cpu":
                    raise
                self.device = "cpu"
                with contextlib.suppress(Exception):
                    torch.cuda.empty_cache()
                out = self._apply(chunk)
        estimate: Samples = out[0, self._order].numpy()
        return estimate

    def _apply(self, chunk: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = apply_model(
            self._model, chunk[None], shifts=0, split=False, device=torch.device(self.device)
        )
        return out.cpu()


def in_our_order(sources: list[str]) -> tuple[str, ...]:
    """Vocals, drums, bass, then the others."""
    first = [stem for stem in ("vocals", "drums", "bass") if stem in sources]
    return (*first, *(stem for stem in sources if stem not in first))


def load(spec: EngineSpec, path: Path, device: str, threads: int) -> HTDemucs:
    """Load the weights. Raises ModelError."""
    torch.set_num_threads(threads)
    return HTDemucs(spec.name, load_htdemucs(path), device)
