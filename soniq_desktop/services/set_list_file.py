"""A set list as a file: plain text, or CSV for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.fingerprint.setlist import is_certain
from soniq_desktop.services.answers import SetListLine

COLUMNS = ("begins", "ends", "title", "artist", "album", "offset", "confidence", "certain")


def save_set_list(lines: Sequence[SetListLine], file: Path) -> None:
    """Write `lines`; the suffix .csv decides the form. Raises SaveError."""
    text = as_csv(lines) if file.suffix.casefold() == ".csv" else as_text(lines)
    write_atomic(file, text.encode("utf-8", "replace"))


def as_text(lines: Sequence[SetListLine]) -> str:
    """ "0:03:20  Artist – Title" a line; a question mark after those that are not certain."""
    return "".join(
        f"{stamp(line.entry.begins)}  {line.track.artist} – {line.track.title}"
        f"{'' if is_certain(line.entry) else '  ?'}\n"
        for line in lines
    )


def as_csv(lines: Sequence[SetListLine]) -> str:
    """With a header; times in seconds."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        entry, track = line.entry, line.track
        writer.writerow(
            [
                *(f"{entry.begins:.1f}", f"{entry.ends:.1f}", track.title, track.artist, track.tags.album),
                *(f"{entry.offset:.1f}", f"{entry.confidence:.3f}", "yes" if is_certain(entry) else "no"),
            ]
        )
    return target.getvalue()


def stamp(seconds: float) -> str:
    """ "1:02:03", always with hours, so that the lines are in order as text too."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
