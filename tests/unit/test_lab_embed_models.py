"""Loading and computing of the embedders, on tiny models of the published kinds that are saved to disk."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from soniq_desktop.lab.embed import hearing, pictures, torch_side, words
from soniq_desktop.lab.embed.specs import Samples, model_spec
from soniq_desktop.lab.embed.worker import load
from soniq_desktop.lab.genre.weights_file import packed
from soniq_desktop.lab.needs import LabError
from soniq_desktop.models.musicfm import MusicFM, Size, load_musicfm
from soniq_desktop.models.resnet18_mel import ResNet18Mel

TINY = Size(channels=4, width=32, layers=3, heads=4, inner=48, hidden=2)
WAVES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
WAVES |= {"conv_dim": [16] * 7, "num_conv_pos_embedding_groups": 4}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch_side.settle("float32", 0, 1)


def sound(seconds: float, rate: int, count: int = 2, seed: int = 1) -> Samples:
    random = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    tones = [np.sin(2 * np.pi * 220 * (i + 1) * time) * 0.3 for i in range(count)]
    return (np.stack(tones) + 0.01 * random.standard_normal((count, len(time)))).astype(np.float32)


# MusicFM


def published(size: Size) -> dict[str, tuple[int, ...]]:
    """Names and shapes in the published checkpoint, without prefix; written down, not taken from our port."""
    keys: dict[str, tuple[int, ...]] = {
        "cls_token": (size.width,),
        "linear.weight": (4096, size.width),
        "linear.bias": (4096,),
        "quantizer_melspec_2048_0.random_projection": (512, 16),
        "quantizer_melspec_2048_0.codebook": (4096, 16),
        "preprocessor_melspec_2048.mel_stft.spectrogram.window": (2048,),
        "preprocessor_melspec_2048.mel_stft.mel_scale.fb": (1025, 128),
        "conv.linear.weight": (size.width, 32 * size.channels),
        "conv.linear.bias": (size.width,),
        "conformer.embed_positions.inv_freq": (size.width // size.heads // 2,),
        "conformer.pos_conv_embed.conv.bias": (size.width,),
        "conformer.pos_conv_embed.conv.weight_g": (1, 1, 128),
        "conformer.pos_conv_embed.conv.weight_v": (size.width, size.width // 16, 128),
        "conformer.layer_norm.weight": (size.width,),
        "conformer.layer_norm.bias": (size.width,),
    }
    for block in range(2):
        for number in (1, 2, 3):
            before = 1 if block == 0 and number != 2 else size.channels
            keys[f"conv.conv.{block}.conv{number}.weight"] = (size.channels, before, 3, 3)
            keys[f"conv.conv.{block}.conv{number}.bias"] = (size.channels,)
            keys |= normalisation(f"conv.conv.{block}.bn{number}", size.channels)
    for layer in range(size.layers):
        keys |= {f"conformer.layers.{layer}.{key}": shape for key, shape in one_layer(size).items()}
    return keys


def normalisation(name: str, width: int) -> dict[str, tuple[int, ...]]:
    per_channel = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (width,) for part in per_channel} | {f"{name}.num_batches_tracked": ()}


def one_layer(size: Size) -> dict[str, tuple[int, ...]]:
    width, inner = size.width, size.inner
    keys: dict[str, tuple[int, ...]] = {
        "conv_module.pointwise_conv1.weight": (2 * width, width, 1),
        "conv_module.depthwise_conv.weight": (width, 1, 31),
        "conv_module.pointwise_conv2.weight": (width, width, 1),
    }
    norms = ("ffn1_layer_norm", "self_attn_layer_norm", "conv_module.layer_norm", "ffn2_layer_norm")
    for norm in (*norms, "final_layer_norm"):
        keys |= {f"{norm}.weight": (width,), f"{norm}.bias": (width,)}
    for half in ("ffn1", "ffn2"):
        keys |= {
            f"{half}.intermediate_dense.weight": (inner, width),
            f"{half}.intermediate_dense.bias": (inner,),
        }
        keys |= {f"{half}.output_dense.weight": (width, inner), f"{half}.output_dense.bias": (width,)}
    for part in ("linear_q", "linear_k", "linear_v", "linear_out"):
        keys |= {f"self_attn.{part}.weight": (width, width), f"self_attn.{part}.bias": (width,)}
    return keys | normalisation("conv_module.batch_norm", width)


def checkpoint(folder: Path, change: Callable[[dict[str, Any]], None] = lambda _: None) -> Path:
    """A tiny checkpoint of the published form: prefix, old names of normalised weights, training's parts."""
    torch.manual_seed(3)
    made = MusicFM(size=TINY).state_dict()
    new = "conformer.pos_conv_embed.conv.parametrizations.weight.original"
    old = {
        f"{new}0": "conformer.pos_conv_embed.conv.weight_g",
        f"{new}1": "conformer.pos_conv_embed.conv.weight_v",
    }
    values = {old.get(key, key): value for key, value in made.items()}
    state: dict[str, Any] = {}
    for key, shape in published(TINY).items():
        state[f"model.{key}"] = values[key] if key in values else torch.zeros(shape)
    change(state)
    folder.mkdir(exist_ok=True)
    torch.save({"state_dict": state, "epoch": 3}, folder / "pretrained_msd.pt")
    stats = {"melspec_2048_mean": 6.7684, "melspec_2048_std": 18.4179}
    (folder / "msd_stats.json").write_text(json.dumps(stats), encoding="utf-8")
    return folder


