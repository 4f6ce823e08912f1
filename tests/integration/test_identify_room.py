"""The whole way: music in a noisy room, the window listening on the microphone, the right card shown."""

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt

from soniq_desktop.app import build
from soniq_desktop.audio import devices
from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.ui.theme import Theme
from tests.audio_fixtures import write_audio
from tests.room_fixtures import in_a_cafe, song_of
from tests.virtual_card import RATE, missing, play_into_room, virtual_card

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]
SONGS = 5
START = 12.0  # seconds into the song
LONG = 90_000  # ms: processes that import torch on a busy machine


@pytest.fixture
def card():
    with virtual_card() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables
    devices.refresh()


@pytest.fixture
def application(tmp_path, qtbot, qapp, card):
    """The application with five songs that it has listened to."""
    music = tmp_path / "music"
    music.mkdir()
    for number in range(SONGS):
        write_song(music, number)
    Theme.current().install(qapp)
    application = build(Paths.under(tmp_path / "home").ensure())
    application.window.show()
    application.start()
    application.library.add_folder(str(music))
    qtbot.waitUntil(lambda: application.catalogue.counts().listened == SONGS, timeout=LONG)
    store = FingerprintStore(application.paths.fingerprints, merging=False)
    qtbot.waitUntil(lambda: len(store.track_ids()) == SONGS, timeout=LONG)
    store.close()
    yield application
    application.window.close()
    application.close()


def write_song(folder, number):
    tags = {"title": f"Song {number}", "artist": "The Fixtures"}
    write_audio(folder / f"{number}.flac", np.repeat(song_of(number)[:, None], 2, axis=1), RATE, tags=tags)


def test_song_in_a_noisy_room_is_named_and_played_along(application, card, qtbot):
    window, player = application.window, application.player
    song = in_a_cafe(song_of(3)[round(START * RATE) :], 5.0)
    with play_into_room(card, song):
        begun = time.monotonic()
        qtbot.wait(500)
        with qtbot.waitSignal(application.identify.identified, timeout=30_000) as told:
            qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        page = window.page("identify")
        assert window.navigator.place.page == "identify"
        assert page.answers.result.isVisible()
        assert page.answers.result.title.text() == "Song 3"
        answer = told.args[0]
        in_the_room = START + time.monotonic() - begun
        assert answer.live_position() == pytest.approx(
            in_the_room, abs=0.6
        )  # the player's start takes a while
        assert answer.match.false_alarm_rate <= 0.005
        qtbot.mouseClick(page.answers.result.play, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: player.position() > START + 1.0, timeout=10_000)
        qtbot.wait(1500)
        assert player.position() == pytest.approx(answer.live_position(), abs=0.25)
        player.stop()
    qtbot.waitUntil(lambda: len(page.answers.history.rows) == 1)
    assert page.answers.history.rows[0].line.title == "Song 3"


def test_what_is_not_in_the_library_is_not_named_until_it_is(application, card, qtbot, tmp_path):
    song = in_a_cafe(song_of(99), 10.0)
    application.window.navigator.open("identify")
    with play_into_room(card, song):
        qtbot.wait(300)
        with qtbot.waitSignal(application.identify.missed, timeout=40_000):
            application.identify.start()
    page = application.window.page("identify")
    assert page.answers.card.title.text() == "Not in your library"
    with qtbot.waitSignal(application.identify.message, timeout=10_000):
        application.identify.keep_clip()
    kept = list(application.paths.clips.glob("*.wav"))
    assert len(kept) == 1
    assert kept[0].stat().st_size > 12 * 2 * 8000
    write_song(tmp_path / "music", 99)
    with qtbot.waitSignal(application.identify.clip_known, timeout=LONG) as told:
        application.library.rescan()
    assert "“Song 99”" in told.args[0]
    qtbot.waitUntil(lambda: page.answers.history.rows[0].line.title == "Song 99")


def test_microphone_that_vanishes_is_a_card_with_one_action(application, qtbot):
    with virtual_card() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        application.identify._let_go()  # the next process finds the other card
        noise = np.random.default_rng(0).normal(0, 0.05, 20 * RATE).astype(np.float32)
        with play_into_room(variables, noise):
            with qtbot.waitSignal(application.identify.heard, timeout=30_000):
                application.identify.start()
            qtbot.wait(500)
    with qtbot.waitSignal(application.identify.trouble, timeout=20_000) as told:
        pass
    assert told.args[0].kind == "lost"
