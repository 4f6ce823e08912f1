"""Ranking metrics against figures worked out by hand, and their laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.lab import metrics


def test_metrics_of_a_ranking_worked_out_by_hand() -> None:
    ranked = np.array([[4, 2, 7, 1, -1]])
    found = metrics.hits(ranked, [np.array([2, 1, 9])])
    values = metrics.at_k(found, np.array([3]), 4)
    best = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert values["HitRate"][0] == 1
    assert values["Recall"][0] == pytest.approx(2 / 3)
    assert values["Precision"][0] == pytest.approx(2 / 4)
    assert values["MRR"][0] == pytest.approx(1 / 2)
    assert values["NDCG"][0] == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / best)


def test_an_empty_place_is_never_a_hit() -> None:
    assert not metrics.hits(np.array([[-1, -1]]), [np.array([0])]).any()


def test_a_cut_off_beyond_the_ranking_counts_the_missing_places() -> None:
    found = metrics.hits(np.array([[1, 2]]), [np.array([1, 2])])
    values = metrics.at_k(found, np.array([2]), 10)
    assert values["Precision"][0] == pytest.approx(0.2)
    assert values["NDCG"][0] == pytest.approx(1.0)


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 12))
def test_every_metric_lies_between_nothing_and_all(places: list[bool], k: int) -> None:
    found = np.array([places])
    values = metrics.at_k(found, np.array([max(1, sum(places))]), k)
    assert all(0 <= value[0] <= 1 + 1e-12 for value in values.values())


@given(st.integers(1, 10), st.integers(1, 10))
def test_a_perfect_ranking_has_full_marks(count: int, k: int) -> None:
    found = np.arange(12)[None] < count
    values = metrics.at_k(found, np.array([count]), k)
    assert values["NDCG"][0] == pytest.approx(1)
    assert values["MRR"][0] == 1


def test_the_interval_holds_the_mean_and_narrows_with_more_users() -> None:
    few, many = (metrics.figures({"x": np.random.default_rng(1).random(n)}, 0)["x"] for n in (30, 3000))
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(5)
    covered = 0
    for trial in range(200):
        figure = metrics.figures({"x": generator.random(60)}, trial)["x"]
        covered += figure.low <= 0.5 <= figure.high
    assert 178 <= covered <= 199  # 95 % of 200, give or take four standard deviations


def test_coverage_and_novelty_by_hand() -> None:
    ranked = np.array([[0, 1], [0, -1]])
    assert metrics.coverage(ranked, 4) == pytest.approx(0.5)
    counts = np.array([4, 2, 1, 1])
    assert metrics.novelty(ranked, counts) == pytest.approx((1 + 2 + 1) / 3)
