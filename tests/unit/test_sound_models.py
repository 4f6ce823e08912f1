"""What songs are compared by: kept, scaled, switched, and told apart from what it is not."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.compared_by import measured_by, spec_in_use, spec_of
from soniq_desktop.discovery.galaxy_map import GalaxyMaps
from soniq_desktop.discovery.galaxy_store import Layout, layout_path, load_layout, save_layout
from soniq_desktop.discovery.index_store import open_index
from soniq_desktop.discovery.recommend import Recommender
from soniq_desktop.discovery.sounds import SoundStore
from soniq_desktop.library import sound_models
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding
from soniq_desktop.library.schema import migrate
from tests.sound_model_fixtures import MODEL, SPEC, heard_by, listened_to


@pytest.fixture
def catalogue(tmp_path: Path):
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        yield catalogue


def songs(catalogue: Catalogue, count: int, first: int = 0) -> list[int]:
    return listened_to(catalogue, [f"/music/{n}.flac" for n in range(first, first + count)], seed=first)


def in_use(catalogue: Catalogue, count: int = 20):
    """A library that is compared by MODEL; ids, the model with its scaling, vectors as it gave them."""
    ids = songs(catalogue, count)
    catalogue.know_sound_model(MODEL)
    vectors = heard_by(catalogue, MODEL, ids)
    model = catalogue.fit_sound_model(MODEL)
    catalogue.use_sound_model(model)
    return ids, model, vectors


# Keeping and choosing


def test_without_a_choice_songs_are_compared_by_musicnn(catalogue: Catalogue) -> None:
    assert catalogue.sound_model() is None
    assert spec_in_use(catalogue) == SPEC


def test_a_choice_holds_until_the_next_and_survives_the_program(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "library.sqlite3") as catalogue:
        _, model, _ = in_use(catalogue)
    with Catalogue(tmp_path / "library.sqlite3") as again:
        assert again.sound_model() == model
        assert spec_in_use(again) == spec_of(model)
        again.use_sound_model(None)
        assert spec_in_use(again) == SPEC
        assert again.sound_models() == [model]  # what it heard is kept
        again.use_sound_model(model)
        assert again.sound_model() == model


def test_a_model_in_use_is_not_forgotten_and_another_goes_with_its_vectors(catalogue: Catalogue) -> None:
    ids, model, _ = in_use(catalogue)
    assert catalogue.forget_sound_model(model.name) == 0
    assert catalogue.sound_model() == model
    catalogue.use_sound_model(None)
    assert catalogue.forget_sound_model(model.name) == len(ids)
    assert catalogue.sound_models() == []
    assert catalogue.embedding(SPEC.name, ids[0]) is not None


# Scaling


def test_columns_are_scaled_wherever_vectors_are_read(catalogue: Catalogue) -> None:
    ids, model, raw = in_use(catalogue)
    wanted = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    found, vectors = catalogue.embeddings(model.name)
    assert found.tolist() == ids
    assert np.allclose(vectors, wanted, atol=1e-3)
    assert np.allclose(catalogue.embedding(model.name, ids[3]).vector, wanted[3], atol=1e-3)
    assert np.allclose(measured_by(catalogue, spec_of(model)).vectors, wanted, atol=1e-3)
    assert np.allclose(catalogue.scaled(model.name, raw[5]), wanted[5], atol=1e-3)


def test_the_built_in_vectors_are_never_scaled(catalogue: Catalogue) -> None:
    ids = songs(catalogue, 5)
    before = catalogue.embeddings(SPEC.name)[1].copy()
    catalogue.know_sound_model(MODEL)
    heard_by(catalogue, MODEL, ids)
    catalogue.use_sound_model(catalogue.fit_sound_model(MODEL))
    assert np.array_equal(catalogue.embeddings(SPEC.name)[1], before)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(2, 30), st.floats(-1e4, 1e4, width=32), st.floats(2**-6, 1e3, width=32), st.integers(0, 10)
)
def test_scaled_columns_have_mean_0_and_deviation_1_and_constant_ones_say_nothing(
    count: int, mean: float, spread: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    raw = np.column_stack([mean + spread * random.standard_normal(count), np.full(count, mean)])
    found = _fitted(raw.astype(np.float32))
    if spread > 1e-3 * (1 + abs(mean)):  # else float32 cannot tell
        assert abs(found[:, 0].mean()) < 0.05
        assert found[:, 0].std() == pytest.approx(1.0, abs=0.05)
    assert not found[:, 1].any()


def _fitted(raw: np.ndarray) -> np.ndarray:
    """What becomes of these vectors in a database that has nothing else."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(connection)
        connection.execute("PRAGMA foreign_keys = OFF")
        model = replace(MODEL, dim=raw.shape[1])
        sound_models.put(connection, model)
        for number, row in enumerate(raw, 1):
            connection.execute(
                "INSERT INTO embeddings (track_id, embedder, version, vector) VALUES (?, ?, ?, ?)",
                (number, model.name, model.version, row.astype("<f4").tobytes()),
            )
        sound_models.fit(connection, model)
        return sound_models.scaled(connection, model.name, raw)
    finally:
        connection.close()


