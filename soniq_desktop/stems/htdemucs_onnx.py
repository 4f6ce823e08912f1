"""HTDemucs in ONNX form: the network by onnxruntime, the spectrogram and its inverse by demucs' functions.

The graph takes the wave and its spectrogram and gives both again for each stem; normalisation is inside. Its
time domain output and the inverse of its spectrogram are added.
"""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from demucs import spec

from soniq_desktop.common.errors import ModelError
from soniq_desktop.stems.engine import EngineSpec, Samples

SOURCES = ("drums", "bass", "other", "vocals")  # the graph's order
STEMS = ("vocals", "drums", "bass", "other")
SAMPLE_RATE = 44_100
N_FFT = 4096
HOP_LENGTH = 1024


class HTDemucsOnnx:
    """The Engine of one .onnx file."""

    def __init__(self, name: str, session: Any) -> None:
        self.name, self.device, self.overlap = name, "cpu", 0.25
        self.stems, self.sample_rate = STEMS, SAMPLE_RATE
        self._session = session
        wave, spectrogram = session.get_inputs()
        self._inputs = (wave.name, spectrogram.name)
        self.segment = int(wave.shape[-1])
        self._order = [SOURCES.index(stem) for stem in STEMS]

    def separate(self, chunks: Iterable[Samples]) -> Iterator[Samples]:
        """See Engine."""
        for chunk in chunks:
            yield self._one(chunk)

    def _one(self, chunk: Samples) -> Samples:
        wave = torch.from_numpy(chunk)[None]
        given = dict(zip(self._inputs, (wave.numpy(), spectrogram(wave).numpy()), strict=True))
        first, second = self._session.run(None, given)
        masks, sound = (first, second) if first.ndim == 5 else (second, first)
        total = torch.from_numpy(sound) + inverse(torch.from_numpy(masks), self.segment)
        estimate: Samples = np.ascontiguousarray(total[0].numpy()[self._order])
        return estimate


def spectrogram(wave: torch.Tensor) -> torch.Tensor:
    """(1, 2, n) -> (1, 4, 2048, ceil(n / 1024)): real and imaginary parts as channels, as in HTDemucs."""
    length = wave.shape[-1]
    frames = math.ceil(length / HOP_LENGTH)
    edge = HOP_LENGTH // 2 * 3
    padded = F.pad(wave, (edge, edge + frames * HOP_LENGTH - length), mode="reflect")
    spectrum = spec.spectro(  # type: ignore[no-untyped-call]
        padded, N_FFT, HOP_LENGTH
    )[..., :-1, 2 : 2 + frames]
    parts: torch.Tensor = torch.view_as_real(spectrum).permute(0, 1, 4, 2, 3)
    return parts.reshape(1, 4, N_FFT // 2, frames).contiguous()


def inverse(parts: torch.Tensor, length: int) -> torch.Tensor:
    """(1, stems, 4, 2048, frames) -> (1, stems, 2, length), the inverse of `spectrogram`."""
    _, stems, _, bins, frames = parts.shape
    spectrum = torch.view_as_complex(
        parts.reshape(1, stems, 2, 2, bins, frames).permute(0, 1, 2, 4, 5, 3).contiguous()
    )
    spectrum = F.pad(F.pad(spectrum, (0, 0, 0, 1)), (2, 2))
    edge = HOP_LENGTH // 2 * 3
    sound: torch.Tensor = spec.ispectro(  # type: ignore[no-untyped-call]
        spectrum, HOP_LENGTH, length=HOP_LENGTH * math.ceil(length / HOP_LENGTH) + 2 * edge
    )
    return sound[..., edge : edge + length]


def load(engine: EngineSpec, path: Path, device: str, threads: int) -> HTDemucsOnnx:  # noqa: ARG001 the processor alone
    """Open the graph. Raises ModelError."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError("The ONNX form of HTDemucs needs the package onnxruntime.",
                         "Install it with: pip install onnxruntime.") from error  # fmt: skip
    torch.set_num_threads(threads)
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False  # 2.9 GB at the peak instead of 5.2
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return HTDemucsOnnx(engine.name, session)
    except Exception as error:  # onnxruntime has classes of its own for each kind of damage
        raise ModelError("The ONNX file cannot be read; it is damaged, cut off, or of another model.",
                         "Remove the model and fetch it again.") from error  # fmt: skip
