"""From raw scores to rates of false alarm."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from soniq_desktop.fingerprint import calibration
from soniq_desktop.fingerprint.calibration import (
    ALLOWED_RATE,
    EXACT,
    EXACT_PART,
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


@pytest.mark.parametrize(
    ("tails", "warp", "part"), [(EXACT, SAME, EXACT_PART), (WARPED, Warp(1.02, 1.02), 1 - EXACT_PART)]
)
def test_the_level_is_exceeded_by_its_share(hypothesis, tails, warp, part) -> None:
    for tail in tails:
        rate = calibration.false_alarm_rate(hypothesis(tail.level, warp), tail.seconds)
        assert rate == pytest.approx(SHARE / part)


def test_a_higher_score_is_rarer(hypothesis) -> None:
    rates = [calibration.false_alarm_rate(hypothesis(support), 4.0) for support in np.linspace(-5, 60, 40)]
    assert all(later <= earlier for earlier, later in pairwise(rates))
    assert rates[0] == 1
    assert 0 < rates[-1] < 1e-20


@pytest.mark.parametrize("seconds", [0.5, 1.5, 4.2, 60.0])
def test_every_length_has_a_finite_rate(hypothesis, seconds: float) -> None:
    assert 0 < calibration.false_alarm_rate(hypothesis(7.0), seconds) < 1


def test_the_score_is_nought_at_what_is_allowed() -> None:
    assert score(ALLOWED_RATE) == pytest.approx(0)
    assert score(ALLOWED_RATE / 10) == pytest.approx(1)
    assert np.isfinite(score(0.0))


def test_confidence_falls_with_the_rate() -> None:
    assert confidence(1e-8) > 0.999
    assert 0.5 < confidence(ALLOWED_RATE) < 0.95
    assert confidence(1.0) < 0.1
