"""The window at 100,000 tracks, and while it analyses: start, search, scrolling, memory, event-loop delay.

    python -m tests.bench.bench_window --home DIR [--tracks 100000] [--music FOLDER] [--starts 5]

The library is generated once below DIR. With --music an empty library listens to
that folder with two workers.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def probe(home: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    """What one run of the probe measured."""
    env = os.environ | {"SONIQ_HOME": str(home), **environment}
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-m", "tests.bench.window_probe", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(title: str, figures: dict[str, Any]) -> None:
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<18} {value:>10.1f}" if isinstance(value, float) else f"  {name:<18} {value:>10}")


def large_library(home: Path, tracks: int) -> Path:
    """A generated library of that size, made once."""
    place = home / f"library-{tracks}"
    if not (place / "library.sqlite3").exists():
        subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.bench.generate_library",
                "--home",
                str(place),
                "--tracks",
                str(tracks),
            ],
            check=True,
        )
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--music", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    library = large_library(arguments.home, arguments.tracks)
    starts = [probe(library, "first-paint") for _ in range(arguments.starts)]
    table(f"Start, {arguments.tracks:,} tracks, median of {arguments.starts}", {
        name: statistics.median(each[name] for each in starts) for name in starts[0]
    })  # fmt: skip
    table("Search, key press to rows", probe(library, "search"))
    table("Scrolling", probe(library, "scroll"))
    if arguments.music:
        with tempfile.TemporaryDirectory() as empty:
            music = {"SONIQ_BENCH_MUSIC": str(arguments.music)}
            table("While two workers listen", probe(Path(empty), "analyse", str(arguments.seconds), **music))


if __name__ == "__main__":
    main()
