"""Writing a trained network as a weights file that `models.genre_networks.load_network` reads."""

import json
from collections.abc import Sequence

import numpy as np
from safetensors.numpy import save
from torch import nn


def packed(
    network: nn.Module, name: str, labels: Sequence[str], scale: tuple[float, float], temperature: float
) -> bytes:
    """A safetensors file: matrices in half precision, vectors in single, what the network needs besides."""
    tensors = {}
    for key, value in network.state_dict().items():
        array = np.ascontiguousarray(value.detach().cpu().numpy())
        tensors[key] = array.astype(np.float16) if value.is_floating_point() and value.dim() > 1 else array
    tensors["scale"] = np.array(scale, np.float32)
    tensors["temperature"] = np.array([temperature], np.float32)
    return save(tensors, {"network": name, "labels": json.dumps(list(labels)), "version": "1"})
