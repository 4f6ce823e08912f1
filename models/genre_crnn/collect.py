"""Excerpts for the training: mel images, and what the two musicnn networks hear in them.

    python models/genre_crnn/collect.py OUT LIST [excerpts of each file]

LIST has one file per line: `group<TAB>label<TAB>path`. `group` is what must never be split between training
and test (a source package, a groove file); `label` is a family, "speech", "noise", or empty where only the
teacher speaks. Excerpts lie evenly over the whole file. OUT gets one .npz per file: `image` (n, frames, 128)
uint8, `tags` (n, 100) float32 (50 MSD, 50 MTT), `hidden` (n, 400) float32 (200 MSD, 200 MTT penultimate).
What is there already is kept.
"""

import hashlib
import sys
from math import inf
from pathlib import Path

import numpy as np
import soxr
import torch

from soniq_desktop.analysis.musicnn_embedder import whole_patch
from soniq_desktop.lab.genre.excerpts import read_excerpts
from soniq_desktop.models.genre_mel import SAMPLE_RATE, MelImage
from soniq_desktop.models.musicnn import PATCH_SAMPLES, LogMel, load_musicnn


def main(out: str, listing: str, most: str = "6") -> None:
    torch.set_num_threads(1)
    hear = Hearer(int(most))
    Path(out).mkdir(parents=True, exist_ok=True)
    for line in Path(listing).read_text("utf-8").splitlines():
        group, label, path = line.split("\t")
        target = Path(out) / f"{hashlib.blake2b(path.encode(), digest_size=8).hexdigest()}.npz"
        if target.exists():
            continue
        try:
            found = hear(path)
        except Exception as error:  # noqa: BLE001 - one bad file among two thousand
            print("skipped", path, error, flush=True)
            continue
        np.savez(target, group=group, label=label, path=path, **found)
        print(label or "-", path, flush=True)


class Hearer:
    """path -> the arrays of one file."""

    def __init__(self, most: int = 6) -> None:
        self.most = most
        self.image, self.mel = MelImage(), LogMel()
        self.networks = [load_musicnn("musicnn_msd"), load_musicnn("musicnn_mtt")]

    def __call__(self, path: str) -> dict[str, np.ndarray]:
        excerpts = read_excerpts(path, self.most, span=inf)
        if not excerpts:
            raise ValueError("silence")
        heard = [self.listen(each) for each in excerpts]
        return {
            "image": np.stack([self.image(each) for each in excerpts]),
            "tags": np.stack([tags for tags, _ in heard]),
            "hidden": np.stack([hidden for _, hidden in heard]),
        }

    def listen(self, excerpt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean tags (100,) and hidden values (400,) over the first and last three seconds."""
        low = soxr.resample(excerpt, SAMPLE_RATE, 16_000)
        patches = np.stack([whole_patch(low), whole_patch(low[-PATCH_SAMPLES:])])
        with torch.inference_mode():
            outputs = [network(self.mel(torch.from_numpy(patches))) for network in self.networks]
        tags = torch.cat([output.tags.mean(0) for output in outputs]).numpy()
        return tags, torch.cat([output.penultimate.mean(0) for output in outputs]).numpy()


if __name__ == "__main__":
    main(*sys.argv[1:])
