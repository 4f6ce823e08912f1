"""The `soniq` command: the window without arguments, otherwise one of a few commands.

Nothing heavy is imported until a command needs it.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMANDS = (
    "scan", "status", "search", "similar", "radio", "recommend", "wormhole", "identify", "duplicates", "lab",
    "stems", "persona", "history", "models", "demo", "doctor", "tour",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status (0 done, 2 a plain error, 130 Ctrl+C)."""
    multiprocessing.freeze_support()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if wants_window(given):
        return open_window(given)
    from soniq_desktop.cli.commands import run

    return run(given)


def wants_window(arguments: Sequence[str]) -> bool:
    """No arguments, or files and folders to open, as a desktop passes them."""
    if not arguments:
        return True
    first = arguments[0]
    if first in COMMANDS or first.startswith("-"):
        return False
    return first.startswith("file:") or Path(first).exists()


def open_window(arguments: Sequence[str]) -> int:
    """Open the window, or say why that is not possible."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        print("There is no display here. “soniq tour” shows SONIQ without a window.", file=sys.stderr)
        return 2
    from soniq_desktop.app import main as start

    return start([local_path(argument) for argument in arguments])


def local_path(argument: str) -> str:
    """The path of a file: URL; anything else as it is."""
    if not argument.startswith("file:"):
        return argument
    path = unquote(urlsplit(argument).path, errors="surrogateescape")
    return path.lstrip("/") if os.name == "nt" else path
