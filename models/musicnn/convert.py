"""Make the shipped musicnn weights and the reference outputs of the tests from the original package.

    pip download --no-deps musicnn==0.1.0
    python models/musicnn/convert.py musicnn-0.1.0-py3-none-any.whl

Writes models/musicnn_{msd,mtt}/weights.safetensors with its checksum, their LICENCE, and
tests/data/musicnn_reference.npz. Needs numpy, safetensors and (for the references) librosa; no TensorFlow.
"""

import argparse
import hashlib
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import reference
from numpy.typing import NDArray
from safetensors.numpy import save_file

from soniq_desktop.models.tensor_bundle import read_checkpoint

WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
ROOT = Path(__file__).resolve().parents[2]
MODELS = {"musicnn_msd": "MSD_musicnn", "musicnn_mtt": "MTT_musicnn"}

# Ours: TensorFlow's convolution or dense layer, and the batch normalisation behind it.
LAYERS = {
    "timbral_38": ("conv2d", "batch_normalization_1"),
    "timbral_67": ("conv2d_1", "batch_normalization_2"),
    "temporal_128": ("conv2d_2", "batch_normalization_3"),
    "temporal_64": ("conv2d_3", "batch_normalization_4"),
    "temporal_32": ("conv2d_4", "batch_normalization_5"),
    "middle_1": ("conv2d_5", "batch_normalization_6"),
    "middle_2": ("conv2d_6", "batch_normalization_7"),
    "middle_3": ("conv2d_7", "batch_normalization_8"),
    "dense": ("dense", "batch_normalization_10"),
    "tags": ("dense_1", None),
    "input": (None, "batch_normalization"),
    "pool": (None, "batch_normalization_9"),
}
NORM = {"weight": "gamma", "bias": "beta", "mean": "moving_mean", "variance": "moving_variance"}

Tensors = dict[str, NDArray]


def main() -> None:
    parser = argparse.ArgumentParser(description="Convert the musicnn 0.1.0 wheel.")
    parser.add_argument("wheel", type=Path)
    wheel: Path = parser.parse_args().wheel
    if (found := hashlib.sha256(wheel.read_bytes()).hexdigest()) != WHEEL_SHA256:
        parser.error(f"{wheel.name} has sha256 {found}, expected {WHEEL_SHA256}")
    references: Tensors = {}
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
        licence = next(Path(scratch).glob("*.dist-info/LICENSE*")).read_text(encoding="utf-8")
        for name, original in MODELS.items():
            weights = read_checkpoint(Path(scratch) / "musicnn" / original)
            write_model(name, original, weights, licence)
            references |= reference_outputs(name, weights)
    target = ROOT / "tests" / "data" / "musicnn_reference.npz"
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(target, **references)


def write_model(name: str, original: str, weights: Tensors, licence: str) -> None:
    """One model folder: weights with metadata, licence, and the checksum to enter in the registry."""
    folder = ROOT / "models" / name
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {
        "architecture": "musicnn",
        "model": name,
        "version": "1",
        "source": f"PyPI musicnn==0.1.0, {original}",
        "source_sha256": WHEEL_SHA256,
        "licence": "ISC",
    }
    target = folder / "weights.safetensors"
    # One entry: safetensors writes several in an order, and so with a checksum, that changes between runs.
    save_file(convert(weights), target, {"soniq": json.dumps(metadata, sort_keys=True)})
    target.chmod(0o644)
    (folder / "LICENCE").write_text(licence.strip() + "\n", encoding="utf-8")
    print(name, hashlib.sha256(target.read_bytes()).hexdigest())


def convert(weights: Tensors) -> Tensors:
    """Our names and torch's layouts; kernels as float16, vectors (biases, statistics) as float32."""
    out: Tensors = {}
    for ours, (layer, norm) in LAYERS.items():
        if layer:
            out[f"{ours}.weight"] = torch_layout(weights[f"{layer}/kernel"]).astype(np.float16)
            out[f"{ours}.bias"] = weights[f"{layer}/bias"]
        if norm:
            out |= {f"{ours}.norm.{part}": weights[f"{norm}/{theirs}"] for part, theirs in NORM.items()}
    return {key: np.ascontiguousarray(value) for key, value in sorted(out.items())}


def torch_layout(kernel: NDArray) -> NDArray:
    """(k, bands or channels, 1, out) -> (out, bands or channels, k); dense (in, out) -> (out, in)."""
    return kernel[:, :, 0].transpose(2, 1, 0) if kernel.ndim == 4 else kernel.T


def reference_outputs(name: str, weights: Tensors) -> Tensors:
    """Tags (n, 50) and penultimate layer (n, 200) of the patches of the test signal."""
    patches = reference.patches(reference.log_mel(reference.signal()))
    tags, penultimate = zip(*(reference.forward(patch, weights) for patch in patches), strict=True)
    return {
        f"{name}.tags": np.asarray(tags, np.float32),
        f"{name}.penultimate": np.asarray(penultimate, np.float32),
    }


if __name__ == "__main__":
    main()
