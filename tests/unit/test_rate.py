"""How fast work goes."""

import pytest

from soniq_desktop.common import rate as rate_module
from soniq_desktop.common.rate import Rate


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(rate_module.time, "monotonic", lambda: now[0])
    return now


def test_nothing_is_known_at_first(clock):
    rate = Rate()
    assert rate.per_second() == 0.0
    assert rate.seconds_left(10) is None


def test_it_is_the_mean_since_the_start(clock):
    rate = Rate()
    clock[0] += 4
    rate.add(20)
    assert rate.per_second() == 5.0
    assert rate.seconds_left(50) == 10.0


def test_only_the_last_half_minute_counts(clock):
    rate = Rate()
    rate.add(1000)
    clock[0] += 40
    rate.add(30)
    assert rate.per_second() == 1.0


def test_a_pause_is_no_slowness(clock):
    rate = Rate()
    clock[0] += 1000
    rate.restart()
    clock[0] += 2
    rate.add(20)
    assert rate.per_second() == 10.0
