"""The published sizes of the hub's models, in the classes that they are loaded into; no weights are here.

Configurations are abbreviated to what is not a default of the class. MERT's are those by which its authors
convert checkpoints (github.com/yizhilll/MERT, scripts/hf_config); names of parameters are written down here.
"""

from typing import Any

import pytest
import torch

from soniq_desktop.lab.embed import hearing, torch_side
from soniq_desktop.lab.embed.specs import model_spec

MERT_BASE = {
    "model_type": "music_hubert", "feat_extract_norm": "group", "conv_bias": False, "sample_rate": 24_000,
    "do_stable_layer_norm": False, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
    "intermediate_size": 3072, "feat_proj_layer_norm": True, "mask_time_prob": 0.05,
}  # fmt: skip
MERT_LARGE = {
    "model_type": "hubert", "feat_extract_norm": "group", "conv_bias": False, "sample_rate": 24_000,
    "do_stable_layer_norm": True, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
    "intermediate_size": 4096, "mask_time_prob": 0.075, "attention_relax": 32.0,
}  # fmt: skip
Shapes = dict[str, tuple[int, ...]]


def shapes_of(model: Any) -> Shapes:
    return {key: tuple(value.shape) for key, value in model.state_dict().items()}


def on_paper(kind: str, config: Any) -> Any:
    """A model of transformers without memory for its parameters."""
    with torch.device("meta"):
        return getattr(torch_side.transformers(), kind)(config)


def hubert(width: int, inner: int, layers: int) -> Shapes:
    """Names and shapes of a HuBERT with group normalisation in its first convolution, as files have them."""
    keys: Shapes = {"masked_spec_embed": (width,)}
    for number, kernel in enumerate((10, 3, 3, 3, 3, 2, 2)):
        keys[f"feature_extractor.conv_layers.{number}.conv.weight"] = (512, 512 if number else 1, kernel)
    keys |= norm("feature_extractor.conv_layers.0.layer_norm", 512) | norm(
        "feature_projection.layer_norm", 512
    )
    keys |= linear("feature_projection.projection", width, 512) | norm("encoder.layer_norm", width)
    keys |= {
        "encoder.pos_conv_embed.conv.bias": (width,),
        "encoder.pos_conv_embed.conv.parametrizations.weight.original0": (1, 1, 128),  # was weight_g
        "encoder.pos_conv_embed.conv.parametrizations.weight.original1": (
            width,
            width // 16,
            128,
        ),  # weight_v
    }
    for layer in range(layers):
        name = f"encoder.layers.{layer}"
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            keys |= linear(f"{name}.attention.{part}", width, width)
        keys |= linear(f"{name}.feed_forward.intermediate_dense", inner, width)
        keys |= linear(f"{name}.feed_forward.output_dense", width, inner)
        keys |= norm(f"{name}.layer_norm", width) | norm(f"{name}.final_layer_norm", width)
    return keys


def norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def linear(name: str, out: int, into: int) -> Shapes:
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


@pytest.mark.parametrize(("name", "config"), [("mert-95m", MERT_BASE), ("mert-330m", MERT_LARGE)])
def test_the_published_configurations_of_mert_are_a_hubert_of_that_size(name: str, config: Any) -> None:
    hearing._refuse_unknown(config, name)
    model = on_paper("HubertModel", hearing._hubert_config(torch_side.transformers(), config))
    width, inner, layers = (config[k] for k in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    assert width == model_spec(name).dim
    assert shapes_of(model) == hubert(width, inner, layers)
    stable = type(model.encoder).__name__ == "HubertEncoderStableLayerNorm"
    assert stable == config["do_stable_layer_norm"]


@pytest.mark.parametrize(
    ("name", "heads", "patch", "millions"),
    [("vits16", 6, 16, 21.67), ("vits8", 6, 8, 21.67), ("vitb16", 12, 16, 85.80), ("vitb8", 12, 8, 85.81)],
)
def test_the_dino_transformers_have_the_published_size(
    name: str, heads: int, patch: int, millions: float
) -> None:
    width = model_spec(f"dino-{name}").dim
    config = torch_side.transformers().ViTConfig(
        hidden_size=width, num_attention_heads=heads, intermediate_size=4 * width, patch_size=patch
    )
    shapes = shapes_of(on_paper("ViTModel", config))
    assert shapes["embeddings.position_embeddings"] == (1, (224 // patch) ** 2 + 1, width)
    found = sum(torch.Size(shape).numel() for key, shape in shapes.items() if not key.startswith("pooler"))
    assert found / 1e6 == pytest.approx(millions, abs=0.01)


def test_the_model_of_lyrics_has_the_published_size() -> None:
    config = torch_side.transformers().BertConfig(
        vocab_size=250_037, hidden_size=384, intermediate_size=1536, num_attention_heads=12
    )
    shapes = shapes_of(on_paper("BertModel", config))
    assert shapes["embeddings.word_embeddings.weight"] == (250_037, model_spec("lyrical").dim)
    assert sum(torch.Size(shape).numel() for shape in shapes.values()) == 117_653_760
