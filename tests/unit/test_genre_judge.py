"""Bad input gets an answer that says so, through the whole listening pass; never a confident genre."""

import wave
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.analysis import worker
from soniq_desktop.analysis.genre.conformal import calibrate
from soniq_desktop.analysis.genre.head import load_head
from soniq_desktop.analysis.genre.judge import chance_of, judge, note_of
from soniq_desktop.common.errors import ModelError
from soniq_desktop.common.genre_families import FAMILIES, family_of, trusted_family
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import GenreHeard, Listening
from soniq_desktop.models.embedder_specs import EMBEDDERS
from soniq_desktop.models.genre_teacher import teacher_probabilities
from soniq_desktop.models.musicnn_tags import MSD_TAGS, MTT_TAGS
from tests.genre_fixtures import Samples, hum, listened_library, noise, spoken

RATE = 44_100


@pytest.fixture(scope="module", autouse=True)
def _worker() -> None:
    import torch

    torch.set_num_threads(1)
    worker.setup({"embedder": "musicnn-msd"})


def heard(folder: Path, mono: Samples) -> Listening:
    path = folder / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((mono * 32767).astype("<i2").tobytes())
    return worker.listen(str(path))


@pytest.mark.parametrize(
    ("sound", "notes"),
    [
        (np.zeros(8 * RATE, np.float32), {"silence"}),
        (noise(2.5, RATE), {"too short"}),
        (noise(8, RATE), {"no music"}),
        (noise(8, RATE, 1.0), {"no music"}),
        (noise(8, RATE, 2.0), {"no music", "not sure"}),
        (hum(8, RATE), {"no music"}),
        (spoken(10, RATE), {"speech"}),
        (spoken(10, RATE, seed=5), {"speech"}),
    ],
    ids=["silence", "short", "white", "pink", "brown", "hum", "voice", "another voice"],
)
def test_what_is_no_music_is_called_by_its_name(tmp_path: Path, sound: Samples, notes: set[str]) -> None:
    genre = heard(tmp_path, sound).genre
    assert genre is not None
    assert genre.note in notes
    assert genre.shown == ()


def chords(seconds: float, gain: float = 1.0) -> Samples:
    """A plucked chord each half second, with its decay."""
    time = np.arange(int(seconds * RATE)) / RATE
    beat = time % 0.5
    steps = (time // 0.5).astype(int) % 4
    roots = np.array([220.0, 174.6, 130.8, 196.0])[steps]
    tone = sum(np.sin(2 * np.pi * roots * ratio * time) / ratio for ratio in (1, 1.25, 1.5, 2, 3, 4))
    return np.clip(0.12 * gain * tone * np.exp(-4 * beat), -1, 1).astype(np.float32)


def test_clipped_beyond_recognition_is_said(tmp_path: Path) -> None:
    genre = heard(tmp_path, chords(8, gain=300)).genre
    assert genre is not None
    assert (genre.note, genre.shown) == ("clipped", ())


def test_music_gets_probabilities_that_are_stored_with_it(tmp_path: Path) -> None:
    listening = heard(tmp_path, chords(8))
    assert listening.genre is not None
    assert listening.genre.probabilities.sum() == pytest.approx(1.0, abs=1e-4)
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        (track_id,) = listened_library(catalogue, 1)
        catalogue.store_listening(track_id, listening)
        kept = catalogue.genre_heard(track_id)
        assert kept is not None
        assert np.array_equal(kept.probabilities, listening.genre.probabilities)
        assert (kept.shown, kept.note) == (listening.genre.shown, listening.genre.note)
        assert catalogue.genres_to_judge(kept.classifier, kept.version, 10) == []
        assert catalogue.genres_to_judge("another", kept.version, 10) == [track_id]


def test_an_embedder_without_classifier_is_named() -> None:
    with pytest.raises(ModelError, match="no embedder named"):
        load_head("vggish")


@pytest.mark.parametrize("embedder", EMBEDDERS)
def test_every_embedder_has_a_classifier_that_judges_its_vectors(embedder: str, tmp_path: Path) -> None:
    head, spec = load_head(embedder), EMBEDDERS[embedder]
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        listened_library(catalogue, 3)
        sounds = catalogue.sounds_to_judge(embedder, spec.version, spec.dim, len(spec.tags))
        results = judge(head, calibrate(head.calibration, 0.9), sounds)
    assert len(results) == 3
    assert all(np.isfinite(result.probabilities).all() for result in results)
    if embedder != "musicnn-msd":  # this library has no vectors of theirs
        assert [result.note for result in results] == ["silence"] * 3


def test_notes_without_loudness_are_silence() -> None:
    assert note_of(np.array([1.0, 0, 0]), np.array([100.0, np.nan, np.nan])) == "silence"


def test_the_chance_of_a_track_is_its_own_and_stays() -> None:
    assert chance_of("ff" * 16) == chance_of("ff" * 16)
    assert 0.99 < chance_of("ff" * 16) <= 1.0
    assert chance_of("00" * 16) == 0.0
    assert chance_of("") == 0.5


@pytest.mark.parametrize(
    ("tag", "family"),
    [("classical", "Classical"), ("metal", "Metal"), ("techno", "Electronic"), ("ambient", "Ambient")],
)
def test_the_teacher_follows_a_clear_tag(tag: str, family: str) -> None:
    scores = np.full(100, 0.01)
    scores[len(MSD_TAGS) + MTT_TAGS.index(tag)] = 0.8
    assert FAMILIES[int(teacher_probabilities(scores).argmax())] == family


@pytest.mark.parametrize(("tag", "family"), [("Hip-Hop", "Hip-Hop"), ("jazz", "Jazz"), ("soul", "Soul")])
def test_the_teacher_follows_tags_of_the_song_dataset(tag: str, family: str) -> None:
    scores = np.full(100, 0.01)
    scores[MSD_TAGS.index(tag)] = 0.5
    assert FAMILIES[int(teacher_probabilities(scores).argmax())] == family


def test_other_vocabularies_map_onto_the_families() -> None:
    gtzan = ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]
    assert [family_of(name) for name in gtzan] == [
        "Blues", "Classical", "Folk", "Soul", "Hip-Hop", "Jazz", "Metal", "Pop", "Reggae", "Rock",
    ]  # fmt: skip
    fma = ("Electronic", "Experimental", "Folk", "Hip-Hop", "Instrumental", "International", "Pop", "Rock")
    assert [family_of(name) for name in fma if name != "Instrumental"] == [
        "Electronic", "Ambient", "Folk", "Hip-Hop", "Folk", "Pop", "Rock",
    ]  # fmt: skip


def test_only_tags_that_mean_one_family_are_trusted() -> None:
    assert trusted_family("Death Metal; Black Metal") == "Metal"
    assert trusted_family("Rock; Jazz") is None
    assert trusted_family("Soundtrack") is None
    assert trusted_family("") is None


def test_maps_colour_by_what_the_chips_show(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        tagged = listened_library(catalogue, 2, tag="Bebop; Swing")
        vague = listened_library(catalogue, 2, seed=2, tag="Soundtrack")
        catalogue.set_correction(tagged[0], "genre", "Soul")
        result = GenreHeard("head", 1, np.zeros(12, np.float32), ("Rock", "Metal"))
        catalogue.store_genres([(vague[0], result)])
        genres = catalogue.genres_of_tracks()
        shown = [genres.names[code] for code in genres.of(np.array([*tagged, *vague]))]
    assert shown == ["Soul", "Bebop; Swing", "Rock; Metal", "Soundtrack"]
