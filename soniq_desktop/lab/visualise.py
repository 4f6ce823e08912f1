"""`soniq lab visualise`: mel spectrogram, chromagram, FFT spectrum and tempogram of every file as images.

Without axes the images are what vision models take (magma, one value a pixel, exactly the size that was asked
for); with axes they are for people. The transforms are librosa's (McFee et al. 2015), in processes of their
own.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.each_file import FileTable, Job, audio_files, work
from soniq_desktop.lab.needs import LabError, need, out_folder
from soniq_desktop.lab.recommenders.base import Progress, silent
from soniq_desktop.library.walk import FoundFile

KINDS = ("mel", "chroma", "fft", "tempogram")
SAMPLE_RATE = 22050  # Hz; librosa's own
N_FFT, HOP = 2048, 512
FLOOR_DB = -80.0
SMALLEST, LARGEST = 16, 4096  # pixels a side
VERSION = "1"

Image = NDArray[np.float32]  # (rows, columns) in 0..1, row 0 at the top


@dataclass(frozen=True)
class Wanted:
    """What is drawn.

    Attributes:
        kinds: of `KINDS`.
        width, height: pixels.
        seconds: length of the excerpt from the middle; 0 for the whole file.
        axes: with axes and a colour bar.
    """

    kinds: tuple[str, ...] = KINDS
    width: int = 224
    height: int = 224
    seconds: float = 30.0
    axes: bool = False

    def stamp(self) -> str:
        return (
            f"{VERSION} {self.width}x{self.height} {self.seconds:g} s {'axes' if self.axes else 'plain'} "
            + ",".join(sorted(self.kinds))
        )


def visualise(
    folder: Path, out: Path, wanted: Wanted, workers: int = 1, progress: Progress = silent
) -> dict[str, Any]:
    """Draw every audio file that is new or changed; images.parquet lists files, images and those that failed.

    Raises:
        LabError: unknown kind, impossible size, no such folder, or no audio file in it.
    """
    _check(wanted)
    files = audio_files(folder)
    out_folder(out)
    table = FileTable(out / "images.parquet", folder)
    job = Job("soniq_desktop.lab.visualise:draw", wanted.stamp(), {"wanted": wanted}, workers)

    def task(file: FoundFile) -> dict[str, Any]:
        return {"stem": str(out / image_stem(table.name(file)))}

    drawn = work(files, table, job, task, progress)
    failed = [{"path": row["path"], "reason": row["error"]} for row in table.rows() if row["error"]]
    return {
        "files": len(files),
        "drawn": drawn,
        "images": sum(len(row["images"] or []) for row in table.rows() if not row["error"]),
        "corrupt": failed,
        "table": str(out / "images.parquet"),
    }


def image_stem(name: str) -> str:
    """The name of a file's images without kind and suffix: readable, and one for each path."""
    path = Path(name)
    mark = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    readable = "".join(c if c.isalnum() or c in " -_." else "_" for c in path.stem)[:80].strip(" .") or "file"
    return f"{readable}-{mark}"


def _check(wanted: Wanted) -> None:
    unknown = [kind for kind in wanted.kinds if kind not in KINDS]
    if unknown or not wanted.kinds:
        raise LabError(
            f"There is no picture of kind {', '.join(unknown) or 'none'}.", f"Choose of {', '.join(KINDS)}."
        )
    if not all(SMALLEST <= side <= LARGEST for side in (wanted.width, wanted.height)):
        raise LabError(f"An image is {SMALLEST} to {LARGEST} pixels wide and high.")


_settings: dict[str, Wanted] = {}


def setup(given: dict[str, Any]) -> None:
    """In the child, once."""
    _settings["wanted"] = given["wanted"]


def draw(task: dict[str, Any]) -> dict[str, Any]:
    """Draw one file; called in a child. Returns the images' names."""
    wanted = _settings["wanted"]
    mono, start = _excerpt(task["path"], wanted.seconds)
    names = []
    for kind in wanted.kinds:
        file = Path(f"{task['stem']}-{kind}.png")
        write_atomic(
            file, _with_axes(kind, mono, start, wanted) if wanted.axes else _plain(kind, mono, wanted)
        )
        names.append(file.name)
    return {"images": names, "start": start, "seconds": len(mono) / SAMPLE_RATE}


