"""The radio of the application: goes on at the end of the queue, steered by skips, never twice."""

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from soniq_desktop.library.catalogue import ScannedFile
from soniq_desktop.library.records import Tags
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.radio import RadioService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks
from tests.audio_fixtures import sine, write_audio
from tests.reasons_fixtures import Shelf
from tests.ui.test_player_service import no_device
from tests.ui_fixtures import MemoryStore

SPEC = embedder_spec(DEFAULT_EMBEDDER)
WAIT = 15_000


class Listens(QObject):
    listened = Signal(int)


class Room:
    """A library of real files, a player without a device, and the radio over both."""

    def __init__(self, folder, qtbot, seconds=3.0):
        self.qtbot, self.seconds = qtbot, seconds
        self.sound = folder / "tone.flac"
        write_audio(self.sound, sine(seconds, frequency=330.0))
        self.shelf = Shelf(folder, SPEC)
        self.shelf.folder = folder
        self.settings = SettingsService(MemoryStore())
        self.tasks = Tasks()
        self.library = Listens()
        self.discovery = DiscoveryService(
            self.shelf.catalogue,
            self.library,  # type: ignore[arg-type]
            folder / "index",
            self.settings,
        )
        self.player = PlayerService(self.shelf.catalogue, self.tasks, self.settings, open_device=no_device)
        self.radio = RadioService(self.player, self.discovery, self.settings)
        self.plays = []
        self.player.played.connect(self.plays.append)

    def song(self, vector, **known):
        """A song whose file can be played."""
        number = self.shelf.count + 1
        path = self.sound.with_name(f"{number}.flac")
        path.hardlink_to(self.sound)
        return self.shelf.add(vector, path=str(path), duration=self.seconds, **known)

    def crowd(self, count, seed=0):
        random = np.random.default_rng(seed)
        return [
            self.song(random.standard_normal(SPEC.dim), tempo=float(random.uniform(60, 180)))
            for _ in range(count)
        ]

    def until(self, condition):
        self.qtbot.waitUntil(condition, timeout=WAIT)

    def playing(self, track_id):
        track = self.player.track()
        return track is not None and track.id == track_id and self.player.state() == "playing"

    def near_the_end(self):
        """What plays has a moment left."""
        self.player.seek(self.seconds - 0.3)

    def queued(self):
        """The one track that the radio has put into the queue, once it is there."""
        self.until(lambda: len(self.player.upcoming()) == 1 and self.radio.next_track() is not None)
        assert self.radio.next_track().track.id == self.player.upcoming()[0]
        return self.player.upcoming()[0]

    def close(self):
        self.player.close()
        self.discovery.close()
        self.tasks.close()
        self.settings.close()
        self.shelf.catalogue.close()


@pytest.fixture
def room(tmp_path, qtbot):
    room = Room(tmp_path, qtbot)
    yield room
    room.close()


def near(axis, towards=None, share=0.0):
    unit = np.eye(SPEC.dim)
    return unit[axis] if towards is None else np.cos(share) * unit[axis] + np.sin(share) * unit[towards]


def test_at_the_end_of_the_queue_music_goes_on_and_nothing_comes_twice(room):
    ids = room.crowd(4)
    room.player.play(ids[:1])
    heard = [ids[0]]
    for _ in range(3):
        following = room.queued()
        assert following not in heard
        heard.append(following)
        room.near_the_end()
        room.until(lambda following=following: room.playing(following))
    room.near_the_end()
    room.until(lambda: room.player.state() == "stopped")
    assert sorted(heard) == sorted(ids)
    assert room.player.queue() == heard
    room.until(lambda: len(room.plays) == 4)
    assert [play.source for play in room.plays] == ["songs", "radio", "radio", "radio"]
    assert [play.ended for play in room.plays] == ["finished"] * 4


def test_each_song_says_why_it_was_chosen(room):
    ids = room.crowd(5)
    room.player.play(ids[:1])
    why = room.discovery.why(room.queued())
    assert why is not None
    assert why.reason.sentence
    assert why.because.startswith("Track")


def test_a_skip_steers_the_very_next_song(room):
    seed = room.song(near(0))
    one_way = [room.song(near(0, 1, 0.5 + share / 50), artist=f"One {share}") for share in range(4)]
    other_way = [room.song(near(0, 2, 0.7 + share / 50), artist=f"Other {share}") for share in range(4)]
    room.crowd(12)
    room.player.play([seed])
    first = room.queued()
    assert first in one_way
    room.player.next()
    room.until(lambda: room.playing(first))
    unsteered = room.queued()
    assert unsteered in one_way
    room.player.next()
    room.until(lambda: room.player.track().id != first)
    assert room.player.track().id in other_way
    assert unsteered not in room.player.queue()[: room.player.current_index() + 1]


def test_songs_that_the_listener_queues_come_first(room):
    ids = room.crowd(6)
    room.player.play(ids[:1])
    following = room.queued()
    wanted = next(each for each in ids[1:] if each != following)
    room.player.add([wanted])
    room.until(lambda: room.player.upcoming() == [wanted])
    assert room.radio.next_track() is None


def test_switched_off_it_takes_back_what_it_queued_and_stays_silent(room):
    ids = room.crowd(4)
    room.player.play(ids[:1])
    room.queued()
    room.radio.set_on(False)
    assert room.player.upcoming() == []
    room.near_the_end()
    room.until(lambda: room.player.state() == "stopped")
    assert room.player.queue() == ids[:1]


def test_repeat_needs_no_radio(room):
    ids = room.crowd(4)
    room.player.set_repeat("all")
    room.player.play(ids[:1])
    room.until(lambda: room.player.position() > 0.5)
    assert room.radio.next_track() is None


def test_started_from_songs_it_plays_the_first_and_switches_itself_on(room):
    ids = room.crowd(8)
    room.radio.set_on(False)
    room.radio.start(ids[2:4])
    room.until(lambda: room.playing(ids[2]))
    assert room.radio.on()
    assert room.player.playing_from() == "radio"
    assert room.queued() not in ids[2:4]


def test_started_from_a_song_without_analysis_it_says_so_and_plays_it(room, qtbot):
    room.crowd(3)
    path = room.sound.with_name("new.flac")
    path.hardlink_to(room.sound)
    found = ScannedFile(str(path), 1, 1, Tags(title="New", duration=3.0))
    new = room.shelf.catalogue.store_scanned([found])[0]
    with qtbot.waitSignal(room.radio.message, timeout=WAIT) as message:
        room.radio.start([new])
    assert "listened to none" in message.args[0]
    room.until(lambda: room.playing(new))
    assert room.player.upcoming() == []


def test_a_library_that_is_at_its_end_is_said_once(room, qtbot):
    (only,) = room.crowd(1)
    said = []
    room.radio.message.connect(said.append)
    room.player.play([only])
    room.until(lambda: bool(said))
    room.near_the_end()
    room.until(lambda: room.player.state() == "stopped")
    assert said == ["The radio has played everything that SONIQ has listened to."]


def test_another_queue_begins_another_session_that_still_avoids_what_was_heard(room):
    ids = room.crowd(6)
    room.player.play(ids[:1])
    first = room.queued()
    room.player.next()
    room.until(lambda: room.playing(first))
    other = next(each for each in ids if each not in (ids[0], first))
    room.player.play([other])
    room.until(lambda: room.playing(other))
    assert room.queued() not in (ids[0], first, other)
