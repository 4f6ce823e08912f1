"""A model of the lab as what the app compares by: prepared, named, checked, taken over from tables."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli import work
from soniq_desktop.cli.commands import run as soniq
from soniq_desktop.common.errors import AnalysisError, ModelError
from soniq_desktop.lab.embed import sound_worker
from soniq_desktop.lab.embed.covering import left, see_that_it_hears
from soniq_desktop.lab.embed.run import Wanted, stamp
from soniq_desktop.lab.embed.sound_choices import SECONDS_A_SONG, TITLES, sound_choice, sound_choices
from soniq_desktop.lab.embed.sound_model import check, made_of, sound_pool
from soniq_desktop.lab.embed.specs import MODELS
from soniq_desktop.lab.embed.store import Row, VectorTable
from soniq_desktop.lab.embed.taken_over import take_over
from soniq_desktop.lab.embed.torch_side import transformers
from soniq_desktop.lab.embed.worker import load, songs
from soniq_desktop.lab.needs import LabError
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.library.walk import FoundFile
from soniq_desktop.models.embedder_specs import GENRE_EMBEDDER, embedder_spec
from soniq_desktop.models.hub import here
from tests.audio_fixtures import write_audio
from tests.sound_model_fixtures import MODEL, heard_by, listened_to, noises


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A vision transformer of DINO's kind, saved to disk as its repository has it."""
    folder = tmp_path / "tiny"
    kinds = transformers()
    config = kinds.ViTConfig(
        hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, patch_size=32
    )
    kinds.ViTModel(config).save_pretrained(folder)
    return folder


@pytest.fixture
def catalogue(tmp_path: Path):
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        yield catalogue


def asked(model: str, weights: Path | None = None) -> sound_worker.Asked:
    own = str(weights) if weights else None
    return {"model": model, "weights": own, "licence": False, "remote_code": False}


def hearing(model: SoundModel) -> sound_worker.Hearing:
    return {
        "name": model.name, "version": model.version, "model": model.model, "weights": model.weights,
        "batch": 2, "threads": 1,
    }  # fmt: skip


# Preparing


def test_a_tiny_hub_model_is_prepared_named_by_its_weights_and_hears(tiny: Path, tmp_path: Path) -> None:
    model = made_of("dino-vits16", sound_worker.prepare(asked("dino-vits16", tiny)))
    assert (model.dim, model.weights) == (24, str(tiny))
    assert model.name.startswith("dino-vits16-")
    check(model)
    (file,) = noises(tmp_path / "music", 1)
    sound_worker.setup(hearing(model))
    heard = sound_worker.embed(file)
    assert (heard.embedder, heard.version, heard.vector.shape) == (model.name, 1, (24,))
    assert np.isfinite(heard.vector).all()
    assert sound_worker.embed(str(write_audio(tmp_path / "nothing.wav", np.zeros(88_200)))) is None


def test_other_weights_have_another_name_and_the_same_ones_the_same(tiny: Path, tmp_path: Path) -> None:
    one = made_of("dino-vits16", sound_worker.prepare(asked("dino-vits16", tiny)))
    assert made_of("dino-vits16", sound_worker.prepare(asked("dino-vits16", tiny))) == one
    other = shutil.copytree(tiny, tmp_path / "other")
    os.utime(other / "config.json", ns=(1, 1))
    assert made_of("dino-vits16", sound_worker.prepare(asked("dino-vits16", other))).name != one.name


def test_a_model_hears_for_the_app_as_for_a_table(tmp_path: Path) -> None:
    (file,) = noises(tmp_path / "music", 1, seconds=4.0)
    model = made_of("mfcc", sound_worker.prepare(asked("mfcc")))
    assert model.dim == MODELS["mfcc"].dim
    sound_worker.setup(hearing(model))
    (row,) = songs([file], [load("mfcc", None)], 8)
    assert np.allclose(sound_worker.embed(file).vector, np.frombuffer(row["vector"], np.float32), rtol=1e-5)


