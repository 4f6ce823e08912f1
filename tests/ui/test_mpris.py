"""The player on a private session bus: a real dbus-daemon between the service and a client."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusObjectPath, QDBusVariant

from soniq_desktop.services.mpris import NAME, PATH, PLAYER, MprisService, session_bus
from soniq_desktop.services.mpris_values import NO_TRACK, metadata, names, track_path, utf8
from tests.ui_fixtures import FakeLibrary, FakePlayer, make_track

PROPERTIES = "org.freedesktop.DBus.Properties"
needs_bus = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None or not sys.platform.startswith("linux"),
    reason="needs dbus-daemon (Debian: apt-get install dbus)",
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a bus that ends with the test."""
    config = tmp_path / "bus.conf"
    config.write_text(
        '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"'
        ' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">'
        f"<busconfig><type>session</type><listen>unix:path={tmp_path / 'bus'}</listen>"
        '<policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/>'
        "</policy></busconfig>"
    )
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


class Client:
    """A desktop: calls by the bus and waits for the answer."""

    def __init__(self, address: str, qtbot: Any) -> None:
        self._address, self._qtbot = address, qtbot
        self._bus = QDBusConnection.connectToBus(address, "soniq-test-client")

    def call(self, interface: str, method: str, *arguments: Any, name: str = NAME) -> list[Any]:
        message = QDBusMessage.createMethodCall(name, PATH, interface, method)
        message.setArguments(list(arguments))
        pending = self._bus.asyncCall(message)
        self._qtbot.waitUntil(pending.isFinished)
        reply = pending.reply()
        assert reply.type() == QDBusMessage.MessageType.ReplyMessage, reply.errorMessage()
        return list(reply.arguments())

    def send(self, method: str, *arguments: str) -> None:
        """Call with the types that `dbus-send` is told."""
        self._run("dbus-send", "--print-reply", f"--dest={NAME}", PATH, f"{PLAYER}.{method}", *arguments)

    def _run(self, program: str, *arguments: str) -> str:
        command = [program, f"--bus={self._address}", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asking:
            self._qtbot.waitUntil(lambda: asking.poll() is not None)
            assert asking.returncode == 0
            assert asking.stdout is not None
            return " ".join(asking.stdout.read().split())

    def get(self, name: str, interface: str = PLAYER) -> Any:
        return self.call(PROPERTIES, "Get", interface, name)[0].variant()

    def printed(self, name: str) -> str:
        """A property as `dbus-send` prints it: PySide does not unpack maps."""
        get = f"{PROPERTIES}.Get", f"string:{PLAYER}", f"string:{name}"
        return self._run("dbus-send", "--print-reply", f"--dest={NAME}", PATH, *get)

    def set(self, name: str, value: Any) -> None:
        self.call(PROPERTIES, "Set", PLAYER, name, QDBusVariant(value))


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer(FakeLibrary(12))


@pytest.fixture
def bus(address: str) -> Iterator[QDBusConnection]:
    yield QDBusConnection.connectToBus(address, "soniq-test-service")
    QDBusConnection.disconnectFromBus("soniq-test-service")


@pytest.fixture
def service(bus: QDBusConnection, player: FakePlayer) -> Iterator[MprisService]:
    service = MprisService(player, lambda key: f"file:///covers/{key}", bus=lambda: bus)
    service.start()
    yield service
    service.close()


@pytest.fixture
def client(service: MprisService, address: str, qtbot: Any) -> Iterator[Client]:
    yield Client(address, qtbot)
    QDBusConnection.disconnectFromBus("soniq-test-client")


@needs_bus
def test_buttons_of_the_desktop_reach_the_player(client: Client, player: FakePlayer) -> None:
    player.play([3, 4, 5], 1)
    client.call(PLAYER, "PlayPause")
    assert player.state() == "paused"
    client.call(PLAYER, "Pause")
    assert player.state() == "paused"
    client.call(PLAYER, "Play")
    assert player.state() == "playing"
    client.call(PLAYER, "Next")
    assert player.track().id == 5
    client.call(PLAYER, "Previous")
    assert player.track().id == 4
    client.call(PLAYER, "Stop")
    assert player.state() == "stopped"


@needs_bus
def test_what_plays_is_told_with_its_cover_and_length(client: Client, player: FakePlayer) -> None:
    assert client.get("PlaybackStatus") == "Stopped"
    assert f'"mpris:trackid" variant object path "{NO_TRACK}"' in client.printed("Metadata")
    assert client.get("CanPlay") is False
    player.play([3, 4], 0)
    track = player.track()
    told = client.printed("Metadata")
    assert f'"xesam:title" variant string "{track.title}"' in told
    assert f'"xesam:artist" variant array [ string "{track.artist}" ]' in told
    assert f'"xesam:album" variant string "{track.tags.album}"' in told
    assert f'"mpris:artUrl" variant string "file:///covers/{track.tags.artwork}"' in told
    assert f'"mpris:length" variant int32 {round(1e6 * player.duration())}' in told
    assert f'object path "{track_path(track)}"' in told
    assert client.get("PlaybackStatus") == "Playing"
    assert client.get("CanGoNext") is True
    player.next()
    assert client.get("CanGoNext") is False
    assert client.get("Identity", "org.mpris.MediaPlayer2") == "SONIQ"


@needs_bus
def test_seeking_by_the_desktop(client: Client, player: FakePlayer) -> None:
    player.play([3, 4], 0)
    player.seek(30.0)
    assert client.get("Position") == 30_000_000
    mine = QDBusObjectPath(track_path(player.track()))
    client.call(PLAYER, "SetPosition", mine, 2**40)  # beyond the end
    client.call(PLAYER, "SetPosition", QDBusObjectPath("/other"), 2**40)
    assert player.position() == 30.0
    client.send("SetPosition", f"objpath:{track_path(player.track())}", "int64:12500000")
    assert player.position() == 12.5
    client.send("Seek", "int64:-60000000")
    assert player.position() == 0.0
    client.send("Seek", "int64:3600000000")
    assert player.track().id == 4


@needs_bus
def test_volume_shuffle_and_repeat_are_set_and_told(client: Client, player: FakePlayer) -> None:
    client.set("Volume", 0.25)
    assert player.volume() == 0.25
    client.set("Volume", 4.0)
    assert player.volume() == 1.0
    client.set("Shuffle", True)
    client.set("LoopStatus", "Track")
    client.set("LoopStatus", "Nonsense")
    assert (player.shuffle(), player.repeat()) == (True, "one")
    assert client.get("LoopStatus") == "Track"


@needs_bus
def test_changes_are_announced_once_and_jumps_too(
    client: Client, player: FakePlayer, address: str, qtbot: Any, tmp_path: Path
) -> None:
    log = tmp_path / "signals"

    def heard() -> str:
        return " ".join(log.read_text().split())

    command = ["dbus-monitor", "--address", address, f"type='signal',path='{PATH}'"]
    with log.open("w") as file, subprocess.Popen(command, stdout=file) as monitor:
        qtbot.waitUntil(lambda: "NameLost" in heard())  # it listens from now on
        player.play([3, 4], 0)
        qtbot.waitUntil(lambda: f'"xesam:title" variant string "{player.track().title}"' in heard())
        player.options_changed.emit()  # nothing has changed
        player.set_volume(0.5)
        qtbot.waitUntil(lambda: '"Volume" variant double 0.5' in heard())
        assert heard().count('"Volume"') == 1
        assert heard().count('"PlaybackStatus"') == 1
        player.position_changed.emit(10.0)
        player.position_changed.emit(10.1)
        player.position_changed.emit(95.0)
        qtbot.waitUntil(lambda: "member=Seeked int64 95000000" in heard())
        assert heard().count("member=Seeked") == 1
        monitor.terminate()


@needs_bus
def test_the_window_is_asked_to_come_open_and_end(
    client: Client, service: MprisService, qtbot: Any, tmp_path: Path
) -> None:
    with qtbot.waitSignals([service.raise_wanted, service.quit_wanted]):
        client.call("org.mpris.MediaPlayer2", "Raise")
        client.call("org.mpris.MediaPlayer2", "Quit")
    song = tmp_path / "a song.flac"
    with qtbot.waitSignal(service.open_wanted) as asked:
        client.call(PLAYER, "OpenUri", song.as_uri())
    assert asked.args == [[str(song)]]
    client.call(PLAYER, "OpenUri", "https://example.org/song.mp3")  # nothing is fetched


@needs_bus
def test_a_second_program_gets_a_name_of_its_own_and_the_first_gives_its_back(
    service: MprisService, player: FakePlayer, address: str, qtbot: Any
) -> None:
    other_bus = QDBusConnection.connectToBus(address, "soniq-test-other")
    other = MprisService(player, lambda _key: "", bus=lambda: other_bus)
    other.start()
    names_there = other_bus.interface().registeredServiceNames().value()
    assert [each.startswith(NAME) for each in names_there].count(True) == 2
    service.close()
    qtbot.waitUntil(lambda: not other_bus.interface().isServiceRegistered(NAME).value())
    other.close()
    QDBusConnection.disconnectFromBus("soniq-test-other")


def test_without_a_bus_nothing_happens(
    player: FakePlayer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert session_bus() is None
    service = MprisService(player, lambda _key: "")
    service.start()
    player.play([3])
    service.close()


def test_no_name_of_a_file_can_break_the_bus() -> None:
    assert utf8("bad \udcff\0name") == "bad ?name"
    assert names("One; Two") == ["One", "Two"]
    track = make_track(3)
    bare = replace(track, path="/music/\udcff.mp3", tags=replace(track.tags, artwork=None))
    told = metadata(bare, 0.0, lambda _key: "never asked")
    assert told["xesam:url"] == "file:///music/%FF.mp3"
    assert "mpris:artUrl" not in told
    assert "mpris:length" not in told


@needs_bus
def test_nothing_of_it_is_left_for_a_collector_in_another_thread(
    bus: QDBusConnection, player: FakePlayer, qtbot: Any
) -> None:
    service = MprisService(player, lambda _key: "", bus=lambda: bus)
    assert not service.children()  # before it is started, nothing of the bus hangs on it
    service.start()
    standing = bus.objectRegisteredAt(PATH)
    assert standing is not None
    service.close()
    assert not shiboken6.isValid(standing)
    holder = [service]
    del service
    thread = threading.Thread(target=holder.clear)  # a Qt warning here fails the test
    thread.start()
    thread.join()
