"""Tracks alike in a table: cosine over standardised features."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.tabular.features import Table


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns of mean 0 and deviation 1; a column that is the same everywhere becomes 0."""
    spread = values.std(axis=0)
    centred = values - values.mean(axis=0)
    found: NDArray[np.float64] = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return found


def row_named(table: Table, words: str) -> int:
    """The first track whose title and artist hold all the words.

    Raises:
        LabError: there is none.
    """
    wanted = words.casefold().split()
    for row, (title, artist) in enumerate(zip(table.titles, table.artists, strict=True)):
        text = f"{title} {artist}".casefold()
        if wanted and all(word in text for word in wanted):
            return row
    raise LabError(f"No track of the table is named “{words}”.")


def alike(table: Table, row: int, count: int) -> list[tuple[int, float]]:
    """Rows and cosines of the nearest tracks, best first; other versions of the same title are left out."""
    values = standardised(table.values)
    length = np.linalg.norm(values, axis=1)
    cosine = values @ values[row] / np.maximum(length * length[row], 1e-12)
    same = (table.artists == table.artists[row]) & (np.char.lower(table.titles) == table.titles[row].lower())
    cosine[same] = -np.inf
    cosine[row] = -np.inf
    order = np.argsort(-cosine, kind="stable")[:count]
    return [(int(each), float(cosine[each])) for each in order if np.isfinite(cosine[each])]
