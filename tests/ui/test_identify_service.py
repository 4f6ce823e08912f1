"""IdentifyService over a real catalogue; the process that listens is a stand-in, except in one test."""

import os
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from soniq_desktop.audio.capture import InputDevice
from soniq_desktop.fingerprint.records import Candidate, Match, NoMatch
from soniq_desktop.fingerprint.reports import (
    BANDS,
    Devices,
    Ended,
    Hearing,
    Identified,
    Listen,
    Listened,
    LookForDevices,
    ReadFile,
    SetListed,
    Stop,
    Trouble,
    Unknown,
)
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.identifications import Identifications
from soniq_desktop.library.ingest import ScannedFile
from soniq_desktop.library.records import Embedding, Features, LibraryCounts, Tags
from soniq_desktop.services import identify as module
from soniq_desktop.services import kept_clips
from soniq_desktop.services.clip_sound import ClipSound
from soniq_desktop.services.identify import IdentifyService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks
from tests.ui_fixtures import MemoryStore

MICROPHONE = InputDevice("mic", "Microphone", "microphone", True, 44100, 1, 0)
MONITOR = InputDevice("mon", "Monitor", "computer", False, 44100, 1, 1)
MATCH = Match(1, 30.0, 1.0, 1.0, 0.99, 1e-4)


class FakeRoom(QObject):
    """Keeps the commands; `tell` answers the last one."""

    reported = Signal(int, object)
    lost = Signal()

    def __init__(self, folder, parent=None):
        super().__init__(parent)
        self.sent, self.closed = [], False

    def send(self, command):
        self.sent.append(command)
        return len(self.sent)

    def tell(self, report, number=None):
        self.reported.emit(len(self.sent) if number is None else number, report)

    def close(self):
        self.closed = True


class FakeLibrary(QObject):
    """Three songs, and the signals that tell of more."""

    listened = Signal(int)
    progress = Signal(object)

    def __init__(self, catalogue):
        super().__init__()
        self._catalogue = catalogue

    def counts(self):
        return LibraryCounts(tracks=3)

    def tracks(self, ids, done):
        done(self._catalogue.tracks(ids))


@pytest.fixture
def catalogue(paths):
    with Catalogue(paths.catalogue) as catalogue:
        catalogue.store_scanned(
            ScannedFile(f"/music/{n}.flac", 10, 10, Tags(title=f"Song {n}", artist="A", duration=200.0))
            for n in (1, 2, 3)
        )
        yield catalogue


@pytest.fixture
def service(qapp, paths, catalogue, monkeypatch):
    monkeypatch.setattr(module, "RoomProcess", FakeRoom)
    monkeypatch.setattr(kept_clips, "RoomProcess", FakeRoom)
    tasks = Tasks()
    library = FakeLibrary(catalogue)
    settings = SettingsService(MemoryStore())
    history = Identifications(Documents(paths.documents))
    discovery = SimpleNamespace(closest=lambda heard, k, done: done([(2, 0.8)]))
    service = IdentifyService(catalogue, history, library, discovery, paths, settings, tasks)  # type: ignore[arg-type]
    yield service
    service.close()
    tasks.close()
    settings.close()


def hearing(elapsed=1.0):
    nothing = np.zeros(0, np.float32)
    return Hearing(elapsed, -20.0, np.zeros(BANDS, np.uint8), nothing, nothing)


