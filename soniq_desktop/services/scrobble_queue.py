"""Plays that are still to be told, on the disk, so that being offline loses none."""

import json
import threading
from dataclasses import asdict
from pathlib import Path

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.services.scrobble_clients import Scrobble

log = topic("scrobble")
MOST = 5_000  # for each service; the oldest go


class ScrobbleQueue:
    """By service, in the order of playing. Any thread."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._waiting = _read(file)

    def add(self, service: str, play: Scrobble) -> None:
        """One more to tell."""
        with self._lock:
            waiting = [*self._waiting.get(service, []), play]
            self._waiting[service] = waiting[-MOST:]
            self._write()

    def first(self, service: str, count: int) -> list[Scrobble]:
        """The oldest ones."""
        with self._lock:
            return self._waiting.get(service, [])[:count]

    def drop(self, service: str, plays: list[Scrobble]) -> None:
        """These are told, or never will be."""
        with self._lock:
            gone = set(plays)
            self._waiting[service] = [each for each in self._waiting.get(service, []) if each not in gone]
            self._write()

    def count(self, service: str) -> int:
        with self._lock:
            return len(self._waiting.get(service, []))

    def _write(self) -> None:
        data = {name: [asdict(play) for play in plays] for name, plays in self._waiting.items()}
        try:
            write_atomic(self._file, json.dumps(data, ensure_ascii=False).encode())
        except SoniqError as error:  # it is still in memory
            log.warning("The queue of plays to tell could not be written: %s", error)


def _read(file: Path) -> dict[str, list[Scrobble]]:
    try:
        data = json.loads(file.read_bytes())
        return {name: [Scrobble(**play) for play in plays] for name, plays in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("The queue of plays to tell could not be read: %s", error)
        return {}
