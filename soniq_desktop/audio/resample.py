"""Streaming conversion of the sample rate."""

import numpy as np
import soxr
from numpy.typing import NDArray

QUALITY = "HQ"  # 20 bit, pass band to 0.91 of the lower Nyquist frequency


class Resampler:
    """A soxr stream: `process` blocks in order, then `flush` once.

    Filter delay is compensated: output frame k lies at source frame k * rate_in / rate_out, and n source
    frames give round(n * rate_out / rate_in) frames in all.
    """

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        self.rate_in = rate_in
        self.rate_out = rate_out
        self._stream = soxr.ResampleStream(rate_in, rate_out, channels, dtype="float32", quality=QUALITY)
        self._nothing = np.zeros((0, channels), np.float32)

    def process(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Feed (n, channels); returns what is ready, (m, channels), possibly nothing."""
        return self._chunk(block, last=False)

    def flush(self) -> NDArray[np.float32]:
        """The rest, (m, channels). The stream is spent afterwards."""
        return self._chunk(self._nothing, last=True)

    def _chunk(self, block: NDArray[np.float32], *, last: bool) -> NDArray[np.float32]:
        out: NDArray[np.float32] = self._stream.resample_chunk(np.ascontiguousarray(block), last=last)
        return out
