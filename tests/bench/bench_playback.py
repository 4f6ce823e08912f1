"""Playback under load: underruns and what reaches the sound card, on the virtual card of the tests.

    python -m tests.bench.bench_playback [minutes] [--hungry 2 | --listen FOLDER] [--music FOLDER]

Plays files (or a generated sine) through the real player, records the monitor of the speaker, and reports
underruns, jumps in the recorded sine, the feeder's own time and how soon a change of volume is heard.
Meanwhile two real workers listen to the files of --listen over and over, as during an analysis; or
processes of ordinary priority keep the cores busy (--hungry), which is harder than anything SONIQ does.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from soniq_desktop.analysis.runner import listening_pool
from soniq_desktop.audio.events import Message, TrackChanged
from soniq_desktop.audio.player import Player
from soniq_desktop.audio.source import Source
from tests.audio_fixtures import sine, write_audio
from tests.virtual_card import RATE, Recording, missing, virtual_card

PIECE = 20.0  # seconds
BUSY = "import numpy as np\nx = np.random.rand(400, 400)\nwhile True: x @ x"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minutes", type=float, nargs="?", default=1.0)
    parser.add_argument("--hungry", type=int, default=2)
    parser.add_argument("--listen", type=Path)
    parser.add_argument("--music", type=Path)
    parser.add_argument("--listen-for-ever", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.listen_for_ever:
        return listen_for_ever(music_files(options.listen_for_ever))
    if reason := missing():
        print(f"no virtual sound card: {reason}")
        return 2
    with virtual_card() as variables, tempfile.TemporaryDirectory() as folder:
        os.environ.update(variables)
        paths = music_files(options.music) if options.music else _sine_files(Path(folder), options.minutes)
        busy = [subprocess.Popen(command) for command in _load(options)]
        name = "two listening workers" if options.listen else f"{len(busy)} busy processes"
        try:
            _measure(paths, options.minutes, name, variables, sine_only=not options.music)
        finally:
            for process in busy:
                process.terminate()
                process.wait()
    return 0


def _load(options: argparse.Namespace) -> list[list[str]]:
    """Commands of what runs meanwhile."""
    if options.listen:
        module = "tests.bench.bench_playback"
        return [[sys.executable, "-m", module, "--listen-for-ever", str(options.listen)]]
    return [[sys.executable, "-c", BUSY]] * options.hungry


def listen_for_ever(paths: list[Path]) -> int:
    """Two workers of the application, never idle; ends with the process."""
    pool = listening_pool(2)
    for number in itertools.count():
        pool.submit(number, str(paths[number % len(paths)]))
        while pool.waiting() > 4:
            pool.events(0.1)
    return 0


def music_files(folder: Path) -> list[Path]:
    """Songs below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in {".ogg", ".mp3", ".flac"})


def _sine_files(folder: Path, minutes: float) -> list[Path]:
    # 20 s pieces of a sine whose period divides them: any lost sample shows as a phase jump.
    piece = sine(PIECE, RATE, 441.0)
    return [write_audio(folder / f"{number:03}.flac", piece) for number in range(int(minutes * 3) + 2)]


def _measure(
    paths: list[Path], minutes: float, load: str, variables: dict[str, str], *, sine_only: bool
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
        ("meanwhile", f"{load} on {os.cpu_count()} cores"),
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
