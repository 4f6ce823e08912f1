"""Loggers by topic, and the rotating log file of the application."""

import logging
import logging.handlers
from pathlib import Path

LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def topic(name: str) -> logging.Logger:
    """The logger of one topic ("scan", "player", "sql", ...)."""
    return logging.getLogger(f"soniq.{name}")


def start_logging(folder: Path, level: int = logging.INFO) -> None:
    """Write soniq.log (1 MB, three old files) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "soniq.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(logging.Formatter(LINE))
    root = logging.getLogger("soniq")
    root.addHandler(handler)
    root.setLevel(level)
