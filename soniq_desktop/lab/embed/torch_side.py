"""What the embedders share on torch's side: precision, loading that notices damage. Child processes only."""

import contextlib
import os
from collections.abc import Callable, Iterator
from json import JSONDecodeError
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

import numpy as np
import torch

from soniq_desktop.lab.embed.specs import Samples
from soniq_desktop.lab.needs import LabError, need
from soniq_desktop.models.torchaudio_compat import torchaudio

OPTIONAL = ("pooler.", "masked_spec_embed")  # parts of checkpoints that no embedder here uses
_computes: dict[str, torch.dtype | None] = {"in": None}


def settle(precision: str, seed: int, threads: int) -> str:
    """Set precision, seed and threads of this process; returns what networks compute in.

    "float16" computes in bfloat16 where the processor has instructions for it (matrix products only;
    spectrograms stay float32), and in float32 where it has not: float16 itself is no faster on processors.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(max(1, threads))
    half = precision == "float16" and _has_bfloat16()
    _computes["in"] = torch.bfloat16 if half else None
    return "bfloat16" if half else "float32"


def _has_bfloat16() -> bool:
    try:
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())  # noqa: SLF001
    except AttributeError:  # other versions of torch: they say nothing, so nothing is assumed
        return False


def network(function: Callable[..., torch.Tensor], *inputs: Any) -> Samples:
    """What a network gives for its inputs, in the precision of this process, as float32."""
    half = _computes["in"]
    with torch.inference_mode(), torch.autocast("cpu", dtype=half, enabled=half is not None):
        result: Samples = function(*inputs).float().numpy()
    return result


def transformers() -> ModuleType:
    """The package, silent and without the network: what is to be fetched was fetched before."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    torchaudio()  # a build that does not fit would otherwise break parts of transformers
    hub = need("transformers")
    hub.utils.logging.set_verbosity_error()
    hub.utils.logging.disable_progress_bar()
    return hub


@contextlib.contextmanager
def damaged_weights(name: str) -> Iterator[None]:
    """Whatever a damaged or foreign weights file makes the loaders stumble over becomes one sentence."""
    try:
        yield
    except LabError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError, UnpicklingError) as error:
        raise _damaged(name, error) from error
    except Exception as error:
        if type(error).__name__ not in ("SafetensorError", "StrictDataclassFieldValidationError"):
            raise
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> LabError:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return LabError(
        f"The weights of {name} are damaged or belong to another model ({lines[0][:160]}).",
        "Delete what was fetched, or name another folder with --weights.",
    )


def pretrained(kind: Any, folder: Path, **options: Any) -> Any:
    """A model of transformers from a folder, for inference; what is missing is an error, never random.

    Raises:
        ValueError: the file lacks parameters, or they have other shapes.
    """
    model, report = kind.from_pretrained(folder, local_files_only=True, output_loading_info=True, **options)
    missing = [key for key in report["missing_keys"] if not key.startswith(OPTIONAL)]
    missing += [str(key) for key in report["mismatched_keys"]]
    if missing:
        raise ValueError(f"{len(missing)} parameters are missing, for example {min(missing)}")
    return model.eval()


def json_in(file: Path) -> dict[str, Any]:
    """A settings file of a repository; {} where it is not there.

    Raises:
        ValueError, TypeError: it is no JSON object.
    """
    import json

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name} is damaged") from error
    if not isinstance(found, dict):
        raise TypeError(f"{file.name} is damaged")
    return found


def tensor(clips: Any) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(clips, np.float32))
