"""The player service over a real catalogue and real files, with a silent output."""

import pytest

from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.tasks import Tasks
from tests.audio_fixtures import sine, write_audio


def no_device(name, latency):
    raise OutputDeviceError("No sound device was found.")


@pytest.fixture
def library(tmp_path):
    from soniq_desktop.common.control import Control
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.library.scanner import Scanner

    music = tmp_path / "music"
    music.mkdir()
    for number in (1, 2, 3):
        tags = {"title": f"Tone {number}", "artist": "A", "album": "Tones", "tracknumber": str(number)}
        write_audio(music / f"{number}.flac", sine(2.0, frequency=220.0 * number), tags=tags)
    paths = Paths.under(tmp_path / "home").ensure()
    catalogue = Catalogue(paths.catalogue, waveforms=paths.waveforms)
    catalogue.add_folder(str(music))
    Scanner(catalogue, paths).scan([str(music)], control=Control(), progress=lambda _: None)
    yield catalogue
    catalogue.close()


@pytest.fixture
def ids(library):
    tracks = [library.track_by_path(folder + f"/{n}.flac") for folder in library.folders() for n in (1, 2, 3)]
    return [track.id for track in tracks]


@pytest.fixture
def make(qtbot, library, settings):
    tasks, made = Tasks(), []

    def build():
        made.append(PlayerService(library, tasks, settings, open_device=no_device))
        return made[-1]

    yield build
    for service in made:
        service.close()
    tasks.close()


def test_playing_tells_track_state_and_position(qtbot, make, ids):
    service = make()
    with qtbot.waitSignals([service.track_changed, service.state_changed], timeout=5000):
        service.play(ids)
    assert service.state() == "playing"
    assert service.track().tags.title == "Tone 1"
    qtbot.waitUntil(lambda: service.position() > 0.3, timeout=5000)
    assert service.duration() == pytest.approx(2.0, abs=0.01)
    assert service.queue() == ids
    assert service.upcoming() == ids[1:]


def test_without_a_device_it_says_so_and_goes_on(qtbot, make, ids):
    service = make()
    with qtbot.waitSignal(service.message, timeout=5000) as said:
        service.play(ids)
    assert "No sound device" in said.args[0]
    qtbot.waitUntil(lambda: service.position() > 0.2, timeout=5000)


def test_pause_seek_next_and_stop(qtbot, make, ids):
    service = make()
    service.play(ids)
    qtbot.waitUntil(lambda: service.state() == "playing", timeout=5000)
    service.pause()
    qtbot.waitUntil(lambda: service.state() == "paused", timeout=5000)
    service.seek(1.25)
    qtbot.waitUntil(lambda: service.position() == pytest.approx(1.25), timeout=5000)
    service.next()
    qtbot.waitUntil(lambda: service.track() is not None and service.track().id == ids[1], timeout=5000)
    assert service.current_index() == 1
    service.stop()
    qtbot.waitUntil(lambda: service.state() == "stopped", timeout=5000)
    assert service.track() is None


def test_what_was_heard_is_recorded(qtbot, make, library, ids):
    service = make()
    service.play(ids[:1], source="album")
    with qtbot.waitSignal(service.played, timeout=8000):
        qtbot.waitUntil(lambda: service.state() == "playing", timeout=5000)
    (play,) = library.plays(ids[0])
    assert play.ended == "finished"
    assert play.source == "album"
    assert play.seconds_heard == pytest.approx(2.0, abs=0.1)


def test_closing_records_what_was_playing(qtbot, make, library, ids):
    service = make()
    service.play(ids)
    qtbot.waitUntil(lambda: service.position() > 1.2, timeout=5000)
    service.close()
    (play,) = library.plays(ids[0])
    assert play.ended == "part"
    assert play.seconds_heard > 1.0


def test_next_start_takes_up_queue_and_position(qtbot, make, ids):
    first = make()
    first.play(ids, start=1)
    qtbot.waitUntil(lambda: first.state() == "playing", timeout=5000)
    first.pause()
    first.seek(0.75)
    first.set_repeat("all")
    qtbot.waitUntil(lambda: first.position() == pytest.approx(0.75), timeout=5000)
    first.close()
    second = make()
    with qtbot.waitSignal(second.track_changed, timeout=5000):
        second.start()
    qtbot.waitUntil(lambda: second.state() == "paused", timeout=5000)
    assert second.queue() == ids
    assert second.current_index() == 1
    assert second.position() == pytest.approx(0.75)
    assert second.repeat() == "all"
    second.toggle()
    qtbot.waitUntil(lambda: second.position() > 0.9, timeout=5000)


def test_options_are_kept_in_the_settings(qtbot, make, settings):
    service = make()
    with qtbot.waitSignal(service.options_changed):
        service.set_volume(0.3)
    service.set_muted(True)
    service.set_crossfade(4.0)
    service.set_loudness("album")
    service.set_device("Speakers")
    names = ("volume", "muted", "crossfade", "loudness", "device")
    assert [settings.get(f"playback.{name}") for name in names] == [0.3, True, 4.0, "album", "Speakers"]


def test_a_track_that_left_the_library_is_skipped_with_a_sentence(qtbot, make, ids):
    service = make()
    said = []
    service.message.connect(said.append)
    service.play([987654, ids[2]])
    qtbot.waitUntil(lambda: service.track() is not None, timeout=5000)
    assert service.track().id == ids[2]
    assert any("not in the library" in sentence for sentence in said)


def test_shuffle_keeps_the_current_track(qtbot, make, ids):
    service = make()
    service.play(ids, start=2)
    qtbot.waitUntil(lambda: service.track() is not None, timeout=5000)
    service.set_shuffle(True)
    assert service.queue()[0] == ids[2]
    assert sorted(service.queue()) == sorted(ids)
    service.set_shuffle(False)
    assert service.queue() == ids
    assert service.current_index() == 2
