"""One question, step by step: sure early, honest late, set lists, files. The engine is a stand-in."""

import itertools
import wave
from dataclasses import replace

import numpy as np
import pytest

from soniq_desktop.common.errors import InputDeviceError, UnreadableAudioError
from soniq_desktop.fingerprint.records import EvidencePeak, Match, NoMatch
from soniq_desktop.fingerprint.reports import Hearing, Identified, SetListed, Unknown
from soniq_desktop.fingerprint.scope import Scope
from soniq_desktop.fingerprint.session import LIMIT, keep_listening, listen, read_file
from soniq_desktop.fingerprint.setlist import extended, is_certain
from soniq_desktop.fingerprint.unusable import NOTHING
from tests.audio_fixtures import sine, write_audio

RATE = 8000
MATCH = Match(7, 30.0, 1.0, 1.0, 0.99, 1e-3)


class FakeStream:
    def __init__(self, engine):
        self.engine, self.seconds = engine, 0.0

    def push(self, block):
        self.seconds += len(block) / self.engine.rate
        return MATCH if self.seconds >= self.engine.sure_after else None

    def finish(self):
        return NoMatch("Nothing fits.", 0.2)

    def leading(self):
        return (EvidencePeak(1.0, 440.0, True),) if self.seconds > 1 else ()


class FakeEngine:
    """Sure after so many seconds; of mixes by a table of start times."""

    def __init__(self, sure_after=1e9, answers=()):
        self.sure_after, self.answers, self.rate = sure_after, iter(answers), RATE

    def stream(self, sample_rate):
        self.rate = sample_rate
        return FakeStream(self)

    def identify(self, samples, sample_rate):
        return next(self.answers, NoMatch("no"))


