"""Media keys, headset buttons, lock screens on Linux: the player as an MPRIS 2 service on the session bus.

There is nothing like it here for macOS and Windows. Where there is no session bus it stays off, silently.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QMetaType, QObject, Signal
from PySide6.QtDBus import QDBusArgument, QDBusConnection, QDBusMessage

from soniq_desktop.common.log import topic
from soniq_desktop.services.mpris_adaptors import ApplicationAdaptor, PlayerAdaptor
from soniq_desktop.services.mpris_values import LOOPS, SECOND, STATUS, ArtUrl, metadata, track_path

if TYPE_CHECKING:
    from soniq_desktop.services.player import PlayerService

log = topic("mpris")
NAME = "org.mpris.MediaPlayer2.soniq"
PATH = "/org/mpris/MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
JUMP = 1.0  # seconds from where the clock says that the song should be: somebody has sought


def session_bus() -> QDBusConnection | None:
    """The desktop's bus; None on other systems and where none runs (Qt would try to start one)."""
    if not sys.platform.startswith("linux"):
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not (runtime and Path(runtime, "bus").exists()):
        return None
    return QDBusConnection.sessionBus()


class MprisService(QObject):
    """Answers the desktop while the program runs. The three signals are what it asks of the window.

    Args:
        player: what is told of, and told what to do.
        art_url: gives the address of a cover by its key.
        bus: gives the connection to register on, or None; tests give their own.
    """

    raise_wanted = Signal()
    quit_wanted = Signal()
    open_wanted = Signal(list)  # paths

    def __init__(
        self,
        player: "PlayerService",
        art_url: ArtUrl,
        parent: QObject | None = None,
        *,
        bus: Callable[[], QDBusConnection | None] = session_bus,
    ) -> None:
        super().__init__(parent)
        self._player, self._art_url, self._find_bus = player, art_url, bus
        self._bus: QDBusConnection | None = None
        self._name = NAME
        self._told: dict[str, Any] = {}
        self._expected: tuple[float, float] | None = None  # position and clock, seconds
        self._object: QObject | None = None  # what stands on the bus, with its two adaptors

    def start(self) -> None:
        """Take the name on the bus; without a bus, or without a right to it, nothing happens."""
        bus = self._find_bus()
        if bus is None or not bus.isConnected():
            return
        self._object = QObject()
        ApplicationAdaptor(self, self._object)
        self._adaptor = PlayerAdaptor(self, self._object)
        if not bus.registerObject(PATH, self._object) or not self._take_name(bus):
            self._leave(bus)
            return
        self._bus = bus
        self._told = self.state()
        player = self._player
        player.track_changed.connect(lambda _track: self._tell())
        player.state_changed.connect(lambda _state: self._tell())
        player.queue_changed.connect(self._tell)
        player.options_changed.connect(self._tell)
        player.position_changed.connect(self._watch)
        log.info("Media keys are answered as %s.", self._name)

    def close(self) -> None:
        """Give the name back."""
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.unregisterService(self._name)
            self._leave(bus)

    def _take_name(self, bus: QDBusConnection) -> bool:
        if bus.registerService(self._name):
            return True
        self._name = f"{NAME}.instance{os.getpid()}"  # another SONIQ runs: as the specification says
        return bus.registerService(self._name)

    def _leave(self, bus: QDBusConnection) -> None:
        """Delete what stood on the bus now: Python's collector may run in another thread, where Qt warns."""
        bus.unregisterObject(PATH)
        standing, self._object = self._object, None
        if standing is not None:
            shiboken6.delete(standing)

    # what is told

    def state(self) -> dict[str, Any]:
        """The properties of the player that announce their changes."""
        player = self._player
        track = player.track()
        return {
            "PlaybackStatus": STATUS[player.state()],
            "LoopStatus": LOOPS[player.repeat()],
            "Shuffle": bool(player.shuffle()),
            "Metadata": metadata(track, player.duration(), self._art_url),
            "Volume": float(player.volume()),
            "CanGoNext": bool(player.upcoming()),
            "CanGoPrevious": track is not None,
            "CanPlay": track is not None,
            "CanPause": track is not None,
            "CanSeek": track is not None,
        }

    def position(self) -> int:
        """Microseconds into the song."""
        return round(self._player.position() * SECOND)

    def _tell(self) -> None:
        """Announce what has changed since the last time."""
        if self._bus is None:
            return
        now = self.state()
        told = self._told
        changed = {name: value for name, value in now.items() if _plain(value) != _plain(told.get(name))}
        if not changed:
            return
        if "Metadata" in changed or "PlaybackStatus" in changed:
            self._expected = None
        self._told = now
        message = QDBusMessage.createSignal(PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged")
        message.setArguments([PLAYER, changed, _no_names()])
        self._bus.send(message)

    def _watch(self, seconds: float) -> None:
        """Clients count on by themselves; they are told where a song jumps."""
        if self._bus is None:
            return
        clock = time.monotonic()
        if self._expected is not None:
            position, then = self._expected
            goes = self._player.state() == "playing"
            if abs(seconds - position - (clock - then if goes else 0.0)) > JUMP:
                self._adaptor.Seeked.emit(round(seconds * SECOND))
        self._expected = seconds, clock

    # what is asked

    def play(self) -> None:
        if self._player.state() != "playing":
            self._player.toggle()

    def pause(self) -> None:
        if self._player.state() == "playing":
            self._player.toggle()

    def toggle(self) -> None:
        self._player.toggle()

    def stop(self) -> None:
        self._player.stop()

    def next(self) -> None:
        self._player.next()

    def previous(self) -> None:
        self._player.previous()

    def seek_by(self, offset: int) -> None:
        """Microseconds forward or back; beyond the end is the next song."""
        if self._player.track() is None:
            return
        seconds = self._player.position() + offset / SECOND
        if seconds >= self._player.duration():
            self._player.next()
        else:
            self._player.seek(max(0.0, seconds))

    def seek_to(self, path: str, position: int) -> None:
        """A place in a song; what is meant for another song, or lies outside of this one, is left alone."""
        track = self._player.track()
        seconds = position / SECOND
        if track is not None and path == track_path(track) and 0 <= seconds <= self._player.duration():
            self._player.seek(seconds)

    def set_volume(self, volume: float) -> None:
        self._player.set_volume(min(max(volume, 0.0), 1.0))

    def set_shuffle(self, on: bool) -> None:
        self._player.set_shuffle(on)

    def set_loop(self, status: str) -> None:
        """ "None", "Track" or "Playlist"; anything else is left alone."""
        for repeat, name in LOOPS.items():
            if name == status:
                self._player.set_repeat(repeat)


def _plain(value: Any) -> Any:
    """A value that can be compared: object paths cannot."""
    if not isinstance(value, dict):
        return value
    return {name: getattr(each, "path", lambda each=each: each)() for name, each in value.items()}


def _no_names() -> QDBusArgument:
    """An empty list of strings: an empty Python list would travel as one of variants."""
    names = QDBusArgument()
    names.beginArray(QMetaType(QMetaType.Type.QString.value))
    names.endArray()
    return names
