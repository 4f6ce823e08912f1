"""The microphone: devices, what arrives, and all that can be wrong with it. PortAudio is a stand-in."""

import sys
import types

import numpy as np
import pytest

from soniq_desktop.audio import capture
from soniq_desktop.audio.capture import InputDevice, Recording, choose_input, input_devices, level, to_mono
from soniq_desktop.audio.pulse import PulseSource
from soniq_desktop.common.errors import InputDeviceError, OutputDeviceError

RATE = 48000
MICROPHONE = InputDevice("mic", "Desk microphone", "microphone", True, RATE, 1, 3)


class FakeRing:
    """What the audio thread has filled."""

    def __init__(self, element: int, size: int) -> None:
        self.waiting = b""

    def read(self) -> bytes:
        data, self.waiting = self.waiting, b""
        return data


class FakeRecorder:
    """A stream whose sound the test provides."""

    latency = 0.1
    refuses: Exception | None = None

    def __init__(self, **options: object) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.options = options
        self.active = True
        self.actions: list[object] = []
        self.closed = False

    def start(self) -> None: ...

    def record_ringbuffer(self, ring: FakeRing) -> object:
        self.ring = ring
        self.actions = [object()]
        return self.actions[0]

    def abort(self, ignore_errors: bool) -> None:
        self.active = False

    def close(self, ignore_errors: bool) -> None:
        self.closed = True


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _rtmixer(monkeypatch):
    module = types.ModuleType("rtmixer")
    module.Recorder, module.RingBuffer = FakeRecorder, FakeRing
    monkeypatch.setitem(sys.modules, "rtmixer", module)


def hear(recording: Recording, samples) -> None:
    recording._recorder.ring.waiting += np.asarray(samples, np.float32).tobytes()


def portaudio(monkeypatch, devices, default=-1, apis=("ALSA",)) -> None:
    class PortAudioError(Exception):
        pass

    module = types.SimpleNamespace(
        PortAudioError=PortAudioError,
        query_devices=lambda: devices,
        query_hostapis=lambda: [{"name": name} for name in apis],
        default=types.SimpleNamespace(device=(default, -1)),
    )
    monkeypatch.setattr(capture, "refresh", lambda: None)
    monkeypatch.setattr(capture, "sounddevice", lambda: module)
    monkeypatch.setattr(capture, "pulse_sources", list)


def entry(index, name, channels=1, hostapi=0):
    return {
        "index": index, "name": name, "max_input_channels": channels, "hostapi": hostapi,
        "default_samplerate": 44100.0,
    }  # fmt: skip