class FakeRecorder:
    """A tenth of a second of noise at each look."""

    sample_rate = RATE
    started = 50.0

    def __init__(self, fails_after=None):
        self.closed, self.reads, self.fails_after = False, 0, fails_after

    def read(self):
        self.reads += 1
        if self.fails_after is not None and self.reads > self.fails_after:
            raise InputDeviceError("gone", "", "lost")
        noise = np.random.default_rng(self.reads).normal(0, 0.1, RATE // 10)
        return noise.astype(np.float32)

    def close(self):
        self.closed = True


def reports(steps):
    return [each for each in steps if each is not None]


def test_answers_as_soon_as_the_engine_is_sure(tmp_path):
    recorder = FakeRecorder()
    told = reports(listen(recorder, FakeEngine(2.0), tmp_path / "clip.wav"))
    assert isinstance(told[-1], Identified)
    assert told[-1].heard == pytest.approx(2.0, abs=0.11)
    assert told[-1].started == 50.0
    assert recorder.closed
    assert not (tmp_path / "clip.wav").exists(), "what was recognised is not kept"
    hearings = [each for each in told if isinstance(each, Hearing)]
    assert sum(each.evidence is not None for each in hearings) == 1, "evidence is told when it changes"


def test_gives_up_after_fifteen_seconds_and_keeps_the_sound(tmp_path):
    told = reports(listen(FakeRecorder(), FakeEngine(), tmp_path / "clips" / "clip.wav"))
    assert isinstance(told[-1], Unknown)
    assert told[-1].heard == pytest.approx(LIMIT, abs=0.11)
    with wave.open(told[-1].clip) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(LIMIT, abs=0.11)


@pytest.mark.parametrize(("reason", "advised"), [(NOTHING, True), ("Nothing fits.", False)])
def test_who_hears_nothing_is_told_to_look_at_the_microphone(tmp_path, monkeypatch, reason, advised):
    monkeypatch.setattr(FakeStream, "finish", lambda _self: NoMatch(reason))
    told = reports(listen(FakeRecorder(), FakeEngine(), tmp_path / "clip.wav"))[-1].result.reason
    assert told.startswith(reason)
    assert ("microphone" in told) == advised
    sound = tmp_path / "sound.wav"
    write_audio(sound, np.zeros((3 * RATE, 1), np.float32), RATE)
    said = reports(read_file(str(sound), FakeEngine(), tmp_path / "clip.wav"))[-1].result.reason
    assert said == reason, "a file has no microphone"


def test_clip_that_cannot_be_written_costs_nothing_else(tmp_path):
    (tmp_path / "file").write_text("in the way")
    told = reports(listen(FakeRecorder(), FakeEngine(), tmp_path / "file" / "clip.wav"))
    assert told[-1].clip == ""


def test_device_is_let_go_when_it_fails_and_when_the_caller_gives_up(tmp_path):
    recorder = FakeRecorder(fails_after=3)
    with pytest.raises(InputDeviceError):
        reports(listen(recorder, FakeEngine(), tmp_path / "clip.wav"))
    assert recorder.closed
    recorder = FakeRecorder()
    steps = listen(recorder, FakeEngine(), tmp_path / "clip.wav")
    next(steps)
    steps.close()
    assert recorder.closed


def test_keeping_on_listening_joins_answers_of_one_play():
    told = reports(itertools.islice(keep_listening(FakeRecorder(), FakeEngine(2.0)), 300))
    lists = [each for each in told if isinstance(each, SetListed)]
    found = [each for each in told if isinstance(each, Identified)]
    assert len(lists) == len(found) >= 3
    assert found[1].at == pytest.approx(7.0, abs=0.3), "five seconds of rest after an answer"
    assert found[1].started == pytest.approx(50.0 + found[1].at)
    # The stand-in always says second 30: the second answer does not continue the first.
    assert len(lists[1].entries) == 2


def test_continuing_answers_are_one_entry_and_a_later_play_is_another():
    entries = extended((), 10.0, 10.0, MATCH)
    assert not is_certain(entries[0])
    entries = extended(entries, 20.0, 10.0, replace(MATCH, offset_seconds=40.5))
    assert len(entries) == 1
    assert (entries[0].begins, entries[0].ends, entries[0].times) == (10.0, 30.0, 2)
    assert is_certain(entries[0])
    entries = extended(entries, 30.0, 10.0, replace(MATCH, track_id=8))
    entries = extended(entries, 300.0, 10.0, replace(MATCH, track_id=8, offset_seconds=300.0))
    assert [each.track_id for each in entries] == [7, 8, 8]
    assert is_certain(extended((), 0, 10, replace(MATCH, false_alarm_rate=1e-6))[0])


def test_short_file_is_a_clip_and_a_long_one_a_set_list(tmp_path):
    clip = write_audio(tmp_path / "clip.flac", 0.3 * sine(6.0))
    told = reports(read_file(str(clip), FakeEngine(3.0), tmp_path / "x.wav"))
    assert isinstance(told[-1], Identified)
    assert told[-1].started is None
    long = write_audio(tmp_path / "mix.flac", 0.3 * sine(65.0))
    answers = [replace(MATCH, offset_seconds=30.0 + 10 * n) for n in range(4)]
    told = reports(read_file(str(long), FakeEngine(answers=answers), tmp_path / "x.wav"))
    assert all(isinstance(each, SetListed) for each in told)
    assert told[-1].last
    assert [(each.begins, each.ends) for each in told[-1].entries] == [(0.0, 40.0)]


def test_file_that_is_no_sound_is_refused(tmp_path):
    (tmp_path / "note.wav").write_text("not a sound")
    with pytest.raises(UnreadableAudioError):
        reports(read_file(str(tmp_path / "note.wav"), FakeEngine(), tmp_path / "x.wav"))


def test_scope_gives_every_peak_once_where_it_is():
    rate = 22050
    sound = np.zeros(4 * rate, np.float32)
    for start in (0.9, 1.7, 2.5):  # three short tones
        at = int(start * rate)
        length = rate // 5
        tone = np.sin(2 * np.pi * 1000 * np.arange(length) / rate) * np.hanning(length)
        sound[at : at + length] += tone.astype(np.float32)
    sound += np.random.default_rng(1).normal(0, 0.001, len(sound)).astype(np.float32)
    scope, times, hertz = Scope(rate), [], []
    for at in range(0, len(sound), 1000):
        new = scope.push(sound[at : at + 1000])
        times += new[0].tolist()
        hertz += new[1].tolist()
    assert scope.elapsed == pytest.approx(4.0)
    assert times == sorted(times)
    for start in (0.9, 1.7, 2.5):
        near = [h for t, h in zip(times, hertz, strict=True) if abs(t - start - 0.1) < 0.08]
        assert any(abs(h - 1000) < 25 for h in near), f"the tone at {start} s"
    assert len(scope.bands()) == 60


def test_scope_does_not_grow_with_what_it_has_heard():
    scope = Scope(RATE)
    for number in range(300):
        scope.push(np.random.default_rng(number).normal(0, 0.1, RATE // 10).astype(np.float32))
    assert len(scope._kept) < 2 * RATE
