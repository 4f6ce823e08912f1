"""Votes: the right alignment wins, removed tracks do not vote, the budget holds."""

from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.matcher import Alignments, align, most_voted, query_hashes
from soniq_desktop.fingerprint.query import single_channel, views_of
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.warp import Warp, align_warped, hypotheses, neighbours
from tests.engine_fixtures import in_noise, library, melody

SONGS = [melody(seed, 20.0) for seed in range(4)]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return library(tmp_path_factory.mktemp("index") / "fingerprints", SONGS).snapshot()


def cut(song: int, start: float, seconds: float) -> np.ndarray:
    return SONGS[song][round(start * SAMPLE_RATE) : round((start + seconds) * SAMPLE_RATE)]


def best(found: list[Alignments]) -> tuple[int, int]:
    """(track id, frame in the track) of the alignment with most votes."""
    winner = max(found, key=lambda each: each.votes.max(initial=0))
    segment, frame = winner.segment, int(winner.frames[0])
    track = int(segment.track_at(np.array([frame]))[0])
    return int(segment.track_ids[track]), frame - int(segment.starts[track])


def ask(samples: np.ndarray, snapshot: Snapshot, budget: int = 1_000_000) -> list[Alignments]:
    return align(query_hashes([view.peaks for view in views_of(samples)]), snapshot, budget, 50)


def test_the_right_place_has_most_votes(snapshot: Snapshot) -> None:
    track, frame = best(ask(in_noise(cut(2, 7.0, 4.0), 6), snapshot))
    assert track == 3
    assert abs(frame - 7.0 * SAMPLE_RATE / 256) <= 1.5


def test_a_query_may_begin_before_the_track(snapshot: Snapshot) -> None:
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    track, frame = best(ask(np.concatenate((silence, cut(1, 0.0, 4.0))), snapshot))
    assert track == 2
    assert abs(frame + 2 * SAMPLE_RATE / 256) <= 1.5


def test_a_removed_track_is_not_found(snapshot: Snapshot) -> None:
    segment = snapshot.segments[0]
    without = Snapshot((segment.with_alive(segment.track_ids != 3),))
    found = ask(cut(2, 7.0, 4.0), without)
    tracks = segment.track_at(found[0].frames)
    assert len(tracks)
    assert 3 not in segment.track_ids[tracks]


def test_a_small_budget_still_finds_what_is_clear(snapshot: Snapshot) -> None:
    assert best(ask(cut(0, 3.0, 5.0), snapshot, budget=3000))[0] == 1


def test_the_budget_bounds_what_is_read(snapshot: Snapshot) -> None:
    query = query_hashes([view.peaks for view in views_of(cut(0, 3.0, 5.0))])
    assert sum(len(hits.frames) for hits in snapshot.postings(query.hashes, 500, query.places)) <= 500


def test_only_the_best_are_kept(snapshot: Snapshot) -> None:
    found = ask(cut(0, 3.0, 5.0), snapshot)
    kept = most_voted(found, 5)
    assert sum(len(each.votes) for each in kept) == 5
    assert max(each.votes.max() for each in kept) == max(each.votes.max() for each in found)


def test_an_empty_query_has_no_alignments(snapshot: Snapshot) -> None:
    assert sum(len(each.votes) for each in ask(np.zeros(SAMPLE_RATE, np.float32), snapshot)) == 0


def test_speed_is_found_by_its_hypothesis(snapshot: Snapshot) -> None:
    song = SONGS[3]
    faster = np.interp(np.arange(0, 6 * SAMPLE_RATE) * 1.03, np.arange(len(song)), song).astype(np.float32)
    peaks = views_of(faster)[0].peaks
    found = [(each.votes.max(initial=0), warp, each) for warp, each in align_warped(peaks, snapshot, 100_000)]
    _, warp, alignments = max(found, key=lambda item: item[0])
    assert warp == Warp(1.03, 1.03)
    assert best([alignments])[0] == 4


def test_hypotheses_cover_the_range_without_the_original() -> None:
    warps = hypotheses()
    assert len(warps) == len(set(warps)) == 44
    assert max(warp.tempo for warp in warps) == pytest.approx(1.045)
    assert min(warp.pitch for warp in warps) == pytest.approx(0.955)
    assert Warp() not in warps


def test_only_what_differs_is_refined() -> None:
    assert {warp.tempo for warp in neighbours(Warp(1.0, 1.02))} == {1.0}
    assert len(neighbours(Warp(1.02, 1.02))) == 9


def test_opposite_phases_are_heard_as_their_difference() -> None:
    song = cut(0, 0.0, 2.0)
    assert np.allclose(single_channel(np.stack((song, -song), axis=1)), song)
    assert np.allclose(single_channel(np.stack((song, song), axis=1)), song)
    assert np.allclose(single_channel(np.stack((song, song, song), axis=1)), song, atol=1e-6)


def test_segments_are_searched_together(tmp_path: Path) -> None:
    store = library(tmp_path / "fingerprints", SONGS[:2])
    store.flush()
    more = library(tmp_path / "more", SONGS[2:])
    both = Snapshot((*store.snapshot().segments, *more.snapshot().segments))
    found = ask(cut(3, 5.0, 4.0), both)
    assert max(found, key=lambda each: each.votes.max(initial=0)).segment is both.segments[-1]
