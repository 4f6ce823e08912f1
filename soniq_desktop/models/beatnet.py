"""BeatNet's network in torch: how likely each frame holds a beat or a downbeat.

M. Heydari, F. Cwitkowitz and Z. Duan, "BeatNet: CRNN and particle filtering for online joint beat, downbeat
and meter tracking", ISMIR 2021. The weights are the authors' (models/beatnet/convert.py); what the network
hears is made by `soniq_desktop.analysis.beats_front`.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from soniq_desktop.models.registry import load_weights

NAME = "beatnet"
FEATURES = 272  # 136 logarithmic bands and their rise
HIDDEN = 150
KERNEL = 10

State = tuple[Tensor, Tensor]  # of the LSTM layers: (2, batch, 150) each


class BeatNet(nn.Module):
    """Convolution over frequency, two LSTM layers in time, three classes: beat, downbeat, neither."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(1, 2, KERNEL)
        self.linear0 = nn.Linear(2 * ((FEATURES - KERNEL + 1) // 2), HIDDEN)
        self.lstm = nn.LSTM(HIDDEN, HIDDEN, num_layers=2, batch_first=True)
        self.linear = nn.Linear(HIDDEN, 3)

    def forward(self, features: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """(batch, frames, 272) -> (batch, frames, 2): how likely a beat within a bar, and a downbeat.

        The network looks only backwards: with the state that came out of the frames before, a track may be
        given piece by piece.
        """
        batch, frames, _ = features.shape
        x = features.reshape(batch * frames, 1, FEATURES)
        x = F.max_pool1d(F.relu(self.conv1(x)), 2).flatten(1)
        x, after = self.lstm(self.linear0(x).reshape(batch, frames, HIDDEN), state)
        return torch.softmax(self.linear(x), dim=2)[:, :, :2], after


class Listener:
    """The network on a stream of numpy arrays; one for each track, as it remembers what came before."""

    def __init__(self, network: BeatNet) -> None:
        self._network = network
        self._state: State | None = None

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(frames, 272) that follow those before -> (frames, 2)."""
        with torch.inference_mode():
            found, self._state = self._network(torch.from_numpy(features)[None], self._state)
        return np.asarray(found[0].numpy())


def load_beatnet() -> BeatNet:
    """The network with the shipped weights; ModelError where they are missing or damaged."""
    network = BeatNet()
    network.load_state_dict(as_tensors(load_weights(NAME)))
    return network.eval().requires_grad_(requires_grad=False)


def as_tensors(weights: dict[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Float32 tensors of the stored (half-precision) arrays."""
    return {key: torch.from_numpy(value.copy()).float() for key, value in weights.items()}
