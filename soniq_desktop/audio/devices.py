"""Output devices as PortAudio names them. Everything that may import sounddevice goes through here."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.common.log import topic

log = topic("player")
_WINDOWS_BEST = "Windows WASAPI"  # the others list the same devices again, slower


@dataclass(frozen=True, slots=True)
class Device:
    """One way out."""

    name: str  # stable between starts; what settings keep
    channels: int
    sample_rate: int  # Hz, the device's own
    default: bool  # the system's choice now
    index: int = -1  # PortAudio's number, valid until the next `refresh`
    latency: float = 0.0  # seconds, what the driver proposes for smooth playback


def sounddevice() -> ModuleType:
    """Import sounddevice late: it loads PortAudio and asks the system for its devices.

    Raises:
        OutputDeviceError: the PortAudio library is not installed or refuses to start.
    """
    try:
        import sounddevice as module
    except Exception as error:  # OSError without the library, PortAudioError where it cannot start
        raise OutputDeviceError(
            "The PortAudio library could not be loaded, so there is no sound.",
            "On Debian or Ubuntu, install libportaudio2.",
        ) from error
    return module  # type: ignore[no-any-return]


def refresh() -> None:
    """Let PortAudio look at the devices afresh. Only while no stream is open."""
    module = sounddevice()
    try:
        module._terminate()  # noqa: SLF001 - the documented way to notice new devices; there is no public one
        module._initialize()  # noqa: SLF001
    except module.PortAudioError as error:
        raise OutputDeviceError("The sound system does not answer.") from error


def output_devices() -> list[Device]:
    """All devices that can play, the system's default first; empty where there is none.

    Raises:
        OutputDeviceError: see `sounddevice`.
    """
    module = sounddevice()
    try:
        default = module.default.device[1]
        found = list(module.query_devices())
        apis = [api["name"] for api in module.query_hostapis()]
    except module.PortAudioError as error:
        log.info("devices: %s", error)
        return []
    default = default if default >= 0 else _api_default(module)
    playing = [info for info in found if info["max_output_channels"] > 0]
    best = [info for info in playing if apis[info["hostapi"]] == _WINDOWS_BEST] or playing
    devices = [_device(info, default) for info in best]
    return sorted(devices, key=lambda device: not device.default)


def _api_default(module: ModuleType) -> int:
    return next((api["default_output_device"] for api in module.query_hostapis()), -1)


def _device(info: dict[str, Any], default: int) -> Device:
    return Device(
        name=info["name"],
        channels=info["max_output_channels"],
        sample_rate=int(info["default_samplerate"]),
        default=info["index"] == default,
        index=info["index"],
        latency=info["default_high_output_latency"],
    )


def choose(name: str | None) -> Device:
    """The device of that name, or the system's default where it is None or gone.

    Raises:
        OutputDeviceError: there is no device at all.
    """
    devices = output_devices()
    if not devices:
        raise OutputDeviceError("No sound device was found.", "Playback goes on silently.")
    return next((device for device in devices if device.name == name), devices[0])
