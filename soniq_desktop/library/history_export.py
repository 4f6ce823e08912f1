"""Writing the listening history out: JSON or CSV, which `history_import` reads back."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.history_files import FORMAT
from soniq_desktop.library.user_rows import path_text

FIELDS = (
    "started_at", "artist", "title", "album", "duration", "seconds_heard", "ended", "source", "position",
    "audio_hash", "path",
)  # fmt: skip
_SELECT = (
    "SELECT e.started_at, t.artist, t.title, t.album, t.duration, e.seconds_heard, e.ended, e.source,"
    " e.position, e.audio_hash, e.path FROM listening_events e LEFT JOIN tracks t ON t.id = e.track_id"
    " ORDER BY e.started_at, e.id"
)


def export_history(catalogue: Catalogue, file: Path) -> int:
    """Write every play, also of songs that left the library; CSV where the name ends in .csv, else JSON.

    Returns how many. Raises SaveError.
    """
    with catalogue.database.reading() as connection:
        rows = [_row(row) for row in connection.execute(_SELECT)]
    text = "".join(_csv(rows)) if file.suffix.casefold() == ".csv" else _json(rows)
    write_atomic(file, text.encode("utf-8"))
    return len(rows)


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(FIELDS, row, strict=True))
    path = path_text(found["path"])
    # A song that left the library has no name any more but that of its file.
    return found | {"path": path, "title": found["title"] or Path(path).stem}


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps({"format": FORMAT, "version": 1, "plays": rows}, ensure_ascii=False, indent=0)


def _csv(rows: list[dict[str, Any]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    yield out.getvalue()
