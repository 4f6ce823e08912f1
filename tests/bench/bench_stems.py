"""Separation with real weights: quality against true stems, speed, memory, and the time to the first sound.

    python -m tests.bench.bench_stems quality STEMS_FOLDER --engine spleeter --weights FILE [--seconds 20]
    python -m tests.bench.bench_stems memory --engine spleeter --weights FILE --minutes 3 60
    python -m tests.bench.bench_stems first TRACK --engine htdemucs-onnx --weights FILE [--at 60]

`quality` takes folders that hold stems of equal length as audio files (vocals, drums, bass, other, or any of
them; everything that is neither is "other"); the mix is their sum. SDR is the plain one of the Music Demixing
Challenge 2021: 10 log10(sum of s² / sum of (s − ŝ)²) over the whole excerpt and both channels, no filters
allowed for. With --reference the same windows go through demucs' own `apply_model` on the whole excerpt.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.control import Control
from soniq_desktop.stems.engine import ENGINES, FOUR, TWO, load_engine
from soniq_desktop.stems.forecast import Paces, threads
from soniq_desktop.stems.job import Job
from soniq_desktop.stems.separation import Separation
from soniq_desktop.stems.stem_set import StemSet
from tests.audio_fixtures import write_audio

RATE = 44100


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("quality", "memory", "first"))
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--engine", default="spleeter")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--skip", type=float, default=20.0)
    parser.add_argument("--at", type=float, default=0.0)
    parser.add_argument("--minutes", type=float, nargs="*", default=[3.0, 60.0])
    parser.add_argument("--threads", type=int, default=threads())
    parser.add_argument("--reference", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        {"quality": quality, "memory": memory, "first": first}[arguments.what](arguments, Path(scratch))


def separate(path: Path, options: argparse.Namespace, scratch: Path, start: float = 0.0):
    """One run through the worker process; (stem set, what was measured)."""
    spec = ENGINES[options.engine]
    folder = scratch / f"{path.stem}-{time.monotonic_ns()}"
    job = Job(str(path), "bench", spec, options.weights, folder, start, "cpu", options.threads, 19)
    stems = StemSet(folder / "bench" / f"{spec.name}-{spec.version}")
    seen: dict[str, float] = {}
    began = time.monotonic()

    def report(progress):
        if progress.new and "first" not in seen:
            seen["first"] = time.monotonic() - began
        if progress.device and "loaded" not in seen:
            seen["loaded"] = time.monotonic() - began
        seen["peak"] = max(seen.get("peak", 0), progress.peak)
        seen["speed"] = progress.speed or seen.get("speed", 0.0)

    Separation(job, stems, Paces(scratch / "pace.json"), force=True).run(Control(), report)
    seen["wall"] = time.monotonic() - began
    return stems, seen


def sdr(truth, estimate) -> float:
    """dB; see the module."""
    error = np.square(truth - estimate, dtype=np.float64).sum()
    return float(10 * np.log10(max(np.square(truth, dtype=np.float64).sum(), 1e-20) / max(error, 1e-20)))


def quality(options: argparse.Namespace, scratch: Path) -> None:
    rows: dict[str, list[float]] = {}
    for folder in options.paths:
        truth = truths(folder, options)
        mix = sum(truth.values())
        path = write_audio(scratch / f"{folder.name}.flac", np.clip(mix, -1, 1))
        stems, seen = separate(path, options, scratch)
        assert stems.layout is not None
        sound = dict(zip(stems.layout.stems, stems.read(0, 10**9), strict=True))
        expected = truth if "other" in sound else two(truth)
        found = {name: sdr(part, sound[name]) for name, part in expected.items() if np.abs(part).max() > 1e-4}
        reference = whole(options, mix) if options.reference else {}
        extra = {
            name: sdr(part, reference[name])
            for name, part in expected.items()
            if name in reference and name in found
        }
        print(json.dumps({
            "track": folder.name, "sdr": rounded(found), "reference": rounded(extra),
            "residual_db": stems.residual and round(stems.residual, 1),
            "real_time_factor": round(seen["speed"], 2),
            "peak_mb": round(seen["peak"] / 1e6), "first_s": round(seen["first"], 1),
        }), flush=True)  # fmt: skip
        for name, value in found.items():
            rows.setdefault(name, []).append(value)
    print("median", rounded({name: float(np.median(values)) for name, values in rows.items()}))


def truths(folder: Path, options: argparse.Namespace) -> dict[str, np.ndarray]:
    """Stem name -> (n, 2) of the excerpt."""
    found = {name: np.zeros((round(options.seconds * RATE), 2), np.float32) for name in FOUR}
    for file in sorted(folder.iterdir()):
        decoder = Decoder(str(file), RATE, 2)
        decoder.seek(round(options.skip * RATE))
        part = decoder.read(round(options.seconds * RATE))
        found[file.stem if file.stem in FOUR else "other"][: len(part)] += part
    return found


def two(truth: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {TWO[0]: truth["vocals"], TWO[1]: truth["drums"] + truth["bass"] + truth["other"]}


def whole(options: argparse.Namespace, mix: np.ndarray) -> dict[str, np.ndarray]:
    """The engine's estimate by demucs' own loop over the whole excerpt."""
    import torch
    from demucs.apply import apply_model

    engine = load_engine(ENGINES[options.engine], options.weights, "cpu", options.threads)

    class Model(torch.nn.Module):
        sources, samplerate, audio_channels = list(engine.stems), RATE, 2
        segment = engine.segment / RATE

        def valid_length(self, length):
            return engine.segment

        def forward(self, wave):
            return torch.from_numpy(next(engine.separate([wave[0].numpy()])))[None]

    with torch.inference_mode():
        out = apply_model(Model(), torch.from_numpy(mix.T.copy())[None], shifts=0, overlap=engine.overlap)[0]
    return dict(zip(engine.stems, out.numpy().transpose(0, 2, 1), strict=True))


def memory(options: argparse.Namespace, scratch: Path) -> None:
    for minutes in options.minutes:
        path = synthetic(scratch / f"{minutes:g}min.flac", minutes)
        _, seen = separate(path, options, scratch)
        print(json.dumps({
            "minutes": minutes, "peak_mb": round(seen["peak"] / 1e6), "wall_s": round(seen["wall"], 1),
            "real_time_factor": round(minutes * 60 / seen["wall"], 2),
        }), flush=True)  # fmt: skip


def synthetic(path: Path, minutes: float) -> Path:
    """Ten seconds of chords, repeated."""
    import soundfile

    dice = np.random.default_rng(1)
    time_ = np.arange(10 * RATE) / RATE
    part = sum(np.sin(2 * np.pi * dice.uniform(60, 3000) * time_) for _ in range(12)) / 24
    block = np.stack([part, part * 0.8], axis=1).astype(np.float32)
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        for _ in range(round(minutes * 6)):
            file.write(block)
    return path


def first(options: argparse.Namespace, scratch: Path) -> None:
    """Seconds from the start to the first chunk that plays, over the whole track otherwise stopped."""
    for path in options.paths:
        spec = ENGINES[options.engine]
        job = Job(str(path), "bench", spec, options.weights, scratch, options.at, "cpu", options.threads, 10)
        stems = StemSet(scratch / "bench" / f"{spec.name}-{spec.version}")
        control, began, seen = Control(), time.monotonic(), {}

        def report(progress, control=control, began=began, seen=seen):
            if progress.device:
                seen.setdefault("loaded", time.monotonic() - began)
            if progress.new:
                seen.setdefault("first", time.monotonic() - began)
                control.cancel()
            seen["peak_mb"] = progress.peak / 1e6

        Separation(job, stems, Paces(scratch / "pace.json"), force=True).run(control, report)
        print(json.dumps({"track": path.name, **rounded(seen)}), flush=True)


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in values.items()}


if __name__ == "__main__":
    main()
