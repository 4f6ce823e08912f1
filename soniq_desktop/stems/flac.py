"""Short pieces of stereo sound as FLAC, in memory: 16 bits with a power of two in front.

A stem may be louder than full scale (two that cancel in the mix do that), so that a piece is scaled down by a
power of two where it needs it. Rounding leaves an error of −98 dB full scale, far below what engines leave.
"""

import io
import math

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.stems.errors import StemsError

Samples = NDArray[np.float32]
FULL_SCALE = 32768.0


def encode(samples: Samples, sample_rate: int) -> tuple[bytes, int]:
    """(n, 2) float32 -> a FLAC file and the exponent: decoded samples are times 2**exponent."""
    import av  # late: the window does not wait for FFmpeg

    peak = float(np.abs(samples).max(initial=0.0))
    exponent = max(0, math.ceil(math.log2(peak))) if peak > 1.0 else 0
    levels = np.rint(samples * (FULL_SCALE / 2.0**exponent))
    whole = np.clip(levels, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=sample_rate, layout="stereo")
        context = stream.codec_context
        context.format = "s16"
        context.open()
        size = context.frame_size or 4096
        for at in range(0, len(whole), size):
            part = np.ascontiguousarray(whole[at : at + size]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = sample_rate, at
            container.mux(context.encode(frame))
        container.mux(context.encode(None))
    return file.getvalue(), exponent


def decode(data: bytes, exponent: int) -> Samples:
    """The (n, 2) samples of `encode`; StemsError where the data are damaged."""
    import av

    try:
        with av.open(io.BytesIO(data), "r", format="flac") as container:
            parts = [frame.to_ndarray().reshape(-1, 2) for frame in container.decode(audio=0)]
    except Exception as error:  # PyAV passes on more than FFmpegError
        raise StemsError("A stored stem is damaged; it will be made again.") from error
    whole = np.concatenate(parts) if parts else np.zeros((0, 2), np.int16)
    return np.asarray(whole, np.float32) * np.float32(2.0**exponent / FULL_SCALE)
