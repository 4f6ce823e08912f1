"""The process that listens: it holds the engine, opens the microphone, and answers through a pipe.

The microphone is opened here and not in the player's process: see `audio.capture`.
"""

import contextlib
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from soniq_desktop.audio.capture import InputDevice, Recording, choose_input, input_devices
from soniq_desktop.common.errors import InputDeviceError, SoniqError, UnreadableAudioError
from soniq_desktop.common.log import topic
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.reports import (
    Command,
    Devices,
    Ended,
    Listen,
    LookForDevices,
    ReadFile,
    Report,
    Stop,
    Trouble,
)
from soniq_desktop.fingerprint.session import Steps, keep_listening, listen, read_file
from soniq_desktop.fingerprint.store import FingerprintStore

log = topic("identify")


def serve(pipe: Connection, folder: str) -> None:
    """Run in the child until the pipe closes; `folder` holds the fingerprints."""
    with contextlib.suppress(EOFError, OSError, BrokenPipeError):
        Room(pipe, Path(folder)).run()


class Room:
    """Obeys one command at a time; a new one ends what runs. Reports carry the number of their command."""

    def __init__(self, pipe: Connection, folder: Path) -> None:
        self._pipe = pipe
        self._folder = folder
        self._identifier: Identifier | None = None
        self._devices: list[InputDevice] = []
        self._steps: Steps | None = None
        self._number = 0  # of the command that runs

    def run(self) -> None:
        """Until the pipe ends (EOFError, OSError)."""
        while True:
            if self._steps is None or self._pipe.poll():
                self._obey(*self._pipe.recv())
            else:
                self._step(self._steps)

    def _obey(self, number: int, command: Command) -> None:
        if isinstance(command, LookForDevices) and self._steps is not None:
            self._pipe.send((number, Devices(tuple(self._devices))))  # looking would end the recording
            return
        self._end()
        self._number = number
        self._steps = self._guarded(self._begin(command))

    def _begin(self, command: Command) -> Iterator[Report | None]:
        if isinstance(command, LookForDevices | Listen):
            self._devices = input_devices()
            yield Devices(tuple(self._devices))
        if isinstance(command, Listen):
            yield from self._listen(command)
        elif isinstance(command, ReadFile):
            yield from read_file(command.path, self._engine(), Path(command.clip))
        elif isinstance(command, Stop):
            yield Ended()

    def _listen(self, command: Listen) -> Steps:
        device = choose_input(command.device, self._devices)
        engine = self._engine()
        recording = Recording(device)
        steps = (
            keep_listening(recording, engine)
            if command.keep
            else listen(recording, engine, Path(command.clip))
        )
        yield from steps

    def _engine(self) -> Identifier:
        """Over the fingerprints as they are at each question."""
        if self._identifier is None:
            # Another process adds to the index and merges it.
            self._identifier = Identifier(FingerprintStore(self._folder, merging=False))
        return self._identifier

    def _guarded(self, steps: Iterator[Report | None]) -> Steps:
        try:
            yield from steps
        except InputDeviceError as error:
            yield Trouble(error.kind, error.sentence, error.hint)
        except UnreadableAudioError as error:
            yield Trouble("file", error.sentence, error.hint)
        except SoniqError as error:
            yield Trouble("error", error.sentence, error.hint)
        except Exception:
            log.exception("identification failed")
            yield Trouble("error", "Something went wrong while listening.", "Try again.")

    def _step(self, steps: Steps) -> None:
        try:
            report = next(steps)
        except StopIteration:
            self._steps = None
            self._pipe.send((self._number, Ended()))
            return
        if report is not None:
            self._pipe.send((self._number, report))

    def _end(self) -> None:
        steps, self._steps = self._steps, None
        if steps is not None:
            steps.close()  # type: ignore[attr-defined]
