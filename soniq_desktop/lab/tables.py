"""Rows of results as Parquet files that are old or new, never half."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.needs import LabError, need


def write_rows(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows with the union of their columns; what a row lacks is null."""
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    write_atomic(file, buffer.getvalue())


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a file that `write_rows` made.

    Raises:
        LabError: the file is damaged.
    """
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    try:
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    except (pa.ArrowInvalid, OSError) as error:
        raise LabError(f"{file.name} is damaged.", "Delete it; the experiments are made again.") from error
    return rows
