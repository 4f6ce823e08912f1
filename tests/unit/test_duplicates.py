"""Copies of a recording: found however they were made, and nothing else taken for one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from soniq_desktop.fingerprint import recordings
from soniq_desktop.fingerprint.building import Entry, build
from soniq_desktop.fingerprint.duplicates import Duplicates, grouped, is_copy, replacements, why_keep, worth
from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.layout import HIGHEST_BIN, LOWEST_BIN
from soniq_desktop.fingerprint.overlay import StoredPeaks, compare
from soniq_desktop.fingerprint.recordings import related
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.library.listened import Sound
from soniq_desktop.library.records import Tags, Track
from tests.fingerprint_fixtures import melody, sound

RATE = 11_025


class Tracks:
    """A library in memory."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._tracks = {track.id: track for track in tracks}

    def sounds(self) -> list[Sound]:
        return [Sound(each.id, each.audio_hash or "", not each.missing) for each in self._tracks.values()]

    def tracks(self, ids: Sequence[int]) -> list[Track]:
        return [self._tracks[each] for each in ids if each in self._tracks]


@pytest.fixture(scope="module")
def songs() -> list[np.ndarray]:
    """Four pieces of 40 s, mono at 11,025 Hz."""
    return [melody(40.0, RATE, seed=seed)[:, 0] for seed in range(4)]


def library(sounds: Sequence[np.ndarray], **tags: object) -> tuple[Tracks, Snapshot]:
    """Tracks 1, 2, ... with these sounds, and their index in two segments."""
    entries = [Entry(n, sound(n), fingerprint(each, RATE)) for n, each in enumerate(sounds, 1)]
    tracks = [
        Track(
            n,
            f"/music/{n}.mp3",
            Tags(title=f"Song {n}", codec="mp3", bitrate=128_000 + n, duration=len(each) / RATE),
            audio_hash=sound(n),
        )
        for n, each in enumerate(sounds, 1)
    ]
    half = len(entries) // 2
    return Tracks(tracks), Snapshot((build(entries[:half]), build(entries[half:])))


def find_duplicates(
    source: Tracks, snapshot: Snapshot, apart: Callable[[Track, Track], bool] = lambda _one, _other: False
) -> Duplicates:
    """Of all tracks of the index."""
    ids = snapshot.track_ids().tolist()
    relations = [each for number in ids for each in related(snapshot, number) if each.other > number]
    return grouped(source, relations, apart)


def coarse(samples: np.ndarray, seed: int = 1) -> np.ndarray:
    """As a poor encoder leaves it: coloured, a fraction of a frame late, with noise 30 dB down, quieter."""
    rng = np.random.default_rng(seed)
    late = np.concatenate([np.zeros(100, np.float32), samples])
    dull = np.convolve(late, [0.2, 0.6, 0.2], "same")
    level = np.sqrt(np.mean(samples**2))
    return (0.5 * (dull + rng.normal(0.0, level * 0.03, len(dull)))).astype(np.float32)


def test_different_pieces_are_not_related(songs):
    source, snapshot = library(songs)
    found = find_duplicates(source, snapshot)
    assert found.groups == ()
    assert found.versions == ()


def test_every_one_of_many_copies_is_found(songs, monkeypatch):
    monkeypatch.setattr(recordings, "CANDIDATES", 3)
    samples = songs[1][: 20 * RATE]
    _, snapshot = library([songs[0], *(coarse(samples, seed) for seed in range(8))])
    assert {each.other for each in related(snapshot, 2)} == set(range(3, 10))


def test_a_poor_copy_is_found_from_either_side(songs):
    _, snapshot = library([*songs, coarse(songs[1])])
    (there,) = related(snapshot, 2)
    (back,) = related(snapshot, 5)
    assert (there.other, back.other) == (5, 2)
    assert is_copy(there)
    assert is_copy(back)
    assert there.offset_seconds == pytest.approx(100 / RATE, abs=0.03)
    assert back.offset_seconds == pytest.approx(-100 / RATE, abs=0.03)
    assert there.overlap_seconds > 35


def test_a_trimmed_copy_is_in_the_group_with_its_offset(songs):
    cut = 5 * RATE
    source, snapshot = library([*songs, songs[2][cut:-RATE]])
    (group,) = find_duplicates(source, snapshot).groups
    assert {group.keep.id, group.copies[0].track.id} == {3, 5}
    offset = group.copies[0].offset_seconds * (1 if group.keep.id == 3 else -1)
    assert offset == pytest.approx(-5.0, abs=0.03)
    assert 28 <= group.copies[0].overlap_seconds <= 35


def test_an_edit_is_a_version_and_no_copy(songs):
    whole = np.concatenate([songs[0], songs[1]])
    edit = np.concatenate([whole[: 25 * RATE], whole[55 * RATE :]])
    source, snapshot = library([whole, edit, songs[3]])
    found = find_duplicates(source, snapshot)
    assert found.groups == ()
    (version,) = found.versions
    assert {version.track.id, version.other.id} == {1, 2}
    assert 35 <= version.overlap_seconds <= 51


def stored(track_id: int, *parts: tuple[float, float, int], seed: int = 0) -> StoredPeaks:
    """Random peaks: stretches of (begin in s, end in s, peaks a second)."""
    rng = np.random.default_rng(seed)
    frames = np.concatenate([rng.integers(43 * a, 43 * b, round((b - a) * n)) for a, b, n in parts])
    bins = rng.integers(LOWEST_BIN, HIGHEST_BIN, len(frames))
    order = np.argsort(frames)
    return StoredPeaks(track_id, round(43 * parts[-1][1]), frames[order], bins[order])


