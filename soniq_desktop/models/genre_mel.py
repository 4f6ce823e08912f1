"""The picture of sound that the genre networks look at: a log-mel spectrogram. Workers only (torch).

44.1 kHz mono, 128 mel bands (Slaney scale, unit area), n_fft 2048, hop 512, in decibels below the loudest
cell of the excerpt, cut at 80 dB. That image is stored and shown as uint8; the networks get it z-scored.
Being relative to its own maximum, it does not change with the level of the recording.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from soniq_desktop.models.torchaudio_compat import torchaudio

SAMPLE_RATE = 44_100
N_MELS = 128
N_FFT = 2048
HOP_LENGTH = 512
RANGE_DB = 80.0
FRAME_SECONDS = HOP_LENGTH / SAMPLE_RATE  # 11.6 ms
WINDOW_FRAMES = 320  # of one excerpt as the networks were trained on
WINDOW_SAMPLES = N_FFT + (WINDOW_FRAMES - 1) * HOP_LENGTH  # 165,376: 3.75 s
SILENT_POWER = 1e-10  # of the loudest cell: nothing to see

Image = NDArray[np.uint8]


class MelImage:
    """(n_samples,) mono at 44.1 kHz -> (frames, 128) uint8, 255 = loudest cell, 0 = 80 dB below it or less.

    `frames` is 1 + (n_samples - 2048) // 512; shorter sound is padded with silence to one frame. Silence is
    all 0.
    """

    def __init__(self) -> None:
        self.mel: Any = torchaudio().transforms.MelSpectrogram(
            sample_rate=SAMPLE_RATE,
            n_fft=N_FFT,
            hop_length=HOP_LENGTH,
            n_mels=N_MELS,
            center=False,
            norm="slaney",
            mel_scale="slaney",
        )

    def __call__(self, mono: NDArray[np.float32]) -> Image:
        if len(mono) < N_FFT:
            mono = np.pad(mono, (0, N_FFT - len(mono)))
        with torch.inference_mode():
            power = self.mel(torch.from_numpy(np.ascontiguousarray(mono, np.float32))).T.numpy()
        return as_image(power)


def as_image(power: NDArray[np.float32]) -> Image:
    """Mel power (frames, 128) as decibels below its maximum, 0..255 for -80..0 dB."""
    loudest = float(power.max(initial=0.0))
    if not loudest > SILENT_POWER:
        return np.zeros(power.shape, np.uint8)
    decibels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))
    image: Image = np.rint((decibels / RANGE_DB + 1) * 255).astype(np.uint8)
    return image


def band_frequencies() -> NDArray[np.float32]:
    """Centre of each of the 128 bands in Hz (Slaney's mel scale: linear to 1 kHz, logarithmic above)."""
    top = 15 + 27 * np.log(SAMPLE_RATE / 2 / 1000) / np.log(6.4)
    mels = np.linspace(0, top, N_MELS + 2)[1:-1]
    hertz = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)))
    return hertz.astype(np.float32)
