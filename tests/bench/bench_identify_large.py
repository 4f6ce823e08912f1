"""Processor time of a question in a large library: synthetic segments with the statistics of a real index.

    python -m tests.bench.bench_identify_large --index FOLDER [--tracks 20000]

FOLDER holds a fingerprint index of real music. Each hash is as common as there, in proportion; the postings
are at random places, which is the worst case for reading. Segments hold 20,000 tracks each; above that number
one is used several times, so the page cache is warmer than it would be. Clips are noise: no early answer.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from soniq_desktop.fingerprint.identify import _verdict
from soniq_desktop.fingerprint.layout import HASH_BITS, SAMPLE_RATE
from soniq_desktop.fingerprint.segment import BLOCK_BITS, Dimensions, Segment, offsets, time_line
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore

PER_SEGMENT = 20_000


def counts_of(snapshot: Snapshot) -> np.ndarray:
    """Postings (2**HASH_BITS,) of each hash in a real index."""
    return snapshot.counts(np.arange(1 << HASH_BITS, dtype=np.uint32))


def synthetic(real: Snapshot, tracks: int) -> Segment:
    dice = np.random.default_rng(0)
    known = sum(segment.tracks for segment in real.segments)
    lengths = np.concatenate([segment.lengths for segment in real.segments])
    starts, end = time_line(dice.choice(lengths, tracks).tolist())
    counts = dice.poisson(counts_of(real) * (tracks / known))
    postings = dice.integers(0, end, int(counts.sum()), dtype=np.uint32)
    density = sum(len(segment.peak_bins) for segment in real.segments) / sum(lengths)
    per_block = dice.poisson(density * (1 << BLOCK_BITS), (end >> BLOCK_BITS) + 1)
    peaks = int(per_block.sum())
    bins = np.concatenate([segment.peak_bins for segment in real.segments])
    return Segment(
        "synthetic",
        Dimensions(end, HASH_BITS, HASH_BITS),
        np.arange(tracks),
        np.zeros((tracks, 16), np.uint8),
        starts,
        np.diff(starts, append=end).astype(np.uint32),
        offsets(counts),
        np.zeros(0, np.uint8),
        postings,
        offsets(per_block),
        dice.integers(0, 256, peaks, dtype=np.uint8),
        bins[dice.integers(0, len(bins), peaks)],
        np.ones(tracks, np.bool_),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--index", type=Path, required=True, help="a fingerprint index of real music")
    parser.add_argument("--tracks", type=int, default=20_000)
    options = parser.parse_args()
    with FingerprintStore(options.index, merging=False) as store:
        segment = synthetic(store.snapshot(), min(options.tracks, PER_SEGMENT))
    snapshot = Snapshot((segment,) * max(1, options.tracks // PER_SEGMENT))
    dice = np.random.default_rng(1)
    print(
        f"{options.tracks:,} tracks, {len(segment.postings) * len(snapshot.segments) / 1e6:,.0f} M postings"
    )
    for seconds in (3, 5, 10):
        took = []
        for _ in range(5):
            noise = dice.standard_normal(seconds * SAMPLE_RATE).astype(np.float32)
            started = time.process_time()
            _verdict(noise, snapshot)
            took.append(time.process_time() - started)
        median, longest = 1000 * np.median(took), 1000 * max(took)
        print(f"{seconds:3} s of noise: median {median:.0f} ms, longest {longest:.0f} ms")


if __name__ == "__main__":
    main()
