"""Prediction sets: the promise holds, and the sets behave as sets should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.genre.conformal import (
    LEVELS,
    Calibration,
    calibrate,
    chances,
    coverage,
    joined,
    measured_coverage,
    prediction_sets,
    quantile,
    scores,
    wilson,
)
from tests.genre_fixtures import simulated

seeds = st.integers(0, 10_000)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("per_class", [False, True])
def test_sets_hold_the_true_class_as_often_as_asked(level: float, per_class: bool) -> None:
    shares = []
    for seed in range(40):
        known, new = simulated(600, seed, sharpness=0.7), simulated(600, 1000 + seed, sharpness=0.7)
        limits = calibrate(known, level, per_class=per_class, chance=chances(600, seed))
        members = prediction_sets(new.probabilities, limits, chances(600, 7000 + seed))
        shares.append(coverage(members, new.labels, level).share)
    assert np.mean(shares) == pytest.approx(level, abs=0.02)


def test_classes_with_few_tracks_share_a_limit_that_holds_for_them() -> None:
    """Ten rare classes that the classifier is bad at, beside two common ones that it is good at."""
    shares = []
    for seed in range(60):
        parts = []
        for number, count in enumerate((300, 300, *[14] * 10)):
            random = np.random.default_rng(seed * 100 + number)
            logits = random.standard_normal((count, 12))
            logits[:, number] += 4.0 if number < 2 else 0.7
            powers = np.exp(logits)
            labels = np.full(count, number)
            parts.append(Calibration(powers / powers.sum(1, keepdims=True), labels, np.ones(count)))
        known = joined(parts)
        half = np.random.default_rng(seed).permutation(len(known)) % 2 == 0
        limits = calibrate(known.rows(half), 0.9, per_class=True, chance=chances(int(half.sum()), seed))
        new = known.rows(~half)
        members = prediction_sets(new.probabilities, limits, chances(len(new), 900 + seed))
        rare = new.labels >= 2
        shares.append(members[rare][np.arange(int(rare.sum())), new.labels[rare]].mean())
    assert np.mean(shares) == pytest.approx(0.9, abs=0.025)


def test_few_tracks_to_calibrate_are_enough_though_no_set_is_empty() -> None:
    """At 60 % the likeliest class is often beyond the limit; that it is named all the same is counted."""
    shares, sizes = [], []
    for seed in range(400):
        known, new = simulated(60, seed, sharpness=1.5), simulated(200, 1000 + seed, sharpness=1.5)
        limits = calibrate(known, 0.6, chance=chances(60, seed))
        members = prediction_sets(new.probabilities, limits, chances(200, 7000 + seed))
        shares.append(coverage(members, new.labels, 0.6).share)
        sizes.append(members.sum(axis=1).min())
    assert min(sizes) == 1
    assert np.mean(shares) == pytest.approx(0.6, abs=0.015)


def test_a_wrong_classifier_is_covered_too_with_longer_sets() -> None:
    """The promise does not rest on the probabilities being right."""
    random = np.random.default_rng(3)
    good, bad = simulated(1_000, 1), simulated(1_000, 1)
    bad = Calibration(bad.probabilities[random.permutation(1_000)], bad.labels, bad.weights)
    fine, poor = measured_coverage(good, 0.9), measured_coverage(bad, 0.9)
    assert fine is not None
    assert poor is not None
    assert poor.share == pytest.approx(0.9, abs=0.03)
    assert poor.mean_size > 1.5 * fine.mean_size


def test_per_class_limits_help_a_class_that_the_classifier_neglects() -> None:
    known, new = simulated(8_000, 1), simulated(20_000, 2)
    for part in (known, new):
        part.probabilities[:, 0] *= 0.2
        part.probabilities[:] /= part.probabilities.sum(axis=1, keepdims=True)
    shares = {}
    for per_class in (False, True):
        limits = calibrate(known, 0.9, per_class=per_class)
        mine = new.rows(new.labels == 0)
        members = prediction_sets(mine.probabilities, limits, chances(len(mine), 9))
        shares[per_class] = coverage(members, mine.labels, 0.9).share
    assert shares[False] < 0.85
    assert shares[True] == pytest.approx(0.9, abs=0.04)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_a_higher_level_never_gives_a_smaller_set(seed: int) -> None:
    known, new = simulated(120, seed), simulated(30, seed + 1)
    drawn = chances(30, seed)
    sets = [prediction_sets(new.probabilities, calibrate(known, level), drawn) for level in LEVELS]
    assert not (sets[0] & ~sets[1]).any()
    assert not (sets[1] & ~sets[2]).any()


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_a_set_is_never_empty_and_holds_whatever_is_likelier_than_a_member(seed: int) -> None:
    known, new = simulated(60, seed), simulated(40, seed + 1)
    members = prediction_sets(new.probabilities, calibrate(known, 0.8), chances(40, seed))
    assert members.any(axis=1).all()
    for row, inside in zip(new.probabilities, members, strict=True):
        assert row[inside].min() >= row[~inside].max(initial=0.0)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_scores_follow_classes_when_these_change_places(seed: int) -> None:
    known = simulated(20, seed)
    order = np.random.default_rng(seed).permutation(12)
    drawn = chances(20, seed)
    moved = scores(known.probabilities[:, order], drawn)
    assert np.allclose(moved, scores(known.probabilities, drawn)[:, order])


def test_too_few_tracks_give_the_whole_set_rather_than_a_promise() -> None:
    members = prediction_sets(simulated(5, 1).probabilities, calibrate(simulated(8, 2), 0.95), chances(5))
    assert members.all()


def test_the_quantile_of_equal_weights_is_the_usual_order_statistic() -> None:
    values = np.arange(1.0, 20.0)  # 19: the 0.9 quantile is number ceil(0.9 * 20) = 18
    assert quantile(values, np.ones(19), 0.9) == 18.0
    assert quantile(values, np.ones(19), 0.95) == 19.0
    assert quantile(values, np.ones(19), 0.96) == np.inf


def test_weight_nought_is_as_good_as_absent() -> None:
    known, other = simulated(200, 1), simulated(200, 2)
    faded = Calibration(other.probabilities, other.labels, np.zeros(200))
    drawn = chances(400)
    alone = calibrate(known, 0.9, chance=drawn[:200]).limits
    assert np.allclose(calibrate(joined([known, faded]), 0.9, chance=drawn).limits, alone)


def test_measured_coverage_needs_tracks_and_comes_with_an_interval() -> None:
    assert measured_coverage(simulated(19, 1), 0.9) is None
    found = measured_coverage(simulated(500, 1), 0.9)
    assert found is not None
    assert found.low < 0.9 < found.high
    assert sum(found.sizes) == pytest.approx(1.0)


def test_wilson_interval_of_a_known_case() -> None:
    low, high = wilson(45, 50)
    assert (low, high) == (pytest.approx(0.786, abs=0.001), pytest.approx(0.957, abs=0.001))
    assert wilson(0, 0) == (0.0, 1.0)


def test_coverage_of_few_songs_is_that_of_the_sets_they_are_shown_with() -> None:
    """Limits from 25 songs alone would be others, by chance wider or narrower."""
    many, few = simulated(2000, 1), simulated(25, 2)
    alone = measured_coverage(few, 0.95)
    together = measured_coverage(few, 0.95, beside=many)
    shown = prediction_sets(few.probabilities, calibrate(joined([many, few]), 0.95), chances(25))
    assert alone is not None
    assert together is not None
    assert together.tracks == 25
    size = shown.sum(axis=1).mean()
    assert abs(together.mean_size - size) < 0.5
    assert abs(alone.mean_size - size) > 1
