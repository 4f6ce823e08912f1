"""Folds that tell the truth: all tracks of an artist on one side. And, beside it, what a random split would
claim."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError

FOLDS = 5
Fold = tuple[NDArray[np.int64], NDArray[np.int64]]  # rows to learn from, rows to predict


def grouped(groups: NDArray[np.str_], seed: int, count: int = FOLDS) -> list[Fold]:
    """Groups dealt to folds in random order, each to the fold that has least so far.

    Raises:
        LabError: fewer groups than folds.
    """
    names, members, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < count:
        raise LabError(f"There are only {len(names)} artists; {count} are needed to test on unknown ones.")
    filled = np.zeros(count, dtype=np.int64)
    fold_of = np.empty(len(names), dtype=np.int64)
    for group in np.random.default_rng(seed).permutation(len(names)):
        fold_of[group] = np.argmin(filled)
        filled[fold_of[group]] += sizes[group]
    return list(_folds(fold_of[members], count))


def random(rows: int, seed: int, count: int = FOLDS) -> list[Fold]:
    """Rows dealt at random: tracks of one artist, often of one album, fall on both sides."""
    if rows < count:
        raise LabError(f"There are only {rows} rows; at least {count} are needed.")
    return list(_folds(np.random.default_rng(seed).permutation(rows) % count, count))


def _folds(fold_of: NDArray[np.int64], count: int) -> Iterator[Fold]:
    for fold in range(count):
        yield np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
