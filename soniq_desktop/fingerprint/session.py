"""One question to the engine, from a recording or a file, told step by step.

Each function is a generator of reports. Between two of them its caller may do something else or give up
(`close`); None means that there was nothing to say.
"""

import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.capture import level, to_mono
from soniq_desktop.audio.decode import Decoder, probe
from soniq_desktop.fingerprint.records import EvidencePeak, Match, NoMatch
from soniq_desktop.fingerprint.reports import Hearing, Identified, Listened, Report, SetListed, Unknown
from soniq_desktop.fingerprint.scope import Scope
from soniq_desktop.fingerprint.setlist import extended
from soniq_desktop.fingerprint.unusable import NOTHING

Samples = NDArray[np.float32]
LIMIT = 15.0  # seconds after which an answer is not worth waiting for
TICK = 0.05  # seconds between looks at the recording
LISTEN_CLOSER = "Check the microphone, or go closer."
LONGEST_CLIP = 60.0  # seconds; a longer file is taken for a mix
WINDOW = 10.0  # seconds of a mix that are asked about at once
REST = 5.0  # seconds between an answer and the next question of a set list
LOOK = 0.4  # seconds between looks for the leading candidate
BLOCK = 0.5  # seconds of a file at a time


class Recorder(Protocol):
    """What `audio.capture.Recording` does."""

    sample_rate: int
    started: float | None

    def read(self) -> Samples: ...
    def close(self) -> None: ...


class Stream(Protocol):
    """A question to the engine that is still being asked."""

    def push(self, block: Samples) -> Match | None: ...
    def finish(self) -> Match | NoMatch: ...
    def leading(self) -> tuple[EvidencePeak, ...]: ...


class Engine(Protocol):
    """What `fingerprint.identify.Identifier` does."""

    def identify(self, samples: Samples, sample_rate: int) -> Match | NoMatch: ...
    def stream(self, sample_rate: int) -> Stream: ...


Steps = Iterator[Report | None]


def listen(
    recorder: Recorder, engine: Engine, clip: Path, sleep: Callable[[float], None] = time.sleep
) -> Steps:
    """What is playing? Answers as soon as the engine is sure, gives up after LIMIT seconds.

    Raises InputDeviceError. Ends with Identified or Unknown; in the latter case the sound is kept at `clip`.
    """
    try:
        question = _Question(engine, recorder.sample_rate)
        while question.elapsed < LIMIT:
            block = recorder.read()
            match = question.push(block)
            yield question.hearing(block)
            if match is not None:
                yield Identified(match, question.elapsed, recorder.started)
                return
            if not len(block):
                sleep(TICK)
        yield _with_advice(_last_word(question, recorder.started, clip))
    finally:
        recorder.close()


def keep_listening(recorder: Recorder, engine: Engine, sleep: Callable[[float], None] = time.sleep) -> Steps:
    """One question after the other, until the caller closes. Raises InputDeviceError."""
    entries: tuple[Listened, ...] = ()
    begun, read = None, 0
    try:
        while True:
            question = _Question(engine, recorder.sample_rate)
            at = read / recorder.sample_rate
            answer: Match | NoMatch | None = None
            resting = 0.0
            while resting < REST:
                block = recorder.read()
                read += len(block)
                begun = recorder.started if begun is None else begun
                seconds = len(block) / recorder.sample_rate
                if answer is None:
                    answer = question.push(block)
                    yield question.hearing(block)
                    if answer is None and question.elapsed >= LIMIT:
                        answer = question.finish()
                        resting = REST  # nothing to rest from
                    if isinstance(answer, Match):
                        entries = extended(entries, at, question.elapsed, answer)
                        began = None if begun is None else begun + at
                        yield Identified(answer, question.elapsed, began, at)
                        yield SetListed(entries)
                else:
                    resting += seconds
                    yield question.hearing(block)
                if not len(block):
                    sleep(TICK)
    finally:
        recorder.close()