def test_samples_arrive_in_order_and_the_start_is_when_the_first_was_in_the_air(clock):
    recording = Recording(MICROPHONE, clock)
    clock.now += 0.5
    hear(recording, np.full(RATE // 2, 0.25))
    assert len(recording.read()) == RATE // 2
    assert recording.started == pytest.approx(100.0 - FakeRecorder.latency)
    clock.now += 0.3  # this block was handed over late: the start must not move
    hear(recording, np.full(1000, 0.25))
    recording.read()
    assert recording.started == pytest.approx(100.0 - FakeRecorder.latency)
    recording.close()
    assert recording._recorder.closed


def test_device_that_sends_nothing_any_more_is_reported_as_unplugged(clock):
    recording = Recording(MICROPHONE, clock)
    clock.now += 1.0
    assert len(recording.read()) == 0, "a pause is not a loss"
    clock.now += 1.5
    with pytest.raises(InputDeviceError, match="Plug it in again") as caught:
        recording.read()
    assert caught.value.kind == "lost"


def test_stream_that_ended_is_reported_at_once(clock):
    recording = Recording(MICROPHONE, clock)
    recording._recorder.active = False
    with pytest.raises(InputDeviceError) as caught:
        recording.read()
    assert caught.value.kind == "lost"


@pytest.mark.parametrize(("platform", "kind"), [("darwin", "denied"), ("linux", "silent")])
def test_perfect_silence_is_a_switch_or_a_permission(clock, monkeypatch, platform, kind):
    monkeypatch.setattr(capture.sys, "platform", platform)
    recording = Recording(MICROPHONE, clock)
    hear(recording, np.zeros(RATE))
    recording.read()
    hear(recording, np.zeros(3 * RATE))
    with pytest.raises(InputDeviceError) as caught:
        recording.read()
    assert caught.value.kind == kind


def test_a_computer_that_plays_nothing_is_no_fault(clock):
    recording = Recording(InputDevice("m", "Monitor", "computer", False, RATE, 1, 0), clock)
    hear(recording, np.zeros(5 * RATE))
    assert len(recording.read()) == 5 * RATE


def test_recording_goes_on_after_the_ring_was_full(clock):
    recording = Recording(MICROPHONE, clock)
    recording._recorder.actions = []
    recording.read()
    assert recording.lost_frames == 1
    hear(recording, np.full(10, 0.5))
    assert len(recording.read()) == 10


@pytest.mark.parametrize(
    ("error", "kind"), [(OSError("Permission denied"), "denied"), (ValueError("Device unavailable"), "busy")]
)
def test_device_that_does_not_open_says_why(monkeypatch, error, kind):
    monkeypatch.setattr(FakeRecorder, "refuses", error)
    with pytest.raises(InputDeviceError) as caught:
        Recording(MICROPHONE)
    assert caught.value.kind == kind
    assert "Desk microphone" in caught.value.sentence


def test_source_of_the_sound_server_is_chosen_by_the_environment(monkeypatch):
    monkeypatch.setenv("PULSE_SOURCE", "another")
    Recording(InputDevice("pulse:usb", "USB", "microphone", False, RATE, 1, 0, source="usb"))
    assert capture.os.environ["PULSE_SOURCE"] == "usb"


def test_opposite_phase_and_a_dead_channel_keep_their_level():
    tone = np.sin(np.arange(1000) / 7).astype(np.float32)
    for stereo in (np.stack([tone, -tone], 1), np.stack([tone, 0 * tone], 1), np.stack([tone, tone], 1)):
        assert level(to_mono(stereo)) == pytest.approx(level(tone), abs=0.1)
    assert to_mono(np.zeros((0, 2), np.float32)).shape == (0,)


def test_level_of_silence_and_of_nothing_is_finite():
    assert level(np.zeros(10, np.float32)) == -120
    assert level(np.zeros(0, np.float32)) == -120
    assert level(np.ones(10, np.float32)) == pytest.approx(0, abs=1e-6)


def test_devices_have_the_default_first_and_loopback_last(monkeypatch):
    portaudio(
        monkeypatch, [entry(0, "Stereo Mix (Realtek)"), entry(1, "Line in"), entry(2, "Headset")], default=2
    )
    devices = input_devices()
    assert [device.label for device in devices] == ["Headset", "Line in", "Stereo Mix (Realtek)"]
    assert [device.kind for device in devices] == ["microphone", "microphone", "computer"]
    assert choose_input(None, devices).label == "Headset"
    assert choose_input("Line in", devices).label == "Line in"
    assert choose_input("gone", devices).label == "Headset"


def test_windows_shows_each_device_once(monkeypatch):
    listed = [entry(0, "Headset", hostapi=0), entry(1, "Headset", hostapi=1)]
    portaudio(monkeypatch, listed, default=1, apis=("MME", "Windows WASAPI"))
    assert [device.index for device in input_devices()] == [1]


def test_sources_of_the_sound_server_replace_its_one_device(monkeypatch):
    portaudio(monkeypatch, [entry(0, "hw:0"), entry(1, "pulse", 32)], default=1)
    sources = [
        PulseSource("alsa_output.monitor", "Monitor of Speakers", True, False),
        PulseSource("usb", "USB microphone", False, True),
    ]
    monkeypatch.setattr(capture, "pulse_sources", lambda: sources)
    devices = input_devices()
    assert [d.label for d in devices] == ["USB microphone", "What is playing on this computer"]
    assert [d.index for d in devices] == [1, 1]
    assert devices[1].source == "alsa_output.monitor"


def test_without_a_device_or_a_library_there_is_a_sentence(monkeypatch):
    portaudio(monkeypatch, [])
    with pytest.raises(InputDeviceError, match="No microphone") as caught:
        choose_input(None, input_devices())
    assert caught.value.kind == "none"

    def broken():
        raise OutputDeviceError("The PortAudio library could not be loaded.", "Install it.")

    monkeypatch.setattr(capture, "refresh", broken)
    with pytest.raises(InputDeviceError, match="Install it") as caught:
        input_devices()
    assert caught.value.kind == "library"
