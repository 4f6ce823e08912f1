"""torchaudio beside a torch it was not built for. In processes of their own: imports are for good."""

import subprocess
import sys

MEL = """
import torch
mel = package.transforms.MelSpectrogram(sample_rate=16000, n_fft=512, hop_length=256, n_mels=96)
print(tuple(mel(torch.zeros(1, 16000)).shape))
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_transforms_work_where_the_extension_does_not_load() -> None:
    """A finder in front breaks the extension as a missing CUDA library does, whatever is installed here."""
    code = """
import sys
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "torchaudio._extension":
            raise OSError("libc10_cuda.so: cannot open shared object file")
sys.meta_path.insert(0, Broken())
from soniq_desktop.models.torchaudio_compat import torchaudio
package = torchaudio()
assert package is torchaudio()
assert not sys.modules["torchaudio._extension"]._IS_TORCHAUDIO_EXT_AVAILABLE
"""
    assert run(code + MEL) == "(1, 96, 63)"


def test_an_extension_that_loads_is_left_alone() -> None:
    code = """
import sys
from types import ModuleType
real = ModuleType("torchaudio._extension")
real._IS_TORCHAUDIO_EXT_AVAILABLE = False
real.fail_if_no_align = lambda function: function
sys.modules["torchaudio._extension"] = real
from soniq_desktop.models.torchaudio_compat import torchaudio
torchaudio()
print(sys.modules["torchaudio._extension"] is real)
"""
    assert run(code) == "True"


def test_functions_of_the_extension_say_so() -> None:
    code = """
from soniq_desktop.models.torchaudio_compat import without_extension
@without_extension().fail_if_no_align
def align(): ...
try:
    align()
except RuntimeError as error:
    print(error)
"""
    assert "needs its C++ extension" in run(code)


def test_torchaudio_missing_altogether_is_a_plain_sentence() -> None:
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "torchaudio":
            raise ModuleNotFoundError("No module named 'torchaudio'")
sys.meta_path.insert(0, Missing())
from soniq_desktop.common.errors import ModelError
from soniq_desktop.models.torchaudio_compat import torchaudio
try:
    torchaudio()
except ModelError as error:
    print(error.sentence)
"""
    assert run(code).startswith("torchaudio cannot be loaded")
