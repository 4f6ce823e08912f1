"""What commands print: results on stdout (tables, or one JSON object), everything else on stderr."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

WIDE = 150  # characters of a line where the output is no terminal

console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
messages = Console(stderr=True, highlight=False)


def show(result: Mapping[str, Any], as_json: bool, human: Callable[[], None]) -> None:
    """Print a result: one JSON object, or what `human` prints."""
    if as_json:
        text = json.dumps(result, ensure_ascii=False, indent=2)
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    else:
        human()


def fail(sentence: str) -> None:
    """One plain sentence on stderr."""
    sys.stderr.write(_printable(sentence) + "\n")


def note(sentence: str) -> None:
    """Something to know, on stderr."""
    messages.print(_printable(sentence), markup=False)


def table(
    title: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[object]],
    *,
    spare: Sequence[str] = (),
    widest: int = 26,
) -> None:
    """Print a table. A column is (heading, "left" or "right"); where room is short, those in `spare` go."""
    cells = [[_shortened(_printable(str(cell)), widest) for cell in row] for row in rows]
    kept = list(range(len(columns)))
    for heading in spare:
        if _width(cells, kept) > console.width:
            kept = [number for number in kept if columns[number][0] != heading]
    grid = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for number in kept:
        heading, side = columns[number]
        grid.add_column(heading, justify=side, overflow="ellipsis", no_wrap=True)  # type: ignore[arg-type]
    for row in cells:
        grid.add_row(*(Text(row[number]) for number in kept))
    console.print(grid)


def points(lines: Sequence[tuple[str, str, str]]) -> None:
    """Print (mark, subject, sentence) in three columns; sentences wrap."""
    grid = Table.grid(padding=(0, 1))
    for wrap in (False, False, True):
        grid.add_column(no_wrap=not wrap, overflow="fold")
    for line in lines:
        grid.add_row(*(Text(_printable(part)) for part in line))
    console.print(grid)


def _shortened(text: str, widest: int) -> str:
    return text if len(text) <= widest else text[: widest - 1].rstrip() + "…"


def _width(cells: Sequence[Sequence[str]], kept: Sequence[int]) -> int:
    """Characters of the columns side by side, with a space on each side of each."""
    return sum(2 + max((cell_len(row[number]) for row in cells), default=0) for number in kept)


def bars() -> Progress:
    """Progress bars on stderr; on a terminal they are live, in a log file one line remains of each."""
    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[item]}", style="dim", markup=False),
        console=messages,
    )


def clock(seconds: float) -> str:
    """4:12, or 1:04:12."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def size(count: int) -> str:
    """486.0 GB."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _printable(text: str) -> str:
    """File names that are not UTF-8 are shown with replacement characters."""
    return text.encode("utf-8", "replace").decode()
