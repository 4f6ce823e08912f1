"""Vectors of `soniq lab embed` taken into the library, so that those songs need not be heard again."""

from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.lab.embed.run import Wanted, stamp
from soniq_desktop.lab.needs import LabError, need
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding, Track
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER

COLUMNS = ["id", "vector", "stamp"]
AT_ONCE = 500  # rows of one transaction


def take_over(catalogue: Catalogue, model: SoundModel, table: Path, folder: Path) -> int:
    """Keep the vectors of songs that the model has not heard; how many those were.

    A row belongs to the song whose path is its id below `folder`, the folder that was embedded.

    Raises:
        LabError: no table of vectors, of another model, revision or length, or none of its songs is here.
    """
    rows = _rows(table, model)
    tracks = {track.path: track for track in catalogue.tracks(_waiting(catalogue, model))}
    found: list[tuple[Track, np.ndarray]] = []
    root = folder.expanduser().resolve()
    paths = [str(root / name) for name in rows.column("id").to_pylist()]
    for path, vector in zip(paths, rows.column("vector"), strict=True):
        if path in tracks:
            found.append((tracks[path], np.asarray(vector.values, np.float32)))
    if not found and not any(catalogue.track_by_path(path) for path in paths):
        raise LabError(f"None of the songs in {table.name} is in the library below {root}.")
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        catalogue.store_embeddings(
            (track.id, Embedding(model.name, model.version, vector)) for track, vector in part
        )
    return len(found)


def _waiting(catalogue: Catalogue, model: SoundModel) -> list[int]:
    return catalogue.without_embedding(model.name, model.version, DEFAULT_EMBEDDER)


def _rows(table: Path, model: SoundModel) -> Any:
    """Rows with a vector, as Arrow."""
    pa, parquet = need("pyarrow"), need("pyarrow.parquet")
    compute = need("pyarrow.compute")
    try:
        rows = parquet.read_table(table, columns=COLUMNS)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise LabError(f"{table.name} is no table of vectors.", "soniq lab embed writes one.") from error
    wanted = [
        stamp(model.model, model.revision, Wanted(model.model, precision=p)) for p in ("float32", "float16")
    ]
    ours = compute.is_in(rows.column("stamp"), value_set=pa.array(wanted))
    rows = rows.filter(compute.and_(ours, compute.is_valid(rows.column("vector"))))
    lengths = set(compute.list_value_length(rows.column("vector")).to_pylist())
    if lengths != {model.dim}:
        raise LabError(
            f"{table.name} has no vectors of {model.model}, {model.revision}, of {model.dim} numbers."
        )
    return rows
