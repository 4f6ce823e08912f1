"""Scrobbling against a server on this machine: what is told, the queue, back-off, refusals."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from PySide6.QtCore import QObject, Signal

from soniq_desktop.library.records import Play
from soniq_desktop.services.scrobble import ScrobbleService
from soniq_desktop.services.scrobble_clients import LastFm, ListenBrainz, Scrobble, signature
from soniq_desktop.services.settings import SettingsService
from tests.catalogue_fixtures import open_catalogue, scanned

PLAY = Scrobble("Björk", "Jóga", "Homogenic", 1_600_000_000.4, 305.0)


class Server(ThreadingHTTPServer):
    """Answers with `answers` in turn, the last one for ever; keeps what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict, dict]] = [(200, {"status": "ok"}, {})]
        self.asked: list[tuple[str, dict, bytes]] = []
        self.root = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        answers = self.server.answers
        status, data, headers = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def log_message(self, *_args: object) -> None:
        """Quiet."""


class Playing(QObject):
    played = Signal(object)


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def player():
    return Playing()


@pytest.fixture
def scrobbling(tmp_path: Path, server, settings, player):
    with open_catalogue(tmp_path) as catalogue:
        catalogue.store_scanned(
            [
                scanned("/music/1", title="Jóga", artist="Björk", album="Homogenic", duration=305.0),
                scanned("/music/2", title="Jingle", artist="Radio", duration=20.0),
            ]
        )
        roots = {"listenbrainz": server.root, "lastfm": f"{server.root}/2.0/"}
        service = ScrobbleService(
            catalogue, player, settings, tmp_path / "queue.json", roots=roots, first_wait=0.05
        )
        yield service
        service.close()


def heard(track: int = 1, seconds: float = 305.0, at: float = 1_600_000_000.4) -> Play:
    return Play(track, at, seconds, "finished", "songs")


def switch_on(settings: SettingsService) -> None:
    settings.set("scrobble.listenbrainz_token", "secret")
    settings.set("scrobble.listenbrainz", True)


def test_nothing_is_told_before_it_is_switched_on(scrobbling, server, player, qtbot):
    player.played.emit(heard())
    qtbot.wait(50)
    assert server.asked == []
    assert scrobbling.waiting("listenbrainz") == 0


def test_listenbrainz_is_told_with_the_token(scrobbling, server, settings, player, qtbot):
    switch_on(settings)
    player.played.emit(heard())
    qtbot.waitUntil(lambda: scrobbling.waiting("listenbrainz") == 0 and len(server.asked) == 1)
    path, headers, body = server.asked[0]
    (listen,) = json.loads(body)["payload"]
    assert (path, headers["Authorization"]) == ("/1/submit-listens", "Token secret")
    assert listen["listened_at"] == 1_600_000_000
    assert listen["track_metadata"]["artist_name"] == "Björk"
    assert listen["track_metadata"]["additional_info"]["duration_ms"] == 305_000


def test_what_does_not_count_is_not_told(scrobbling, server, settings, player, qtbot):
    switch_on(settings)
    player.played.emit(heard(seconds=100.0))
    player.played.emit(heard(track=2, seconds=20.0))
    player.played.emit(heard(at=1_700_000_000.0))
    qtbot.waitUntil(lambda: len(server.asked) == 1 and scrobbling.waiting("listenbrainz") == 0)
    assert json.loads(server.asked[0][2])["payload"][0]["listened_at"] == 1_700_000_000


def test_offline_plays_wait_on_the_disk_and_are_told_later(
    scrobbling, server, settings, player, qtbot, tmp_path
):
    server.answers = [(503, {}, {}), (429, {}, {"X-RateLimit-Reset-In": "0"}), (200, {}, {})]
    switch_on(settings)
    player.played.emit(heard())
    qtbot.waitUntil(lambda: len(server.asked) >= 1)
    assert json.loads((tmp_path / "queue.json").read_text())["listenbrainz"][0]["title"] == "Jóga"
    qtbot.waitUntil(lambda: scrobbling.waiting("listenbrainz") == 0)
    assert len(server.asked) == 3


