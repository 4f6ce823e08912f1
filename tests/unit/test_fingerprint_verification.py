"""Verification: stored peaks stand out in the right place and nowhere else."""

from itertools import pairwise

import numpy as np
import pytest

from soniq_desktop.fingerprint.layout import BAND_EDGES, COLUMNS, LOWEST_BIN, SAMPLE_RATE, columns_of
from soniq_desktop.fingerprint.query import views_of
from soniq_desktop.fingerprint.segment import Segment
from soniq_desktop.fingerprint.verification import (
    FEWEST_PEAKS,
    Evidence,
    Reference,
    evidence_of,
    heard_at,
    verify,
)
from tests.engine_fixtures import in_noise, library, melody

SONG = melody(11, 30.0)
START = 430  # frames into the song: 10 s
GAP_AND_START = np.array([START])


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory) -> Segment:
    return library(tmp_path_factory.mktemp("index") / "fingerprints", [SONG]).snapshot().segments[0]


def evidence(decibels: float, seconds: float = 4.0) -> Evidence:
    first = START * 256
    return evidence_of(views_of(in_noise(SONG[first : first + round(seconds * SAMPLE_RATE)], decibels)))


def fits(segment: Segment, found: Evidence, frames: list[int]) -> tuple[np.ndarray, np.ndarray]:
    starts = np.array(frames) + int(segment.starts[0])
    reference = Reference(*segment.reference_peaks(starts, found.frames))
    return tuple(verify(found, reference, len(starts)))


@pytest.mark.parametrize("decibels", [20, 0, -5])
def test_the_right_stretch_fits_best(segment: Segment, decibels: float) -> None:
    starts = [START, START - 300, START - 150, START + 150, START + 300]
    scores, _ = fits(segment, evidence(decibels), starts)
    assert scores.argmax() == 0
    assert scores[0] > 2 * np.abs(scores[1:]).max()


def test_half_a_frame_is_told(segment: Segment) -> None:
    _, delays = fits(segment, evidence(20), [START, START + 1, START - 1])
    assert delays.tolist() == pytest.approx([0, 1, -1], abs=0.5)


def test_noise_fits_nothing(segment: Segment) -> None:
    noise = np.random.default_rng(5).standard_normal(4 * SAMPLE_RATE).astype(np.float32)
    scores, _ = fits(segment, evidence_of(views_of(noise)), list(range(0, 1000, 50)))
    assert np.abs(scores).max() < 8
    assert np.abs(scores.mean()) < 3


def test_few_peaks_say_nothing() -> None:
    found = evidence(20)
    few = FEWEST_PEAKS - 1
    reference = Reference(np.zeros(few, np.int64), np.arange(few), np.full(few, 100))
    assert verify(found, reference, 2).scores.tolist() == [0, 0]


def test_evidence_is_one_on_average_in_every_band() -> None:
    maps = evidence(0).maps[:, 24:-24, 9:-9]
    edges = [*columns_of(BAND_EDGES[:-1]), COLUMNS]
    for low, high in pairwise(np.array(edges) - LOWEST_BIN):
        assert maps[:, :, low:high].mean() == pytest.approx(1, abs=0.01)


def test_peaks_of_the_right_stretch_are_heard(segment: Segment) -> None:
    found = evidence(20)
    for start, share in ((START, 0.8), (START - 200, 0.0)):
        peaks = segment.reference_peaks(np.array([start]) + int(segment.starts[0]), found.frames)
        heard = heard_at(found, Reference(*peaks)).mean()
        assert heard > share if share else heard < 0.6
