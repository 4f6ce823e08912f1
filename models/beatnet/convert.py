"""Make the shipped BeatNet weights and the reference outputs of the tests from the original package.

    pip download --no-deps BeatNet==1.1.3
    python models/beatnet/convert.py BeatNet-1.1.3-py3-none-any.whl

Writes models/beatnet/weights.safetensors (checksum printed), its LICENCE and
tests/data/beatnet_reference.npz, which the package's own network (BeatNet/model.py of the wheel) computes.
Needs torch, numpy and safetensors; neither madmom nor the rest of the package.
"""

import argparse
import hashlib
import importlib.util
import json
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from safetensors.numpy import save_file

WHEEL_SHA256 = "1ecfa17bdcbe899975a88bdb6efebd6970d846a4f3b6cfd5c6f320647c641c7e"
CHECKPOINT = "model_2_weights.pt"  # see CARD.md for the choice among three
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description="Convert the BeatNet 1.1.3 wheel.")
    parser.add_argument("wheel", type=Path)
    wheel: Path = parser.parse_args().wheel
    if (found := hashlib.sha256(wheel.read_bytes()).hexdigest()) != WHEEL_SHA256:
        parser.error(f"{wheel.name} has sha256 {found}, expected {WHEEL_SHA256}")
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
        original = Path(scratch) / "BeatNet"
        weights = torch.load(original / "models" / CHECKPOINT, map_location="cpu", weights_only=True)
        licence = next(Path(scratch).glob("*.dist-info/LICENSE*")).read_text(encoding="utf-8")
        write_model(weights, licence)
        write_reference(original_network(original / "model.py", weights))


def write_model(weights: dict[str, torch.Tensor], licence: str) -> None:
    """Weights with metadata (matrices as float16, vectors as float32), and the licence."""
    folder = ROOT / "models" / "beatnet"
    arrays = {
        key: value.numpy().astype(np.float16 if value.ndim > 1 else np.float32)
        for key, value in sorted(weights.items())
    }
    metadata = {
        "architecture": "beatnet",
        "model": "beatnet",
        "version": "1",
        "source": f"PyPI BeatNet==1.1.3, {CHECKPOINT}",
        "source_sha256": WHEEL_SHA256,
        "licence": "CC-BY-4.0",
    }
    target = folder / "weights.safetensors"
    save_file(arrays, target, {"soniq": json.dumps(metadata, sort_keys=True)})
    target.chmod(0o644)
    (folder / "LICENCE").write_text(licence.strip() + "\n", encoding="utf-8")
    print("beatnet", hashlib.sha256(target.read_bytes()).hexdigest())


def original_network(code: Path, weights: dict[str, torch.Tensor]) -> torch.nn.Module:
    """The package's own class with the package's own weights."""
    spec = importlib.util.spec_from_file_location("beatnet_model", code)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network: torch.nn.Module = module.BDA(272, 150, 2, "cpu")
    network.load_state_dict(weights, strict=False)
    return network.eval()


def features(frames: int = 400) -> np.ndarray:
    """(frames, 272) of made-up bands with a pulse every 25 frames, from a fixed seed."""
    rng = np.random.default_rng(2021)
    pulse = np.exp(-(np.arange(frames) % 25) / 4.0)[:, None]
    bands = (0.3 * rng.random((frames, 136)) + pulse * np.linspace(1.2, 0.4, 136)).astype(np.float32)
    rise = np.maximum(0, np.diff(bands, axis=0, prepend=bands[:1]))
    return np.concatenate([bands, rise], axis=1)


def write_reference(network: torch.nn.Module) -> None:
    """Probabilities (frames, 2) of the original network for `features`."""
    with torch.no_grad():
        scores = network(torch.from_numpy(features())[None])[0]
        probabilities = network.final_pred(scores)[:2].T.numpy()
    target = ROOT / "tests" / "data" / "beatnet_reference.npz"
    np.savez_compressed(target, activations=probabilities)


if __name__ == "__main__":
    main()