def test_one_rare_number_does_not_outweigh_all_others(catalogue: Catalogue) -> None:
    _, model, raw = in_use(catalogue, 30)
    far = raw[0].copy()
    far[2] += 1e9
    assert catalogue.scaled(model.name, far)[2] == pytest.approx(sound_models.MOST)


def test_a_scaling_stays_until_the_library_has_doubled(catalogue: Catalogue) -> None:
    _, model, _ = in_use(catalogue, 20)
    heard_by(catalogue, MODEL, songs(catalogue, 19, first=20), seed=2)
    assert catalogue.fit_sound_model(model) == model
    heard_by(catalogue, MODEL, songs(catalogue, 1, first=39), seed=3)
    again = catalogue.fit_sound_model(model)
    assert again.fitted == 40
    assert again.mark != model.mark
    assert catalogue.sound_model() == again


def test_a_single_song_has_no_scaling_and_does_no_harm(catalogue: Catalogue) -> None:
    ids = songs(catalogue, 1)
    catalogue.know_sound_model(MODEL)
    raw = heard_by(catalogue, MODEL, ids)
    model = catalogue.fit_sound_model(MODEL)
    assert model.mark == ""
    assert np.array_equal(catalogue.embeddings(MODEL.name)[1], raw)


# What is compared


def test_moods_and_tags_stay_those_of_musicnn(catalogue: Catalogue) -> None:
    ids, model, _ = in_use(catalogue)
    spec = spec_of(model)
    assert spec.tags == SPEC.tags
    by_model, by_default = measured_by(catalogue, spec), measured_by(catalogue, SPEC)
    assert np.array_equal(by_model.scores, by_default.scores)
    assert by_model.vectors.shape == (len(ids), model.dim)
    found = Recommender(catalogue, SoundStore(catalogue, spec), spec.tags).like(ids[0], 5)
    assert len(found.tracks) == 5
    sounds = SoundStore(catalogue, spec).current()
    row = {int(each): place for place, each in enumerate(sounds.ids)}
    for each in found.tracks:  # likeness is that of the model's vectors
        cosine = sounds.vectors[row[ids[0]]] @ sounds.vectors[row[each.track.id]]
        assert each.cosine == pytest.approx(float(cosine), abs=1e-5)


def test_what_the_model_in_use_hears_is_news_and_what_another_hears_is_not(catalogue: Catalogue) -> None:
    ids, model, _ = in_use(catalogue)
    store = SoundStore(catalogue, spec_of(model))
    assert store.current() is store.current()
    revision = catalogue.state_of_tracks()
    other = catalogue.know_sound_model(replace(MODEL, name="other-test"))
    heard_by(catalogue, other, ids)
    assert catalogue.state_of_tracks() == revision
    new = songs(catalogue, 1, first=90)
    before = store.current()
    assert np.isnan(before.scales[before.rows(new)]).all()
    heard_by(catalogue, model, new, seed=5)
    after = store.current()
    assert np.isfinite(after.scales[after.rows(new)]).all()