def test_the_crnn_shares_its_vectors_with_the_genre_room() -> None:
    spec = embedder_spec(GENRE_EMBEDDER)
    model = made_of("crnn", sound_worker.prepare(asked("crnn")))
    assert (model.name, model.version, model.dim) == (spec.name, spec.version, spec.dim)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [("mert-95m", "not free for every use"), ("resnet18", "ships no weights of resnet18")],
)
def test_what_cannot_be_prepared_is_told(model: str, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        made_of(model, sound_worker.prepare(asked(model)))


def test_weights_that_vanish_or_change_are_noticed_before_any_song_is_heard(tiny: Path) -> None:
    model = made_of("dino-vits16", sound_worker.prepare(asked("dino-vits16", tiny)))
    os.utime(tiny / "config.json", ns=(1, 1))
    with pytest.raises(ModelError, match=r"have been replaced by others\. Songs stay compared"):
        sound_pool(model, 1)
    shutil.rmtree(tiny)
    with pytest.raises(ModelError, match=r"are not there any more\. Songs stay compared"):
        sound_pool(model, 1)


def test_a_model_that_hears_hardly_anything_is_not_used(catalogue: Catalogue, tmp_path: Path) -> None:
    ids = listened_to(catalogue, noises(tmp_path / "music", 5, seconds=0.1))
    catalogue.know_sound_model(MODEL)
    heard_by(catalogue, MODEL, ids[:2])
    assert [track.id for track in left(catalogue, MODEL)] == ids[2:]
    with pytest.raises(AnalysisError, match="could not hear 3 of 5 songs"):
        see_that_it_hears(catalogue, MODEL)
    heard_by(catalogue, MODEL, ids[2:3])
    see_that_it_hears(catalogue, MODEL)


def test_sounds_too_short_for_a_loudness_are_heard_as_well(catalogue: Catalogue) -> None:
    ids = listened_to(catalogue, ["/music/a.flac"]) + listened_to(catalogue, ["/music/b.wav"], loudness=None)
    catalogue.know_sound_model(MODEL)
    assert [track.id for track in left(catalogue, MODEL)] == ids


def test_songs_that_are_away_do_not_keep_a_library_from_being_covered(catalogue: Catalogue) -> None:
    ids = listened_to(catalogue, ["/music/a.flac", "/music/b.flac"])
    catalogue.mark_missing(ids[1:])
    catalogue.know_sound_model(MODEL)
    heard_by(catalogue, MODEL, ids[:1])
    assert left(catalogue, MODEL) == []


# What there is


def test_all_that_hear_sound_can_be_chosen_and_nothing_that_reads(tmp_path: Path) -> None:
    found = {each.spec.name: each for each in sound_choices(tmp_path)}
    assert set(found) == {name for name, spec in MODELS.items() if not spec.reads} == set(TITLES)
    assert next(iter(found)) == "musicnn"
    assert found["mfcc"].state == found["crnn"].state == "here"
    assert found["resnet18"].state == "weights"
    assert sound_choice("lyrical", tmp_path) is None


def test_a_fetched_model_is_known_by_looking_at_the_disk(tmp_path: Path) -> None:
    spec = MODELS["mert-95m"]
    folder = tmp_path / "models--m-a-p--MERT-v1-95M" / "snapshots" / spec.revision
    folder.mkdir(parents=True)
    assert here(spec.source, spec.revision, spec.files, tmp_path) is None
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"")
    assert here(spec.source, spec.revision, spec.files, tmp_path) == folder
    branch = tmp_path / "models--m-a-p--MERT-v1-95M" / "refs" / "main"
    branch.parent.mkdir()
    branch.write_text(spec.revision)
    assert here(spec.source, "main", spec.files, tmp_path) == folder


def test_disk_and_time_are_said_before_the_start(tmp_path: Path) -> None:
    mfcc, musicnn = (sound_choice(name, tmp_path) for name in ("mfcc", "musicnn"))
    measured = {"mfcc": 1051, "crnn": 1278, "dino-vits16": 3770, "resnet18": 6333, "mert-95m": 7359}
    for name, each in (measured | {"musicfm": 8887}).items():  # bytes a song: docs/decisions/sound_model.md
        assert sound_choice(name, tmp_path).disk(1000) == pytest.approx(1000 * each, rel=0.1)
    assert mfcc.seconds(100_000, 2) == pytest.approx(50_000 * SECONDS_A_SONG["mfcc"])
    assert (musicnn.disk(100_000), musicnn.seconds(100_000, 1)) == (0, 0.0)
    assert set(SECONDS_A_SONG) <= set(TITLES)


# Tables


def table_of(file: Path, names: list[str], vectors: np.ndarray, revision: str = "1") -> Path:
    wanted = stamp("mfcc", revision, Wanted("mfcc"))
    table = VectorTable(file, "mfcc", revision, wanted, "float32")
    for name, vector in zip(names, vectors, strict=True):
        table.put(Row(FoundFile(name, 1, 1, 0.0), name, vector=vector.astype(np.float32)))
    table.finish(names)
    return file