def past(qtbot, service):
    found = []
    service.history(found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def test_answer_names_the_track_and_enters_the_history(qtbot, service):
    service.start()
    assert service.state() == "starting"
    service._room.tell(hearing())
    assert service.state() == "listening"
    match = replace(MATCH, alternatives=(Candidate(2, 5.0, -2.0), Candidate(99, 5.0, -2.5)))
    with qtbot.waitSignal(service.identified) as told:
        service._room.tell(Identified(match, 3.2, time.monotonic() - 10))
    answer = told.args[0]
    assert answer.track.title == "Song 1"
    assert [track.title for track, _ in answer.alternatives] == ["Song 2"]
    assert answer.live_position() == pytest.approx(40.0, abs=0.2)
    service._room.tell(Ended())
    assert service.state() == "idle"
    qtbot.waitUntil(lambda: len(past(qtbot, service)) == 1)
    entry, track = past(qtbot, service)[0]
    assert (entry.title, entry.source, entry.offset) == ("Song 1", "microphone", 30.0)
    assert track.id == 1


def test_song_that_goes_on_is_one_entry_of_the_history(qtbot, service):
    service.set_keep_listening(True)
    service.start()
    begun = time.monotonic() - 20
    for later in (0.0, 8.0, 16.0):
        match = replace(MATCH, offset_seconds=30.0 + later)
        with qtbot.waitSignal(service.identified):
            service._room.tell(Identified(match, 3.0, begun + later))
    with qtbot.waitSignal(service.identified):
        service._room.tell(Identified(replace(MATCH, track_id=2), 3.0, begun + 18))
    qtbot.waitUntil(lambda: len(past(qtbot, service)) == 2)
    assert [entry.title for entry, _ in past(qtbot, service)] == ["Song 2", "Song 1"]


def test_position_keeps_to_the_room_and_to_the_track():
    track = SimpleNamespace(tags=Tags(duration=60.0))
    fast = module.Answer(track, replace(MATCH, tempo_ratio=1.1), 3.0, time.monotonic() - 10)
    assert fast.live_position() == pytest.approx(41.0, abs=0.1)
    assert not fast.ended()
    late = module.Answer(track, MATCH, 3.0, time.monotonic() - 100)
    assert late.ended()
    assert late.live_position() <= 60
    assert module.Answer(track, MATCH, 3.0, None).live_position() == 30.0


def test_miss_is_remembered_described_and_kept(qtbot, service, paths, monkeypatch):
    clip = paths.cache / "clip.wav"
    clip.write_bytes(b"RIFF")
    sound = ClipSound(Features(1, tempo=97.0), (("jazz", 0.6),), Embedding("some", 1, np.ones(4, np.float32)))
    monkeypatch.setattr(module, "describe_clip", lambda path, stopped, model: sound)
    service.start()
    with qtbot.waitSignals([service.missed, service.sound_described]):
        service._room.tell(Unknown(NoMatch("Nothing fits.", 0.2), 15.0, str(clip)))
    with qtbot.waitSignal(service.message):
        service.keep_clip()
    kept = list(paths.clips.iterdir())
    assert [each.read_bytes() for each in kept] == [b"RIFF"]
    entry, track = past(qtbot, service)[0]
    assert (entry.clip, track) == (str(kept[0]), None)


@pytest.fixture
def kept(qtbot, service, paths):
    """A clip that was kept, and an index that has changed since."""
    clip = paths.cache / "clip.wav"
    clip.write_bytes(b"RIFF")
    service.start()
    with qtbot.waitSignal(service.history_changed):
        service._room.tell(Unknown(NoMatch("Nothing fits.", 0.2), 15.0, str(clip)))
    with qtbot.waitSignal(service.message):
        service.keep_clip()
    paths.fingerprints.mkdir(parents=True, exist_ok=True)
    manifest = paths.fingerprints / "manifest.json"
    manifest.write_text("{}")
    os.utime(manifest, (time.time() + 5, time.time() + 5))
    return service._kept


def music_was_added(service):
    service._library.listened.emit(2)
    service._library.progress.emit(None)


def test_kept_clip_is_asked_about_again_once_there_is_more_music(qtbot, service, kept):
    service._library.progress.emit(None)  # nothing new was heard
    assert not kept._looking
    music_was_added(service)
    qtbot.waitUntil(lambda: kept._room is not None)
    assert kept._room.sent[0].path.endswith(".wav")
    told = []
    service.clip_known.connect(told.append)
    with qtbot.waitSignal(kept.ended):
        kept._room.tell(Identified(replace(MATCH, track_id=2, false_alarm_rate=1e-5), 3.0, None))
        kept._room.tell(Ended())
    assert "“Song 2”" in told[0]
    ((entry, track),) = past(qtbot, service)
    assert (entry.title, track.id, bool(entry.clip)) == ("Song 2", 2, True)
    assert kept._room is None


@pytest.mark.parametrize("rate", [0.004, None])
def test_kept_clip_that_stays_unknown_waits_for_the_next_change(qtbot, service, kept, paths, rate):
    """Many questions are as many chances to be wrong: each has to be surer than a single one."""
    music_was_added(service)
    qtbot.waitUntil(lambda: kept._room is not None)
    if rate is not None:
        kept._room.tell(Identified(replace(MATCH, false_alarm_rate=rate), 3.0, None))
    with qtbot.waitSignal(kept.ended):
        kept._room.tell(Ended())
    ((entry, _),) = past(qtbot, service)
    assert not entry.known
    os.utime(paths.fingerprints / "manifest.json", (time.time() - 5, time.time() - 5))
    with qtbot.waitSignal(kept.ended):
        music_was_added(service)
    assert kept._room is None


def test_clip_can_be_kept_before_the_miss_is_written_down(qtbot, service, paths):
    clip = paths.cache / "clip.wav"
    clip.write_bytes(b"RIFF")
    service.start()
    with qtbot.waitSignal(service.message):
        service._room.tell(Unknown(NoMatch("Nothing fits.", 0.2), 15.0, str(clip)))
        service.keep_clip()
    ((entry, _),) = past(qtbot, service)
    assert entry.clip


def test_track_that_left_the_library_is_a_miss(qtbot, service):
    service.start()
    with qtbot.waitSignal(service.missed) as told:
        service._room.tell(Identified(replace(MATCH, track_id=77), 3.0, None))
    assert "left the library" in told.args[0].result.reason


def test_reports_of_a_question_that_was_given_up_are_passed_over(qtbot, service):
    seen = []
    service.identified.connect(seen.append)
    service.heard.connect(seen.append)
    service.start()
    service.stop()
    assert service.state() == "idle"
    assert isinstance(service._room.sent[-1], Stop)
    service._room.tell(hearing(), number=1)
    service._room.tell(Identified(MATCH, 3.0, None), number=1)
    service.start()
    service._room.tell(Ended(), number=2)
    assert service.state() == "starting", "the end of the old question is not the end of the new one"
    qtbot.wait(30)
    assert not seen


def test_device_and_mode_are_remembered_and_take_effect_at_once(service):
    service.look_for_devices()
    assert isinstance(service._room.sent[-1], LookForDevices)
    service._room.tell(Devices((MICROPHONE, MONITOR)))
    service._room.tell(Ended())
    assert service.device() is MICROPHONE
    service.start()
    service.set_device("mon")
    assert service.device() is MONITOR
    last = service._room.sent[-1]
    assert isinstance(last, Listen)
    assert (last.device, last.keep) == ("mon", False)
    service.set_keep_listening(True)
    assert service._room.sent[-1].keep
    service._room.tell(Ended())
    sent = len(service._room.sent)
    service.set_device(None)
    assert len(service._room.sent) == sent, "a choice does not start anything by itself"


def test_trouble_ends_the_question(qtbot, service):
    service.start()
    with qtbot.waitSignal(service.trouble) as told:
        service._room.tell(Trouble("lost", "Gone."))
    assert told.args[0].kind == "lost"
    assert service.state() == "idle"


def test_empty_library_is_said_before_anything_is_started(qtbot, service):
    service._library.counts = LibraryCounts
    with qtbot.waitSignal(service.trouble) as told:
        service.start()
    assert told.args[0].kind == "empty"
    assert service._room is None


def test_process_that_died_is_replaced(qtbot, service):
    service.start()
    first = service._room
    with qtbot.waitSignal(service.trouble):
        first.lost.emit()
    assert service.state() == "idle"
    service.start()
    assert service._room is not first


def test_file_becomes_a_set_list_with_its_tracks(qtbot, service):
    service.identify_file("/mix.flac")
    assert isinstance(service._room.sent[-1], ReadFile)
    assert service.state() == "reading"
    entries = (Listened(0, 20, 2, 5.0, 0.9, 1e-5), Listened(20, 40, 88, 5.0, 0.9, 1e-5))
    with qtbot.waitSignal(service.set_list_changed) as told:
        service._room.tell(SetListed(entries, 0.5))
    lines, done = told.args
    assert [line.track.title for line in lines] == ["Song 2"]
    assert done == 0.5
    assert service.set_list() == lines


def test_idle_process_is_let_go_but_not_a_busy_one(service):
    service.start()
    room = service._room
    service._let_go()
    assert not room.closed
    service._room.tell(Ended())
    service._let_go()
    assert room.closed
    assert service._room is None
