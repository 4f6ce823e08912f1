"""An identification service that tests drive by hand, with invented answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.audio.capture import InputDevice
from soniq_desktop.fingerprint.records import Candidate, EvidencePeak, Match, NoMatch
from soniq_desktop.fingerprint.reports import BANDS, Hearing, Listened
from soniq_desktop.library.identifications import Identification
from soniq_desktop.library.records import Track
from soniq_desktop.services.answers import Answer, Miss, SetListLine
from soniq_desktop.ui.services import Services
from tests.ui_fixtures import fake_services, make_track

COMMANDS = {"toggle", "start", "stop", "identify_file", "set_device", "set_keep_listening", "keep_clip"}
MICROPHONE = InputDevice("mic", "Built-in microphone", "microphone", True, 44100, 1, 0)
MONITOR = InputDevice("mon", "What is playing on this computer", "computer", False, 44100, 2, 1)


def make_evidence(seconds: float = 7.0, share: float = 0.45) -> tuple[EvidencePeak, ...]:
    dice = np.random.default_rng(3)
    count = int(30 * seconds)
    times = np.sort(dice.uniform(0, seconds, count))
    hertz = np.exp(dice.uniform(np.log(140), np.log(5300), count))
    return tuple(
        EvidencePeak(float(t), float(h), bool(dice.random() < share))
        for t, h in zip(times, hertz, strict=True)
    )


def make_match(track_id: int = 3, **changes: Any) -> Match:
    values: dict[str, Any] = {
        "track_id": track_id, "offset_seconds": 95.0, "tempo_ratio": 1.004, "pitch_ratio": 1.004,
        "confidence": 0.96, "false_alarm_rate": 0.0004,
        "alternatives": (Candidate(4, 128.0, -3.2), Candidate(5, 51.0, -4.4)), "evidence": make_evidence(),
    }  # fmt: skip
    return Match(**{**values, **changes})


def make_answer(started: float | None = None, **changes: Any) -> Answer:
    match = make_match(**changes)
    others = tuple((make_track(each.track_id), each) for each in match.alternatives)
    return Answer(make_track(match.track_id), match, 3.2, started, others)


def make_hearing(elapsed: float, level: float = -18.0, evidence: Any = None) -> Hearing:
    dice = np.random.default_rng(round(elapsed * 10))
    times = dice.uniform(max(0, elapsed - 0.5), elapsed, 14).astype(np.float32)
    hertz = np.exp(dice.uniform(np.log(140), np.log(5300), 14)).astype(np.float32)
    bands = (120 + 90 * np.sin(np.arange(BANDS) / 5) * dice.uniform(0.4, 1, BANDS)).astype(np.uint8)
    return Hearing(elapsed, level, bands, times, hertz, evidence)


def make_miss() -> Miss:
    return Miss(NoMatch("No song of your library fits what was heard.", 0.31), 15.0, "/tmp/none.wav")


def make_set_list() -> list[SetListLine]:
    entries = [Listened(20.0 + 200 * n, 90 + 200 * n, n, 5.0, 0.97, 1e-5, 1 + n % 2) for n in range(1, 5)]
    return [SetListLine(entry, make_track(entry.track_id)) for entry in entries]


class FakeIdentify(QObject):
    """Records the commands; tests emit the signals."""

    state_changed = Signal(str)
    heard = Signal(object)
    identified = Signal(object)
    missed = Signal(object)
    trouble = Signal(object)
    sound_described = Signal(object, list)
    set_list_changed = Signal(list, object)
    devices_changed = Signal(list)
    history_changed = Signal()
    clip_known = Signal(str)
    message = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, Any]] = []
        self.status = "idle"
        self.keep = False
        self.lines: list[SetListLine] = []
        self.past: list[tuple[Identification, Track | None]] = []

    def state(self) -> str:
        return self.status

    def go(self, state: str) -> None:
        self.status = state
        self.state_changed.emit(state)

    def device(self) -> InputDevice:
        return MICROPHONE

    def keeps_listening(self) -> bool:
        return self.keep

    def set_list(self) -> list[SetListLine]:
        return self.lines

    def history(self, done: Callable[[Any], None]) -> None:
        QTimer.singleShot(0, lambda: done(self.past))

    def look_for_devices(self) -> None:
        self.devices_changed.emit([MICROPHONE, MONITOR])

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name in {
            "toggle",
            "start",
            "stop",
            "identify_file",
            "set_device",
            "set_keep_listening",
            "keep_clip",
            "ask_kept_again",
        }:
            return lambda *args: self.calls.append((name, args))
        raise AttributeError(name)


def identify_services(count: int = 50) -> Services:
    """Invented services with a FakeIdentify."""
    plain = fake_services(count)
    return Services(plain.library, plain.player, plain.settings, plain.playlists, None, FakeIdentify())  # type: ignore[arg-type]
