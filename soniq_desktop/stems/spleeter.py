"""Spleeter as an engine: vocals and accompaniment, several times faster than the music."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch

from soniq_desktop.models.spleeter import CHUNK, SAMPLE_RATE, STEMS, Spleeter, load_spleeter
from soniq_desktop.stems.engine import EngineSpec, Samples

OVERLAP = 0.1  # 1.2 s: the networks' view to both sides


class SpleeterEngine:
    """The Engine of one weights file."""

    def __init__(self, name: str, model: Spleeter) -> None:
        self.name, self.device, self.overlap = name, "cpu", OVERLAP
        self.stems, self.sample_rate, self.segment = STEMS, SAMPLE_RATE, CHUNK
        self._model = model

    def separate(self, chunks: Iterable[Samples]) -> Iterator[Samples]:
        """See Engine."""
        for chunk in chunks:
            with torch.inference_mode():
                estimate: Samples = self._model(torch.from_numpy(chunk)).numpy()
            yield estimate


def load(spec: EngineSpec, path: Path, device: str, threads: int) -> SpleeterEngine:  # noqa: ARG001 fast enough
    """Load the weights. Raises ModelError."""
    torch.set_num_threads(threads)
    return SpleeterEngine(spec.name, load_spleeter(path))
