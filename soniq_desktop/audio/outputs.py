"""Which output to open, and what to do when there is none."""

from collections.abc import Callable

from soniq_desktop.audio.events import Event, Message
from soniq_desktop.audio.null import NullOutput
from soniq_desktop.audio.output import AudioOutput
from soniq_desktop.audio.portaudio import LATENCY, open_portaudio
from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.common.log import topic

log = topic("player")
FIRST_RETRY, LAST_RETRY = 5.0, 60.0  # seconds between looks for a device while there is none
LONGEST_LATENCY = 0.4  # seconds
OpenDevice = Callable[[str | None, float], AudioOutput]


class Outputs:
    """Opens the wanted device, else the system's default, else a clock that stands in.

    Args:
        emit: takes messages.
        open_device: opens a device by name (None: the default) with a latency; raises OutputDeviceError.
    """

    def __init__(self, emit: Callable[[Event], None], open_device: OpenDevice = open_portaudio) -> None:
        self.wanted: str | None = None
        self.underruns = 0  # of all closed outputs
        self._emit = emit
        self._open_device = open_device
        self._latency = LATENCY
        self._told = False
        self._retry_at = 0.0
        self._retry_after = FIRST_RETRY

    def open(self, now: float) -> AudioOutput:
        """An output that works, in the worst case a silent one."""
        names = [None] if self.wanted is None else [self.wanted, None]
        problem = OutputDeviceError("No sound device was found.")
        for name in names:
            try:
                output = self._open_device(name, self._latency)
            except OutputDeviceError as error:
                problem = error
            else:
                self._told = False
                self._retry_after = FIRST_RETRY
                return output
        self._say_silent(problem)
        self._retry_at = now + self._retry_after
        return NullOutput()

    def _say_silent(self, problem: OutputDeviceError) -> None:
        log.info("no output: %s", problem)
        if not self._told:
            self._told = True
            self._emit(Message(f"{problem.sentence} SONIQ plays silently until there is one."))

    def worth_trying(self, output: AudioOutput, now: float) -> bool:
        """True while the clock stands in and it is time to look for a device again."""
        return output.silent and now >= self._retry_at

    def retry(self, now: float) -> AudioOutput | None:
        """A real device, if there is one now."""
        self._retry_after = min(2 * self._retry_after, LAST_RETRY)
        self._retry_at = now + self._retry_after
        output = self.open(now)
        return None if output.silent else output

    def closed(self, output: AudioOutput) -> None:
        """Remember how an output fared: one that ran dry gets a longer buffer next time."""
        count = output.underruns()
        if count:
            self._latency = min(2 * self._latency, LONGEST_LATENCY)
            log.info("%s: %d underruns, latency %.2f s from now on", output.name, count, self._latency)
        self.underruns += count
