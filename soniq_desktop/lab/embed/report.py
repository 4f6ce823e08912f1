"""The report of an embedding: what failed, how alike neighbours are, who lies next to whom."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.embed.specs import Samples
from soniq_desktop.lab.needs import need
from soniq_desktop.lab.reports import Report, figure

SAMPLE = 2000  # songs that are compared; drawn where there are more
EXAMPLES = 10
FEWEST = 3  # songs without which there is nothing to compare


def write_report(table: Path, told: dict[str, Any], seed: int) -> Path:
    """report.html and its pictures in a folder beside the table; returns the page."""
    report = Report(f"Embedding: {told['model']}")
    report.text(
        f"{told['vectors']:,} of {told['files']:,} songs have a vector of {told['dim']} numbers, "
        f"{told['precision']}. Revision {told['revision']}; licence of the weights: {told['licence']}."
    )
    names, vectors = _sample(table, seed)
    if len(names) >= FEWEST:
        _neighbours(report, names, vectors)
    if told["corrupt"]:
        report.heading("Without a vector")
        report.table(("File", "Reason"), [(each["path"], each["reason"]) for each in told["corrupt"]])
    return report.write(table.with_name(f"{table.stem}-report"))


def _sample(table: Path, seed: int) -> tuple[list[str], Samples]:
    """Names and vectors of up to 2,000 songs, as they are sorted."""
    rows = need("pyarrow.parquet").read_table(table, columns=["id", "title", "artist", "vector"])
    rows = rows.filter(need("pyarrow.compute").is_valid(rows.column("vector")))
    if rows.num_rows > SAMPLE:
        chosen = np.random.default_rng(seed).choice(rows.num_rows, SAMPLE, replace=False)
        rows = rows.take(np.sort(chosen))
    found = rows.to_pylist()
    names = [f"{row['artist']} – {row['title']}" if row["title"] else row["id"] for row in found]
    vectors = np.array([row["vector"] for row in found], np.float32)
    return names, vectors


def _neighbours(report: Report, names: list[str], vectors: Samples) -> None:
    scaled = standardised(vectors)
    likeness = scaled @ scaled.T
    np.fill_diagonal(likeness, -1)
    nearest, cosine = likeness.argmax(axis=1), likeness.max(axis=1)
    report.heading("Neighbours")
    report.text("Cosine over columns of mean 0 and deviation 1, each song against the others.")
    report.picture("cosines", _histogram(cosine), "How alike each song and its nearest neighbour are")
    rows = np.linspace(0, len(names) - 1, min(EXAMPLES, len(names))).round().astype(int)
    examples = [(names[row], names[nearest[row]], float(cosine[row])) for row in rows]
    report.table(("Song", "Nearest", "Cosine"), examples)
    report.heading("Two principal components")
    points, share = components(scaled)
    report.picture("components", _scatter(points, share), "Songs on their first two principal components")


def standardised(vectors: Samples) -> NDArray[np.float64]:
    """Columns of mean 0 and deviation 1, then rows of length 1; what does not vary becomes 0."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    spread = centred.std(axis=0)
    columns = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-9)
    length = np.linalg.norm(columns, axis=1, keepdims=True)
    rows: NDArray[np.float64] = np.divide(columns, length, out=np.zeros_like(columns), where=length > 1e-9)
    return rows


def components(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """(n, 2) on the first two principal components, and their share of the variance."""
    centred = rows - rows.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    total = float(np.square(values).sum())
    points = np.zeros((len(rows), 2))
    count = min(2, len(values))
    points[:, :count] = left[:, :count] * values[:count]
    return points, float(np.square(values[:2]).sum() / total) if total > 0 else 0.0


def _histogram(cosine: NDArray[np.float64]) -> Any:
    drawn = figure(8.0, 3.0)
    axes = drawn.subplots()
    axes.hist(cosine, bins=40)
    axes.set(xlabel="Cosine to the nearest neighbour", ylabel="Songs")
    return drawn


def _scatter(points: NDArray[np.float64], share: float) -> Any:
    drawn = figure(8.0, 6.0)
    axes = drawn.subplots()
    axes.scatter(points[:, 0], points[:, 1], s=8, alpha=0.6)
    axes.set(xlabel=f"Together {100 * share:.0f} % of the variance", xticks=[], yticks=[])
    return drawn
