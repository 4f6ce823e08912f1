"""Archetypes: shares, and simulated listeners who are recognised and stay what they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.persona.archetypes import NAMES, Axes, archetype, depth, engagement
from soniq_desktop.persona.listeners import KINDS, simulated
from soniq_desktop.persona.portrait import portrait
from soniq_desktop.persona.stability import resampled, stability
from tests.catalogue_fixtures import unhurried

END = 1_763_000_000.0
SHARE = st.floats(0, 1)


@given(SHARE, SHARE, SHARE, SHARE)
@unhurried
def test_shares_add_up_to_one(diversity: float, deep: float, engaged: float, skips: float) -> None:
    found = archetype(Axes(diversity, deep, engaged, skips))
    assert sum(share for _, share in found.shares) == pytest.approx(1)
    assert {name for name, _ in found.shares} == set(NAMES)
    assert found.shares[0][1] == max(share for _, share in found.shares)


@given(SHARE, SHARE, SHARE, SHARE, st.floats(-0.01, 0.01))
@unhurried
def test_a_small_change_of_an_axis_changes_shares_little(
    diversity: float, deep: float, engaged: float, skips: float, change: float
) -> None:
    before = dict(archetype(Axes(diversity, deep, engaged, skips)).shares)
    after = dict(archetype(Axes(min(1, max(0, diversity + change)), deep, engaged, skips)).shares)
    assert all(abs(before[name] - after[name]) < 0.06 for name in NAMES)


def test_an_axis_of_which_nothing_is_known_says_nothing() -> None:
    found = archetype(Axes(0.95, 0.2, 0.5, float("nan")))
    assert found.name == "Explorer"


def test_depth_goes_from_a_hundred_artists_to_one() -> None:
    assert depth(1.0) == 1.0
    assert depth(0.1) == pytest.approx(0.5)
    assert depth(0.001) == 0.0


def test_engagement_leaves_out_likes_that_could_not_be_recorded() -> None:
    assert engagement(1.0, 0.0, None) == pytest.approx(0.5)
    assert engagement(1.0, 0.0, 0.0) == pytest.approx(1 / 3)


@pytest.mark.parametrize("kind", KINDS)
def test_simulated_listeners_are_recognised(kind: str) -> None:
    names = []
    for seed in range(5):
        history, acts = simulated(KINDS[kind], seed)
        found = portrait(history, "12 months", acts=acts, now=END, offset_of=lambda _moment: 0)
        assert found.archetype is not None
        names.append(found.archetype.name)
    assert names.count(kind) >= 4


def test_ten_per_cent_other_days_do_not_change_who_is_well_inside() -> None:
    for kind in KINDS:
        found = stability(kind, 1, trials=6, seed=7)
        assert not found.kept_inside < 0.9


def test_resampling_replaces_a_tenth_of_the_days() -> None:
    history, _ = simulated(KINDS["Explorer"], 1)
    other = resampled(history, 0.1, np.random.default_rng(0))
    days, fewer = (len(np.unique(each.plays.day)) for each in (history, other))
    assert fewer == days - round(0.1 * days)
    assert np.all(np.diff(other.plays.started) >= 0)
