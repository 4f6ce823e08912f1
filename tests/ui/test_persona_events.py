"""What the player writes into the history: sources, private sessions, clocks that go back, jumps."""

import pytest

from soniq_desktop.audio.events import Played
from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.library.play_history import like_moments
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.tasks import Tasks
from tests.audio_fixtures import sine, write_audio
from tests.catalogue_fixtures import open_catalogue, scanned


def no_device(name, latency):
    raise OutputDeviceError("No sound device was found.")


@pytest.fixture
def catalogue(tmp_path):
    write_audio(tmp_path / "tone.flac", sine(3.0))
    with open_catalogue(tmp_path) as opened:
        opened.store_scanned([scanned(str(tmp_path / "tone.flac"), title="Tone", duration=3.0)])
        yield opened


@pytest.fixture
def player(qtbot, catalogue, settings):
    tasks = Tasks()
    service = PlayerService(catalogue, tasks, settings, open_device=no_device)
    yield service
    service.close()
    tasks.close()


def listen(player: PlayerService, qtbot, until: float, source: str = "wormhole") -> None:
    player.play([1], 0, source)
    qtbot.waitUntil(lambda: player.position() > until, timeout=5_000)


def test_a_play_says_where_it_came_from_and_how_it_ended(player, catalogue, qtbot):
    listen(player, qtbot, 1.2)
    with qtbot.waitSignal(player.played):
        player.stop()
    (play,) = catalogue.plays(1)
    assert (play.source, play.ended) == ("wormhole", "part")
    assert 1.0 <= play.seconds_heard <= 2.5


def test_jumping_to_and_fro_adds_no_seconds(player, catalogue, qtbot):
    listen(player, qtbot, 0.6)
    for place in (2.0, 0.1, 2.0, 0.1, 0.5):  # far from the end: it shall not end by itself meanwhile
        player.seek(place)
    qtbot.wait(600)
    with qtbot.waitSignal(player.played):
        player.stop()
    (play,) = catalogue.plays(1)
    assert play.seconds_heard < 2.5
    assert len(catalogue.plays(1)) == 1


def test_a_private_session_leaves_no_trace(player, catalogue, settings, qtbot):
    settings.set("privacy.private_session", True)
    listen(player, qtbot, 1.1)
    with qtbot.assertNotEmitted(player.played, wait=400):
        player.stop()
    assert catalogue.plays(1) == []
    settings.set("privacy.private_session", False)
    listen(player, qtbot, 1.1)
    with qtbot.waitSignal(player.played):
        player.stop()
    assert len(catalogue.plays(1)) == 1


def test_a_clock_that_was_set_back_leaves_no_play_in_the_future(player, catalogue, qtbot, monkeypatch):
    monkeypatch.setattr("soniq_desktop.services.player.time.time", lambda: 1_000_000.0)
    with qtbot.waitSignal(player.played):
        player._record(Played(1, 1, 2_000_000.0, 200.0, "finished", 200.0))
    (play,) = catalogue.plays(1)
    assert play.started_at == 1_000_000.0 - 200.0


def test_likes_are_events_too(catalogue):
    catalogue.set_liked(1, True)
    catalogue.set_liked(1, False)
    assert len(like_moments(catalogue.database)) == 2
