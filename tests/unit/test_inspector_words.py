"""What the Inspector says is what was measured."""

from dataclasses import replace

import numpy as np
import pytest

from soniq_desktop.analysis.genre.evidence import Region
from soniq_desktop.analysis.genre.probe import Refit
from soniq_desktop.ui.inspector import words
from tests.inspector_fixtures import COVERAGE, ROCK, make_evidence, make_heard

THIN = words.THIN


@pytest.mark.parametrize(
    ("share", "text"), [(0.58, "58"), (0.05, "5.0"), (0.004, "0.4"), (0.0001, "<0.1"), (0.0996, "10")]
)
def test_percentages_have_two_digits_that_count(share: float, text: str) -> None:
    assert words.percent(share) == f"{text}{THIN}%"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (500, 3000, "0.5 – 3 kHz"),
        (80, 400, "80 – 400 Hz"),
        (137, 642, "140 – 640 Hz"),
        (2200, 21_000, "2.2 – 21 kHz"),
    ],
)
def test_bands_are_written_in_one_unit(low: float, high: float, text: str) -> None:
    assert words.band(low, high) == text


def test_a_region_is_said_with_time_and_band() -> None:
    assert words.span(Region(52.4, 54.1, 500, 3000, 0.5, 1.0)) == "0:52.4 – 0:54.1, 0.5 – 3 kHz"


def test_the_threshold_is_the_least_likely_member() -> None:
    assert words.threshold(ROCK) == pytest.approx(0.31)
    assert words.threshold(make_heard({"Rock": 0.9}, (), "speech")) is None
    crossed = make_heard({"Rock": 0.5, "Metal": 0.3, "Blues": 0.1}, ("Rock", "Blues"))
    assert words.threshold(crossed) is None  # limits for each genre: probability alone does not decide


def test_it_is_said_who_judges_and_whether_the_network_agrees() -> None:
    assert "musicnn-msd embedding" in words.who_judged(ROCK)
    assert "by the CRNN" in words.who_judged(replace(ROCK, classifier="head genre-crnn 12ab"))
    assert words.compared(ROCK, make_evidence("Rock")).endswith("The song’s classifier agrees.")
    assert words.compared(ROCK, make_evidence("Metal")).endswith("says Rock first.")
    assert words.compared(ROCK, make_evidence("Folk")).endswith(
        "They disagree: the song’s classifier says Rock."
    )
    assert f"hears Folk 70{THIN}%" in words.compared(None, make_evidence("Folk"))


def test_coverage_is_that_of_own_songs_where_there_are_enough() -> None:
    from soniq_desktop.analysis.genre.engine import GenreCoverage

    shipped = words.coverage_sentence(GenreCoverage(COVERAGE, None, 3, 4))
    assert f"90.4{THIN}% (89 to 92) of 2,140 songs" in shipped
    assert "1.6 genres in a set" in shipped
    assert "teacher" in shipped
    assert shipped.endswith("7 so far.")
    own = words.coverage_sentence(GenreCoverage(COVERAGE, replace(COVERAGE, tracks=25), 20, 5))
    assert "25 songs of yours" in own
    assert "teacher" not in own


def test_the_best_and_the_worst_genre_are_named() -> None:
    text = words.families_sentence((("Metal", 0.93, 40), ("Rock", 0.9, 50), ("Blues", 0.84, 31)))
    assert text == f"By genre it varies: Metal 93{THIN}%, Blues 84{THIN}%."
    assert words.families_sentence((("Metal", 0.93, 40),)) == ""


def test_what_was_learned_is_the_gain_on_held_out_answers() -> None:
    refit = Refit(None, True, 24, 0.58, 0.67, 1.2, 1.0, None)  # type: ignore[arg-type]
    assert f"67{THIN}% are right now; before you taught it, 58{THIN}%" in words.learned(refit, 12)
    assert "did not help yet" in words.learned(replace(refit, taught=False), 12)
    assert words.learned(None, 1).startswith("1 answer so far.")


def test_families_come_in_order_of_probability() -> None:
    order = words.in_order(ROCK.probabilities)
    assert [name for name, _ in order[:2]] == ["Rock", "Metal"]
    assert np.all(np.diff([share for _, share in order]) <= 0)
