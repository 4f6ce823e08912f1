"""Content vectors of the items: from a Parquet file of `soniq lab embed`, the library, or co-listening
itself."""

from collections import Counter
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.interactions import Interactions
from soniq_desktop.lab.needs import LabError, need

NEIGHBOURHOOD = 5  # places before and after that count as heard together


def from_parquet(path: Path, names: tuple[str, ...]) -> NDArray[np.float32]:
    """(items, dim) float32 from columns `id` and `vector`; zeros for items that the file does not have.

    An item is called by its id (the path below the folder), or, where only one file has that name, by the
    file's name without its suffix, as in Music4All.

    Raises:
        LabError: no such file, other columns, vectors of unequal length, or of none of the items.
    """
    if not path.is_file():
        raise LabError(f"There is no file {path.name}.", "Make one with: soniq lab embed FOLDER --model NAME")
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    try:
        table = pq.read_table(path, columns=["id", "vector"])
        vectors = table.column("vector").cast(pa.list_(pa.float32()))
        table = table.set_column(1, "vector", vectors)
    except (pa.ArrowException, KeyError, OSError) as error:
        hint = "It needs the columns id and vector, a list of numbers."
        raise LabError(f"{path.name} is not an embedding of soniq lab embed.", hint) from error
    table = table.filter(need("pyarrow.compute").is_valid(table.column("vector")))  # songs that failed
    rows = {str(name): row for row, name in enumerate(table.column("id").to_pylist())}
    vectors = table.column("vector").to_pylist()
    dims = {len(vector) for vector in vectors}
    rows = _stems(rows) | rows
    found = [(i, rows[name]) for i, name in enumerate(names) if name in rows]
    if len(dims) > 1:
        raise LabError(f"{path.name} has vectors of several lengths.", "Embed all songs by one model.")
    result = np.zeros((len(names), max(dims, default=0)), np.float32)
    for item, row in found:
        result[item] = vectors[row]
    if not np.nan_to_num(result, posinf=0, neginf=0).any():
        raise LabError(
            f"{path.name} has no vectors of these items.", "Items must be its ids, or names of its files."
        )
    return result


def _stems(rows: dict[str, int]) -> dict[str, int]:
    """Rows by file name without suffix, of those names that only one file has."""
    counts = Counter(PurePosixPath(name).stem for name in rows)
    by_stem = {PurePosixPath(name).stem: row for name, row in rows.items()}
    return {stem: row for stem, row in by_stem.items() if counts[stem] == 1}


def cooccurrence(train: Interactions, dim: int, seed: int) -> NDArray[np.float32]:
    """(items, dim) from what is played near each other: positive pointwise mutual information, factorised.

    The matrix of Levy and Goldberg 2014 ("Neural word embedding as implicit matrix factorization"), with the
    square root of the singular values on the items' side. Items without an event in training get zeros.
    """
    sparse, linalg = need("scipy.sparse"), need("scipy.sparse.linalg")
    first, second = _pairs(train)
    count = train.item_count
    together = sparse.coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count)).tocsr()
    together = (together + together.T).tocoo()
    total, margin = together.data.sum(), np.asarray(together.tocsr().sum(axis=1)).ravel()
    information = np.log(together.data * total / (margin[together.row] * margin[together.col]))
    kept = information > 0
    matrix = sparse.csr_matrix(
        (information[kept], (together.row[kept], together.col[kept])), shape=(count, count)
    )
    dim = min(dim, count - 2)
    if dim < 1 or matrix.nnz == 0:
        raise LabError("There is too little played together to learn vectors from.", "Use another embedding.")
    left, values, _ = linalg.svds(matrix, k=dim, rng=np.random.default_rng(seed))
    vectors: NDArray[np.float32] = (left * np.sqrt(np.maximum(values, 0)))[:, ::-1].astype(np.float32)
    return vectors


def _pairs(train: Interactions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Items at most five places apart in one user's order."""
    firsts, seconds = [], []
    for gap in range(1, NEIGHBOURHOOD + 1):
        same = (train.users[gap:] == train.users[:-gap]) & (train.items[gap:] != train.items[:-gap])
        firsts.append(train.items[:-gap][same])
        seconds.append(train.items[gap:][same])
    return np.concatenate(firsts).astype(np.int64), np.concatenate(seconds).astype(np.int64)
