"""What is kept of separated tracks: whole or not at all, least recently used first, exported as it was."""

import errno
import os

import av
import numpy as np
import pytest

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.audio.mixer import Lane, MixState, gains
from soniq_desktop.library.documents import Documents
from soniq_desktop.stems import flac, stem_set
from soniq_desktop.stems.balance import k_weights, matching_gain, pair_energies
from soniq_desktop.stems.bars import loop_of_bars
from soniq_desktop.stems.cache import StemCache
from soniq_desktop.stems.chunking import take_apart
from soniq_desktop.stems.engine import ENGINES
from soniq_desktop.stems.errors import ExistsError, NotEnoughMemoryError, StemsError
from soniq_desktop.stems.export import ExportRequest, export, safe_name
from soniq_desktop.stems.forecast import Paces, check_memory, expected
from soniq_desktop.stems.presets import CUSTOM, KARAOKE, Presets, available, built_in, name_of
from soniq_desktop.stems.stem_set import StemSet
from tests.stems_fixtures import Echo, chords, track

SPLEETER = ENGINES["spleeter"]


@pytest.fixture
def separated(tmp_path):
    path = track(tmp_path, 3.0)
    stems = StemSet(tmp_path / "set")
    take_apart(str(path), Echo(), stems)
    return str(path), stems


@pytest.mark.parametrize("peak", [0.3, 1.0, 3.7])
def test_flac_keeps_sixteen_bits_however_loud(peak):
    sound = chords(0.5) * 2 * peak
    data, exponent = flac.encode(sound, 44100)
    assert np.abs(flac.decode(data, exponent) - sound).max() <= 1.01 * 2.0**exponent / 32768