def test_a_file_with_another_sound_loses_what_the_model_heard_of_the_old_one(catalogue: Catalogue) -> None:
    ids, model, _ = in_use(catalogue)
    catalogue.set_audio_hash(ids[0], "a" * 32)  # its sound becomes known: the same as was heard
    assert catalogue.embedding(model.name, ids[0]) is not None
    catalogue.set_audio_hash(ids[0], "b" * 32)
    assert catalogue.embedding(model.name, ids[0]) is None
    assert catalogue.embedding(SPEC.name, ids[0]) is not None  # listening replaces that one
    assert catalogue.without_embedding(model.name, model.version) == ids[:1]


# The index and the map


def test_each_model_has_an_index_of_its_own_length(catalogue: Catalogue, tmp_path: Path) -> None:
    ids, model, _ = in_use(catalogue)
    for spec in (SPEC, spec_of(model)):
        index = open_index(catalogue, spec, tmp_path / "index").index
        assert (index.dim, sorted(index.ids().tolist())) == (spec.dim, ids)
        vector = catalogue.embedding(spec.name, ids[2]).vector
        assert index.search(vector, 1)[0].tolist() == [ids[2]]


def test_an_index_of_an_older_scaling_or_length_is_made_anew(
    catalogue: Catalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("hnswlib")
    ids, model, _ = in_use(catalogue)
    open_index(catalogue, spec_of(model), tmp_path / "index")
    assert not caplog.records
    heard_by(catalogue, MODEL, songs(catalogue, 20, first=20), seed=9)
    again = catalogue.fit_sound_model(model)
    stored = open_index(catalogue, spec_of(again), tmp_path / "index")
    assert "scaling is of another index" in caplog.text
    vector = catalogue.embedding(model.name, ids[7]).vector
    assert stored.index.search(vector, 1)[0].tolist() == [ids[7]]
    caplog.clear()
    open_index(catalogue, replace(spec_of(again), dim=5), tmp_path / "index")
    assert "dim is of another index" in caplog.text


def test_the_map_stays_after_a_switch_until_one_is_learned_by_the_new_model(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    ids, model, _ = in_use(catalogue)
    folder, spec = tmp_path / "index", spec_of(model)
    folder.mkdir()
    places = np.random.default_rng(0).standard_normal((len(ids), 3)).astype(np.float32)
    layout = Layout(np.array(ids), places, np.ones(len(ids), bool), None, 1.0)
    save_layout(folder, SPEC, layout)
    sounds, genres = SoundStore(catalogue, spec).current(), catalogue.genres_of_tracks()
    borrowed = GalaxyMaps(folder, spec, SPEC).current(sounds, genres)
    assert borrowed.borrowed
    assert np.array_equal(borrowed.places, places)
    heard_by(catalogue, model, songs(catalogue, 2, first=50), seed=4)
    store = SoundStore(catalogue, spec)
    grown = GalaxyMaps(folder, spec, SPEC).current(store.current(), genres)
    assert len(grown) == len(ids) + 2
    assert not layout_path(folder, spec).exists()  # nobody has learned one
    assert len(load_layout(folder, SPEC)) == len(ids)
    save_layout(folder, spec, replace(layout, places=-places))
    own = GalaxyMaps(folder, spec, SPEC).current(sounds, genres)
    assert not own.borrowed
    assert np.array_equal(own.places, -places)


def test_vectors_of_every_length_are_kept(catalogue: Catalogue) -> None:
    (track,) = songs(catalogue, 1)
    for dim in (104, 512, 768, 1024):
        vector = np.arange(dim, dtype=np.float32)
        catalogue.store_embeddings([(track, Embedding(f"m{dim}", 1, vector))])
        assert np.array_equal(catalogue.embedding(f"m{dim}", track).vector, vector)
