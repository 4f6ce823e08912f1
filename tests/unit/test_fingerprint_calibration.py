"""From raw scores to rates of false alarm."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from soniq_desktop.fingerprint import calibration
from soniq_desktop.fingerprint.calibration import (
    ALLOWED_RATE,
    CLEAR,
    EXACT,
    EXACT_PART,
    NOISY,
    SHARE,
    WARPED,
    confidence,
    score,
)
from soniq_desktop.fingerprint.search import Hypothesis
from soniq_desktop.fingerprint.warp import SAME, Warp
from tests.engine_fixtures import library, melody


@pytest.fixture(scope="module")
def hypothesis(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Hypothesis]:
    store = library(tmp_path_factory.mktemp("index") / "fingerprints", [melody(1, 5.0)])
    segment = store.snapshot().segments[0]
    assert len(segment.starts)
    return lambda support, warp=SAME: Hypothesis(segment, 0, 0.0, warp, support, 0.0)


@pytest.mark.parametrize("clarity", [NOISY - 1, CLEAR + 1])
@pytest.mark.parametrize(
    ("tails", "warp", "part"), [(EXACT, SAME, EXACT_PART), (WARPED, Warp(1.02, 1.02), 1 - EXACT_PART)]
)
def test_the_level_is_exceeded_by_its_share(hypothesis, tails, warp, part, clarity) -> None:
    for tail in tails.noisy if clarity < NOISY else tails.clear:
        rate = calibration.false_alarm_rate(hypothesis(tail.level, warp), tail.seconds, clarity)
        assert rate == pytest.approx(min(1.0, SHARE / part))


@pytest.mark.parametrize("clarity", [3.0, 4.1, 6.0])
def test_a_higher_score_is_rarer(hypothesis, clarity: float) -> None:
    supports = np.linspace(-5, 60, 40)
    rates = [calibration.false_alarm_rate(hypothesis(support), 4.0, clarity) for support in supports]
    assert all(later <= earlier for earlier, later in pairwise(rates))
    assert rates[0] == 1
    assert 0 < rates[-1] < 1e-15


@pytest.mark.parametrize("seconds", [2.0, 3.5, 10.0])
def test_the_same_score_says_less_of_a_clear_query(hypothesis, seconds: float) -> None:
    rates = [calibration.false_alarm_rate(hypothesis(7.0), seconds, each) for each in (3.0, 4.0, 4.1, 5.0)]
    assert rates == sorted(rates)
    assert rates[0] < rates[-1]


@pytest.mark.parametrize("seconds", [0.5, 1.5, 4.2, 60.0])
def test_every_length_has_a_finite_rate(hypothesis, seconds: float) -> None:
    assert 0 < calibration.false_alarm_rate(hypothesis(7.0), seconds, 4.0) < 1


def test_the_score_is_nought_at_what_is_allowed() -> None:
    assert score(ALLOWED_RATE) == pytest.approx(0)
    assert score(ALLOWED_RATE / 10) == pytest.approx(1)
    assert np.isfinite(score(0.0))


def test_confidence_falls_with_the_rate() -> None:
    assert confidence(1e-8) > 0.999
    assert 0.5 < confidence(ALLOWED_RATE) < 0.95
    assert confidence(1.0) < 0.1
