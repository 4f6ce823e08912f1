"""Ranges on the command line."""

import pytest

from soniq_desktop.cli.ranges import ranges
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.library.records import Filters


def test_ranges_become_filters():
    assert ranges([]) == Filters()
    found = ranges(["tempo=90..120", "valence=0.5..", "speechiness=..0.2", "energy=0.9..0.1"])
    assert found == Filters(
        tempo=(90.0, 120.0), valence=(0.5, 1.0), speechiness=(0.0, 0.2), energy=(0.1, 0.9)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [("mood=1..2", "danceability"), ("tempo", "LOW..HIGH"), ("tempo=fast..", "LOW"), ("tempo=5", "LOW")],
)
def test_what_is_no_range_is_refused_with_the_way_to_write_it(text, words):
    with pytest.raises(SoniqError) as refused:
        ranges([text])
    assert words in str(refused.value)
