"""The CRNN as a second listener: heard in the same decode, caught up with later; families of the library."""

import wave
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.analysis.embedders import Embedder, load_embedder
from soniq_desktop.analysis.genre.catching_up import catch_up, embedding_pool, unheard
from soniq_desktop.analysis.genre.crnn_embedder import WINDOW_SECONDS, CrnnEmbedder
from soniq_desktop.analysis.genre.engine import GenreEngine
from soniq_desktop.analysis.genre.head import load_head
from soniq_desktop.analysis.listen import embed_file, listen_to_file
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Tags, TrackQuery
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, GENRE_EMBEDDER, embedder_spec
from tests.genre_fixtures import listened_library, noise

RATE = 44_100


@pytest.fixture(scope="module")
def crnn() -> Embedder:
    return load_embedder(GENRE_EMBEDDER)


def sound_file(folder: Path, mono: np.ndarray, rate: int = RATE) -> str:
    path = folder / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((mono * 32767).astype("<i2").tobytes())
    return str(path)


def test_one_decode_serves_both_embedders_and_the_crnn_hears_the_same_alone(
    tmp_path: Path, crnn: Embedder
) -> None:
    path = sound_file(tmp_path, noise(9, 32_000, 1.0), 32_000)
    both = listen_to_file(path, load_embedder("musicnn-msd"), None, crnn).embeddings
    assert [each.embedder for each in both] == ["musicnn-msd", GENRE_EMBEDDER]
    alone = embed_file(path, crnn)
    assert alone is not None
    assert np.allclose(alone.vector, both[1].vector, atol=1e-5)
    assert alone.scores is not None
    assert alone.scores.sum() == pytest.approx(1.0, abs=1e-4)


def test_windows_are_spread_over_the_track_and_never_overlap() -> None:
    crnn = CrnnEmbedder()
    for duration in (0.5, 4.0, 20.0, 300.0):
        spans = crnn.excerpts(duration)
        assert 1 <= len(spans) <= 8
        ends = [start + length for start, length in spans]
        assert all(end <= start for end, (start, _) in zip(ends, spans[1:], strict=False))
        assert ends[-1] <= duration + 1e-9
    assert crnn.excerpts(300.0)[0][1] == WINDOW_SECONDS


def test_silence_and_broken_samples_have_no_genre(crnn: Embedder) -> None:
    for mono in (np.zeros(RATE * 5, np.float32), np.full(RATE * 5, np.nan, np.float32)):
        with pytest.raises(AnalysisError):
            crnn.describe(mono)


def test_tracks_listened_to_before_are_heard_by_the_crnn_and_a_lost_file_is_left_out(tmp_path: Path) -> None:
    path = sound_file(tmp_path, noise(5, RATE, 1.0))
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        listened_library(catalogue, 2)  # files that are not there
        (new,) = catalogue.store_scanned([ScannedFile(path, 10, 10, Tags(title="x", duration=5.0))])
        catalogue.store_listening(new, listen_to_file(path, load_embedder("musicnn-msd")))
        tracks = unheard(catalogue, GENRE_EMBEDDER)
        assert [track.id for track in tracks][-1] == new
        with embedding_pool(1, GENRE_EMBEDDER, nice=0) as pool:
            assert catch_up(catalogue, tracks, pool, control=Control()) == 1
        kept = catalogue.embedding(GENRE_EMBEDDER, new)
        assert kept is not None
        assert kept.version == embedder_spec(GENRE_EMBEDDER).version
        assert new not in [track.id for track in unheard(catalogue, GENRE_EMBEDDER)]


def test_families_count_what_the_chips_show_and_open_those_songs(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        assert catalogue.genre_families() == []
        assert catalogue.counts().genres == 0
        jazz = listened_library(catalogue, 3, seed=1, tag="Bebop")
        rock = listened_library(catalogue, 2, seed=2, tag="Punk Rock; Metalcore")
        listened_library(catalogue, 2, seed=3)  # nothing known
        catalogue.set_correction(jazz[0], "genre", "Soul")
        groups = {group.name: group.tracks for group in catalogue.genre_families()}
        assert groups == {"Rock": 2, "Metal": 2, "Jazz": 2, "Soul": 1}
        assert catalogue.counts().genres == len(groups)  # the sidebar says what the page shows
        assert [group.name for group in catalogue.genre_families("ja")] == ["Jazz"]

        def ids(family: str) -> list[int]:
            return sorted(catalogue.track_ids(TrackQuery(family=family)).tolist())

        assert ids("Jazz") == jazz[1:]
        assert ids("Metal") == ids("Rock") == rock
        assert ids("Reggae") == []
        catalogue.set_correction(rock[0], "genre", "Reggae")
        assert ids("Reggae") == rock[:1]
        assert ids("Rock") == rock[1:]


def test_speech_is_told_by_the_default_embedder_also_where_the_crnn_judges(tmp_path: Path) -> None:
    spec = embedder_spec(DEFAULT_EMBEDDER)
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        ids = listened_library(catalogue, 4)
        vector, scores = np.full(128, 128**-0.5, np.float32), np.full(12, 1 / 12, np.float32)
        catalogue.store_embeddings([(each, Embedding(GENRE_EMBEDDER, 2, vector, scores)) for each in ids])
        engine = GenreEngine(catalogue, embedder=GENRE_EMBEDDER)
        found = engine._kinds(engine._sounds(ids))
        heard = catalogue.sounds_to_judge(spec.name, spec.version, spec.dim, len(spec.tags), ids)
    assert found is not None
    assert np.allclose(found, load_head(DEFAULT_EMBEDDER).kinds(heard.vectors))
    assert not np.allclose(found, load_head(GENRE_EMBEDDER).kinds(np.tile(vector, (4, 1))))
