"""The table of vectors: one Parquet file, and parts beside it while the work goes on.

Rows are kept as Arrow, never as lists of Python numbers: 100,000 songs of 1,024 numbers are 400 MB.
"""

import io
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.embed.specs import Samples
from soniq_desktop.lab.needs import LabError, need
from soniq_desktop.library.walk import FoundFile

SAVE_EVERY, SAVE_SECONDS = 500, 60.0  # a part is written after so many songs, or so long
TEXTS = ("id", "path", "title", "artist", "model", "revision")


@dataclass(frozen=True, slots=True)
class Row:
    """One song: its vector, or the sentence that says why there is none."""

    file: FoundFile
    path: str  # below the folder
    title: str = ""
    artist: str = ""
    vector: Samples | None = None
    error: str | None = None


class VectorTable:
    """Vectors by path. A row is current while its file and the stamp (model, revision, options) are the same.

    Args:
        file: the Parquet file; parts lie in a folder of its name with ".parts" until `finish`.
        model, revision: columns of every row.
        stamp: of what was asked for.
        precision: "float32" or "float16": of the numbers in the file.

    Raises:
        LabError: a file of that name is damaged, or is no table of vectors.
    """

    def __init__(self, file: Path, model: str, revision: str, stamp: str, precision: str) -> None:
        self._file, self._parts = file, file.with_name(file.name + ".parts")
        self._model, self._revision, self._stamp = model, revision, stamp
        self._type = "halffloat" if precision == "float16" else "float"
        self._waiting: list[Row] = []
        self._known = self._read()
        self._number = max((int(part.stem[5:]) for part in self._parts.glob("part-*.parquet")), default=0)
        self._saved = time.monotonic()

    def current(self, path: str, file: FoundFile) -> bool:
        return self._known.get(path) == (file.size, file.mtime_ns, self._stamp)

    def put(self, row: Row) -> None:
        """Keep a row; it is on the disk a minute later at the latest, if rows keep coming."""
        self._waiting.append(row)
        if len(self._waiting) >= SAVE_EVERY or time.monotonic() - self._saved >= SAVE_SECONDS:
            self.save()

    def save(self) -> None:
        """Write what is not on the disk yet. Raises SaveError (disk full)."""
        if not self._waiting:
            return
        table = self._arrow(self._waiting)
        self._number += 1
        _write(self._parts / f"part-{self._number:06}.parquet", table)
        self._known.update(
            {row.path: (row.file.size, row.file.mtime_ns, self._stamp) for row in self._waiting}
        )
        self._waiting, self._saved = [], time.monotonic()

    def finish(self, paths: Iterable[str]) -> dict[str, Any]:
        """Put everything into the one file, by path, without songs that are gone, and drop the parts.

        Returns:
            counts: "rows" and "vectors", "dim", and "errors": [{"path", "reason"}].
        """
        self.save()
        pa, compute = need("pyarrow"), need("pyarrow.compute")
        wanted = set(paths)
        tables = [t for t in (_table(file) for file in self._files()) if t is not None]
        whole = pa.concat_tables([self._ours(table) for table in tables])
        newest = {path: row for row, path in enumerate(whole.column("path").to_pylist())}
        rows = [newest[path] for path in sorted(newest) if path in wanted]
        whole = whole.take(pa.array(rows, pa.int64()))
        _write(self._file, whole)
        shutil.rmtree(self._parts, ignore_errors=True)
        bad = whole.filter(compute.is_valid(whole.column("error"))).select(["path", "error"]).to_pylist()
        dims = compute.max(whole.column("dim")).as_py()
        return {
            "rows": whole.num_rows,
            "vectors": whole.num_rows - len(bad),
            "dim": int(dims or 0),
            "errors": [{"path": row["path"], "reason": row["error"]} for row in bad],
        }

    def _files(self) -> list[Path]:
        """The file and its parts, older first."""
        return ([self._file] if self._file.is_file() else []) + sorted(self._parts.glob("part-*.parquet"))

    def _read(self) -> dict[str, tuple[int, int, str]]:
        known: dict[str, tuple[int, int, str]] = {}
        for file in self._files():
            found = _table(file, ["path", "size", "mtime_ns", "stamp"])
            if found is None:
                if file == self._file:
                    raise LabError(
                        f"{file.name} is damaged, or not a table of vectors.",
                        "Delete it, or use another --out.",
                    )
                file.unlink()  # a part: its songs are embedded again
                continue
            for path, size, mtime, stamp in zip(
                *(found.column(i).to_pylist() for i in range(4)), strict=True
            ):
                known[path] = (size, mtime, stamp)
        return known

    def _ours(self, table: Any) -> Any:
        """Only rows of the present stamp, so that vectors of two models never share a table."""
        compute = need("pyarrow.compute")
        kept = table.filter(compute.equal(table.column("stamp"), self._stamp))
        return kept.cast(self._schema())

    def _schema(self) -> Any:
        pa = need("pyarrow")
        number = pa.float16() if self._type == "halffloat" else pa.float32()
        fields = [(name, pa.string()) for name in TEXTS]
        fields += [("dim", pa.int32()), ("vector", pa.list_(number)), ("error", pa.string())]
        fields += [("size", pa.int64()), ("mtime_ns", pa.int64()), ("stamp", pa.string())]
        return pa.schema(fields)

    def _arrow(self, rows: Sequence[Row]) -> Any:
        pa = need("pyarrow")
        kind = np.float16 if self._type == "halffloat" else np.float32
        columns: dict[str, list[Any]] = {
            "id": [Path(row.path).as_posix() for row in rows],
            "path": [row.path for row in rows],
            "title": [row.title for row in rows],
            "artist": [row.artist for row in rows],
            "model": [self._model] * len(rows),
            "revision": [self._revision] * len(rows),
            "dim": [None if row.vector is None else len(row.vector) for row in rows],
            "vector": [None if row.vector is None else row.vector.astype(kind) for row in rows],
            "error": [row.error for row in rows],
            "size": [row.file.size for row in rows],
            "mtime_ns": [row.file.mtime_ns for row in rows],
            "stamp": [self._stamp] * len(rows),
        }
        return pa.table(columns, schema=self._schema())


def _write(file: Path, table: Any) -> None:
    buffer = io.BytesIO()
    need("pyarrow.parquet").write_table(table, buffer, compression="zstd")
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, buffer.getvalue())


def _table(file: Path, columns: Sequence[str] | None = None) -> Any | None:
    """A Parquet file that has the columns of ours; None for anything else."""
    pa, parquet = need("pyarrow"), need("pyarrow.parquet")
    try:
        found = parquet.read_table(file, columns=columns)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError):
        return None
    wanted = columns or (*TEXTS, "vector", "error", "stamp")
    return found if set(wanted) <= set(found.column_names) else None
