"""Sound that comes in: input devices, and one of them recorded into a ring that PortAudio fills in C.

To be used in a process of its own. A look for new devices ends every PortAudio stream of the process that
looks, so recording must not share one with the player; and a sound server's source is chosen by a variable of
the environment.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.devices import refresh, sounddevice
from soniq_desktop.audio.pulse import PulseSource, pulse_sources
from soniq_desktop.common.errors import InputDeviceError, OutputDeviceError
from soniq_desktop.common.log import topic

log = topic("capture")
Samples = NDArray[np.float32]
Kind = Literal["microphone", "computer"]

BLOCK = 1024  # frames; smaller ones lose samples without a word on PulseAudio
LATENCY = 0.1  # seconds
RING = 1 << 18  # frames; a power of two for PortAudio: 5.5 s at 48 kHz for a reader that was held up
STALL = 2.0  # seconds without a frame: the device is gone
SILENCE = 3.0  # seconds of exact zeros: switched off, or the system keeps the sound from us
_WINDOWS_BEST = "Windows WASAPI"
_LOOPBACK = ("monitor of", "loopback", "stereo mix", "blackhole", "what u hear")
_NOT_A_CHOICE = ("sysdefault", "samplerate", "speexrate", "upmix", "vdownmix", "lavrate", "jack", "oss")


@dataclass(frozen=True, slots=True)
class InputDevice:
    """One way in.

    Attributes:
        name: stable between starts; what settings keep.
        label: what people call it.
        kind: "computer" hears what this computer plays.
        index: PortAudio's number in this process, valid until the next look.
        source: the sound server's source behind it, or an empty string.
    """

    name: str
    label: str
    kind: Kind
    default: bool
    sample_rate: int
    channels: int
    index: int = -1
    source: str = ""


def input_devices() -> list[InputDevice]:
    """What can be recorded from, as it is now: the default first, what this computer plays last.

    Raises:
        InputDeviceError: PortAudio cannot be loaded, or does not answer.
    """
    try:
        refresh()
        module = sounddevice()
    except OutputDeviceError as error:
        raise InputDeviceError(
            "The sound system does not answer, so nothing can be heard.", error.hint, "library"
        ) from error
    try:
        found = [info for info in module.query_devices() if info["max_input_channels"] > 0]
        default = module.default.device[0]
        apis = [api["name"] for api in module.query_hostapis()]
    except module.PortAudioError as error:
        log.info("inputs: %s", error)
        return []
    served = _of_server(found, pulse_sources(), default)
    devices = served or [_device(info, default) for info in _worth_showing(found, apis)]
    return sorted(devices, key=lambda device: (device.kind == "computer", not device.default))


def choose_input(name: str | None, devices: list[InputDevice]) -> InputDevice:
    """The device of that name, or the default where it is None or gone.

    Raises:
        InputDeviceError: there is no device at all.
    """
    chosen = next((device for device in devices if device.name == name), None)
    if chosen is None:
        chosen = next((device for device in devices if device.kind == "microphone"), None)
    if chosen is None:
        raise InputDeviceError("No microphone was found.", "Plug one in, then try again.", "none")
    return chosen


def _worth_showing(found: list[dict[str, Any]], apis: list[str]) -> list[dict[str, Any]]:
    """Windows lists every device once for each of its sound systems, ALSA its own plug-ins."""
    best = [info for info in found if apis[info["hostapi"]] == _WINDOWS_BEST] or found
    return [info for info in best if info["name"] not in _NOT_A_CHOICE] or best


def _device(info: dict[str, Any], default: int) -> InputDevice:
    name = str(info["name"])
    loops_back = any(word in name.casefold() for word in _LOOPBACK)
    return InputDevice(
        name=name,
        label=name,
        kind="computer" if loops_back else "microphone",
        default=info["index"] == default,
        sample_rate=int(info["default_samplerate"]),
        channels=int(info["max_input_channels"]),
        index=int(info["index"]),
    )


def _of_server(found: list[dict[str, Any]], sources: list[PulseSource], default: int) -> list[InputDevice]:
    """The server's sources, reached through PortAudio's one device for it; none without such a device."""
    doors = [info for info in found if info["name"] == "pulse"]
    doors += [info for info in found if info["index"] == default]
    if not sources or not doors:
        return []
    door = doors[0]
    several = sum(source.monitor for source in sources) > 1
    return [
        InputDevice(
            name=f"pulse:{source.name}",
            label=_label(source, several=several),
            kind="computer" if source.monitor else "microphone",
            default=source.default,
            sample_rate=int(door["default_samplerate"]),
            channels=1,
            index=int(door["index"]),
            source=source.name,
        )
        for source in sources
    ]


def _label(source: PulseSource, *, several: bool) -> str:
    """A monitor is named after what it is good for, with its speaker where there are several."""
    if not source.monitor:
        return source.label
    speaker = source.label.removeprefix("Monitor of ")
    return f"What is playing on this computer ({speaker})" if several else "What is playing on this computer"


class Recording:
    """An open input. `read` gives what has arrived as mono float32; nothing of it runs on the audio thread.

    Args:
        device: from `input_devices`, of this process and not older than its last call.

    Attributes:
        sample_rate: Hz of what `read` gives.
        started: `time.monotonic()` at which the first sample that `read` gives was in the air.

    Raises (constructor, read):
        InputDeviceError: it does not open, has gone, or gives no sound; `kind` says which.
    """

    def __init__(self, device: InputDevice, clock: Callable[[], float] = time.monotonic) -> None:
        import rtmixer

        self.device = device
        self.sample_rate = device.sample_rate
        self.lost_frames = 0
        self.started: float | None = None
        self._clock = clock
        self._frames = 0
        self._zeros = 0
        self._channels = min(2, device.channels)
        if device.source:
            os.environ["PULSE_SOURCE"] = device.source  # read by the server's library when a stream opens
        try:
            self._recorder = rtmixer.Recorder(
                device=device.index,
                channels=self._channels,
                blocksize=BLOCK,
                latency=LATENCY,
                samplerate=self.sample_rate,
            )
            self._ring = rtmixer.RingBuffer(4 * self._channels, RING)
            self._recorder.start()
        except Exception as error:  # PortAudioError, and ValueError for a device that has just gone
            raise _not_opened(device, error) from error
        self._action = self._recorder.record_ringbuffer(self._ring)
        self._arrived = clock()

    def read(self) -> Samples:
        """All new samples, (n,), possibly none. Call it several times a second."""
        now = self._clock()
        data = np.frombuffer(self._ring.read(), np.float32).reshape(-1, self._channels)
        if len(data):
            self._arrived = now
            self._note_start(now, len(data))
        else:
            self._expect_life(now)
        self._keep_recording()
        return self._checked(to_mono(data))

    def close(self) -> None:
        """Let go of the device."""
        self._recorder.abort(ignore_errors=True)
        self._recorder.close(ignore_errors=True)

    def _note_start(self, now: float, frames: int) -> None:
        """The earliest of all estimates: every delay on the way makes one late, none makes it early."""
        self._frames += frames
        begun = now - self._frames / self.sample_rate - float(self._recorder.latency)
        self.started = begun if self.started is None else min(self.started, begun)

    def _expect_life(self, now: float) -> None:
        if not self._recorder.active or now - self._arrived > STALL:
            raise InputDeviceError(
                f"“{self.device.label}” gives no sound any more.", "Plug it in again, then try again.", "lost"
            )

    def _keep_recording(self) -> None:
        """rtmixer ends a recording whose ring is full: what did not fit is gone, the rest goes on."""
        if self._action not in self._recorder.actions:
            self.lost_frames += 1
            self._action = self._recorder.record_ringbuffer(self._ring)

    def _checked(self, mono: Samples) -> Samples:
        self._zeros = 0 if mono.any() else self._zeros + len(mono)
        if self.device.kind == "microphone" and self._zeros > SILENCE * self.sample_rate:
            raise InputDeviceError(*_silent(self.device))
        return mono


def to_mono(samples: Samples) -> Samples:
    """(n, channels) to (n,): the mean, or the louder channel where the mean cancels (opposite phase).

    A recorder with one dead channel keeps its level too.
    """
    if samples.shape[1] == 1 or not len(samples):
        return np.ascontiguousarray(samples[:, 0])
    powers = np.square(samples).mean(axis=0)
    mean: Samples = samples.mean(axis=1)
    if np.square(mean).mean() < 0.5 * powers.max():
        return np.ascontiguousarray(samples[:, int(powers.argmax())])
    return mean


def level(samples: Samples) -> float:
    """Root mean square in dB relative to full scale; -120 for silence and for nothing."""
    if not len(samples):
        return -120.0
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(-120.0, 10.0 * float(np.log10(power + 1e-12)))


def _not_opened(device: InputDevice, error: Exception) -> InputDeviceError:
    reason = str(error).casefold()
    log.warning("%s: %s", device.name, error)
    if any(word in reason for word in ("permission", "denied", "not permitted", "unauthorized")):
        return InputDeviceError(f"SONIQ may not use “{device.label}”.", permission_hint(), "denied")
    return InputDeviceError(
        f"“{device.label}” does not open.", "Another program may be using it. Try again.", "busy"
    )


def _silent(device: InputDevice) -> tuple[str, str, str]:
    if sys.platform == "darwin":  # where access is refused, the system sends zeros instead of an error
        return f"“{device.label}” is silent: SONIQ may not use it.", permission_hint(), "denied"
    return (
        f"“{device.label}” is switched off: it sends perfect silence.",
        "Switch it on in the system's sound settings, then try again.",
        "silent",
    )


def permission_hint() -> str:
    """Where each system keeps the permission."""
    if sys.platform == "darwin":
        return "Allow it in System Settings, Privacy & Security, Microphone."
    if sys.platform == "win32":
        return "Allow it in Settings, Privacy & security, Microphone."
    return "Your account may have to join the group “audio”, or the system's privacy settings forbid it."
