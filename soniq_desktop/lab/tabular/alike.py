"""Tracks alike in a table: cosine over standardised features."""

import re

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.tabular.features import Table

EDITION = re.compile(r"\s+-\s.*$|\s*[(\[].*$")


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
    """Rows and cosines of the nearest songs, best first; each song once, and not the one that is asked
    for."""
    values = standardised(table.values)
    length = np.linalg.norm(values, axis=1)
    cosine = values @ values[row] / np.maximum(length * length[row], 1e-12)
    found: list[tuple[int, float]] = []
    seen = {_song(table, row)}
    for each in np.argsort(-cosine, kind="stable"):
        song = _song(table, int(each))
        if song not in seen:
            found.append((int(each), float(cosine[each])))
            seen.add(song)
        if len(found) == count:
            break
    return found


def _song(table: Table, row: int) -> tuple[str, str]:
    """Artist and title without "- Remastered 2011" and "(feat. …)": the same for the versions of a song."""
    title = EDITION.sub("", str(table.titles[row])).casefold().strip()
    return str(table.artists[row]).casefold(), title