def test_a_table_spares_the_hearing_of_its_songs(catalogue: Catalogue, tmp_path: Path) -> None:
    ids = listened_to(
        catalogue, [str(tmp_path / "music" / name) for name in ("a.flac", "b/c.flac", "d.flac")]
    )
    catalogue.know_sound_model(MODEL)
    vectors = np.arange(18, dtype=np.float32).reshape(3, 6)
    file = table_of(tmp_path / "v.parquet", ["a.flac", "b/c.flac", "gone.flac"], vectors)
    assert take_over(catalogue, MODEL, file, tmp_path / "music") == 2
    assert np.array_equal(catalogue.embedding(MODEL.name, ids[1]).vector, vectors[1])
    assert catalogue.without_embedding(MODEL.name, MODEL.version) == ids[2:]
    assert take_over(catalogue, MODEL, file, tmp_path / "music") == 0


def test_a_table_of_something_else_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    listened_to(catalogue, [str(tmp_path / "a.flac")])
    catalogue.know_sound_model(MODEL)
    file = table_of(tmp_path / "v.parquet", ["a.flac"], np.ones((1, 6)))
    with pytest.raises(LabError, match="no vectors of mfcc, 2, of 6 numbers"):
        take_over(catalogue, replace(MODEL, revision="2"), file, tmp_path)
    with pytest.raises(LabError, match="of 7 numbers"):
        take_over(catalogue, replace(MODEL, dim=7), file, tmp_path)
    with pytest.raises(LabError, match=r"None of the songs in v\.parquet"):
        take_over(catalogue, MODEL, file, tmp_path / "elsewhere")
    (tmp_path / "v.parquet").write_text("nothing")
    with pytest.raises(LabError, match="is no table of vectors"):
        take_over(catalogue, MODEL, file, tmp_path)


# The command line


def test_the_list_says_what_is_used_and_musicnn_is_there_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path))
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        model = catalogue.know_sound_model(MODEL)
        catalogue.use_sound_model(model)
    assert soniq(["lab", "use", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["used"] == "mfcc"
    assert {each["name"] for each in told["models"]} == set(TITLES)
    assert soniq(["lab", "use", "musicnn", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "musicnn"
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        assert catalogue.sound_model() is None
    assert "sound.model" in (tmp_path / "documents.json").read_text()


def test_what_reads_words_is_no_sound_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path))
    assert soniq(["lab", "use", "lyrical"]) == 2
    assert "Songs cannot be compared by “lyrical”" in capsys.readouterr().err


def test_what_a_model_heard_is_deleted_when_it_is_not_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path))
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        ids = listened_to(catalogue, ["/music/a.flac", "/music/b.flac"])
        catalogue.use_sound_model(catalogue.know_sound_model(MODEL))
        heard_by(catalogue, MODEL, ids)
    assert soniq(["lab", "forget", "mfcc"]) == 2
    assert "Songs are compared by mfcc." in capsys.readouterr().err
    assert soniq(["lab", "use", "musicnn", "--json"]) == 0
    capsys.readouterr()
    assert soniq(["lab", "forget", "mfcc", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"model": "mfcc", "vectors": 2}
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        assert len(catalogue.embeddings(MODEL.name)[0]) == 0
        assert len(catalogue.embeddings("musicnn-msd")[0]) == 2
    assert soniq(["lab", "forget", "mfcc"]) == 2
    assert "Nothing is kept of “mfcc”." in capsys.readouterr().err


def test_listening_from_the_command_line_brings_new_songs_to_the_model_in_use(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(work, "hear", lambda _catalogue, model, *_, **__: asked.append(model.name))
    ids = listened_to(catalogue, ["/music/a.flac", "/music/b.flac"])
    work.hear_by_model(catalogue, 1)
    assert asked == []  # musicnn has heard them
    catalogue.use_sound_model(catalogue.know_sound_model(MODEL))
    work.hear_by_model(catalogue, 1)
    assert asked == [MODEL.name]
    heard_by(catalogue, MODEL, ids)
    work.hear_by_model(catalogue, 1)
    assert asked == [MODEL.name]  # nothing is new

    def gone(*_: object, **__: object) -> None:
        raise ModelError("The weights of mfcc are not there any more.")

    monkeypatch.setattr(work, "hear", gone)
    listened_to(catalogue, ["/music/c.flac"])
    work.hear_by_model(catalogue, 1)
    assert "The weights of mfcc are not there any more." in capsys.readouterr().err
