"""From any layout to one channel, without losing what is only at the sides."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.channels import downmix_matrix

Samples = NDArray[np.float32]

CANCELLED = 0.01  # a sum 20 dB below its channels: they are in opposite phase
RAMP = 512  # frames over which the mix changes


class MonoMix:
    """The ITU-R BS.775 downmix to mono; the loudest channel alone where the channels cancel each other.

    The choice is made block by block, with a short ramp between two choices.
    """

    def __init__(self, channel_names: Sequence[str]) -> None:
        self._sum = downmix_matrix(tuple(channel_names), 1)[:, 0]
        self._mix: Samples = self._sum

    def __call__(self, block: Samples) -> Samples:
        """(channels, frames) -> (frames,)."""
        if len(block) == 1:
            return np.asarray(block[0])
        mono = self._sum @ block
        mix = self._choose(block, mono)
        if mix is not self._sum:
            mono = mix @ block
        if mix is not self._mix:
            length = min(RAMP, len(mono))
            ramp = np.linspace(0.0, 1.0, length, endpoint=False, dtype=np.float32)
            mono[:length] += (1 - ramp) * ((self._mix - mix) @ block[:, :length])
            self._mix = mix
        return np.asarray(mono)

    def _choose(self, block: Samples, mono: Samples) -> Samples:
        powers = np.einsum("cs,cs->c", block, block)
        if mono @ mono > CANCELLED * (self._sum @ powers) or not powers.any():
            return self._sum
        alone = np.zeros_like(self._sum)
        alone[powers.argmax()] = 1.0
        return self._mix if bool(np.array_equal(alone, self._mix)) else alone