def read_file(path: str, engine: Engine, clip: Path) -> Steps:
    """Identify a clip, or make the set list of a longer file.

    Raises UnreadableAudioError.
    """
    duration = probe(path).duration
    steps = _read_mix(path, engine, duration) if duration > LONGEST_CLIP else _read_clip(path, engine, clip)
    yield from steps


def _read_clip(path: str, engine: Engine, clip: Path) -> Steps:
    rate, blocks = _blocks(path, BLOCK)
    question = _Question(engine, rate)
    for block in blocks:
        match = question.push(block)
        yield question.hearing(block)
        if match is not None:
            yield Identified(match, question.elapsed, None)
            return
    yield _last_word(question, None, clip)


def _read_mix(path: str, engine: Engine, duration: float) -> Steps:
    entries: tuple[Listened, ...] = ()
    rate, blocks = _blocks(path, WINDOW)
    at = 0.0
    for block in blocks:
        answer = engine.identify(block, rate)
        length = len(block) / rate
        if isinstance(answer, Match):
            entries = extended(entries, at, length, answer)
        at += length
        yield SetListed(entries, min(1.0, at / duration))
    yield SetListed(entries, 1.0, last=True)


def _blocks(path: str, seconds: float) -> tuple[int, Iterator[Samples]]:
    decoder = Decoder(path)
    frames = round(seconds * decoder.sample_rate)

    def blocks() -> Iterator[Samples]:
        try:
            while len(block := decoder.read(frames)):
                yield to_mono(block)
        finally:
            decoder.close()

    return decoder.sample_rate, blocks()


class _Question:
    """The engine, the scope and the sound so far, fed together."""

    def __init__(self, engine: Engine, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._stream = engine.stream(sample_rate)
        self._scope = Scope(sample_rate)
        self._heard: list[Samples] = []
        self._evidence: tuple[EvidencePeak, ...] = ()
        self._next_look = 0.0
        nothing = np.zeros(0, np.float32)
        self._peaks = nothing, nothing

    @property
    def elapsed(self) -> float:
        """Seconds pushed."""
        return self._scope.elapsed

    def push(self, block: Samples) -> Match | None:
        self._heard.append(block)
        self._peaks = self._scope.push(block)
        return self._stream.push(block) if len(block) else None

    def finish(self) -> Match | NoMatch:
        return self._stream.finish()

    def samples(self) -> Samples:
        return np.concatenate([*self._heard, np.zeros(0, np.float32)])

    def hearing(self, block: Samples) -> Hearing | None:
        """What changed with this block."""
        if not len(block):
            return None
        evidence = self._evidence
        if self.elapsed >= self._next_look:
            self._next_look = self.elapsed + LOOK
            evidence = self._stream.leading()
        changed = evidence != self._evidence
        self._evidence = evidence
        times, hertz = self._peaks
        return Hearing(
            self.elapsed, level(block), self._scope.bands(), times, hertz, evidence if changed else None
        )


def _last_word(question: _Question, started: float | None, clip: Path) -> Identified | Unknown:
    answer = question.finish()
    if isinstance(answer, Match):
        return Identified(answer, question.elapsed, started)
    kept = write_wav(clip, question.samples(), question.sample_rate) if question.elapsed >= 1.0 else ""
    return Unknown(answer, question.elapsed, kept)


def _with_advice(report: Identified | Unknown) -> Identified | Unknown:
    """What can be done where an input gave nothing; of a silent file there is nothing to say."""
    if isinstance(report, Unknown) and report.result.reason == NOTHING:
        return replace(report, result=replace(report.result, reason=f"{NOTHING} {LISTEN_CLOSER}"))
    return report


def write_wav(path: Path, samples: Samples, sample_rate: int) -> str:
    """Mono, 16 bit; returns the path, or an empty string where it cannot be written."""
    data = np.clip(np.nan_to_num(samples) * 32767, -32768, 32767).astype("<i2")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sample_rate)
            file.writeframes(data.tobytes())
    except OSError:
        return ""
    return str(path)