def test_a_queue_survives_the_end_of_the_program(scrobbling, server, settings, player, qtbot, tmp_path):
    server.answers = [(401, {"error": "Invalid token"}, {})]
    switch_on(settings)
    with qtbot.waitSignal(scrobbling.message) as said:
        player.played.emit(heard())
    assert "ListenBrainz refused its key: Invalid token" in said.args[0]
    server.answers = [(200, {}, {})]
    other = ScrobbleService(
        scrobbling._catalogue,
        Playing(),
        settings,
        tmp_path / "queue.json",
        roots={"listenbrainz": server.root},
    )
    assert other.waiting("listenbrainz") == 1
    other.start()
    qtbot.waitUntil(lambda: other.waiting("listenbrainz") == 0)
    other.close()


def test_a_refused_token_is_left_alone_until_a_setting_changes(scrobbling, server, settings, player, qtbot):
    server.answers = [(401, {"error": "Invalid token"}, {})]
    switch_on(settings)
    with qtbot.waitSignal(scrobbling.message):
        player.played.emit(heard())
    player.played.emit(heard(at=1_700_000_000.0))
    qtbot.waitUntil(lambda: scrobbling.waiting("listenbrainz") == 2)
    assert len(server.asked) == 1
    server.answers = [(200, {}, {})]
    settings.set("scrobble.listenbrainz_token", "right")
    qtbot.waitUntil(lambda: scrobbling.waiting("listenbrainz") == 0)
    assert len(json.loads(server.asked[-1][2])["payload"]) == 2


def test_one_bad_play_does_not_hold_up_the_others(scrobbling, server, settings, qtbot):
    for number in range(3):
        scrobbling._queue.add(
            "listenbrainz", Scrobble("A", f"S{number}", "", 1_600_000_000.0 + number, 200.0)
        )
    server.answers = [(400, {}, {}), (400, {}, {}), (200, {}, {})]
    switch_on(settings)
    qtbot.waitUntil(lambda: scrobbling.waiting("listenbrainz") == 0)
    sizes = [len(json.loads(body)["payload"]) for _, _, body in server.asked]
    assert sizes == [3, 1, 2] or sizes == [3, 1, 1, 1]


def test_lastfm_signs_its_calls(scrobbling, server, settings, player, qtbot):
    for name, value in (("key", "K"), ("secret", "S"), ("session", "sess")):
        settings.set(f"scrobble.lastfm_{name}", value)
    settings.set("scrobble.lastfm", True)
    player.played.emit(heard())
    qtbot.waitUntil(lambda: scrobbling.waiting("lastfm") == 0 and len(server.asked) == 1)
    sent = {name: values[0] for name, values in parse_qs(server.asked[0][2].decode()).items()}
    assert sent["artist[0]"] == "Björk"
    assert sent["timestamp[0]"] == "1600000000"
    given = sent.pop("api_sig")
    assert given == signature(sent, "S")


def test_a_signature_by_hand():
    """md5("api_keyxxxmethodauth.getSessiontokenyyy" + "mysecret"), the shape of Last.fm's own example."""
    values = {"token": "yyy", "method": "auth.getSession", "api_key": "xxx", "format": "json"}
    import hashlib

    expected = hashlib.md5(b"api_keyxxxmethodauth.getSessiontokenyyymysecret").hexdigest()
    assert signature(values, "mysecret") == expected


def test_lastfm_is_connected_by_the_browser(scrobbling, server, settings, qtbot):
    settings.set("scrobble.lastfm_key", "K")
    settings.set("scrobble.lastfm_secret", "S")
    server.answers = [(200, {"token": "T"}, {}), (200, {"session": {"key": "sess", "name": "me"}}, {})]
    got: list[tuple[str, str]] = []
    scrobbling.ask_lastfm(lambda token, url: got.append((token, url)), got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got[0][0] == "T"
    assert "api_key=K&token=T" in got[0][1]
    done: list[bool] = []
    scrobbling.finish_lastfm("T", lambda: done.append(True), done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert settings.get("scrobble.lastfm_session") == "sess"


@pytest.mark.parametrize(("code", "result"), [(9, "refused"), (29, "later"), (16, "later"), (6, "bad")])
def test_lastfm_errors_are_told_apart(server, code, result):
    server.answers = [(200, {"error": code, "message": "No"}, {})]
    assert LastFm("K", "S", "sess", server.root).send([PLAY]).result == result


def test_nobody_there_means_later(server):
    assert ListenBrainz("t", "http://127.0.0.1:9").send([PLAY]).result == "later"