def test_the_port_has_exactly_the_parameters_of_the_published_checkpoint() -> None:
    with torch.device("meta"):
        model = MusicFM()
    ours = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    theirs = published(Size())
    new = "conformer.pos_conv_embed.conv.parametrizations.weight.original"
    theirs[f"{new}0"] = theirs.pop("conformer.pos_conv_embed.conv.weight_g")
    theirs[f"{new}1"] = theirs.pop("conformer.pos_conv_embed.conv.weight_v")
    training = {key for key in theirs if key.startswith(("quantizer", "linear.", "cls_token"))}
    assert ours == {key: shape for key, shape in theirs.items() if key not in training}


def test_a_published_checkpoint_loads_strictly_and_gives_that_hidden_state(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "w")
    model = load_musicfm(folder / "pretrained_msd.pt", folder / "msd_stats.json", TINY)
    assert len(model.conformer.layers) == TINY.hidden  # what is above is not needed
    waves = torch.from_numpy(sound(2.0, 24_000))
    with torch.inference_mode():
        image = model.image(waves)
        vector = model(image)
    assert image.shape == (2, 128, 200)  # 100 frames a second
    assert vector.shape == (2, TINY.width)
    torch.manual_seed(3)
    whole = MusicFM(6.7684, 18.4179, TINY).eval()
    states: list[torch.Tensor] = []
    whole.conformer.layers[TINY.hidden - 1].register_forward_hook(lambda _m, _i, out: states.append(out))
    with torch.inference_mode():
        whole.conformer(whole.conv(whole.image(waves)))
    state = states[0][0] if isinstance(states[0], tuple) else states[0]
    assert state.shape[1] == 50  # 25 steps a second
    assert torch.allclose(vector, state.mean(dim=1), atol=1e-5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("model.conv.conv.0.conv3.weight"), "Error.* in loading"),
        (lambda state: state.pop("model.cls_token"), "cls_token is missing"),
        (lambda state: state.update(other=torch.zeros(1)), "do not begin with"),
        (lambda state: state.update({"model.more": torch.zeros(1)}), "Error.* in loading"),
    ],
)
def test_other_checkpoints_are_refused_by_name(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint(tmp_path / "w", change)
    monkeypatch.setattr(hearing, "load_musicfm", lambda weights, stats: load_musicfm(weights, stats, TINY))
    with pytest.raises(LabError, match=f"weights of musicfm are damaged.*{sentence}"):
        load("musicfm", str(folder))


def test_a_cut_checkpoint_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checkpoint(tmp_path / "w")
    file = folder / "pretrained_msd.pt"
    file.write_bytes(file.read_bytes()[:5000])
    monkeypatch.setattr(hearing, "load_musicfm", lambda weights, stats: load_musicfm(weights, stats, TINY))
    with pytest.raises(LabError, match="weights of musicfm are damaged"):
        load("musicfm", str(folder))


# Networks on waves


def mert_folder(folder: Path, **more: Any) -> Any:
    """What the repository of MERT looks like: its own model type, weights as pytorch_model.bin, old names."""
    hub = torch_side.transformers()
    torch.manual_seed(5)
    model = hub.HubertModel(hub.HubertConfig(**WAVES)).eval()
    old = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    state = {}
    for key, value in model.state_dict().items():
        state[next((key.replace(new, name) for new, name in old.items() if new in key), key)] = value
    folder.mkdir(exist_ok=True)
    torch.save(state, folder / "pytorch_model.bin")
    config = {"model_type": "mert_model", "auto_map": {"AutoModel": "modeling_MERT.MERTModel"}, **WAVES}
    config |= {"architectures": ["MERTModel"], "deepnorm": False, "attention_relax": -1.0, **more}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return model


def test_mert_is_hubert_under_its_own_names(tmp_path: Path) -> None:
    model = mert_folder(tmp_path / "w")
    clips = sound(1.0, 24_000)
    found = load("mert-95m", str(tmp_path / "w")).embed(clips * 0.1 + 0.05)
    scaled = (clips - clips.mean(1, keepdims=True)) / clips.std(1, keepdims=True)  # level and offset go
    with torch.inference_mode():
        expected = model(torch.from_numpy(scaled)).last_hidden_state.mean(dim=1).numpy()
    assert np.allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize("option", ["feature_extractor_cqt", "deepnorm"])
def test_a_mert_that_we_cannot_compute_is_refused(tmp_path: Path, option: str) -> None:
    mert_folder(tmp_path / "w", **{option: True})
    with pytest.raises(LabError, match=f"uses “{option}”"):
        load("mert-330m", str(tmp_path / "w"))


def test_weights_with_missing_parts_are_never_filled_by_chance(tmp_path: Path) -> None:
    mert_folder(tmp_path / "w")
    file = tmp_path / "w" / "pytorch_model.bin"
    state = torch.load(file, weights_only=True)
    del state["encoder.layers.1.attention.q_proj.weight"]
    torch.save(state, file)
    with pytest.raises(LabError, match=r"1 parameters are missing.*q_proj"):
        load("mert-95m", str(tmp_path / "w"))


def test_music2vec_loads_and_damage_is_told(tmp_path: Path) -> None:
    hub = torch_side.transformers()
    folder = tmp_path / "w"
    torch.manual_seed(1)
    hub.Data2VecAudioModel(hub.Data2VecAudioConfig(**WAVES)).save_pretrained(folder)
    clips = sound(1.0, 16_000)
    vectors = load("music2vec", str(folder)).embed(clips)
    assert vectors.shape == (2, 32)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(LabError, match="weights of music2vec are damaged"):
        load("music2vec", str(folder))
    (folder / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(LabError, match="weights of music2vec are damaged"):
        load("music2vec", str(folder))


def test_encodecmae_without_its_package_gets_a_sentence() -> None:
    with pytest.raises(LabError, match="needs the package encodecmae"):
        load("encodecmae", None)


def test_encodecmae_is_asked_for_its_published_model_and_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Model:
        def extract_features_from_array(self, clip: Samples) -> Samples:
            return np.stack([np.full((1, 4), clip[0]), np.full((1, 4), clip[-1])], axis=1)

    def load_model(name: str, device: str) -> Model:
        asked.append((name, device))
        if len(asked) > 1:
            raise ConnectionError("no route")
        return Model()

    package = ModuleType("encodecmae")
    package.hub = ModuleType("encodecmae.hub")  # type: ignore[attr-defined]
    package.hub.load_model = load_model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "encodecmae", package)
    monkeypatch.setitem(sys.modules, "encodecmae.hub", package.hub)  # type: ignore[attr-defined]
    found = load("encodecmae", None).embed(np.array([[1, 0, 3], [5, 0, 5]], np.float32))
    assert found.tolist() == [[2] * 4, [5] * 4]
    assert asked == [("mel256-ec-base_st", "cpu")]
    with pytest.raises(LabError, match=r"could not be loaded .ConnectionError: no route"):
        load("encodecmae", None)


# Pictures


def test_dino_sees_overlapping_images_of_the_right_size(tmp_path: Path) -> None:
    hub = torch_side.transformers()
    torch.manual_seed(2)
    config = hub.ViTConfig(
        hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, patch_size=32
    )
    hub.ViTModel(config).save_pretrained(tmp_path / "w")
    spec = model_spec("dino-vits16")
    model = load("dino-vits16", str(tmp_path / "w"))
    power = torch.rand(224, 224 + 112 * 3)
    assert pictures._images(power).shape == (4, 3, 224, 224)
    vectors = model.embed(sound(12.0, spec.sample_rate))
    assert vectors.shape == (2, 24)
    assert np.isfinite(vectors).all()
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3
    louder = model.embed(2 * sound(12.0, spec.sample_rate))
    assert np.allclose(vectors, louder, atol=1e-3)  # relative to its own loudest cell


def test_a_low_tone_is_at_the_bottom_of_the_image() -> None:
    power = torch.full((224, 224), 1e-9)
    power[5] = 1.0
    assert int(pictures._images(power)[0, 0].mean(dim=1).argmax()) == 223 - 5


def test_a_genre_network_without_weights_says_how_to_train_one() -> None:
    with pytest.raises(LabError, match=r"ships no weights of resnet18.*train-genre --network resnet18"):
        load("resnet18", None)


def test_genre_networks_give_what_their_last_layer_sees(tmp_path: Path) -> None:
    clips = sound(3.7501, 44_100)
    assert load("crnn", None).embed(clips).shape == (2, 128)
    torch.manual_seed(4)
    file = tmp_path / "weights.safetensors"
    file.write_bytes(packed(ResNet18Mel(3), "resnet18", ("a", "b", "c"), (100.0, 50.0), 1.0))
    assert load("resnet18", str(file)).embed(clips).shape == (2, 512)
    with pytest.raises(LabError, match="weights of a resnet18, not of a crnn"):
        load("crnn", str(file))


# Statistics, the app's own, words


def test_mfcc_are_104_statistics_that_agree_with_librosa() -> None:
    librosa = pytest.importorskip("librosa")
    clip = sound(2.0, 22_050)[:1]
    vector = load("mfcc", None).embed(clip)[0]
    assert vector.shape == (104,)
    mel = librosa.feature.melspectrogram(
        y=clip[0], sr=22_050, n_fft=2048, hop_length=512, n_mels=128, pad_mode="reflect"
    )
    theirs = librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13)
    assert np.allclose(vector[:13], theirs.mean(axis=1), atol=0.01)
    assert np.allclose(vector[26:39], theirs.std(axis=1), atol=0.01)
    skewness = ((theirs - theirs.mean(axis=1, keepdims=True)) ** 3).mean(axis=1) / theirs.std(axis=1) ** 3
    assert np.allclose(vector[52:65], skewness, atol=0.01)


