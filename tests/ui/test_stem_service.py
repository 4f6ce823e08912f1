"""The stems' service over a real catalogue, player and worker process, with the tiny network as HTDemucs."""

import numpy as np
import pytest

from soniq_desktop.audio.mixer import Lane
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.scanner import Scanner
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.stem_reports import sound_of
from soniq_desktop.services.stems import StemService
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.stems.chunking import take_apart
from soniq_desktop.stems.engine import ENGINES
from soniq_desktop.stems.export import ExportRequest
from soniq_desktop.stems.presets import Presets
from tests.audio_fixtures import write_audio
from tests.stems_fixtures import Echo, chords, save_tiny_htdemucs
from tests.ui_fixtures import MemoryStore


class Two(Echo):
    stems = ("vocals", "accompaniment")


def no_device(name, latency):
    raise OutputDeviceError("No sound device was found.")


@pytest.fixture
def room(qtbot, tmp_path):
    """(service, track, player), all closed at the end."""
    music, paths = tmp_path / "music", Paths.under(tmp_path / "home").ensure()
    music.mkdir()
    write_audio(music / "song.flac", chords(6.0), tags={"title": "Song", "artist": "A"})
    catalogue = Catalogue(paths.catalogue, waveforms=paths.waveforms)
    catalogue.add_folder(str(music))
    Scanner(catalogue, paths).scan([str(music)], control=Control(), progress=lambda _: None)
    track = catalogue.track_by_path(str(music / "song.flac"))
    tasks, settings, documents = Tasks(), SettingsService(MemoryStore()), Documents(paths.documents)
    player = PlayerService(catalogue, tasks, settings, open_device=no_device)
    service = StemService(paths, tasks, player, Presets(documents))
    yield service, track, player
    service.close()
    player.close()
    tasks.close()
    settings.close()
    catalogue.close()


@pytest.fixture
def opened(qtbot, room):
    """The same with stems of the track in the cache and in the mixer."""
    service, track, _ = room
    with service._cache.writing(sound_of(track), ENGINES["spleeter"]) as stems:
        take_apart(track.path, Two(), stems)
    with qtbot.waitSignal(service.opened, timeout=5000) as told:
        service.open(track)
    assert told.args[0].spec.name == "spleeter"
    return room


def test_engines_are_offered_with_size_licence_time_and_memory(qtbot, room):
    service, track, _ = room
    offered = []
    service.engines(track, offered.extend)
    qtbot.waitUntil(lambda: bool(offered), timeout=5000)
    assert [each.name for each in offered] == ["htdemucs", "htdemucs-onnx", "spleeter"]
    spleeter = offered[2]
    assert not spleeter.installed
    assert "Permission is hereby granted" in spleeter.licence_text
    assert spleeter.download_bytes > 1_000_000
    assert 0 < spleeter.seconds < offered[0].seconds
    assert spleeter.ready == 0.0


def test_a_track_is_separated_paused_resumed_and_kept(qtbot, room, tmp_path):
    service, track, _ = room
    failures, chunks, stages = [], [], []
    service.failed.connect(lambda *sentence: failures.append(sentence))
    service.chunk_ready.connect(lambda _, begin, end: chunks.append((begin, end)))
    service.progress.connect(lambda progress: stages.append(progress and progress.stage))

    service.start(track, "htdemucs")
    assert "not on this computer" in failures.pop()[0]

    with qtbot.waitSignal(service.models.changed, timeout=20000):
        service.models.import_file(str(save_tiny_htdemucs(tmp_path / "tiny.safetensors")))
    service.start(track, "htdemucs")
    qtbot.waitUntil(lambda: len(chunks) >= 2, timeout=60000)
    assert service.peaks("drums").any()
    service.pause()
    qtbot.waitUntil(lambda: stages[-1] == "paused", timeout=10000)
    service.resume()
    qtbot.waitUntil(lambda: stages[-1] == "done", timeout=60000)
    assert failures == []
    assert min(chunks)[0] == 0.0
    assert max(chunks)[1] == pytest.approx(6.0, abs=0.01)
    assert sorted(chunks) == chunks
    assert service.current().stem_set.complete


