"""The child's side: compose, play, tag and write one piece."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.demo import cover, files, mix
from soniq_desktop.demo.programme import ENTRIES, Entry
from soniq_desktop.demo.score import Piece


def score(entry: Entry) -> Piece:
    """Write the score of one piece."""
    module, function = entry.style.split(":")
    style = getattr(importlib.import_module(f"soniq_desktop.demo.styles.{module}"), function)
    piece = style(np.random.default_rng(entry.seed))
    assert isinstance(piece, Piece)
    return piece


def compose(task: dict[str, Any]) -> str:
    """Make the piece `task["index"]` below `task["folder"]`, with `task["stems"]` also its stems."""
    entry = ENTRIES[task["index"]]
    piece = score(entry)
    record = mix.render(piece, entry.seed[1], stems=task["stems"])
    path = Path(task["folder"]) / entry.folder / entry.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    files.write_flac(part, record.sound)
    files.tag(part, entry, piece, cover.png(cover.paint(entry.cover, sum(entry.album.encode()))))
    facts = files.truth(entry, piece)
    if record.stems:
        facts["stems"] = _write_stems(path, record)
    files.write_truth(path.with_suffix(".truth.json"), facts)
    part.replace(path)
    return str(path)


def _write_stems(path: Path, record: mix.Record) -> dict[str, str]:
    """Stems go below a hidden folder, so that they do not appear as tracks."""
    folder = path.parent / ".stems" / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    for name, sound in record.stems.items():
        files.write_flac(folder / f"{name}.flac", sound)
    return {name: str((folder / f"{name}.flac").relative_to(path.parent)) for name in record.stems}
