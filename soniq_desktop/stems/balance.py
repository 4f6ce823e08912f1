"""How loud any mix of the stems is, without mixing it.

The K-weighted energy of a sum of stems with gains g is g' G g, where G holds the energies of the stems and of
their pairs. G is kept for each chunk and channel, so that the mixer can match the original's loudness at
once.
The weighting is that of ITU-R BS.1770-4; its gate is left out on both sides of the comparison.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Matrix = NDArray[np.float64]
BLOCK = 4096


@functools.cache
def k_weights(sample_rate: int, size: int = BLOCK) -> Matrix:
    """Power response (size / 2 + 1,) of the K filter at the bins of an FFT.

    Its two second-order sections in the form of De Man, "Evaluation of implementations of the EBU R128
    loudness measurement" (2018), which holds at any sample rate.
    """
    angle = np.arange(size // 2 + 1) * 2 * math.pi / size
    z = np.exp(-1j * angle)
    shelf = _shelf(sample_rate)
    high_pass = _high_pass(sample_rate)
    response = _response(*shelf, z) * _response(*high_pass, z)
    return np.asarray(np.abs(response) ** 2)


def pair_energies(stems: Samples, sample_rate: int) -> Matrix:
    """K-weighted energies (2, stems, stems) of a chunk (stems, 2, n), for each channel."""
    count, channels, length = stems.shape
    padded = np.zeros((count, channels, -(-length // BLOCK) * BLOCK), np.float32)
    padded[:, :, :length] = stems
    spectrum = np.fft.rfft(padded.reshape(count, channels, -1, BLOCK)).astype(np.complex64)
    weighted = spectrum * (np.sqrt(k_weights(sample_rate) * _one_sided()) / math.sqrt(BLOCK)).astype(
        np.float32
    )
    flat = weighted.transpose(1, 0, 2, 3).reshape(channels, count, -1)
    return np.asarray((flat @ flat.conj().transpose(0, 2, 1)).real, np.float64)


def matching_gain(energies: Matrix, original: Matrix, gains: Matrix) -> float:
    """The gain that makes the original as loud as the mix, within ±12 dB.

    Args:
        energies: (2, stems, stems) of `pair_energies`, added up over time.
        original: (2,), the same of the original.
        gains: (stems, 2) linear gain of each stem in each channel.
    """
    mix = float(np.einsum("sc,cst,tc->", gains, energies, gains))
    reference = float(original.sum())
    if mix <= 0 or reference <= 0:
        return 1.0
    return float(np.clip(math.sqrt(mix / reference), 0.25, 4.0))


def _one_sided() -> Matrix:
    """Each bin of a real FFT stands for two, except the first and the last."""
    twice = np.full(BLOCK // 2 + 1, 2.0)
    twice[0] = twice[-1] = 1.0
    return twice


def _shelf(sample_rate: int) -> tuple[list[float], list[float]]:
    gain, quality, frequency = 3.999843853973347, 0.7071752369554196, 1681.974450955533
    k = math.tan(math.pi * frequency / sample_rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / quality + k * k
    b = [
        (high + band * k / quality + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / quality + k * k) / a0,
    ]
    return b, [1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]


def _high_pass(sample_rate: int) -> tuple[list[float], list[float]]:
    quality, frequency = 0.5003270373238773, 38.13547087602444
    k = math.tan(math.pi * frequency / sample_rate)
    a0 = 1 + k / quality + k * k
    return [1.0, -2.0, 1.0], [1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]


def _response(b: list[float], a: list[float], z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    above = b[0] + b[1] * z + b[2] * z * z
    below = a[0] + a[1] * z + a[2] * z * z
    return np.asarray(above / below)
