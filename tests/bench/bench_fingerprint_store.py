"""The fingerprint index at the size of large libraries.

    python -m tests.bench.bench_fingerprint_store --like FOLDER --clip FILE [--tracks 20000] [--keep FOLDER]

`FOLDER` is the fingerprint index of a real library: its tracks are found among made-up ones whose postings
are as many for each hash as its own, scaled up, and whose peaks are as dense. `FILE` is an audio file that is
in it. Shown are the times of answers to 5 s of it (alone, in noise of its own power, and noise alone) by the
clock and in brackets of the processor, the memory of the process that answers, and the size on disk. Cold:
the files are not in the page cache.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.fingerprint import manifest as manifests
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.manifest import Manifest, Member
from soniq_desktop.fingerprint.records import Match
from soniq_desktop.fingerprint.segment import GAP, Dimensions, Segment, offsets
from soniq_desktop.fingerprint.segment_file import SegmentWriter
from soniq_desktop.fingerprint.store import FingerprintStore

LENGTH = 10_336  # frames of a made-up track: 4 min
PER_SEGMENT = 20_000  # tracks
CHUNK = 1 << 12  # hashes made at once


def hash_rates(like: Path) -> tuple[np.ndarray, float, float]:
    """Postings per frame of music of each hash (2**22,), of all, and peaks per frame."""
    with FingerprintStore(like, merging=False) as store:
        segments = store.snapshot().segments
        frames = sum(int(each.lengths.sum()) for each in segments)
        counts = sum(_counts(each) for each in segments)
        peaks = sum(len(each.peak_bins) for each in segments) / frames
    # Hashes that did not occur in a small library do in a large one: a tenth is spread by the smoothed rates.
    smooth = np.convolve(counts, np.ones(33) / 33, "same")
    return (0.9 * counts + 0.1 * smooth) / frames, float(counts.sum() / frames), peaks


def _counts(segment: Segment) -> np.ndarray:
    hashes = np.arange(1 << segment.dimensions.hash_bits, dtype=np.uint32)
    return segment.ranges(hashes)[1]


def make_segment(path: Path, first: int, tracks: int, rates: np.ndarray, peaks: float, seed: int) -> None:
    """Write a segment of made-up tracks with ids from `first`."""
    rng = np.random.default_rng(seed)
    starts = (np.arange(tracks, dtype=np.int64) * (LENGTH + GAP) + GAP).astype(np.uint32)
    end = int(starts[-1]) + LENGTH + GAP
    counts = rng.poisson(rates * tracks * LENGTH)
    with SegmentWriter(path) as writer:
        writer.write("track_ids", [np.arange(first, first + tracks)])
        writer.write("audio_hashes", [rng.integers(0, 256, (tracks, 16), np.uint8)], (16,))
        writer.write("starts", [starts])
        writer.write("lengths", [np.full(tracks, LENGTH)])
        writer.write("buckets", [offsets(counts)])
        writer.write("lows", [])
        writer.write("postings", _postings(rng, counts, tracks))
        per_block = round(256 * peaks)
        blocks = (end >> 8) + 1
        writer.write("blocks", [np.arange(blocks + 1) * per_block])
        writer.write("peak_steps", _per_block(blocks, lambda n: np.sort(_bytes(rng, n, per_block), axis=1)))
        writer.write(
            "peak_bins", _per_block(blocks, lambda n: rng.integers(12, 500, n * per_block, np.uint16))
        )
        writer.finish(Dimensions(end, 22, 22))


def _postings(rng: np.random.Generator, counts: np.ndarray, tracks: int) -> Iterator[np.ndarray]:
    for begin in range(0, len(counts), CHUNK):
        part = counts[begin : begin + CHUNK]
        total = int(part.sum())
        frames = rng.integers(0, tracks * LENGTH, total, np.int64)
        frames += (frames // LENGTH + 1) * GAP
        keys = (np.repeat(np.arange(len(part)), part) << 32) | frames
        keys.sort()
        yield keys & 0xFFFFFFFF


def _bytes(rng: np.random.Generator, blocks: int, each: int) -> np.ndarray:
    return rng.integers(0, 256, (blocks, each), np.uint8)


def _per_block(blocks: int, make: Callable[[int], np.ndarray]) -> Iterator[np.ndarray]:
    for begin in range(0, blocks, 4096):
        yield make(min(4096, blocks - begin))


def build(folder: Path, like: Path, tracks: int) -> None:
    """An index in `folder`: the real one, and made-up tracks; segments that are there already are used."""
    folder.mkdir(parents=True, exist_ok=True)
    rates, _, peaks = hash_rates(like)
    names = []
    for number, first in enumerate(range(0, tracks, PER_SEGMENT)):
        count = min(PER_SEGMENT, tracks - first)
        name = f"segment-{1000 + number:08d}.fps"
        if not (folder / name).exists():
            make_segment(folder / name, 1_000_000 + first, count, rates, peaks, number)
        names.append(name)
    for real in manifests.segment_files(like):
        shutil.copy(real, folder / real.name)
        names.append(real.name)
    manifests.write(folder, Manifest(tuple(Member(name) for name in names), 9000))


def ask(folder: Path, clip: Path, times: int, cold: bool) -> None:
    """In a process of its own: answer, and print times and memory."""
    decoder = Decoder(str(clip), sample_rate=22_050, channels=1)
    music = decoder.read(22_050 * 60)[:, 0]
    noise = np.random.default_rng(0)
    with FingerprintStore(folder, merging=False) as store:
        identifier = Identifier(store)
        taken: dict[str, list[tuple[float, float]]] = {"music": [], "in noise": [], "unknown": []}
        right = 0
        for number in range(times):
            begin = round((3 + number * 47.0 / times) * 22_050)
            part = music[begin : begin + 5 * 22_050]
            hiss = noise.normal(0, 1, len(part)).astype(np.float32) * float(np.sqrt(np.mean(part**2)))
            for kind, samples in (("music", part), ("in noise", part + hiss), ("unknown", hiss)):
                if cold:
                    forget(folder)
                started = time.perf_counter(), time.process_time()
                answer = identifier.identify(samples, 22_050)
                taken[kind].append((time.perf_counter() - started[0], time.process_time() - started[1]))
                near = isinstance(answer, Match) and abs(answer.offset_seconds - begin / 22_050) < 0.05
                right += kind != "unknown" and near
    anonymous = _megabytes("smaps_rollup", "Anonymous")
    peak = _megabytes("status", "VmHWM")  # ru_maxrss would count the process before it
    cells = "  ".join(f"{kind} {_medians(each)}" for kind, each in taken.items())
    own = f"own memory {anonymous:.0f} MB, peak with mapped pages {peak:.0f} MB"
    print(f"{'cold' if cold else 'warm'}  {cells}  right {right}/{2 * times}  {own}", flush=True)


def _megabytes(file: str, name: str) -> float:
    """A line in kB of this process' files under /proc."""
    lines = Path(f"/proc/self/{file}").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def _medians(taken: list[tuple[float, float]]) -> str:
    clock, processor = (1000 * statistics.median(each) for each in zip(*taken, strict=True))
    return f"{clock:5.0f} ms ({processor:4.0f})"


def forget(folder: Path) -> None:
    """Drop the files of an index from the page cache (Linux)."""
    for path in manifests.segment_files(folder):
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--like", type=Path, required=True)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--tracks", type=int, nargs="+", default=[0, 20_000, 100_000])
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--ask", choices=["warm", "cold"])
    given = parser.parse_args()
    if given.ask:
        ask(given.keep, given.clip, given.times, given.ask == "cold")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        for tracks in given.tracks:
            build(folder, given.like, tracks)
            size = sum(each.stat().st_size for each in manifests.segment_files(folder))
            print(f"{tracks:,} made-up tracks, {size / 1e9:.2f} GB", flush=True)
            for state in ("warm", "cold"):
                arguments = ["--like", given.like, "--clip", given.clip, "--keep", folder, "--ask", state]
                times = ["--times", str(given.times if state == "warm" else 4)]
                subprocess.run(
                    [sys.executable, "-m", __spec__.name, *map(str, arguments), *times], check=True
                )


if __name__ == "__main__":
    main()
