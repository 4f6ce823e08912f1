"""Every command of `soniq`, in the order in which `--help` lists them.

A new command is a function in a module here, named below, and a word in `cli.COMMANDS`.
"""

from soniq_desktop.cli.application import app, run

from soniq_desktop.cli.commands import library  # isort: skip
from soniq_desktop.cli.commands import discovery  # isort: skip
from soniq_desktop.cli.commands import identify  # isort: skip
from soniq_desktop.cli.commands import lab  # isort: skip
from soniq_desktop.cli.commands import stems  # isort: skip
from soniq_desktop.cli.commands import persona  # isort: skip
from soniq_desktop.cli.commands import history  # isort: skip
from soniq_desktop.cli.commands import models  # isort: skip
from soniq_desktop.cli.commands import programme  # isort: skip

__all__ = [
    "app", "discovery", "history", "identify", "lab", "library", "models", "persona", "programme", "run",
    "stems",
]  # fmt: skip