def with_more(own: StoredPeaks, more: StoredPeaks) -> StoredPeaks:
    frames, bins = np.concatenate([own.frames, more.frames]), np.concatenate([own.bins, more.bins])
    order = np.argsort(frames)
    return StoredPeaks(more.track_id, own.length, frames[order], bins[order])


def test_a_short_sound_is_found_although_the_encoder_adds_peaks_where_it_is_faint():
    own = stored(1, (0, 5, 24), (5, 9, 4), (9, 12, 20))
    copy = with_more(own, stored(2, (5, 9, 20), seed=1))
    relation = compare(own, copy, [0])
    assert relation is not None
    assert is_copy(relation)
    other = with_more(stored(1, (5, 9, 4)), stored(2, (0, 12, 24), seed=2))
    found = compare(own, replace(other, length=own.length), [0])
    assert found is None or not is_copy(found)


def test_sounds_of_a_moment_are_not_compared(songs):
    """A fraction of a second holds too few peaks to tell one sound from another."""
    moment = songs[0][RATE : round(1.4 * RATE)]
    _, snapshot = library([moment, moment.copy(), songs[3]])
    assert related(snapshot, 1) == []


def test_a_shared_loop_makes_no_group(songs):
    loop = songs[0][: 8 * RATE]
    one, other = np.concatenate([loop, songs[1]]), np.concatenate([loop, songs[2]])
    source, snapshot = library([one, other, songs[3]])
    assert [each.other for each in related(snapshot, 1)] == [2]
    found = find_duplicates(source, snapshot)
    assert (found.groups, found.versions) == ((), ())


def test_copies_of_copies_are_one_group_with_offsets_against_the_one_to_keep(songs):
    cut = 3 * RATE
    source, snapshot = library([songs[0], songs[0][cut:], coarse(songs[0]), songs[1]])
    best = source.tracks([2])[0]
    source._tracks[2] = replace(best, tags=replace(best.tags, codec="flac", bit_depth=16, sample_rate=44_100))
    (group,) = find_duplicates(source, snapshot).groups
    assert group.keep.id == 2
    assert [copy.track.id for copy in group.copies] == [3, 1]
    assert [copy.offset_seconds for copy in group.copies] == pytest.approx([3.0, 3.0], abs=0.05)


def test_equal_sound_is_a_copy_although_the_index_holds_it_once(songs):
    source, snapshot = library(songs)
    twin = replace(source.tracks([4])[0], id=9, path="/music/again.mp3")
    source._tracks[9] = twin
    (group,) = find_duplicates(source, snapshot).groups
    assert group.keep.id == 4
    assert [(copy.track.id, copy.identical, copy.offset_seconds) for copy in group.copies] == [(9, True, 0.0)]
    assert group.copies[0].overlap_seconds == pytest.approx(40.0)


def test_lossless_is_worth_more_than_bitrate_than_length():
    def track(**tags) -> Track:
        return Track(1, "/a", Tags(**{"codec": "mp3", "bitrate": 128_000, "duration": 100.0} | tags))

    order = [
        track(codec="flac", bit_depth=24, sample_rate=96_000),
        track(codec="flac", bit_depth=16, sample_rate=44_100),
        track(bitrate=320_000),
        track(duration=130.0),
        track(),
    ]
    assert sorted(order, key=worth, reverse=True) == order


def test_silence_is_related_to_nothing():
    silence = np.zeros(20 * RATE, np.float32)
    source, snapshot = library([silence, silence.copy(), melody(20.0, RATE)[:, 0]])
    found = find_duplicates(source, snapshot)
    assert (found.groups, found.versions) == ((), ())


def test_a_track_that_is_not_in_the_index_is_related_to_nothing(songs):
    _, snapshot = library(songs[:2])
    assert related(snapshot, 77) == []


def test_a_better_encode_takes_the_place_of_a_file_that_is_gone(songs):
    source, snapshot = library([*songs, coarse(songs[1]), songs[2][: 20 * RATE]])
    for gone in (2, 3):
        source._tracks[gone] = replace(source.tracks([gone])[0], missing=True)
    assert replacements(source, snapshot, [5, 6]) == [(5, 2)]


def test_a_track_that_was_played_is_nobodys_replacement(songs):
    source, snapshot = library([*songs, coarse(songs[1])])
    source._tracks[2] = replace(source.tracks([2])[0], missing=True)
    source._tracks[5] = replace(source.tracks([5])[0], plays=1)
    assert replacements(source, snapshot, [5]) == []


def test_what_the_user_set_apart_is_in_no_group(songs):
    source, snapshot = library([*songs, coarse(songs[1])])
    found = find_duplicates(source, snapshot, apart=lambda one, other: {one.id, other.id} == {2, 5})
    assert (found.groups, found.versions) == ((), ())


def test_the_reason_names_what_decided():
    def track(number: int = 1, **tags) -> Track:
        return Track(
            number, "/a", Tags(**{"codec": "mp3", "bitrate": 128_000, "duration": 100.0} | tags), plays=2
        )

    flac = track(codec="flac", bit_depth=16, sample_rate=44_100)
    assert why_keep(flac, [track()]) == "lossless"
    assert why_keep(track(bitrate=320_000), [track(), track()]) == "the highest bitrate"
    assert why_keep(track(duration=120.0), [track()]) == "the longest"
    assert why_keep(replace(track(), liked=True), [track()]) == "liked by you"
    assert why_keep(replace(track(), plays=9), [track()]) == "played most"
    assert why_keep(track(), [track(2)]) == "in the library for longest"
    better = [track(), track(codec="flac", bit_depth=8, sample_rate=44_100)]
    assert why_keep(flac, better) == "lossless and the finest resolution"
