"""The torch port of musicnn against numpy outputs of the original checkpoint, and the embedders."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from soniq_desktop.analysis.embedders import load_embedder
from soniq_desktop.analysis.musicnn_embedder import MOST_PATCHES, PATCH_SECONDS, MusicnnEmbedder, spread
from soniq_desktop.common.errors import AnalysisError, ModelError
from soniq_desktop.models import musicnn
from soniq_desktop.models.embedder_specs import EMBEDDERS, embedder_spec
from soniq_desktop.models.musicnn import (
    HOP_LENGTH,
    PATCH_FRAMES,
    PATCH_SAMPLES,
    LogMel,
    Musicnn,
    load_musicnn,
)
from soniq_desktop.models.registry import load_weights
from tests.musicnn_fixtures import REFERENCE, signal, tools

RATE = 16_000
NETWORKS = ["musicnn_msd", "musicnn_mtt"]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def patches() -> torch.Tensor:
    """The two patches of the reference signal, (2, 187, 96); librosa pads half a window at the start."""
    padded = np.pad(signal(), 256)
    step = PATCH_FRAMES * HOP_LENGTH
    clips = np.stack([padded[i * step : i * step + PATCH_SAMPLES] for i in range(2)])
    with torch.inference_mode():
        return LogMel()(torch.from_numpy(clips))


@pytest.fixture(scope="module")
def msd() -> MusicnnEmbedder:
    return MusicnnEmbedder(embedder_spec("musicnn-msd"))


def noise(seconds: float, seed: int = 0, level: float = 0.1) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def test_log_mel_is_librosas(patches: torch.Tensor) -> None:
    with tools("reference") as (reference,):
        expected = reference.patches(reference.log_mel(signal()))
    assert np.abs(patches.numpy() - expected).max() < 1e-4  # of values up to 5.6; measured 1.4e-5


@pytest.mark.parametrize("name", NETWORKS)
def test_port_agrees_with_the_reference(patches: torch.Tensor, name: str) -> None:
    with torch.inference_mode():
        found = load_musicnn(name)(patches)
    stored = np.load(REFERENCE)
    assert np.abs(found.tags.numpy() - stored[f"{name}.tags"]).max() < 1e-3  # measured 3.6e-4: fp16 weights
    expected = stored[f"{name}.penultimate"]
    assert np.abs(found.penultimate.numpy() - expected).max() < 6e-3  # of values up to 2.8; measured 2.9e-3


@pytest.mark.parametrize("name", NETWORKS)
def test_folding_the_sleeping_filters_changes_nothing(
    patches: torch.Tensor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean = load_musicnn(name)
    monkeypatch.setattr(musicnn, "ASLEEP", -1.0)
    full = load_musicnn(name)
    assert sum(int(layer.awake.sum()) for layer in full.front) == 561
    assert sum(int(layer.awake.sum()) for layer in lean.front) < 400
    with torch.inference_mode():
        assert torch.allclose(lean(patches).penultimate, full(patches).penultimate, atol=2e-5)
        assert torch.allclose(lean(patches).tags, full(patches).tags, atol=2e-6)


def test_random_weights_agree_with_the_reference_too(patches: torch.Tensor) -> None:
    """No sleeping filters, falling normalisations everywhere: what the published weights do not exercise."""
    with tools("convert", "reference") as (convert, reference):
        weights = random_checkpoint(convert, np.random.default_rng(5))
        stored = convert.convert(weights)
        widened = {**weights, **{key: weights[key].astype(np.float16) for key in weights if "kernel" in key}}
        expected = [reference.forward(patch, widened) for patch in patches.double().numpy()]
    with torch.inference_mode():
        found = Musicnn(musicnn.as_tensors(stored))(patches)
    assert np.allclose(found.tags.numpy(), [tags for tags, _ in expected], atol=1e-4)
    scale = np.abs([hidden for _, hidden in expected]).max()
    assert np.allclose(found.penultimate.numpy(), [hidden for _, hidden in expected], atol=1e-4 * scale)


def random_checkpoint(convert, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Tensors with TensorFlow's names and the shapes of the original."""
    stored, weights = load_weights("musicnn_msd"), {}
    for ours, (layer, norm) in convert.LAYERS.items():
        if layer:
            shape = stored[f"{ours}.weight"].shape  # (out, bands or channels, frames) or (out, in)
            turned = (shape[2], shape[1], 1, shape[0]) if len(shape) == 3 else shape[::-1]
            fan = np.prod(turned[:-1])
            weights[f"{layer}/kernel"] = (rng.standard_normal(turned) / np.sqrt(fan)).astype(np.float32)
            weights[f"{layer}/bias"] = rng.standard_normal(shape[0]).astype(np.float32)
        if norm:
            size = stored[f"{ours}.norm.weight"].shape
            for part in ("gamma", "beta", "moving_mean"):
                weights[f"{norm}/{part}"] = rng.standard_normal(size).astype(np.float32)
            weights[f"{norm}/moving_variance"] = rng.uniform(0.5, 2, size).astype(np.float32)
    return weights


