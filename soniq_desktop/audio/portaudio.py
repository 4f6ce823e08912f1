"""Sound through PortAudio: rtmixer's callback, written in C, reads our ring."""

from typing import Any

from soniq_desktop.audio.devices import Device, choose, refresh, sounddevice
from soniq_desktop.audio.output import BLOCK
from soniq_desktop.audio.ring import Ring
from soniq_desktop.common.errors import OutputDeviceError

# Seconds of the device's own buffer, and the time until a change of volume is heard. Measured on PulseAudio
# with every core overbooked seven times: 0.10 and 0.15 ran dry now and then. After underruns the player asks
# for more.
LATENCY = 0.2


class PortAudioOutput:
    """A stream on one device. Implements AudioOutput.

    Raises:
        OutputDeviceError: the device does not open.
    """

    silent = False

    def __init__(self, device: Device, latency: float = LATENCY) -> None:
        sounddevice()  # before rtmixer, for its sentence about a missing library
        import rtmixer

        self.name = device.name
        self.sample_rate = device.sample_rate
        self.channels = min(2, device.channels)
        self._rtmixer = rtmixer
        try:
            self._mixer = rtmixer.Mixer(
                device=device.index,
                channels=self.channels,
                blocksize=BLOCK,
                latency=max(latency, min(device.latency, 0.4)),
                samplerate=self.sample_rate,
            )
        except Exception as error:  # PortAudioError, and ValueError for a device that has just gone
            raise OutputDeviceError(f"“{device.name}” cannot be opened.") from error
        self.latency = float(self._mixer.latency)
        self._action: Any = None
        self._published = 0
        self._starved = 0
        self._underflows = 0

    def start(self, ring: Ring) -> None:
        self._ring = ring
        self._queue = self._rtmixer.RingBuffer(4 * self.channels, buffer=ring.wet)
        self.publish()
        try:
            self._mixer.start()
        except Exception as error:
            raise OutputDeviceError(f"“{self.name}” does not start.") from error

    def publish(self) -> None:
        total = self._ring.written - self._ring.origin
        if total > self._published:
            self._queue.advance_write_index(total - self._published)
            self._published = total
        self._keep_reading()

    def _keep_reading(self) -> None:
        """rtmixer gives a ring up once it has found it empty: hand it over again."""
        if self._action is not None and self._action not in self._mixer.actions:
            self._underflows += self._action.stats.output_underflows
            self._action = None
            self._starved += 1
        if self._action is None and self._queue.read_available:
            self._action = self._mixer.play_ringbuffer(self._queue)

    def frames_read(self) -> int:
        return self._published - int(self._queue.read_available)

    def alive(self) -> bool:
        try:
            return bool(self._mixer.active)
        except Exception:  # noqa: BLE001 - any error of a dead stream means that it is dead
            return False

    def underruns(self) -> int:
        running = self._action.stats.output_underflows if self._action is not None else 0
        return self._starved + self._underflows + int(running)

    def close(self) -> None:
        self._mixer.abort(ignore_errors=True)
        self._mixer.close(ignore_errors=True)


def open_portaudio(name: str | None, latency: float = LATENCY) -> PortAudioOutput:
    """Open the named device, or the system's default where it is None or gone.

    Raises:
        OutputDeviceError: no device, or none that opens.
    """
    refresh()
    return PortAudioOutput(choose(name), latency)
