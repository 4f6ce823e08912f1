"""Labelled audio as people have it: a folder per genre, FMA's tracks.csv, GTZAN with its filtered split."""

import csv
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from soniq_desktop.lab.needs import LabError

Part = Literal["train", "held", "test"]
PARTS: dict[str, Part] = {
    "training": "train", "train": "train", "validation": "held", "valid": "held", "val": "held",
    "held": "held", "test": "test",
}  # fmt: skip
SOUND = {".wav", ".mp3", ".ogg", ".oga", ".flac", ".m4a", ".opus", ".au", ".aif", ".aiff", ".wma", ".wv"}
FILTERED = {"train": "train_filtered.txt", "held": "valid_filtered.txt", "test": "test_filtered.txt"}
LEAST = 4  # files of a genre; fewer cannot be split


@dataclass(frozen=True, slots=True)
class Clip:
    """One labelled file; `part` says on which side of the split it is."""

    path: Path
    label: str
    part: Part


def clips_of(data: Path, labels: Path | None = None) -> list[Clip]:
    """Every labelled file, in a fixed order.

    Args:
        data: folder with the audio, one folder per genre where there is no table.
        labels: a CSV (path or track_id, genre, optionally artist and split), FMA's tracks.csv, or the folder
            with GTZAN's train_filtered.txt, valid_filtered.txt, test_filtered.txt (or these in `data`).

    Raises:
        LabError: there is nothing to learn from; the sentence says what was looked for.
    """
    if not data.is_dir():
        raise LabError(f"There is no folder {data}.")
    filtered = _filtered_folder(data, labels)
    if filtered is not None:
        found = _gtzan(data, filtered)
    elif labels is not None:
        found = _table(data, labels)
    else:
        found = _folders(data)
    counts = Counter(clip.label for clip in found)
    kept = [clip for clip in found if counts[clip.label] >= LEAST]
    if len({clip.label for clip in kept}) < 2:
        raise LabError(
            f"{data} does not hold two genres with {LEAST} files or more.",
            "Put each genre's files into a folder of its name, or give a table with --labels.",
        )
    return sorted(kept, key=lambda clip: str(clip.path))


def _folders(data: Path) -> list[Clip]:
    """Folder per genre; what lies in one folder below it (an artist, an album) stays on one side."""
    found = []
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        if len(parts) > 1 and path.suffix.lower() in SOUND and path.is_file():
            group = "/".join(parts[:-1]) if len(parts) > 2 else "/".join(parts)
            found.append(Clip(path, parts[0], part_of(group)))
    return found


def part_of(group: str) -> Part:
    """70 % train, 15 % held out, 15 % test, by the group's name: the same at every run."""
    place = int.from_bytes(hashlib.blake2b(group.encode(), digest_size=4).digest()) % 100
    return "train" if place < 70 else "held" if place < 85 else "test"


def _filtered_folder(data: Path, labels: Path | None) -> Path | None:
    for folder in (labels, data, data.parent):
        if folder is not None and folder.is_dir() and all((folder / n).is_file() for n in FILTERED.values()):
            return folder
    return None


def _gtzan(data: Path, folder: Path) -> list[Clip]:
    """Lines such as `blues/blues.00029.wav`: without the repeated, mislabelled and distorted files that Sturm
    lists in "The GTZAN dataset: its contents, its faults" (2013)."""
    found = []
    for part, name in FILTERED.items():
        for line in (folder / name).read_text("utf-8").split():
            path = data / line
            if path.is_file():
                found.append(Clip(path, Path(line).parts[0], PARTS[part]))
    return found


def _table(data: Path, labels: Path) -> list[Clip]:
    try:
        with labels.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeError, csv.Error) as error:
        raise LabError(f"The table {labels} cannot be read ({error}).") from error
    names, body = _heading(rows, labels)
    by_name = {path.name: path for path in data.rglob("*") if path.suffix.lower() in SOUND}
    found = []
    for row in body:
        values = dict(zip(names, row, strict=False))
        path = _path_in(data, by_name, values.get("path", ""))
        if path is not None and values.get("genre"):
            given = PARTS.get(values.get("split", "").lower())
            found.append(Clip(path, values["genre"], given or part_of(values.get("artist") or str(path))))
    return found


COLUMNS = {
    "path": ("path", "file", "filename", "track_id", "id"),
    "genre": ("genre", "genre_top", "label", "class"),
    "artist": ("artist", "artist_id", "group"),
    "split": ("split", "set", "part"),
}


def _heading(rows: list[list[str]], labels: Path) -> tuple[list[str], list[list[str]]]:
    """Our names of the columns, and the rows below. FMA's table has three lines of heading."""
    if len(rows) > 3 and rows[0][1:2] == ["album"] and "genre_top" in rows[1]:
        raw = [f"{a}.{b}" for a, b in zip(rows[0], rows[1], strict=True)]
        own = {"track.genre_top": "genre", "artist.id": "artist", "set.split": "split"}
        return ["path", *(own.get(name, name) for name in raw[1:])], rows[3:]
    first = [name.strip().lower() for name in rows[0]] if rows else []
    names = [next((own for own, known in COLUMNS.items() if name in known), name) for name in first]
    if "path" not in names or "genre" not in names:
        raise LabError(f"{labels} has no columns “path” and “genre”.", "A first line must name them.")
    return names, rows[1:]


def _path_in(data: Path, by_name: dict[str, Path], value: str) -> Path | None:
    """The file that a cell names: a path, a file name, or a number of FMA's (2 is 000/000002.mp3)."""
    if not value:
        return None
    if value.isdigit():
        return by_name.get(f"{int(value):06d}.mp3")
    direct = data / value
    return direct if direct.is_file() else by_name.get(Path(value).name)
