"""musicnn's forward pass in numpy float64 from the TensorFlow tensors: the yardstick for the torch port.

Written from the graph of musicnn 0.1.0 (models.py) with TensorFlow's names and layouts; it shares nothing
with the port and takes its time. `signal` is the sound that the stored reference outputs belong to.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Weights = dict[str, NDArray[np.float32]]
Array = NDArray[np.float64]

SAMPLE_RATE = 16_000
PATCH_FRAMES = 187
EPSILON = 1e-3  # of every batch normalisation


def signal(seconds: float = 6.1) -> NDArray[np.float32]:
    """16 kHz mono: a chord with vibrato over clicks and noise; the second half is darker and slower."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    late = t > seconds / 2
    vibrato = 2 * np.pi * 0.8 * np.sin(2 * np.pi * 5.1 * t)
    chord = sum(
        np.sin(2 * np.pi * f * t + vibrato) / (k + 2) for k, f in enumerate((220, 277.2, 329.6, 880, 2637))
    )
    beat = np.where(late, 0.75, 0.4)
    click = np.exp(-60 * (t % beat)) * np.sin(2 * np.pi * np.where(late, 90, 1800) * t)
    noise = np.random.default_rng(1966).standard_normal(t.size) * np.where(late, 0.002, 0.03)
    return (0.25 * chord + 0.5 * click + noise).astype(np.float32)


def log_mel(mono: NDArray[np.float32]) -> Array:
    """(frames, 96) compressed mel power by librosa as in the original, without its detour by float16."""
    import librosa

    mel = librosa.feature.melspectrogram(y=mono, sr=SAMPLE_RATE, n_fft=512, hop_length=256, n_mels=96)
    return np.log10(10_000 * mel.T.astype(np.float64) + 1)


def patches(mel: Array) -> Array:
    """(n, 187, 96): adjoining patches, the incomplete rest left out."""
    count = len(mel) // PATCH_FRAMES
    return mel[: count * PATCH_FRAMES].reshape(count, PATCH_FRAMES, -1)


def forward(patch: Array, w: Weights) -> tuple[Array, Array]:
    """Tag probabilities (50,) and the penultimate layer (200,) of one patch (187, 96)."""
    x = normalise(patch[..., None], w, 0)[..., 0]
    front = np.concatenate(
        [timbral(x, w, 0), timbral(x, w, 1), temporal(x, w, 2), temporal(x, w, 3), temporal(x, w, 4)], axis=1
    )
    first = normalise(convolve(front, w, 5), w, 6)
    second = normalise(convolve(first, w, 6), w, 7) + first
    third = normalise(convolve(second, w, 7), w, 8) + second
    features = np.concatenate([front, first, second, third], axis=1)  # (187, 753)
    pooled = np.stack([features.max(axis=0), features.mean(axis=0)], axis=1).reshape(-1)  # interleaved
    hidden = normalise(pooled, w, 9) @ w["dense/kernel"] + w["dense/bias"]
    penultimate = normalise(np.maximum(hidden, 0), w, 10)
    logits = penultimate @ w["dense_1/kernel"] + w["dense_1/bias"]
    return 1 / (1 + np.exp(-logits)), penultimate


def timbral(x: Array, w: Weights, layer: int) -> Array:
    """(187, 204): 7 frames x 38 or 67 bands, padded in time only, the maximum over frequency."""
    kernel = w[f"{conv_name(layer)}/kernel"].astype(np.float64)[:, :, 0]
    windows = sliding_window_view(np.pad(x, ((3, 3), (0, 0))), kernel.shape[:2])  # (187, bands, 7, k)
    out = np.tensordot(windows, kernel, axes=([2, 3], [0, 1])) + w[f"{conv_name(layer)}/bias"]
    return normalise(np.maximum(out, 0), w, layer + 1).max(axis=1)


def temporal(x: Array, w: Weights, layer: int) -> Array:
    """(187, 51): 128, 64 or 32 frames x 1 band, TensorFlow's "same" padding, the maximum over frequency."""
    kernel = w[f"{conv_name(layer)}/kernel"].astype(np.float64)[:, 0, 0]  # (k, 51)
    k = len(kernel)
    windows = sliding_window_view(np.pad(x, (((k - 1) // 2, k // 2), (0, 0))), k, axis=0)  # (187, 96, k)
    out = windows @ kernel + w[f"{conv_name(layer)}/bias"]
    return normalise(np.maximum(out, 0), w, layer + 1).max(axis=1)


def convolve(x: Array, w: Weights, layer: int) -> Array:
    """(187, 64): 7 frames x all channels, then ReLU."""
    kernel = w[f"{conv_name(layer)}/kernel"].astype(np.float64)[:, :, 0]  # (7, channels, 64)
    windows = sliding_window_view(np.pad(x, ((3, 3), (0, 0))), 7, axis=0)  # (187, channels, 7)
    out = np.tensordot(windows, kernel, axes=([1, 2], [1, 0])) + w[f"{conv_name(layer)}/bias"]
    return np.maximum(out, 0)


def conv_name(layer: int) -> str:
    return f"conv2d_{layer}" if layer else "conv2d"


def normalise(x: Array, w: Weights, layer: int) -> Array:
    """Batch normalisation at inference, channels last."""
    name = f"batch_normalization_{layer}" if layer else "batch_normalization"
    gamma, beta, mean, variance = (
        w[f"{name}/{part}"].astype(np.float64) for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    return (x - mean) / np.sqrt(variance + EPSILON) * gamma + beta
