"""Identification for the window: asks the process that listens, names the tracks, keeps the history."""

import datetime as dt
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.audio.capture import InputDevice
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.records import NoMatch
from soniq_desktop.fingerprint.reports import (
    Devices,
    Ended,
    Hearing,
    Identified,
    Listen,
    LookForDevices,
    ReadFile,
    Report,
    SetListed,
    Stop,
    Trouble,
    Unknown,
)
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.identifications import Identification, Identifications
from soniq_desktop.library.records import Track
from soniq_desktop.services.answers import Answer, Miss, SetListLine, history_entry, same_play
from soniq_desktop.services.clip_sound import ClipSound, describe_clip
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.kept_clips import KeptClips
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.room import RoomProcess
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("identify")
State = Literal["idle", "starting", "listening", "reading"]
REST_MS = 180_000  # without a question the process is let go
CLOSEST = 5


class IdentifyService(QObject):
    """Commands return at once; signals come on the GUI thread."""

    state_changed = Signal(str)
    heard = Signal(object)  # Hearing
    identified = Signal(object)  # Answer
    missed = Signal(object)  # Miss
    trouble = Signal(object)  # Trouble
    sound_described = Signal(object, list)  # ClipSound, [(Track, cosine)]: of the last miss
    set_list_changed = Signal(list, object)  # [SetListLine], share of a file that is done, or None
    devices_changed = Signal(list)  # list[InputDevice]
    history_changed = Signal()
    clip_known = Signal(str)  # a plain sentence: a clip kept earlier has been recognised
    message = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        identifications: Identifications,
        library: LibraryService,
        discovery: DiscoveryService,
        paths: Paths,
        settings: SettingsService,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._history = catalogue, identifications
        self._library, self._discovery = library, discovery
        self._paths, self._settings = paths, settings
        self._tasks = tasks
        self._slow = Tasks(1, self)  # listening to a clip takes seconds
        self._writes = Tasks(1, self)
        self._stopping = threading.Event()
        self._room: RoomProcess | None = None
        self._answers: dict[type, Callable[[Any], None]] = {
            Ended: self._ended,
            Hearing: self._hears,
            Identified: self._identified,
            Unknown: self._missed,
            SetListed: self._set_listed,
            Trouble: self._troubled,
        }
        self._number = 0  # of the last command
        self._state: State = "idle"
        self._source = "microphone"
        self._devices: list[InputDevice] = []
        self._set_list: list[SetListLine] = []
        self._set_begun = 0.0
        self._last_answer: Answer | None = None  # of this session of listening
        self._last_miss: tuple[list[int], str] = ([], "")  # its id in the history once it is there; clip
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._let_go)
        self._kept = KeptClips(catalogue, identifications, paths.fingerprints, self)
        self._kept.recognised.connect(self._now_known)
        self._news = False  # songs were listened to since the kept clips were asked about
        library.listened.connect(self._heard_song)
        library.progress.connect(self._progressed)

    # questions

    def state(self) -> State:
        return self._state

    def devices(self) -> list[InputDevice]:
        """As last looked for."""
        return self._devices

    def device(self) -> InputDevice | None:
        """The one that is, or would be, listened to."""
        wanted = self._settings.get("identify.device")
        found = next((each for each in self._devices if each.name == wanted), None)
        return found or next((each for each in self._devices if each.kind == "microphone"), None)

    def keeps_listening(self) -> bool:
        return bool(self._settings.get("identify.keep_listening"))

    def set_list(self) -> list[SetListLine]:
        return list(self._set_list)

    def history(self, done: Callable[[list[tuple[Identification, Track | None]]], None]) -> None:
        """What was identified, newest first, with its row of the library where it has one."""

        def work() -> list[tuple[Identification, Track | None]]:
            entries = self._history.all()
            ids = self._catalogue.locate([(each.audio_hash, each.path) for each in entries])
            there = [each for each in ids if each is not None]
            tracks = {track.id: track for track in self._catalogue.tracks(there)}
            return [(e, tracks.get(i) if i is not None else None) for e, i in zip(entries, ids, strict=True)]

        self._tasks.run(work, done, self._say, key="identify.history")

    # commands

    def look_for_devices(self) -> None:
        """Have the list of devices brought up to date; it comes with `devices_changed`."""
        if self._state == "idle":
            self._send(LookForDevices())

    def toggle(self) -> None:
        """Start, or stop."""
        if self._state == "idle":
            self.start()
        else:
            self.stop()

    def start(self) -> None:
        """Listen to the chosen device."""
        if self._nothing_to_compare():
            return
        device = self.device()
        self._source = "computer" if device is not None and device.kind == "computer" else "microphone"
        self._begin(self.keeps_listening())
        self._set_state("starting")
        wanted = self._settings.get("identify.device")
        self._send(Listen(wanted, self.keeps_listening(), str(self._last_clip())))

    def identify_file(self, path: str) -> None:
        """Identify a clip, or make the set list of a long file."""
        if self._nothing_to_compare():
            return
        self._source = "file"
        self._begin(True)
        self._set_state("reading")
        self._send(ReadFile(path, str(self._last_clip())))

    def stop(self) -> None:
        """End what runs; what was found stays."""
        if self._state != "idle":
            self._send(Stop())
            self._set_state("idle")

    def set_device(self, name: str | None) -> None:
        """Listen to another device from now on."""
        self._settings.set("identify.device", name)
        self.devices_changed.emit(self._devices)
        if self._state in ("starting", "listening"):
            self.start()

    def set_keep_listening(self, keep: bool) -> None:
        """Whether listening goes on after an answer."""
        if keep == self.keeps_listening():
            return
        self._settings.set("identify.keep_listening", keep)
        if self._state in ("starting", "listening"):
            self.start()

    def keep_clip(self) -> None:
        """Save the sound of the last miss with the user's data."""
        ids, clip = self._last_miss
        if not clip:
            return
        target = self._paths.clips / f"Unknown {dt.datetime.now().astimezone():%Y-%m-%d %H.%M.%S}.wav"

        def work() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clip, target)
            for number in ids:  # written before this by the same thread
                self._history.change(number, clip=str(target), asked=time.time())

        self._change(work, f"Kept as “{target.name}”.")

    def ask_kept_again(self) -> None:
        """Ask about kept clips for which there is more music to compare with than the last time."""
        self._kept.ask_again()

    def forget(self, numbers: Sequence[int]) -> None:
        """Take these out of the history; kept clips stay on the disk."""
        self._change(lambda: self._history.remove(numbers))

    def close(self) -> None:
        """End the process and the threads. Safe to call twice."""
        self._rest.stop()
        self._stopping.set()
        self._kept.close()
        self._let_go()
        self._slow.close()
        self._writes.wait(2.0)
        self._writes.close()

    # the process

    def _send(self, command: Any) -> None:
        if self._room is None:
            self._room = RoomProcess(self._paths.fingerprints, self)
            self._room.reported.connect(self._take)
            self._room.lost.connect(self._lost)
        self._rest.start()
        self._number = self._room.send(command)

    def _let_go(self) -> None:
        if self._state != "idle" and not self._stopping.is_set():
            self._rest.start()
            return
        if self._room is not None:
            self._room.close()
            self._room.deleteLater()
            self._room = None

    def _lost(self) -> None:
        self._room = None
        self._set_state("idle")
        self.trouble.emit(Trouble("error", "Listening ended unexpectedly.", "Try again."))

    def _take(self, number: int, report: Report) -> None:
        if isinstance(report, Devices):
            self._devices = list(report.devices)
            self.devices_changed.emit(self._devices)
        elif number == self._number and (self._state != "idle" or isinstance(report, Ended)):
            self._answers[type(report)](report)  # reports of questions that were given up are passed over

    def _ended(self, _report: Ended) -> None:
        self._set_state("idle")

    def _hears(self, report: Hearing) -> None:
        if self._state == "starting":
            self._set_state("listening")
        self.heard.emit(report)

    def _troubled(self, report: Trouble) -> None:
        self._set_state("idle")
        self.trouble.emit(report)

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    # answers

    def _begin(self, anew: bool) -> None:
        self._stopping.clear()
        self._last_answer = None
        if anew:
            self._set_list = []
            self._set_begun = time.time()

    def _nothing_to_compare(self) -> bool:
        if self._library.counts().tracks:
            return False
        self.trouble.emit(Trouble("empty", "There is no music to compare with yet.", "Add a folder first."))
        return True

    def _identified(self, report: Identified) -> None:
        source = self._source
        candidates = report.match.alternatives
        wanted = [report.match.track_id, *(each.track_id for each in candidates)]

        def done(tracks: list[Track]) -> None:
            found = {track.id: track for track in tracks}
            track = found.get(report.match.track_id)
            if track is None:
                self._missed(Unknown(NoMatch("The song that fits has left the library."), report.heard))
                return
            others = tuple((found[c.track_id], c) for c in candidates if c.track_id in found)
            answer = Answer(track, report.match, report.heard, report.started, others)
            if not (self._last_answer and same_play(self._last_answer, answer)):
                self._remember(history_entry(answer, source))
            self._last_answer = answer
            self.identified.emit(answer)

        self._tasks.run(lambda: self._catalogue.tracks(wanted), done, self._say)

    def _missed(self, report: Unknown) -> None:
        entry = Identification(time.time(), self._source, report.heard)
        ids: list[int] = []
        self._last_miss = (ids, report.clip)

        def added(_none: None) -> None:
            self.history_changed.emit()
            if report.clip:
                self._describe(ids[0], Path(report.clip))

        self._writes.run(lambda: ids.append(self._history.add(entry)), added, self._say)
        self.missed.emit(Miss(report.result, report.heard, report.clip))

    def _describe(self, number: int, clip: Path) -> None:
        def done(sound: ClipSound) -> None:
            if sound.heard is not None:
                self._discovery.closest(sound.heard, CLOSEST, partial(self._closest, number, sound))

        def failed(error: Exception) -> None:
            log.info("the clip could not be described: %s", error)

        def work() -> ClipSound:
            return describe_clip(clip, self._stopping, self._catalogue.sound_model())

        self._slow.run(work, done, failed, key="clip")

    def _closest(self, number: int, sound: ClipSound, pairs: list[tuple[int, float]]) -> None:
        cosines = dict(pairs)

        def done(tracks: list[Track]) -> None:
            if number in self._last_miss[0]:
                self.sound_described.emit(sound, [(track, cosines[track.id]) for track in tracks])

        self._library.tracks(list(cosines), done)

    def _heard_song(self, _track_id: int) -> None:
        self._news = True

    def _progressed(self, progress: object) -> None:
        """Once a pass over new music has ended, what it may explain is asked about."""
        if progress is None and self._news:
            self._news = False
            self.ask_kept_again()

    def _now_known(self, entry: Identification) -> None:
        self.history_changed.emit()
        self.clip_known.emit(f"A clip that you kept is in your library now: “{entry.title}”, {entry.artist}.")

    def _set_listed(self, report: SetListed) -> None:
        ids = [entry.track_id for entry in report.entries]

        def done(tracks: list[Track]) -> None:
            found = {track.id: track for track in tracks}
            entries = [entry for entry in report.entries if entry.track_id in found]
            self._set_list = [SetListLine(entry, found[entry.track_id]) for entry in entries]
            self.set_list_changed.emit(self.set_list(), report.done)

        self._tasks.run(lambda: self._catalogue.tracks(ids), done, self._say)

    def _remember(self, entry: Identification) -> None:
        self._change(lambda: self._history.add(entry))

    def _change(self, work: Callable[[], object], sentence: str = "") -> None:
        def done(_result: object) -> None:
            self.history_changed.emit()
            if sentence:
                self.message.emit(sentence)

        self._writes.run(work, done, self._say)

    def _say(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.message.emit(str(error))
        else:
            log.error("identification", exc_info=error)
            self.message.emit("The history of identifications could not be written.")

    def _last_clip(self) -> Path:
        return self._paths.cache / "clips" / f"last-{os.getpid()}.wav"
