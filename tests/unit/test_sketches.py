"""Sketches: copies and parts of a recording are candidates, other music is not."""

import numpy as np
import pytest

from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.layout import FRAME_SECONDS
from soniq_desktop.fingerprint.overlay import StoredPeaks
from soniq_desktop.fingerprint.sketches import (
    FEWEST,
    FEWEST_VOTES,
    MOST_ALIKE,
    PER_SECOND,
    ROW,
    Sketches,
    candidates,
    joined,
    read,
    sketch,
    write,
)
from tests.fingerprint_fixtures import melody

RATE = 11_025


def peaks_of(samples: np.ndarray) -> StoredPeaks:
    found = fingerprint(samples.astype(np.float32), RATE)
    return StoredPeaks(0, found.frames, found.peak_times.astype(np.int64), found.peak_bins.astype(np.int64))


def library(*tracks: StoredPeaks) -> Sketches:
    return joined(np.concatenate([sketch(each, place) for place, each in enumerate(tracks)]), len(tracks))


@pytest.fixture(scope="module")
def songs() -> list[np.ndarray]:
    return [melody(40.0, RATE, seed=seed)[:, 0] for seed in range(4)]


def noisy(samples: np.ndarray) -> np.ndarray:
    """With noise 30 dB down."""
    return samples + np.random.default_rng(1).normal(0.0, 0.03 * samples.std(), len(samples))


def test_other_music_is_no_candidate(songs):
    sketches = library(*map(peaks_of, songs))
    assert [candidates(sketches, place) for place in range(4)] == [{}] * 4


def test_a_copy_is_a_candidate_of_what_comes_later_and_at_its_offset(songs):
    late = np.concatenate([np.zeros(3 * RATE + 100), noisy(songs[1])])
    sketches = library(*map(peaks_of, [*songs, late]))
    assert candidates(sketches, 1) == {}
    (found,) = candidates(sketches, 4).items()
    assert found[0] == 1
    assert found[1][0] * FRAME_SECONDS == pytest.approx(-3 - 100 / RATE, abs=0.05)


def test_a_part_is_found_in_the_whole(songs):
    whole = np.concatenate([songs[0], songs[1], songs[2]])
    sketches = library(peaks_of(songs[3]), peaks_of(whole), peaks_of(noisy(songs[1][: 25 * RATE])))
    (found,) = candidates(sketches, 2).items()
    assert found[0] == 1
    assert found[1][0] * FRAME_SECONDS == pytest.approx(40.0, abs=0.05)


def test_both_parts_of_an_edit_have_their_offset(songs):
    edit = np.concatenate([songs[0][: 15 * RATE], songs[0][20 * RATE :]])
    (offsets,) = candidates(library(peaks_of(songs[0]), peaks_of(edit)), 1).values()
    seconds = np.array(offsets) * FRAME_SECONDS
    assert np.abs(seconds).min() < 0.05
    assert np.abs(seconds - 5.0).min() < 0.05


def test_a_sketch_is_small_and_does_not_depend_on_what_is_left_out(songs):
    short, long = peaks_of(songs[0][: 20 * RATE]), peaks_of(np.concatenate([songs[0], *songs]))
    few, many = sketch(short, 0), sketch(long, 0)
    assert len(few) == FEWEST
    assert len(many) == max(FEWEST, round(PER_SECOND * long.cells()))
    kept = few[few["key"] <= many["key"].max()]
    assert len(kept) > 10
    shared = np.isin(kept["key"], many["key"])
    assert shared.mean() > 0.9, "all but those that the cut touched"


@pytest.mark.parametrize("frames", [[], [5], [5, 5, 6], [5, 9]])
def test_a_track_of_hardly_any_peaks_has_no_triple(frames):
    peaks = StoredPeaks(0, 100, np.array(frames, np.int64), np.arange(50, 50 + len(frames)))
    rows = sketch(peaks, 0)
    assert rows.dtype == ROW
    assert len(rows) == 0
    assert candidates(joined(rows, 1), 0) == {}


def test_what_nearly_every_track_has_says_nothing():
    rows = np.zeros((MOST_ALIKE + 1) * FEWEST_VOTES, ROW)
    rows["track"] = np.arange(len(rows)) // FEWEST_VOTES
    rows["key"] = np.arange(len(rows)) % FEWEST_VOTES
    tracks = MOST_ALIKE + 1
    assert candidates(joined(rows, tracks), tracks - 1) == {}
    fewer = rows[FEWEST_VOTES:]
    assert len(candidates(joined(fewer, tracks), tracks - 1)) == 100


def test_what_was_written_is_read_again(songs, tmp_path):
    sketches = library(*map(peaks_of, [*songs, songs[2]]))
    write(sketches, tmp_path)
    back = read(tmp_path)
    for name, array in sketches._asdict().items():
        np.testing.assert_array_equal(back._asdict()[name], array)
    assert candidates(back, 4) == candidates(sketches, 4) != {}
