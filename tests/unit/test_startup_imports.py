"""What the GUI process never imports, and what the command line does not import before it must."""

import os
import subprocess
import sys

HEAVY = {
    "torch", "torchaudio", "librosa", "scipy", "numba", "demucs", "sklearn", "openTSNE", "transformers",
    "huggingface_hub",
}  # fmt: skip


def modules_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after running `code`."""
    ending = "\nimport sys\nprint('MODULES', *{name.partition('.')[0] for name in sys.modules})"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code + ending],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("MODULES"))
    return set(line.split()[1:])


def test_the_running_window_has_no_heavy_module() -> None:
    code = """
from PySide6.QtWidgets import QApplication
from soniq_desktop.app import build
from soniq_desktop.common.paths import Paths
from soniq_desktop.ui.theme import Theme
qt = QApplication([])
Theme.current().install(qt)
application = build(Paths.from_environment().ensure())
application.window.show()
application.start()
for page in ("songs", "albums", "inspector", "unsure", "player", "settings"):
    application.window.navigator.open(page)
    for _ in range(20):
        qt.processEvents()
application.window.close()
application.close()
"""
    modules = modules_after(code)
    assert {"PySide6", "numpy"} <= modules
    assert not modules & HEAVY


def test_the_demo_service_brings_no_synthesiser() -> None:
    assert not modules_after("import soniq_desktop.services.demo") & HEAVY


def test_the_command_line_starts_without_qt_and_numpy() -> None:
    modules = modules_after("import soniq_desktop.cli, soniq_desktop.cli.commands")
    assert not modules & (HEAVY | {"PySide6", "numpy", "sqlite3"})
