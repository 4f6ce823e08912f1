"""How alike the neighbours of the built-in embedders are: python tests/bench/bench_embedders.py FOLDER OUT

Embeds the folder with each embedder that needs no download, and prints for how many songs the nearest
neighbour (cosine over columns that were centred and scaled) has the same artist, and the same album's folder,
with the share that chance would give, and the seconds that embedding took.
"""

import sys
import time
from pathlib import Path

import numpy as np

from soniq_desktop.lab.embed.run import Wanted, embed
from soniq_desktop.lab.tables import read_rows

MODELS = ("mfcc", "musicnn", "crnn", "metadata")


def main(folder: Path, out: Path) -> None:
    heads = ("artist", "chance", "folder", "chance", "s")
    print(f"{'model':10} {'songs':>6} {'dim':>5} " + " ".join(f"{head:>7}" for head in heads))
    for model in MODELS:
        file = out / f"{model}.parquet"
        began = time.monotonic()
        told = embed(folder, file, Wanted(model, workers=1), lambda _share, _doing: None)
        seconds = time.monotonic() - began
        rows = [row for row in read_rows(file) if row["vector"] is not None]
        vectors = np.array([row["vector"] for row in rows], np.float32)
        artist = same([row["artist"] or "" for row in rows], vectors)
        place = same([str(Path(row["path"]).parent) for row in rows], vectors)
        figures = " ".join(f"{value:7.2f}" for value in (*artist, *place))
        print(f"{model:10} {len(rows):6} {told['dim']:5} {figures} {seconds:7.0f}", flush=True)


def same(labels: list[str], vectors: np.ndarray) -> tuple[float, float]:
    """Share of songs whose nearest neighbour has their label, and what chance gives; labels of one song and
    empty ones do not ask."""
    unit = (vectors - vectors.mean(axis=0)) / np.maximum(vectors.std(axis=0), 1e-6)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-9)
    likeness = unit @ unit.T
    np.fill_diagonal(likeness, -2)
    names = np.array(labels)
    asking = [i for i, name in enumerate(names) if name and (names == name).sum() > 1]
    nearest = likeness.argmax(axis=1)
    hits = np.mean([names[nearest[i]] == names[i] for i in asking]) if asking else float("nan")
    chance = np.mean([((names == names[i]).sum() - 1) / (len(names) - 1) for i in asking]) if asking else 0.0
    return float(hits), float(chance)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
