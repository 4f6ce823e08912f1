"""The engine from end to end: clips, streams, changed speed, and everything that is not music."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr

from soniq_desktop.fingerprint import identify
from soniq_desktop.fingerprint.calibration import ALLOWED_RATE
from soniq_desktop.fingerprint.identify import LOOK_RATE, LOOKS, Identifier
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.records import Match, NoMatch
from soniq_desktop.fingerprint.search import FULL, QUICK, Effort, Findings, Heard, hear, search
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore
from tests.bench.bench_identify_loops import kit, piece
from tests.engine_fixtures import in_noise, library, melody

SONGS = [melody(seed, 40.0) for seed in range(20, 26)]
UNKNOWN = melody(99, 40.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FingerprintStore]:
    with library(tmp_path_factory.mktemp("index") / "fingerprints", SONGS) as opened:
        yield opened


@pytest.fixture(scope="module")
def engine(store: FingerprintStore) -> Identifier:
    return Identifier(store)


def cut(song: np.ndarray, start: float, seconds: float, sample_rate: int = SAMPLE_RATE) -> np.ndarray:
    return song[round(start * sample_rate) : round((start + seconds) * sample_rate)]


def faster(song: np.ndarray, start: float, seconds: float, ratio: float) -> np.ndarray:
    places = start * SAMPLE_RATE + np.arange(round(seconds * SAMPLE_RATE)) * ratio
    return np.interp(places, np.arange(len(song)), song).astype(np.float32)


@pytest.mark.parametrize("seconds", [3.0, 5.0, 10.0])
@pytest.mark.parametrize("decibels", [30.0, 3.0])
def test_track_and_second_are_found(engine: Identifier, seconds: float, decibels: float) -> None:
    answer = engine.identify(in_noise(cut(SONGS[2], 12.34, seconds), decibels), SAMPLE_RATE)
    assert isinstance(answer, Match)
    assert answer.track_id == 3
    assert answer.offset_seconds == pytest.approx(12.34, abs=0.03)
    assert answer.false_alarm_rate <= ALLOWED_RATE
    assert answer.confidence > 0.5
    assert (answer.tempo_ratio, answer.pitch_ratio) == (1.0, 1.0)


def test_unknown_music_is_not_named(engine: Identifier) -> None:
    for start in range(0, 35, 5):
        answer = engine.identify(in_noise(cut(UNKNOWN, start, 5.0), 15), SAMPLE_RATE)
        assert isinstance(answer, NoMatch)
        assert answer.reason == identify.NOT_FOUND
        assert answer.best_guess_similarity < 0.9
        assert answer.alternatives[0].score < 0


@pytest.mark.parametrize("ratio", [0.96, 1.02])
def test_a_changed_speed_is_found_and_reported(engine: Identifier, ratio: float) -> None:
    answer = engine.identify(faster(SONGS[4], 8.0, 6.0, ratio), SAMPLE_RATE)
    assert isinstance(answer, Match)
    assert answer.track_id == 5
    assert answer.tempo_ratio == pytest.approx(ratio, abs=0.006)
    assert answer.pitch_ratio == pytest.approx(ratio, abs=0.006)
    assert answer.offset_seconds == pytest.approx(8.0, abs=0.1)


@pytest.mark.parametrize("sample_rate", [8_000, 192_000])
def test_other_sample_rates(engine: Identifier, sample_rate: int) -> None:
    clip = soxr.resample(cut(SONGS[1], 2.0, 6.0), SAMPLE_RATE, sample_rate)
    answer = engine.identify(clip, sample_rate)
    assert isinstance(answer, Match)
    assert answer.track_id == 2
    assert answer.offset_seconds == pytest.approx(2.0, abs=0.03)


def test_stereo_of_opposite_phase(engine: Identifier) -> None:
    clip = cut(SONGS[0], 5.0, 5.0)
    answer = engine.identify(np.stack((clip, -clip), axis=1), SAMPLE_RATE)
    assert isinstance(answer, Match)
    assert answer.track_id == 1


def test_a_constant_offset_and_clipping_are_survived(engine: Identifier) -> None:
    clip = cut(SONGS[0], 5.0, 5.0)
    for bad in (clip + 0.5, np.clip(clip * 6, -0.5, 0.5)):
        answer = engine.identify(bad.astype(np.float32), SAMPLE_RATE)
        assert isinstance(answer, Match)
        assert answer.track_id == 1


def test_a_few_damaged_samples_are_survived(engine: Identifier) -> None:
    clip = cut(SONGS[0], 5.0, 5.0).copy()
    clip[20_000:21_000] = np.nan
    answer = engine.identify(clip, SAMPLE_RATE)
    assert isinstance(answer, Match)
    assert answer.track_id == 1


def test_of_a_long_clip_the_loudest_part_is_used(engine: Identifier) -> None:
    clip = np.concatenate((np.zeros(20 * SAMPLE_RATE, np.float32), cut(SONGS[3], 4.0, 20.0)))
    answer = engine.identify(clip, SAMPLE_RATE)
    assert isinstance(answer, Match)
    assert answer.track_id == 4
    assert answer.offset_seconds == pytest.approx(4.0 - 20.0, abs=0.05)


BAD = {
    "too short": (np.ones(round(0.3 * SAMPLE_RATE), np.float32), SAMPLE_RATE, "too short"),
    "nothing": (np.zeros(0, np.float32), SAMPLE_RATE, "too short"),
    "silence": (np.zeros(5 * SAMPLE_RATE, np.float32), SAMPLE_RATE, "nothing to hear"),
    "constant": (np.full(5 * SAMPLE_RATE, 0.7, np.float32), SAMPLE_RATE, "nothing to hear"),
    "no numbers": (np.full(5 * SAMPLE_RATE, np.nan, np.float32), SAMPLE_RATE, "damaged"),
    "infinite": (np.full(5 * SAMPLE_RATE, np.inf, np.float32), SAMPLE_RATE, "damaged"),
    "silence in two channels": (np.zeros((5 * SAMPLE_RATE, 2), np.float32), SAMPLE_RATE, "nothing to hear"),
    "no channel": (np.zeros((5 * SAMPLE_RATE, 0), np.float32), SAMPLE_RATE, "nothing to hear"),
    "a telephone's telephone": (np.ones(20_000, np.float32), 2_000, "samples a second"),
    "no rate": (np.ones(50_000, np.float32), 0, "samples a second"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_identified_is_told_in_a_sentence(engine: Identifier, name: str) -> None:
    samples, sample_rate, words = BAD[name]
    answer = engine.identify(samples, sample_rate)
    assert isinstance(answer, NoMatch)
    assert words in answer.reason
    assert answer.reason.endswith(".")


def test_quiet_before_the_music_does_no_harm(engine: Identifier) -> None:
    quiet = np.random.default_rng(3).normal(0, 0.002, 6 * SAMPLE_RATE).astype(np.float32)
    listening = engine.stream(SAMPLE_RATE)
    answers = [
        listening.push(block)
        for block in np.array_split(np.concatenate((quiet, cut(SONGS[5], 10.0, 6.0))), 24)
    ]
    first = next(answer for answer in answers if answer is not None)
    assert first.track_id == 6
    assert first.offset_seconds == pytest.approx(10.0 - 6.0, abs=0.05)


def test_a_loop_that_fits_itself_everywhere_is_found(tmp_path: Path) -> None:
    loops = [np.tile(melody(seed, 3.0), 40) for seed in range(40, 43)]
    with library(tmp_path / "fingerprints", loops) as store:
        for effort in (QUICK, FULL):
            best = search(hear(in_noise(cut(loops[1], 31.0, 4.0), 15)), store.snapshot(), effort).exact[0]
            assert best.track_id == 2
            assert best.support > 12


def test_shared_drums_alone_do_not_name_a_clear_clip(tmp_path: Path) -> None:
    """Half of what is heard is in the one track with that drum machine; the other half speaks against it."""
    known = [piece(number, kit(number)) for number in range(3)]
    unknown = piece(77, kit(2))
    with library(tmp_path / "fingerprints", known) as store:
        engine = Identifier(store)
        for start in (11.0, 37.0):
            answer = engine.identify(cut(unknown, start, 5.0), SAMPLE_RATE)
            assert isinstance(answer, NoMatch)
            assert answer.alternatives
            right = engine.identify(cut(known[2], start, 5.0), SAMPLE_RATE)
            assert isinstance(right, Match)
            assert right.track_id == 3


def test_a_clip_across_the_end_of_a_song_is_named(engine: Identifier) -> None:
    clip = np.concatenate([cut(SONGS[2], 10.0, 4.5), cut(UNKNOWN, 5.0, 3.5)])
    answer = engine.identify(clip, SAMPLE_RATE)
    assert isinstance(answer, Match)
    assert answer.track_id == 3


def test_a_quick_search_is_enough_for_a_clear_clip(
    engine: Identifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    efforts = []

    def watched(heard: Heard, snapshot: Snapshot, effort: Effort = FULL) -> Findings:
        efforts.append(effort)
        return search(heard, snapshot, effort)

    monkeypatch.setattr(identify, "search", watched)
    assert isinstance(engine.identify(cut(SONGS[2], 12.0, 5.0), SAMPLE_RATE), Match)
    assert efforts == [QUICK]
    assert isinstance(engine.identify(cut(UNKNOWN, 12.0, 5.0), SAMPLE_RATE), NoMatch)
    assert efforts == [QUICK, QUICK, FULL]


def test_hopeless_clipping_is_named(engine: Identifier) -> None:
    noise = np.sign(np.random.default_rng(2).standard_normal(5 * SAMPLE_RATE)).astype(np.float32)
    answer = engine.identify(noise, SAMPLE_RATE)
    assert isinstance(answer, NoMatch)
    assert answer.reason == identify.CLIPPED


def test_an_empty_library_is_named(tmp_path: Path) -> None:
    with FingerprintStore(tmp_path / "fingerprints") as empty:
        answer = Identifier(empty).identify(cut(SONGS[0], 5.0, 5.0), SAMPLE_RATE)
    assert isinstance(answer, NoMatch)
    assert answer.reason == identify.EMPTY


def test_a_stream_answers_early_and_stays_with_it(engine: Identifier) -> None:
    listening = engine.stream(SAMPLE_RATE)
    answers = [listening.push(block) for block in np.array_split(cut(SONGS[5], 10.0, 8.0), 80)]
    first = next(row for row, answer in enumerate(answers) if answer is not None)
    assert first * 0.1 < 3.2
    assert {answer.track_id for answer in answers[first:] if answer} == {6}
    assert listening.finish() is answers[-1]


def test_a_stream_of_unknown_music_ends_without_a_match(engine: Identifier) -> None:
    listening = engine.stream(SAMPLE_RATE)
    for block in np.array_split(cut(UNKNOWN, 3.0, 12.0), 30):
        assert listening.push(block) is None
    answer = listening.finish()
    assert isinstance(answer, NoMatch)
    assert listening.leading()


def test_a_stream_shows_which_peaks_were_heard(engine: Identifier) -> None:
    listening = engine.stream(SAMPLE_RATE)
    assert listening.leading() == ()
    listening.push(cut(SONGS[5], 10.0, 3.0))
    peaks = listening.leading()
    assert np.mean([peak.matched for peak in peaks]) > 0.6
    assert all(0 <= peak.seconds <= 3.1 and 30 < peak.hertz < 5200 for peak in peaks)


def test_an_empty_stream_says_why(engine: Identifier) -> None:
    answer = engine.stream(SAMPLE_RATE).finish()
    assert isinstance(answer, NoMatch)
    assert "too short" in answer.reason


def test_looks_share_the_allowed_rate() -> None:
    assert LOOK_RATE * (len(LOOKS) + 1) == pytest.approx(ALLOWED_RATE)


def test_alternatives_are_other_tracks(engine: Identifier) -> None:
    answer = engine.identify(cut(SONGS[2], 12.0, 5.0), SAMPLE_RATE)
    assert isinstance(answer, Match)
    others = [candidate.track_id for candidate in answer.alternatives]
    assert answer.track_id not in others
    assert len(set(others)) == len(others)
