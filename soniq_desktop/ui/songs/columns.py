"""The columns of a table of songs: widths, order of leaving when narrow, and what sorts them."""

from dataclasses import dataclass

EDGE = 12  # px between a row's rounded edge and its first and last cell


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` is a sort key of TrackQuery; `drop` says when it leaves a narrow table (1 first)."""

    name: str
    title: str
    width: int
    sort: str = ""
    right: bool = False
    drop: int = 0
    optional: bool = True
    shown: bool = True
    descending: bool = False  # the first click on its header sorts this way


COLUMNS: tuple[Column, ...] = (
    Column("number", "", 40 + EDGE, optional=False),
    Column("title", "Title", 200, "title", optional=False),
    Column("why", "Why", 200, optional=False, shown=False),
    Column("album", "Album", 128, "album", drop=4),
    Column("genre", "Genre", 152, "genre", drop=7),
    Column("year", "Year", 52, "year", right=True, drop=2, shown=False, descending=True),
    Column("added", "Added", 84, "added", drop=1, shown=False, descending=True),
    Column("bpm", "BPM", 44, "tempo", right=True, drop=8),
    Column("key", "Key", 72, "key", drop=6),
    Column("energy", "Energy", 56, "energy", drop=5, descending=True),
    Column("match", "Match", 56, right=True, optional=False, shown=False),
    Column("time", "Time", 48, "duration", right=True),
    Column("plays", "Plays", 48, "plays", right=True, drop=3, descending=True),
    Column("heart", "", 36 + EDGE, optional=False),
)
INDEX = {column.name: index for index, column in enumerate(COLUMNS)}
TITLE_MINIMUM = 200


def visible_columns(wanted: set[str], width: int, scale: float = 1.0) -> set[str]:
    """Those of `wanted` that fit into `width` pixels while the title keeps its minimum, dropping in order."""
    kept = set(wanted)
    droppable = sorted((c for c in COLUMNS if c.name in wanted and c.drop), key=lambda c: c.drop)
    for column in droppable:
        if _needed(kept) * scale <= width:
            break
        kept.discard(column.name)
    return kept


def _needed(names: set[str]) -> int:
    return TITLE_MINIMUM + sum(c.width for c in COLUMNS if c.name in names and c.name != "title")