def _excerpt(path: str, seconds: float) -> tuple[NDArray[np.float32], float]:
    """Mono at 22.05 kHz from the middle of the file, and where it begins in seconds."""
    decoder = Decoder(path, SAMPLE_RATE, 1)
    try:
        wanted = int(seconds * SAMPLE_RATE) if seconds > 0 else decoder.frames or 1 << 30
        begin = max(0, (decoder.frames - wanted) // 2) if seconds > 0 else 0
        decoder.seek(begin)
        mono = decoder.read(wanted)[:, 0]
    finally:
        decoder.close()
    short = max(0, N_FFT - len(mono))
    return np.pad(mono, (0, short)), begin / SAMPLE_RATE


def transform(kind: str, mono: NDArray[np.float32]) -> Image:
    """(rows, frames) in 0..1, low at row 0. `fft` is (bins, 1): the mean power spectrum.

    mel: 128 bands, dB below the loudest, −80 at most. chroma: 12 classes, each frame by its largest. fft:
        1,025 bins, dB.
    tempogram: autocorrelation of the onset strength over 384 lags, each frame by its largest.
    """
    librosa = need("librosa")
    if kind == "mel":
        power = librosa.feature.melspectrogram(
            y=mono, sr=SAMPLE_RATE, n_fft=N_FFT, hop_length=HOP, n_mels=128
        )
        return _decibels(power)
    if kind == "chroma":
        chroma: Image = librosa.feature.chroma_stft(
            y=mono, sr=SAMPLE_RATE, n_fft=N_FFT, hop_length=HOP, tuning=0.0
        )
        return np.nan_to_num(chroma).astype(np.float32)
    if kind == "fft":
        power = np.abs(librosa.stft(mono, n_fft=N_FFT, hop_length=HOP)) ** 2
        return _decibels(power.mean(axis=1, keepdims=True))
    found: Image = librosa.feature.tempogram(y=mono, sr=SAMPLE_RATE, hop_length=HOP)
    return np.clip(np.nan_to_num(found), 0, 1).astype(np.float32)


def _decibels(power: NDArray[np.float32]) -> Image:
    loudest = float(power.max())
    if loudest <= 0:
        return np.zeros(power.shape, np.float32)
    level = 10 * np.log10(np.maximum(power / loudest, 1e-12))
    return np.asarray(np.clip(1 - level / FLOOR_DB, 0, 1), np.float32)


def _plain(kind: str, mono: NDArray[np.float32], wanted: Wanted) -> bytes:
    """A PNG of exactly the wanted size, without anything around the values."""
    pil = need("PIL.Image")
    values = transform(kind, mono)
    image = _bars(values[:, 0], wanted) if kind == "fft" else values[::-1]
    scaled = pil.fromarray(image.astype(np.float32), mode="F").resize(
        (wanted.width, wanted.height), pil.Resampling.BILINEAR
    )
    table = (need("matplotlib").colormaps["magma"](np.arange(256))[:, :3] * 255).round().astype(np.uint8)
    pixels = table[(np.clip(np.asarray(scaled), 0, 1) * 255).round().astype(np.uint8)]
    return _png(pil.fromarray(pixels))


def _bars(spectrum: NDArray[np.float32], wanted: Wanted) -> Image:
    """A filled curve: column by frequency, as high as its level."""
    columns = np.interp(np.linspace(0, len(spectrum) - 1, wanted.width), np.arange(len(spectrum)), spectrum)
    height = np.arange(wanted.height)[::-1, None] / max(wanted.height - 1, 1)
    return np.where(height <= columns[None, :], 0.35 + 0.65 * columns[None, :], 0.0).astype(np.float32)


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    data: bytes = buffer.getvalue()
    return data


AXES = {
    "mel": ("Hz (mel)", "dB below the loudest"),
    "chroma": ("pitch class", "share"),
    "tempogram": ("BPM", "autocorrelation"),
}


def _with_axes(kind: str, mono: NDArray[np.float32], start: float, wanted: Wanted) -> bytes:
    """For people: time and frequency, and what the colours mean."""
    from soniq_desktop.lab.reports import figure

    drawn = figure(wanted.width / 100, wanted.height / 100)
    axes = drawn.subplots()
    values = transform(kind, mono)
    if kind == "fft":
        axes.plot(np.linspace(0, SAMPLE_RATE / 2, len(values)), (values[:, 0] - 1) * -FLOOR_DB)
        axes.set(xlabel="Hz", ylabel="dB below the loudest", xlim=(0, SAMPLE_RATE / 2))
    else:
        _map(drawn, axes, kind, values, start)
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", dpi=100)
    data: bytes = buffer.getvalue()
    return data


def _map(drawn: Any, axes: Any, kind: str, values: Image, start: float) -> None:
    librosa = need("librosa")
    times = start + np.arange(values.shape[1] + 1) * HOP / SAMPLE_RATE
    shown, low, high = values, 0.0, 1.0
    if kind == "mel":
        edges = librosa.mel_frequencies(n_mels=len(values) + 1, fmax=SAMPLE_RATE / 2)
        shown, low, high = (values - 1) * -FLOOR_DB, FLOOR_DB, 0.0
    elif kind == "chroma":
        edges = np.arange(13) - 0.5
    else:
        shown = values[4:320]  # 10 to 640 BPM
        edges = 60 * SAMPLE_RATE / HOP / (np.arange(4, 321) - 0.5)
    picture = axes.pcolormesh(times, edges, shown, cmap="magma", vmin=low, vmax=high, rasterized=True)
    if kind == "chroma":
        axes.set_yticks(range(12), ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"])
    else:
        axes.set_yscale("symlog" if kind == "mel" else "log", **({"linthresh": 500} if kind == "mel" else {}))
    axes.set(xlabel="seconds", ylabel=AXES[kind][0])
    drawn.colorbar(picture, ax=axes, label=AXES[kind][1])
