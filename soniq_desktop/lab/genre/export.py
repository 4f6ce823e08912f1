"""`soniq lab export`: a genre network as ONNX, and with 8-bit weights, measured against the original."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from soniq_desktop.lab.genre.excerpts import images_of
from soniq_desktop.lab.needs import LabError, need, out_folder
from soniq_desktop.models.genre_mel import N_MELS, WINDOW_FRAMES, Image
from soniq_desktop.models.genre_networks import LoadedNetwork, load_network

OPSET = 17
QUANTISED = ["LSTM", "MatMul", "Gemm"]  # 8-bit convolutions are seven times slower than float ones here
REPEATS = 20
SOUND = {".wav", ".mp3", ".ogg", ".flac", ".m4a", ".opus"}


class Exported(nn.Module):
    """From the uint8 image (as float32) to probabilities: scaling and temperature are part of the graph."""

    def __init__(self, network: LoadedNetwork) -> None:
        super().__init__()
        self.inner = network.module
        self.mean, self.deviation = network.mean, network.deviation
        self.temperature = network.temperature

    def forward(self, image: Tensor) -> Tensor:
        """(batch, frames, 128) in 0..255 -> (batch, classes)."""
        logits = self.inner((image - self.mean) / self.deviation)
        return torch.softmax(logits / self.temperature, dim=1)


def export(weights: str, out: Path, data: Path | None = None, count: int = 60) -> dict[str, Any]:
    """Write model.onnx and model.int8.onnx into `out`; sizes, speed and differences as plain values.

    Args:
        weights: "genre_crnn" or the path of a weights.safetensors.
        data: folder with music to compare on; noise patterns where it is None.

    Raises:
        ModelError: the weights are missing, damaged or of something else.
        LabError: onnx or onnxruntime is not installed, or `data` holds no music.
    """
    need("onnx")
    runtime = need("onnxruntime")
    quantization = need("onnxruntime.quantization")
    network = load_network(weights)
    out_folder(out)
    plain, small = out / "model.onnx", out / "model.int8.onnx"
    write_onnx(network, plain)
    folded = folded_constants(runtime, plain)
    quantization.quantize_dynamic(
        str(folded), str(small), op_types_to_quantize=QUANTISED, weight_type=quantization.QuantType.QInt8
    )
    folded.unlink()
    images = samples(data, out, count)
    whole = Exported(network).eval()
    with torch.inference_mode():
        reference = np.concatenate([whole(torch.from_numpy(image[None])).numpy() for image in images])
        torch_ms = _milliseconds(lambda: whole(torch.from_numpy(images[:1])))
    rows = {
        "torch float32": {"bytes": 4 * sum(p.numel() for p in network.module.parameters()), "ms": torch_ms}
    }
    for name, path in (("onnx float32", plain), ("onnx int8", small)):
        rows[name] = _measured(runtime, path, images, reference)
    return {
        "weights": weights,
        "labels": list(network.labels),
        "excerpts": len(images),
        "on": _named(data),
        "rows": rows,
    }


def write_onnx(network: LoadedNetwork, path: Path) -> None:
    """The graph with free batch size; the length of an excerpt is that of the training.

    By tracing: the newer exporter needs a fourth package, is not in the oldest torch that we take, and leaves
    the recurrent layers' weights in a form that cannot be quantised.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is the older one, and that the batch of an LSTM is free
        torch.onnx.export(
            Exported(network).eval(),
            (torch.zeros(1, WINDOW_FRAMES, N_MELS),),
            str(path),
            input_names=["image"],
            output_names=["probabilities"],
            dynamic_axes={"image": {0: "batch"}, "probabilities": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )


def folded_constants(runtime: Any, path: Path) -> Path:
    """The same graph with its constants worked out: only weights that are constants can be quantised."""
    target = path.with_suffix(".folded.onnx")
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return target


def samples(data: Path | None, out: Path, count: int) -> NDArray[np.float32]:
    """(n, 320, 128) images to compare on."""
    if data is None:
        return np.random.default_rng(5).integers(0, 256, (count, WINDOW_FRAMES, N_MELS)).astype(np.float32)
    files = sorted(path for path in data.rglob("*") if path.suffix.lower() in SOUND)
    step = max(1, len(files) // count)
    heard, _ = images_of(files[::step][:count], out / "excerpts")
    images: list[Image] = [image[0, :WINDOW_FRAMES] for image in heard.values()]
    if not images:
        raise LabError(f"There is no music in {data}.")
    return np.stack(images).astype(np.float32)


def _measured(
    runtime: Any, path: Path, images: NDArray[np.float32], reference: NDArray[np.float32]
) -> dict[str, Any]:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    found = np.concatenate([session.run(None, {"image": image[None]})[0] for image in images])
    return {
        "bytes": path.stat().st_size,
        "ms": _milliseconds(lambda: session.run(None, {"image": images[:1]})),
        "largest_difference": round(float(np.abs(found - reference).max()), 5),
        "same_answer": round(float((found.argmax(1) == reference.argmax(1)).mean()), 4),
    }


def _milliseconds(call: Callable[[], object]) -> float:
    """Median processor time of a call, one thread."""
    call()
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return round(1000 * float(np.median(times)), 2)


def _named(data: Path | None) -> str:
    return "random images" if data is None else str(data)