def test_weights_are_not_fetched_without_consent(qtbot, room):
    service, _, _ = room
    with qtbot.waitSignal(service.failed, timeout=1000) as told:
        service.models.get("spleeter", accepted=False)
    assert "accepted" in told.args[0]
    assert service.models.store.state("spleeter").state == "absent"


def test_presets_set_the_lanes_and_own_ones_are_kept(qtbot, opened):
    service = opened[0]
    service.apply_preset("Karaoke")
    assert [lane.muted for lane in service.mixer().lanes] == [True, False]
    assert service.preset() == "Karaoke"
    service.set_lane(1, Lane(gain_db=-3.0))
    assert service.preset() == "Custom"
    with qtbot.waitSignal(service.presets_changed, timeout=5000):
        service.save_preset("Mine")
    service.apply_preset("Original")
    with qtbot.waitSignal(service.mixer_changed, timeout=5000):
        service.apply_preset("Mine")
    assert service.mixer().lanes[1].gain_db == -3.0
    names = []
    service.preset_names(lambda own, mine: names.extend([own, mine]))
    qtbot.waitUntil(lambda: bool(names), timeout=5000)
    assert names == [["Original", "Karaoke", "Acapella"], ["Mine"]]
    with qtbot.waitSignal(service.presets_changed, timeout=5000):
        service.rename_preset("Mine", "Softer")
    names.clear()
    service.preset_names(lambda own, mine: names.extend([own, mine]))
    qtbot.waitUntil(lambda: bool(names), timeout=5000)
    assert names[1] == ["Softer"]


def test_the_original_is_compared_at_the_loudness_of_the_mix(qtbot, opened):
    service = opened[0]
    service.set_lane(1, Lane(muted=True))  # what is left is a quarter of the track
    service.set_original(True)
    assert service.mixer().original_gain == pytest.approx(0.25, rel=0.01)


def test_values_out_of_range_are_put_within(qtbot, opened):
    service = opened[0]
    service.set_speed(9.0)
    service.set_key(-40)
    service.set_loop(2.0, 2.001)
    state = service.mixer()
    assert (state.speed, state.semitones, state.loop) == (1.5, -6.0, None)


def test_levels_follow_what_is_heard(qtbot, opened):
    service, track, player = opened
    assert not service.levels().any()
    player.play([track.id])
    qtbot.waitUntil(lambda: service.levels()[0].max() > 0.001, timeout=8000)
    before = service.levels()
    assert before.shape == (2, 2)
    service.set_lane(0, Lane(muted=True))
    assert not service.levels()[0].any()


def test_a_loop_keeps_the_player_inside(qtbot, opened):
    service, track, player = opened
    service.set_loop(0.5, 1.0)
    player.play([track.id])
    qtbot.waitUntil(lambda: player.position() > 0.5, timeout=8000)
    qtbot.wait(900)
    assert 0.4 <= player.position() <= 1.05
    service.clear_loop()
    qtbot.waitUntil(lambda: player.position() > 1.2, timeout=8000)


def test_stems_are_exported_once_and_never_over_a_file(qtbot, opened, tmp_path):
    service = opened[0]
    request = ExportRequest(tmp_path / "out", "Song", "wav", ("vocals",))
    with qtbot.waitSignal(service.exported, timeout=10000) as told:
        service.export(request)
    assert [file.name for file in told.args[0]] == ["Song - vocals.wav"]
    with qtbot.waitSignal(service.export_failed, timeout=10000) as refused:
        service.export(request)
    assert "is there already" in refused.args[0]
    assert refused.args[2] is True


def test_freeing_space_spares_the_track_in_the_mixer_unless_it_is_left(qtbot, opened):
    service, track, _ = opened
    freed = []
    service.leave()
    service.free_space(freed.append)
    qtbot.waitUntil(lambda: bool(freed), timeout=5000)
    assert freed[0] > 10_000
    with qtbot.waitSignal(service.opened, timeout=5000) as told:
        service.open(track)
    assert told.args[0] is None
    assert np.size(service.peaks("vocals")) == 0