@pytest.mark.parametrize("name", EMBEDDERS)
def test_embedders_keep_what_they_announce(name: str) -> None:
    embedder, spec = load_embedder(name), EMBEDDERS[name]
    found = embedder.describe(signal())
    assert (found.embedder, found.version) == (spec.name, spec.version)
    assert found.vector.shape == (spec.dim,)
    assert found.vector.dtype == np.float32
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-6)
    assert found.scores is not None
    assert found.scores.shape == (len(spec.tags),)
    assert ((found.scores > 0) & (found.scores < 1)).all()
    assert embedder.sample_rate == spec.sample_rate


def test_vector_is_the_mean_penultimate_layer_of_the_patches(msd: MusicnnEmbedder) -> None:
    audio = np.concatenate([noise(PATCH_SECONDS, seed) for seed in range(5)])
    clips = torch.from_numpy(audio.reshape(5, PATCH_SAMPLES))
    with torch.inference_mode():
        single = [load_musicnn("musicnn_msd")(LogMel()(clip[None])) for clip in clips]
    mean = torch.cat([each.penultimate for each in single]).mean(dim=0).numpy()
    found = msd.describe(audio)
    assert np.allclose(found.vector, mean / np.linalg.norm(mean), atol=1e-5)
    assert np.allclose(found.scores, torch.cat([each.tags for each in single]).mean(dim=0).numpy(), atol=1e-6)


def test_excerpts_from_a_stream_give_the_same_vector(msd: MusicnnEmbedder) -> None:
    audio = np.concatenate([noise(70, 1, 0.05), np.tile(signal(), 12)])
    plan = msd.excerpts(len(audio) / RATE)
    clips = [audio[round(start * RATE) :][: round(length * RATE)] for start, length in plan]
    assert np.array_equal(msd.describe_excerpts(clips).vector, msd.embed(audio))


@pytest.mark.parametrize("duration", [3.1, 6.1, 30.0, 97.0, 240.0, 3600.0, 36_000.0])
def test_excerpts_are_disjoint_and_cover_the_whole_track(duration: float) -> None:
    plan = spread(duration)
    assert 1 <= len(plan) <= MOST_PATCHES
    starts, ends = np.array(plan)[:, 0], np.array(plan).sum(axis=1)
    assert starts[0] >= 0
    assert ends[-1] <= duration + 1e-9
    assert (starts[1:] >= ends[:-1] - 1e-9).all()
    gaps = np.diff(np.concatenate([[0], (starts + ends) / 2, [duration]]))
    assert gaps.max() <= 2.01 * max(PATCH_SECONDS, duration / MOST_PATCHES)


@pytest.mark.parametrize("duration", [0.0, 0.5, PATCH_SECONDS])
def test_a_short_track_is_one_excerpt(duration: float) -> None:
    assert spread(duration) == [(0.0, duration)]


def test_a_track_shorter_than_a_patch_is_repeated(msd: MusicnnEmbedder) -> None:
    beat = noise(0.5, 3)
    assert np.array_equal(msd.embed(beat), msd.embed(np.resize(beat, PATCH_SAMPLES)))


def test_silence_between_the_music_does_not_count(msd: MusicnnEmbedder) -> None:
    music = np.tile(signal(), 3)[: 4 * PATCH_SAMPLES].reshape(4, -1)
    silence, hiss = np.zeros(PATCH_SAMPLES, np.float32), noise(PATCH_SECONDS, 1, 1e-5)
    with_gaps = [music[0], silence, music[1], hiss, music[2], music[3]]
    assert np.array_equal(msd.describe_excerpts(with_gaps).vector, msd.describe_excerpts(list(music)).vector)


@pytest.mark.parametrize(
    "clips",
    [
        [],
        [np.zeros(0, np.float32)],
        [np.zeros(PATCH_SAMPLES, np.float32)],
        [np.full(5000, np.nan, np.float32)],
    ],
    ids=["none", "empty", "silent", "nan"],
)
def test_no_sound_is_an_analysis_error(msd: MusicnnEmbedder, clips: list) -> None:
    with pytest.raises(AnalysisError, match="no sound"):
        msd.describe_excerpts(clips)


def test_one_spoilt_excerpt_does_not_spoil_the_track(msd: MusicnnEmbedder) -> None:
    good, spoilt = noise(PATCH_SECONDS), noise(PATCH_SECONDS)
    spoilt[100] = np.inf
    assert np.array_equal(msd.describe_excerpts([good, spoilt]).vector, msd.describe_excerpts([good]).vector)


def test_loudness_hardly_moves_the_vector(msd: MusicnnEmbedder) -> None:
    audio = np.tile(signal(), 3)
    assert msd.embed(audio) @ msd.embed(0.7 * audio) > 0.95
    assert msd.embed(audio) @ msd.embed(noise(18)) < 0.7


def test_an_unknown_embedder_is_named() -> None:
    with pytest.raises(ModelError, match='no embedder named "vggish"'):
        load_embedder("vggish")


def test_names_and_tags_need_no_torch() -> None:
    code = (
        "import sys, soniq_desktop.models.embedder_specs, soniq_desktop.models.registry\n"
        "print([name for name in ('torch', 'librosa', 'safetensors', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_embedding_needs_no_librosa() -> None:
    code = (
        "import sys, numpy as np\n"
        "from soniq_desktop.analysis.embedders import load_embedder\n"
        "load_embedder().embed(np.random.default_rng(0).standard_normal(60_000).astype(np.float32))\n"
        "print([name for name in ('librosa', 'numba', 'torchvision') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
