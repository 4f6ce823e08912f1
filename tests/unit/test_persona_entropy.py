"""Entropy, its corrections and its interval, against values worked out by hand and known distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from soniq_desktop.persona.entropy import (
    chao_shen,
    gini,
    grassberger,
    hill,
    miller_madow,
    plug_in,
    same_twice,
    soft_bias,
)
from soniq_desktop.persona.interval import estimate, totals_by, units
from tests.catalogue_fixtures import unhurried

COUNTS = hnp.arrays(np.float64, st.integers(2, 12), elements=st.integers(0, 400)).filter(
    lambda c: c.sum() > 0
)


def test_a_fair_coin_has_one_bit_and_an_uneven_one_less() -> None:
    assert plug_in(np.array([5.0, 5.0])) == pytest.approx(1.0)
    assert plug_in(np.array([3.0, 1.0])) == pytest.approx(0.8112781)


def test_twelve_equal_genres_have_the_maximum() -> None:
    assert plug_in(np.full(12, 7.0)) == pytest.approx(np.log2(12))


def test_one_genre_has_none() -> None:
    assert plug_in(np.array([9.0, 0, 0])) == 0.0


def test_nothing_has_no_entropy() -> None:
    empty = np.zeros(4)
    assert plug_in(empty) == miller_madow(empty) == chao_shen(empty) == grassberger(empty) == 0.0
    assert hill(empty, 1) == 0.0


def test_miller_madow_by_hand() -> None:
    """K − 1 = 2, N = 10: 2 / (20 ln 2) = 0.14427."""
    counts = np.array([5.0, 3.0, 2.0])
    assert miller_madow(counts) == pytest.approx(1.4854753 + 0.1442695)


def test_chao_shen_by_hand() -> None:
    """Counts 2, 1, 1: N = 4, f1 = 2, C = 1/2, shares 1/4, 1/8, 1/8."""
    terms = [0.25 * 2 / (1 - 0.75**4), *[0.125 * 3 / (1 - 0.875**4)] * 2]
    assert chao_shen(np.array([2.0, 1.0, 1.0])) == pytest.approx(sum(terms))


def test_grassberger_by_hand() -> None:
    """G1 = −γ − ln 2, G2 = G1 + 2: counts 2, 1, 1 give ln 4 − (2 G2 + 2 G1) / 4."""
    g1 = -0.5772156649 - np.log(2)
    expected = (np.log(4) - (2 * (g1 + 2) + 2 * g1) / 4) / np.log(2)
    assert grassberger(np.array([2, 1, 1])) == pytest.approx(expected)


@pytest.mark.parametrize("estimator", [miller_madow, chao_shen, grassberger])
def test_corrected_estimates_are_nearer_to_the_truth(estimator) -> None:  # type: ignore[no-untyped-def]
    """A geometric-like distribution over 12 genres, samples of 40."""
    p = 0.7 ** np.arange(12)
    p /= p.sum()
    draws = np.random.default_rng(1).multinomial(40, p, 400).astype(float)
    truth = float(plug_in(p))
    raw = np.mean([plug_in(draw) for draw in draws]) - truth
    corrected = np.mean([estimator(draw) for draw in draws]) - truth
    assert abs(corrected) < 0.5 * abs(raw)


def test_soft_bias_of_whole_labels_is_miller_madow() -> None:
    counts = np.array([30, 15, 5])
    labels = np.eye(3)[np.repeat(np.arange(3), counts)]
    n = counts.sum()
    expected = 2 / (2 * n * np.log(2)) * n / (n - 1)
    assert soft_bias(labels, np.ones(n)) == pytest.approx(expected)


def test_songs_that_all_have_the_same_soft_set_need_no_correction() -> None:
    sets = np.tile([0.5, 0.3, 0.2], (60, 1))
    assert soft_bias(sets, np.ones(60)) == pytest.approx(0.0)


def test_hill_numbers_of_equal_shares_are_their_number() -> None:
    for order in (0, 0.5, 1, 2, 5):
        assert hill(np.full(6, 3.0), order) == pytest.approx(6)


def test_hill_number_two_is_the_inverse_of_simpsons_index() -> None:
    assert hill(np.array([3.0, 1.0]), 2) == pytest.approx(1 / (0.75**2 + 0.25**2))


def test_gini_by_hand() -> None:
    assert gini(np.array([1.0, 1, 1, 1])) == pytest.approx(0)
    assert gini(np.array([0.0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.array([1.0, 2, 3])) == pytest.approx(2 / 9)


def test_two_of_one_kind_by_hand() -> None:
    assert same_twice(np.array([2.0, 2.0])) == pytest.approx(1 / 3)


@given(COUNTS)
@unhurried
def test_merging_two_genres_never_raises_entropy(counts: np.ndarray) -> None:
    merged = np.concatenate([[counts[0] + counts[1]], counts[2:]])
    assert plug_in(merged) <= plug_in(counts) + 1e-12


@given(COUNTS)
@unhurried
def test_nothing_is_more_diverse_than_equal_shares(counts: np.ndarray) -> None:
    assert 0 <= plug_in(counts) <= np.log2(len(counts)) + 1e-12
    assert hill(counts, 0) + 1e-9 >= hill(counts, 1) >= hill(counts, 2) - 1e-9 >= 1 - 1e-6


@given(COUNTS, st.integers(1, 50))
@unhurried
def test_entropy_hill_and_gini_do_not_depend_on_how_much_was_played(counts: np.ndarray, times: int) -> None:
    assert plug_in(counts * times) == pytest.approx(float(plug_in(counts)), abs=1e-9)
    assert gini(counts * times) == pytest.approx(gini(counts), abs=1e-9)


def _plays(sets: np.ndarray, a_day: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    days = np.arange(len(sets)) // a_day
    return sets, days * 86_400.0 + np.arange(len(sets)) % a_day * 200.0, days


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    p = np.array([0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.04, 0.03, 0.02, 0.01, 0.005, 0.005])
    truth, random = float(plug_in(p)), np.random.default_rng(3)
    held = 0
    for trial in range(100):
        sets = np.eye(12)[random.choice(12, 400, p=p)]
        found = estimate(*_plays(sets), seed=trial)
        held += found.low <= truth <= found.high
    assert 80 <= held <= 98


def test_days_of_one_kind_make_the_interval_wider() -> None:
    random = np.random.default_rng(0)
    mixed = np.eye(12)[random.integers(0, 12, 400)]
    albums = np.eye(12)[np.repeat(random.integers(0, 12, 40), 10)]
    narrow, wide = (estimate(*_plays(sets)) for sets in (mixed, albums))
    assert wide.high - wide.low > narrow.high - narrow.low


def test_the_part_within_songs_is_told_apart() -> None:
    """Every song is half rock, half jazz: one bit, and none of it is variety from song to song."""
    sets = np.zeros((100, 12))
    sets[:, [0, 5]] = 0.5
    found = estimate(*_plays(sets))
    assert found.bits == pytest.approx(1.0)
    assert found.within == pytest.approx(1.0)
    assert found.normalised == pytest.approx(1 / np.log2(12))


@given(st.lists(st.integers(0, 40), max_size=60), st.booleans())
@unhurried
def test_sums_by_label_are_those_of_a_loop(labels: list[int], ascending: bool) -> None:
    keys = np.array(sorted(labels) if ascending else labels, np.int64)
    values = np.random.default_rng(0).random((len(keys), 3))
    expected = np.zeros((int(keys.max(initial=-1)) + 1, 3))
    for key, row in zip(keys, values, strict=True):
        expected[key] += row
    assert np.allclose(totals_by(keys, values), expected)


def test_units_are_the_coarsest_of_which_there_are_enough() -> None:
    starts = np.arange(60) * 7_200.0
    assert units(starts, np.arange(60) // 2)[1] == "days"
    assert units(starts, np.arange(60) // 12)[1] == "sittings"
    assert units(np.arange(60) * 200.0, np.zeros(60, np.int64))[1] == "plays"