class TestDisk:
    def test_a_full_disk_leaves_what_was_finished_and_no_half_files(self, tmp_path, monkeypatch):
        path, folder, room = str(track(tmp_path, 5.0)), tmp_path / "set", [5]
        write = stem_set.write_file

        def writer(target, data):
            if not room[0]:
                target.write_bytes(data[: len(data) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            room[0] -= 1
            write(target, data)

        monkeypatch.setattr(stem_set, "write_file", writer)
        with pytest.raises(StemsError, match="disk is full"):
            take_apart(path, Echo(), StemSet(folder))
        kept = StemSet(folder)
        assert kept.done() == [0, 1]
        assert not kept.complete
        assert not list(folder.glob("*.tmp"))
        assert kept.extent(0) == (True, 2 * kept.layout.stride)
        room[0] = 100
        take_apart(path, Echo(), StemSet(folder))
        assert StemSet(folder).complete

    @pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
    def test_a_damaged_file_is_never_played_and_made_again(self, separated, damage):
        path, stems = separated
        file = sorted(stems.folder.glob("*.flac"))[2]
        content = file.read_bytes()
        if damage == "gone":
            file.unlink()
        else:
            file.write_bytes(content[:-100] if damage == "cut" else content[:-100] + bytes(100))
        again = StemSet(stems.folder)
        if damage == "changed":
            with pytest.raises(StemsError, match="damaged"):
                again.chunk(1)
        assert 1 not in again.done()
        assert not again.complete
        assert not again.extent(again.layout.stride)[0]
        take_apart(path, Echo(), again)
        assert again.complete
        assert file.read_bytes() == content

    def test_a_torn_journal_line_costs_its_chunk_alone(self, separated):
        path, stems = separated
        journal = stems.folder / "chunks.jsonl"
        journal.write_bytes(journal.read_bytes()[:-40])
        again = StemSet(stems.folder)
        assert len(again.done()) == stems.chunks - 1
        take_apart(path, Echo(), again)
        assert StemSet(stems.folder).complete

    def test_another_process_sees_chunks_as_they_come(self, tmp_path):
        path = str(track(tmp_path, 3.0))
        reader, seen = StemSet(tmp_path / "set"), []
        take_apart(
            path, Echo(), StemSet(tmp_path / "set"), 0.0, lambda _: seen.append(tuple(reader.refresh()))
        )
        assert [chunk for new in seen for chunk in new] == reader.done() == list(range(reader.chunks))

    def test_a_new_version_of_the_chunks_throws_the_old_ones_away(self, separated):
        path, stems = separated
        take_apart(path, Echo(segment=22050), StemSet(stems.folder))
        again = StemSet(stems.folder)
        assert again.layout.segment == 22050
        assert again.complete


class TestCache:
    def fill(self, cache, name, size, used):
        with cache.writing(name, SPLEETER):
            (cache.path(name, SPLEETER) / "00000-vocals.flac").write_bytes(bytes(size))
        os.utime(cache.path(name, SPLEETER) / "used", (used, used))

    def test_the_least_recently_used_go_first(self, tmp_path):
        cache = StemCache(tmp_path / "stems", limit=2500)
        for number, name in enumerate(("old", "older", "new")):
            self.fill(cache, name, 1000, [200, 100, 300][number])
        assert cache.trim() == 1000
        assert [path.parent.name for path in cache.sets()] == ["old", "new"]

    def test_what_is_being_made_and_what_is_kept_stay(self, tmp_path):
        cache = StemCache(tmp_path / "stems", limit=0)
        for name in ("kept", "busy", "free"):
            self.fill(cache, name, 1000, 100)
        with cache.writing("busy", SPLEETER):
            cache.trim(keep="kept")
        assert sorted(path.parent.name for path in cache.sets()) == ["busy", "kept"]

    def test_freeing_up_space_empties_the_folder(self, tmp_path):
        cache = StemCache(tmp_path / "stems")
        self.fill(cache, "one", 5000, 100)
        assert cache.size() >= 5000
        assert cache.clear() >= 5000
        assert cache.size() == 0
        assert cache.sets() == []

    def test_two_writers_of_one_track_are_refused(self, tmp_path):
        cache = StemCache(tmp_path / "stems")
        with (
            cache.writing("one", SPLEETER),
            pytest.raises(StemsError, match="already"),
            cache.writing("one", SPLEETER),
        ):
            pass


class TestLoudness:
    def test_the_weighting_is_flat_at_997_hertz_and_falls_in_the_bass(self):
        weights = 10 * np.log10(np.maximum(k_weights(44100, 1 << 16), 1e-12))
        at = lambda frequency: weights[round(frequency * (1 << 16) / 44100)]  # noqa: E731
        assert at(997) == pytest.approx(0.69, abs=0.03)  # the −0.691 dB of the standard's formula
        assert at(10000) == pytest.approx(4.0, abs=0.1)
        assert at(38) == pytest.approx(-6.0, abs=0.3)

    def test_energies_of_a_sum_need_no_mixing(self):
        stems = np.stack([chords(1.0, seed=seed).T for seed in (1, 2, 3)])
        state = MixState((Lane(gain_db=-3.0, pan=0.4), Lane(muted=True), Lane(gain_db=2.0)))
        gain = gains(state).astype(np.float64)
        mix = (stems * gain[:, :, None].astype(np.float32)).sum(axis=0)
        direct = pair_energies(mix[None], 44100)[:, 0, 0].sum()
        through = np.einsum("sc,cst,tc->", gain, pair_energies(stems, 44100), gain)
        assert through == pytest.approx(direct, rel=1e-4)
        original = pair_energies(2 * mix[None], 44100)[:, 0, 0]
        assert matching_gain(pair_energies(stems, 44100), original, gain) == pytest.approx(0.5, rel=1e-3)

    def test_silence_asks_for_no_gain(self):
        nothing = np.zeros((2, 3, 3))
        assert matching_gain(nothing, np.zeros(2), np.ones((3, 2))) == 1.0


class TestExport:
    @pytest.mark.parametrize("kind", ["wav", "flac"])
    def test_a_stem_is_written_as_it_was_separated(self, separated, tmp_path, kind):
        path, stems = separated
        [file] = export(
            path, stems, ExportRequest(tmp_path / "out", "A/B", kind, ("one",), tags={"artist": "Nobody"})
        )
        assert file.name == f"A_B - one.{kind}"
        written = Decoder(str(file)).read(10**6)
        assert np.abs(written - stems.read(0, 10**6)[0]).max() < 2e-7
        with av.open(str(file)) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
        assert tags["artist"] == "Nobody"
        assert tags["title"] == "A/B (one)"

    def test_a_mix_is_what_the_mixer_plays(self, separated, tmp_path):
        path, stems = separated
        state = MixState((Lane(), Lane(muted=True)), loop=(0.5, 1.5))
        [file] = export(path, stems, ExportRequest(tmp_path, "song", "wav", (), state))
        written = Decoder(str(file)).read(10**6)
        assert len(written) == 44100
        assert np.abs(written - stems.read(22050, 44100)[0]).max() < 1e-4

    def test_mp3_has_the_length_of_the_track(self, separated, tmp_path):
        path, stems = separated
        shares = []
        files = export(path, stems, ExportRequest(tmp_path, "song", "mp3", ("one", "two")), shares.append)
        assert shares[-1] == 1.0
        for file in files:
            assert abs(len(Decoder(str(file)).read(10**6)) - stems.layout.frames) < 2400

    def test_nothing_is_overwritten_silently(self, separated, tmp_path):
        path, stems = separated
        request = ExportRequest(tmp_path, "song", "wav", ("one", "two"))
        (tmp_path / "song - two.wav").write_bytes(b"mine")
        with pytest.raises(ExistsError, match="is there already"):
            export(path, stems, request)
        assert (tmp_path / "song - two.wav").read_bytes() == b"mine"
        assert not (tmp_path / "song - one.wav").exists()

    def test_incomplete_stems_are_not_exported(self, tmp_path):
        with pytest.raises(StemsError, match="not complete"):
            export("", StemSet(tmp_path / "none"), ExportRequest(tmp_path, "song"))

    def test_names_fit_every_file_system(self):
        assert safe_name(' AC/DC: "x?" ') == "AC_DC_ _x__"
        assert safe_name("...") == "track"


class TestForecast:
    def test_the_machine_s_own_speed_is_learned(self, tmp_path):
        paces = Paces(tmp_path / "pace.json")
        assert not expected(SPLEETER, 100, paces).learned
        paces.learn("spleeter", 10.0, 500_000_000)
        paces.learn("spleeter", 20.0, 400_000_000)
        forecast = expected(SPLEETER, 140, paces)
        assert forecast.seconds == pytest.approx(10.0)
        assert forecast.memory == 460_000_000  # more is believed at once, less by and by
        assert forecast.learned

    def test_a_lighter_engine_is_offered_where_memory_is_short(self, tmp_path, monkeypatch):
        from soniq_desktop.stems import forecast

        class Memory:
            available = 1_500_000_000

        monkeypatch.setattr(forecast.psutil, "virtual_memory", Memory)
        with pytest.raises(NotEnoughMemoryError, match=r"Spleeter needs about 0\.8 GB") as caught:
            check_memory(ENGINES["htdemucs"], Paces(tmp_path / "none"))
        assert caught.value.lighter == "spleeter"
        Memory.available = 100_000_000
        with pytest.raises(NotEnoughMemoryError) as caught:
            check_memory(SPLEETER, Paces(tmp_path / "none"))
        assert caught.value.lighter is None


class TestPresets:
    stems = ("vocals", "drums", "bass", "other")

    def test_the_known_ones_are_recognised(self):
        state = MixState(built_in(KARAOKE, self.stems))
        assert [lane.muted for lane in state.lanes] == [True, False, False, False]
        assert name_of(state, self.stems) == KARAOKE
        assert name_of(MixState((Lane(gain_db=1), *state.lanes[1:])), self.stems) == CUSTOM
        assert available(("vocals", "accompaniment")) == ["Original", "Karaoke", "Acapella"]

    def test_own_presets_outlive_the_program(self, tmp_path):
        documents = Documents(tmp_path / "documents.json")
        mine = MixState(
            (Lane(gain_db=-4.5, pan=0.5), Lane(muted=True), Lane(solo=True), Lane()), speed=0.8, semitones=-2
        )
        Presets(documents).save("Practice", mine, self.stems)
        Presets(documents).save("Practice", mine, self.stems)
        documents.close()
        again = Presets(Documents(tmp_path / "documents.json"))
        assert again.names() == ["Practice"]
        assert again.get("Practice", MixState(), self.stems) == mine
        assert len(again.get("Practice", MixState(), ("vocals", "accompaniment")).lanes) == 2
        again.delete("Practice")
        assert again.get("Practice", MixState(), self.stems) is None


def test_loops_of_bars_lie_on_beats():
    beats = [0.5 + 0.5 * number for number in range(16)]
    assert loop_of_bars(beats, 1, 1) == (0.5, 2.5)
    assert loop_of_bars(beats, 2, 3) == (2.5, 6.5)
    assert loop_of_bars(beats, 4, 4) == (6.5, 8.5)  # its end is behind the last beat
    for first, last in ((0, 1), (3, 2), (9, 9)):
        with pytest.raises(StemsError):
            loop_of_bars(beats, first, last)