def test_moments_are_those_of_the_textbook() -> None:
    values = torch.tensor([[[0.0, 0.0, 0.0, 4.0]]])
    mean, deviation, skewness, kurtosis = hearing._moments(values)[0].tolist()
    assert (mean, round(deviation, 5)) == (1.0, round(3**0.5, 5))
    assert skewness == pytest.approx(2 / 3**0.5, abs=1e-5)
    assert kurtosis == pytest.approx(7 / 3 - 3, abs=1e-5)


def test_musicnn_is_the_vector_of_the_app() -> None:
    from soniq_desktop.analysis.embedders import load_embedder

    clips = sound(3.008, 16_000)
    ours = load("musicnn", None).embed(clips).mean(axis=0)
    theirs = load_embedder("musicnn-msd").describe_excerpts(list(clips)).vector
    assert np.allclose(ours / np.linalg.norm(ours), theirs, atol=1e-5)


def lyrical_folder(folder: Path) -> Path:
    hub = torch_side.transformers()
    folder.mkdir()
    kinds = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[", "]", "no", "lyrics", "love", "rain", "train"]
    (folder / "vocab.txt").write_text("\n".join(kinds), encoding="utf-8")
    hub.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(6)
    config = hub.BertConfig(
        vocab_size=len(kinds),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=24,
    )
    hub.BertModel(config).save_pretrained(folder)
    return folder


