"""The one place that imports torchaudio, so that it works beside any build of torch.

torchaudio 2.11 is a CUDA build on Linux: beside CPU torch its C++ extension cannot be loaded and the import
of the package fails with it. The transforms used here are pure Python and need no extension, so where the
real one does not load, a stand-in that says "no extension" is registered and the import is tried again.
Worker processes only.
"""

import importlib
import sys
from types import ModuleType
from typing import Any, NoReturn

from soniq_desktop.common.errors import ModelError
from soniq_desktop.common.log import topic

EXTENSION = "torchaudio._extension"


def torchaudio() -> Any:
    """The torchaudio package; ModelError where it is not installed or does not load either way."""
    try:
        return importlib.import_module("torchaudio")
    except (ImportError, OSError, RuntimeError) as error:
        topic("models").debug("torchaudio's extension does not load (%s); going on without it", error)
    forget_half_imported()
    sys.modules[EXTENSION] = without_extension()
    try:
        return importlib.import_module("torchaudio")
    except (ImportError, OSError, RuntimeError) as error:
        del sys.modules[EXTENSION]
        raise ModelError(f"torchaudio cannot be loaded ({error}).", "Reinstall SONIQ's packages.") from error


def forget_half_imported() -> None:
    """Drop what a failed import left behind, so that the next one starts afresh."""
    for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
        del sys.modules[name]


def without_extension() -> ModuleType:
    """A stand-in for `torchaudio._extension` with the names that the package's Python code looks up."""
    stub = ModuleType(EXTENSION)
    vars(stub).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=refuse,
    )
    return stub


def refuse(_function: object) -> Any:
    """Decorator of functions that only the extension can do."""

    def unavailable(*_args: object, **_kwargs: object) -> NoReturn:
        raise RuntimeError("This torchaudio function needs its C++ extension, which did not load.")

    return unavailable
