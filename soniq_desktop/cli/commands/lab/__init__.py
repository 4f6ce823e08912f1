"""`soniq lab`: experiments. One module for each command; a new one is imported below."""

from soniq_desktop.cli.application import lab
from soniq_desktop.cli.commands.lab import embed, files, genre, recommenders, simulate, tabular, tuning, use

__all__ = ["embed", "files", "genre", "lab", "recommenders", "simulate", "tabular", "tuning", "use"]