def test_lyrics_are_the_mean_over_the_tokens_that_are_there(tmp_path: Path) -> None:
    folder = lyrical_folder(tmp_path / "w")
    embed = load("lyrical", str(folder)).embed
    alone = embed(["love rain"])
    together = embed(["love rain", "train " * 100, words.MISSING])
    assert np.allclose(together[0], alone[0], atol=1e-5)  # padding counts for nothing
    hub = torch_side.transformers()
    model, tokenizer = hub.BertModel.from_pretrained(folder).eval(), hub.AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        expected = model(**tokenizer("love rain", return_tensors="pt")).last_hidden_state.mean(dim=1)
    assert np.allclose(alone, expected.numpy(), atol=1e-5)


def test_the_end_of_long_lyrics_is_read_too(tmp_path: Path) -> None:
    embed = load("lyrical", str(lyrical_folder(tmp_path / "w"))).embed
    first, second = embed(["love " * 200 + "rain " * 100, "love " * 200 + "train " * 100])
    assert np.abs(first - second).max() > 1e-3


def test_half_precision_is_used_where_the_processor_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mert_folder(tmp_path / "w")
    embed = load("mert-95m", str(tmp_path / "w")).embed
    clips = sound(1.0, 24_000)
    whole = embed(clips)
    try:
        monkeypatch.setattr(torch_side, "_has_bfloat16", lambda: True)
        assert torch_side.settle("float16", 0, 1) == "bfloat16"
        half = embed(clips)
        assert half.dtype == np.float32
        assert 0 < np.abs(half - whole).max() < 0.1
        monkeypatch.setattr(torch_side, "_has_bfloat16", lambda: False)
        assert torch_side.settle("float16", 0, 1) == "float32"
        assert np.array_equal(embed(clips), whole)
    finally:
        torch_side.settle("float32", 0, 1)
