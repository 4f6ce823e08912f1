"""Playback under load: underruns and what reaches the sound card, on the virtual card of the tests.

    python -m tests.bench.bench_playback [minutes] [hungry processes] [music folder]

Plays files (or a generated sine) through the real player while busy processes keep all cores occupied,
records the monitor of the speaker, and reports underruns, jumps in the recorded sine, the feeder's own time
and how soon a change of volume is heard.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from soniq_desktop.audio.events import Message, TrackChanged
from soniq_desktop.audio.player import Player
from soniq_desktop.audio.source import Source
from tests.audio_fixtures import sine, write_audio
from tests.virtual_card import RATE, Recording, missing, virtual_card

PIECE = 20.0  # seconds
BUSY = "import numpy as np\nx = np.random.rand(400, 400)\nwhile True: x @ x"


def main() -> int:
    if reason := missing():
        print(f"no virtual sound card: {reason}")
        return 2
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    hungry = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with virtual_card() as variables, tempfile.TemporaryDirectory() as folder:
        os.environ.update(variables)
        paths = _files(Path(folder), minutes, sys.argv[3] if len(sys.argv) > 3 else None)
        busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(hungry)]
        try:
            _measure(paths, minutes, hungry, variables, sine_only=len(sys.argv) <= 3)
        finally:
            for process in busy:
                process.kill()
                process.wait()
    return 0


def _files(folder: Path, minutes: float, music: str | None) -> list[Path]:
    if music is not None:
        return sorted(path for path in Path(music).rglob("*") if path.suffix in {".ogg", ".mp3", ".flac"})
    # 20 s pieces of a sine whose period divides them: any lost sample shows as a phase jump.
    piece = sine(PIECE, RATE, 441.0)
    return [write_audio(folder / f"{number:03}.flac", piece) for number in range(int(minutes * 3) + 2)]


def _measure(
    paths: list[Path], minutes: float, hungry: int, variables: dict[str, str], *, sine_only: bool
) -> None:
    said: list[str] = []
    changes: list[int | None] = []

    def emit(event: object) -> None:
        if isinstance(event, Message):
            said.append(event.sentence)
        elif isinstance(event, TrackChanged):
            changes.append(event.track)

    player = Player(lambda i: Source(i, str(paths[i]), paths[i].name), emit)
    recording = Recording(variables).wait_until_running()
    cpu, wall = time.process_time(), time.monotonic()
    player.play(range(len(paths)))
    time.sleep(minutes * 60)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    audible = (len(changes) - 1) * PIECE + player.position()
    before = len(recording.samples)
    player.set_volume(0.1)
    time.sleep(1.0)
    sound = recording.stop()
    player.close()
    rows = [
        ("minutes", f"{minutes:g}"),
        ("hungry processes", f"{hungry} on {os.cpu_count()} cores"),
        ("tracks begun", str(len(changes))),
        ("underruns", str(player.underruns())),
        ("feeder, decoder and recorder", f"{100 * cpu / wall:.1f} % of a core"),
        ("messages", "; ".join(said) or "none"),
    ]
    if sine_only:
        rows.insert(4, ("phase jumps in the recording", str(phase_jumps(sound[:before, 0]))))
        rows.insert(5, ("volume heard after", f"{_volume_delay(sound, audible):.0f} ms"))
    for name, value in rows:
        print(f"{name:32} {value}")


def phase_jumps(mono: "np.ndarray", frequency: float = 441.0) -> int:
    """Count places at which a recorded sine loses or repeats samples (more than a tenth of a sample)."""
    loud = np.flatnonzero(np.abs(mono) > 0.05)
    tone = mono[loud[0] + 500 : loud[-1] - 500].astype(np.float64)
    block = RATE // 441 * 10
    tone = tone[: len(tone) // block * block].reshape(-1, block)
    step = np.exp(-2j * np.pi * frequency / RATE * np.arange(block))
    phase = np.unwrap(np.angle(tone @ step))
    return int(np.count_nonzero(np.abs(np.diff(phase)) > 2 * np.pi * frequency / RATE * 0.1))


def _volume_delay(sound: "np.ndarray", audible: float) -> float:
    """Milliseconds between the command and the sound getting quieter.

    Measured in the sound itself, because a recorder on a busy machine is late: `audible` is how many seconds
    had been heard when the command was given, and the recording shows after how many the level falls.
    """
    window = RATE // 200
    mono = np.abs(sound[np.flatnonzero(np.abs(sound[:, 0]) > 0.02)[0] :, 0])
    for at in range(max(0, round((audible - 0.2) * RATE)), len(mono) - window, window):
        if mono[at : at + window].max() < 0.1:
            return 1000 * (at / RATE - audible)
    return float("nan")


if __name__ == "__main__":
    sys.exit(main())
