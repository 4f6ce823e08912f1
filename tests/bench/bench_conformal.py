"""Prediction sets: empirical coverage over random splits, and set size against confidence.

    python -m tests.bench.bench_conformal [--splits 100]

Sources: the shipped calibration tracks (held-out real and rendered music, see models/genre_head/CARD.md;
their number limits how exact a split can be), simulated tracks of a classifier that is right about its doubt,
and of one that is twice as sure as it should be. Coverage must lie within 2 points of the level on average.
"""

import argparse

import numpy as np

from soniq_desktop.analysis.genre.conformal import (
    LEVELS,
    Calibration,
    calibrate,
    chances,
    coverage,
    prediction_sets,
)
from soniq_desktop.analysis.genre.head import load_head
from tests.genre_fixtures import simulated

CURVE = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)


def over_splits(
    known: Calibration, level: float, splits: int, *, per_class: bool, penalty: float
) -> tuple[float, float, float]:
    """Mean coverage, its spread over the splits, mean set size; half calibrates, half is tested."""
    shares, sizes = [], []
    for seed in range(splits):
        order = np.random.default_rng(seed).permutation(len(known))
        first, second = known.rows(order[: len(known) // 2]), known.rows(order[len(known) // 2 :])
        first = Calibration(first.probabilities, first.labels, np.ones(len(first)))
        limits = calibrate(
            first, level, per_class=per_class, chance=chances(len(first), seed), penalty=penalty
        )
        members = prediction_sets(second.probabilities, limits, chances(len(second), seed + 10_000))
        found = coverage(members, second.labels, level)
        shares.append(found.share)
        sizes.append(found.mean_size)
    return float(np.mean(shares)), float(np.std(shares)), float(np.mean(sizes))


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--splits", type=int, default=100)
    splits = arguments.parse_args().splits
    right, sure = simulated(2_000, 1, sharpness=1.0), simulated(2_000, 1, sharpness=1.0)
    squared = sure.probabilities**2
    sure = Calibration(squared / squared.sum(axis=1, keepdims=True), sure.labels, sure.weights)
    shipped = load_head("musicnn-msd").calibration
    sources = {
        "shipped (musicnn-msd)": shipped,
        "shipped, real music": shipped.rows(shipped.weights == 1),
        "simulated": right,
        "simulated, too sure": sure,
    }
    print(f"{'source':24} {'sets':18} level  coverage  (sd)   size")
    for name, known in sources.items():
        for kind, options in (
            ("APS", {"per_class": False, "penalty": 0.0}),
            ("RAPS", {"per_class": False, "penalty": 0.02}),
            ("RAPS per class", {"per_class": True, "penalty": 0.02}),
        ):
            for level in LEVELS:
                share, spread, size = over_splits(known, level, splits, **options)
                mark = "" if abs(share - level) <= 0.02 else "  off by more than 2 points"
                print(f"{name:24} {kind:18} {level:.2f}   {share:.3f}   ({spread:.3f})  {size:.2f}{mark}")
    print("\nset size against level (RAPS):")
    for name, known in sources.items():
        curve = [over_splits(known, level, splits // 4, per_class=False, penalty=0.02)[2] for level in CURVE]
        print(f"{name:24}", "  ".join(f"{a:.2f}: {b:.2f}" for a, b in zip(CURVE, curve, strict=True)))


if __name__ == "__main__":
    main()
