"""Cost of the live views: milliseconds of GUI thread per picture and mode, and of the analysis per column.

    python -m tests.bench.bench_live [FILE]

Without a file a chord with clicks and noise is used. One picture advances the music by 1/60 s: tap, analysis
of the new columns, raster and painting at 928 x 456 (and at 200 %).
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import soundfile
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from soniq_desktop.analysis.live.stream import ColumnStream
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.ui.spectrogram.canvas import FOOT, GUTTER, MODES, SpectrogramCanvas
from tests.live_fixtures import FakePlayer, make_track

RATE = 44_100
PICTURES = 240
START = 20.0


def synthetic(folder: Path) -> Path:
    """Forty seconds of chord, clicks and noise."""
    t = np.arange(40 * RATE) / RATE
    chord = sum(0.1 * np.sin(2 * np.pi * hz * t) for hz in (110, 220, 277.18, 329.63, 659.26))
    clicks = np.exp(-((t * 2) % 1) * 40) * np.random.default_rng(0).standard_normal(t.size) * 0.3
    path = folder / "bench.wav"
    soundfile.write(path, (chord + clicks).astype(np.float32), RATE)
    return path


def load(path: Path) -> np.ndarray:
    decoder = Decoder(str(path), RATE, 1)
    samples = decoder.read(60 * RATE)[:, 0]
    decoder.close()
    return np.ascontiguousarray(samples)


def measure(canvas: SpectrogramCanvas, player: FakePlayer, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds per picture: of wall time, and of processor time of this thread (for busy machines)."""
    image = QImage(canvas.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    wall, cpu = [], []
    for _ in range(PICTURES):
        player.play_on(1 / 60)
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        canvas._step()
        canvas.render(image)
        wall.append(1000 * (time.perf_counter() - begin))
        cpu.append(1000 * (time.thread_time() - begin_cpu))
        QApplication.processEvents()
    return np.array(wall), np.array(cpu)


def main() -> None:
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else synthetic(Path(folder))
        samples = load(path)
        columns(samples)
        print(f"{'mode':<12}{'ratio':>6}{'median ms':>11}{'p95 ms':>9}{'cpu median':>12}{'cpu p95':>9}")
        for ratio in (1.0, 2.0):
            for mode in range(len(MODES)):
                row(path, samples, mode, ratio)
    app.processEvents()


def columns(samples: np.ndarray) -> None:
    stream = ColumnStream(RATE)
    begin = time.perf_counter()
    made = len(stream.push(samples[: 20 * RATE]))
    print(f"analysis: {1e6 * (time.perf_counter() - begin) / made:.0f} us a column of 10 ms (batch)")


def row(path: Path, samples: np.ndarray, mode: int, ratio: float) -> None:
    player = FakePlayer(samples, RATE, make_track(path))
    player.seek(START)
    canvas = SpectrogramCanvas(player)
    canvas.devicePixelRatioF = lambda: ratio  # type: ignore[method-assign]
    canvas.resize(GUTTER + 928, 456 + FOOT)
    canvas.show()
    canvas.set_mode(mode)
    canvas._playing = True  # without the timer: the loop below sets the pace
    begin = time.perf_counter()
    while canvas.source.memory.first_unknown(START - 5, START + 4) < START + 4:
        QApplication.processEvents()
        time.sleep(0.002)
        if time.perf_counter() - begin > 10:
            break
    full = time.perf_counter() - begin
    wall, cpu = measure(canvas, player, ratio)
    canvas.hide()
    canvas.deleteLater()
    print(
        f"{MODES[mode]:<12}{ratio:>6.0f}{np.median(wall):>11.2f}{np.percentile(wall, 95):>9.2f}"
        f"{np.median(cpu):>12.2f}{np.percentile(cpu, 95):>9.2f}   picture full after {1000 * full:.0f} ms"
    )


if __name__ == "__main__":
    main()
