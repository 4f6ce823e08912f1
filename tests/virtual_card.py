"""A sound card for tests on machines that have none: a private PulseAudio with one silent speaker and a room.

What is played can be recorded from the speaker's monitor, sample by sample. The microphone, which is the
default input, hears what is played into the room (`play_into_room`), and nothing else. Needs pulseaudio,
pulseaudio-utils and libasound2-plugins; `missing()` says what is not there. Nothing outside a temporary
folder is touched.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 44100
SPEAKER = "test_speaker"
ROOM = "test_room"
MICROPHONE = "test_microphone"


def missing() -> str | None:
    """Why there can be no virtual card here, or None."""
    absent = [tool for tool in ("pulseaudio", "pactl", "parec") if shutil.which(tool) is None]
    if absent:
        return f"{', '.join(absent)} not installed"
    plugins = list(Path("/usr/lib").glob("**/alsa-lib/libasound_module_pcm_pulse.so"))
    return None if plugins else "libasound2-plugins not installed"


@contextlib.contextmanager
def virtual_card() -> Iterator[dict[str, str]]:
    """Start the card; yields the environment variables that lead PortAudio (through ALSA) and parec to it."""
    with tempfile.TemporaryDirectory(prefix="soniq-card-") as folder:
        home = Path(folder)
        variables = _configure(home)
        server = subprocess.Popen(
            [
                *("pulseaudio", "-n", "-F", str(home / "card.pa"), "--daemonize=no", "--exit-idle-time=-1"),
                *("--realtime=no", "--high-priority=yes", f"--log-target=file:{home / 'log'}"),
            ],
            env={
                **os.environ,
                "HOME": folder,
                "XDG_RUNTIME_DIR": folder,
                "PULSE_RUNTIME_PATH": folder + "/run",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(server, variables)
            yield variables
        finally:
            server.terminate()
            server.wait(timeout=10)


def _configure(home: Path) -> dict[str, str]:
    socket = home / "socket"
    (home / "card.pa").write_text(
        f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
        # Without norewinds a null sink plays stretches of sound twice when its clients rewrite their buffers.
        f"load-module module-null-sink sink_name={SPEAKER} rate={RATE} channels=2 norewinds=1"
        " sink_properties=device.description=Test_speaker\n"
        f"load-module module-null-sink sink_name={ROOM} rate={RATE} channels=2 norewinds=1"
        " sink_properties=device.description=Test_room\n"
        f"load-module module-remap-source master={ROOM}.monitor source_name={MICROPHONE} channels=1"
        " source_properties=device.description=Test_microphone\n"
        f"set-default-sink {SPEAKER}\n"
        f"set-default-source {MICROPHONE}\n"
    )
    (home / "alsa.conf").write_text(
        "</usr/share/alsa/alsa.conf>\n"
        'pcm.!default { type pulse hint { show on description "Virtual speaker" } }\n'
        "ctl.!default { type pulse }\n"
    )
    return {"PULSE_SERVER": f"unix:{socket}", "ALSA_CONFIG_PATH": str(home / "alsa.conf")}


def _wait_for(server: "subprocess.Popen[bytes]", variables: dict[str, str]) -> None:
    for _ in range(100):
        answer = subprocess.run(
            ["pactl", "info"], env={**os.environ, **variables}, capture_output=True, check=False
        )
        if answer.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("The virtual sound card did not start.")


@contextlib.contextmanager
def play_into_room(variables: dict[str, str], samples: NDArray[np.float32]) -> Iterator[None]:
    """Play (n,) float32 at RATE into the room while the block runs, from its beginning."""
    with tempfile.NamedTemporaryFile(suffix=".raw") as file:
        samples.astype("<f4").tofile(file.name)
        player = subprocess.Popen(
            [
                *("pacat", "--playback", f"--device={ROOM}", "--format=float32le", f"--rate={RATE}"),
                *("--channels=1", "--latency-msec=100", file.name),
            ],
            env={**os.environ, **variables},
        )
        try:
            yield
        finally:
            player.terminate()
            player.wait(timeout=5)


class Recording:
    """Records what the speaker plays, as float32 stereo, from `start` to `stop`."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._data = bytearray()
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={SPEAKER}.monitor", "--format=float32le", f"--rate={RATE}"),
                *("--channels=2", "--latency-msec=20"),
            ],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
        )
        with contextlib.suppress(OSError):  # on a busy machine the recorder must not be what loses sound
            os.setpriority(os.PRIO_PROCESS, self._process.pid, -15)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while block := self._process.stdout.read1(65536):
            self._data += block

    def wait_until_running(self, timeout: float = 30.0) -> "Recording":
        """The monitor gives silence even while nothing plays: wait for the first of it."""
        end = time.monotonic() + timeout
        while not self._data and time.monotonic() < end:
            time.sleep(0.01)
        return self

    @property
    def samples(self) -> NDArray[np.float32]:
        """(n, 2), everything recorded so far."""
        whole = len(self._data) // 8 * 8
        return np.frombuffer(bytes(self._data[:whole]), np.float32).reshape(-1, 2)

    def stop(self) -> NDArray[np.float32]:
        """End the recording and return it."""
        self._process.terminate()
        self._thread.join(timeout=5)
        self._process.wait(timeout=5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self.samples
