"""Genre classifiers side by side on music whose style is known from elsewhere, and what a track costs.

    python -m tests.bench.bench_genre --demo FOLDER [--grooves LIST] [--cost FOLDER]

FOLDER holds the demo library as SONIQ writes it (genre tags of the files are the truth); LIST is the list.tsv
of models/genre_crnn/render.py, of which only the test part is heard: grooves and soundfonts that nothing was
trained on. Both are synthesised, so this is about synthesised sound, not about records. Classifiers: the rule
on musicnn's tags alone, the default (rule and linear layer), the CRNN's own probabilities, and the CRNN as it
judges when chosen (with its linear layer). Costs are processor time of one thread, of twenty tracks below the
last FOLDER.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.analysis.embedders import Embedder, load_embedder
from soniq_desktop.analysis.genre.conformal import calibrate, prediction_sets
from soniq_desktop.analysis.genre.head import Head, load_head, softmax
from soniq_desktop.analysis.genre.judge import chance_of
from soniq_desktop.analysis.listen import embed_file
from soniq_desktop.analysis.mono import MonoMix
from soniq_desktop.analysis.stream import SoundStream
from soniq_desktop.common.genre_families import FAMILIES, family_of
from soniq_desktop.library.records import Embedding
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, GENRE_EMBEDDER

SOUND = {".ogg", ".mp3", ".flac", ".wav", ".opus", ".m4a"}
Heard = dict[str, Embedding]
ROOT = Path(__file__).resolve().parents[2]


def demo_pieces(folder: Path) -> list[tuple[str, str]]:
    """(path, family) of the demo library's files, by the genre they were composed as."""
    from soniq_desktop.library.tags import read_tags

    found = [(str(path), family_of(read_tags(str(path)).genre)) for path in sorted(folder.rglob("*.flac"))]
    return [(path, family) for path, family in found if family]


def unseen_grooves(listing: Path) -> list[tuple[str, str]]:
    """(path, family) of the test part."""
    spec = importlib.util.spec_from_file_location("split", ROOT / "models/genre_crnn/split.py")
    assert spec is not None
    assert spec.loader is not None
    split = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(split)
    rows = [line.split("\t") for line in listing.read_text("utf-8").splitlines()]
    return [(path, family) for group, family, path in rows if split.part_of(group) == "test"]


def hear(path: str, embedders: Iterable[Embedder]) -> Heard:
    """What each embedder says."""
    found = {embedder.name: embed_file(path, embedder) for embedder in embedders}
    return {name: each for name, each in found.items() if each is not None}


def classifiers() -> dict[str, Callable[[Heard], np.ndarray]]:
    """Name -> (12,) probabilities of what was heard."""
    default, crnn = load_head(DEFAULT_EMBEDDER), load_head(GENRE_EMBEDDER)

    def judged(head: Head, heard: Heard) -> np.ndarray:
        found = heard[head.embedder]
        assert found.scores is not None
        return head.probabilities(found.vector[None], head.base(found.scores[None]))[0]

    def rule(heard: Heard) -> np.ndarray:
        scores = heard[DEFAULT_EMBEDDER].scores
        assert scores is not None
        return softmax(default.base(scores[None]))[0]

    return {
        "rule on the tags": rule,
        "default: rule and layer": lambda heard: judged(default, heard),
        "CRNN alone": lambda heard: np.asarray(heard[GENRE_EMBEDDER].scores),
        "CRNN as chosen": lambda heard: judged(crnn, heard),
    }


def report(name: str, pieces: list[tuple[Heard, str]]) -> None:
    """One table: how often the family is first, among three, and in the 90 % set."""
    truth = np.array([FAMILIES.index(family) for _, family in pieces])
    print(f"\n{name}: {len(pieces)} tracks")
    print(f"{'classifier':26} first  top 3  in the 90 % set (size)  right by family")
    for label, say in classifiers().items():
        chances = np.stack([say(heard) for heard, _ in pieces])
        ranks = (chances > chances[np.arange(len(truth)), truth][:, None]).sum(axis=1)
        right = {
            family: f"{int((ranks[truth == n] == 0).sum())}/{int((truth == n).sum())}"
            for n, family in enumerate(FAMILIES)
            if (truth == n).any()
        }
        sets = covered(label, chances, truth)
        print(f"{label:26} {(ranks == 0).mean():4.0%}   {(ranks < 3).mean():4.0%}   {sets:22}  {right}")


def covered(label: str, chances: np.ndarray, truth: np.ndarray) -> str:
    """Of the two classifiers that have calibration data."""
    embedder = {"default: rule and layer": DEFAULT_EMBEDDER, "CRNN as chosen": GENRE_EMBEDDER}.get(label)
    if embedder is None:
        return "-"
    limits = calibrate(load_head(embedder).calibration, 0.9)
    drawn = np.array([chance_of(f"{n * 2654435761 % 2**48:012x}") for n in range(len(truth))])
    members = prediction_sets(chances, limits, drawn)
    return f"{members[np.arange(len(truth)), truth].mean():.0%} ({members.sum(axis=1).mean():.1f})"


def costs_of(folder: Path, embedders: list[Embedder], count: int = 20) -> None:
    """Processor seconds a track beyond the decode: resampling, excerpts, network; and of judging."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in SOUND]
    files = files[:: max(1, len(files) // count)][:count]
    rows = []
    for path in files:
        seconds, decode = timed(partial(decoded, str(path)))
        rows.append(
            [seconds, decode, *(timed(partial(embed_file, str(path), each))[1] for each in embedders)]
        )
    table = np.array(rows)
    print(f"\n{len(files)} tracks of {folder.name}, median {np.median(table[:, 0]):.0f} s of music")
    print(f"decode                    {np.median(table[:, 1]):.2f} s (largest {table[:, 1].max():.2f})")
    for number, embedder in enumerate(embedders, 2):
        extra = table[:, number] - table[:, 1]
        print(f"beyond it, {embedder.name:14} {np.median(extra):.2f} s (largest {extra.max():.2f})")


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Its result, and the processor seconds it took."""
    began = time.process_time()
    return work(), time.process_time() - began


def decoded(path: str) -> float:
    """Seconds of music; the decode that listening does anyway."""
    with SoundStream(path) as stream:
        mix = MonoMix(stream.channel_names)
        for block in stream.blocks():
            mix(block)
        return stream.duration


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--demo", type=Path)
    arguments.add_argument("--grooves", type=Path)
    arguments.add_argument("--cost", type=Path)
    options = arguments.parse_args()
    import torch

    torch.set_num_threads(1)
    embedders = [load_embedder(DEFAULT_EMBEDDER), load_embedder(GENRE_EMBEDDER)]
    sources: dict[str, list[tuple[str, str]]] = {}
    if options.demo:
        sources["demo library (synthesised by SONIQ)"] = demo_pieces(options.demo)
    if options.grooves:
        sources["unseen grooves, unheard soundfonts"] = unseen_grooves(options.grooves)
    for name, files in sources.items():
        pieces = [(hear(path, embedders), family) for path, family in files]
        report(name, [each for each in pieces if len(each[0]) == len(embedders)])
    if options.cost:
        costs_of(options.cost, embedders)


if __name__ == "__main__":
    main()
