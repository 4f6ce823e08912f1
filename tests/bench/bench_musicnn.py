"""What the embedders cost, and what hearing fewer patches of a track would cost in quality.

    OMP_NUM_THREADS=1 python -m tests.bench.bench_musicnn [--music FOLDER]

Without --music only the cost, on noise. With it, where every folder directly below counts as one album: for a
growing number of patches per track, the share of tracks whose nearest neighbour is of the same album, the
cosine to the vector of all patches, and the cosine between a track and the same track 6 dB quieter.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from soniq_desktop.analysis.embedders import load_embedder
from soniq_desktop.analysis.musicnn_embedder import MusicnnEmbedder, audible, unit
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.models import musicnn
from soniq_desktop.models.embedder_specs import EMBEDDERS, embedder_spec
from soniq_desktop.models.musicnn import PATCH_SAMPLES, LogMel, load_musicnn

Samples = NDArray[np.float32]
ENDINGS = {".ogg", ".mp3", ".flac", ".m4a", ".wav", ".opus"}
SHORTEST = 20.0  # seconds; shorter files are effects, not tracks
COUNTS = (1, 2, 4, 8, 16, 32, 64, 10_000)


def cpu_ms(work: Callable[[], object], times: int = 9) -> float:
    """Median CPU milliseconds of a call."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(1e3 * (time.process_time() - start))
    return float(np.median(taken))


def cost() -> None:
    """Milliseconds per patch, with and without the filters that are asleep, and of a whole track."""
    clips = torch.from_numpy(0.1 * np.random.default_rng(0).standard_normal((4, PATCH_SAMPLES), np.float32))
    mel = LogMel()
    with torch.inference_mode():
        patches = mel(clips)
        print(f"log-mel: {cpu_ms(lambda: mel(clips)) / 4:.2f} cpu-ms per patch of 3 s\n")
        print("| network | filters awake of 561 | cpu-ms per patch | all filters |\n|---|---|---|---|")
        for name in ("musicnn_msd", "musicnn_mtt"):
            lean, full = load_musicnn(name), everything_awake(name)
            awake = sum(int(layer.awake.sum()) for layer in lean.front)
            print(f"| {name} | {awake} | {cpu_ms(lambda n=lean: n(patches)) / 4:.2f} "  # type: ignore[misc]
                  f"| {cpu_ms(lambda n=full: n(patches)) / 4:.2f} |")  # type: ignore[misc]  # fmt: skip
    track = 0.1 * np.random.default_rng(0).standard_normal(240 * 16_000, np.float32)
    print("\n| embedder | cpu-ms for a track of 240 s | times real time |\n|---|---|---|")
    for name in EMBEDDERS:
        embedder = load_embedder(name)
        taken = cpu_ms(lambda e=embedder: e.embed(track), 3)  # type: ignore[misc]
        print(f"| {name} | {taken:.0f} | {240e3 / taken:,.0f} |")


def everything_awake(name: str) -> musicnn.Musicnn:
    """The network with all its filters computed."""
    least, musicnn.ASLEEP = musicnn.ASLEEP, -1.0
    try:
        return load_musicnn(name)
    finally:
        musicnn.ASLEEP = least


def tracks(folder: Path) -> Iterator[tuple[str, Samples]]:
    """(album, mono at 16 kHz) of every music file."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            try:
                audio = decode(path)
            except SoniqError as error:
                print(f"left out: {error}")
                continue
            if len(audio) >= SHORTEST * 16_000:
                yield path.relative_to(folder).parts[0], audio


def decode(path: Path) -> Samples:
    decoder = Decoder(str(path), 16_000, 1)
    blocks = []
    while len(block := decoder.read(1 << 20)):
        blocks.append(block[:, 0])
    decoder.close()
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def quality(folder: Path) -> None:
    """The table over numbers of patches, for both networks and the two together."""
    msd = MusicnnEmbedder(embedder_spec("musicnn-msd"))
    networks, mel = [load_musicnn(name) for name in ("musicnn_msd", "musicnn_mtt")], LogMel()
    albums, found, quieter = [], [], []
    for album, audio in tracks(folder):
        albums.append(album)
        layers = hidden_layers(networks, mel, audio)  # (network, patch, 200)
        found.append([[mean_vector(layer, count) for count in COUNTS] for layer in layers])
        quieter.append(float(msd.embed(audio) @ msd.embed(audio / 2)))
    labels = np.array(albums)
    kept = np.array([Counter(albums)[album] >= 3 for album in albums])
    vectors = np.array(found).transpose(1, 2, 0, 3)  # (network, count, track, 200)
    print(f"\n{kept.sum()} tracks, {len(set(labels[kept]))} albums, by chance {chance(labels[kept]):.2f}")
    print(f"cosine after −6 dB: median {np.median(quieter):.3f}, least {min(quieter):.3f}")
    print("\n| patches | same album: msd | mtt | both | cosine to all patches (msd): mean | least |")
    print("|---|---|---|---|---|---|")
    for i, count in enumerate(COUNTS):
        one, other = vectors[0, i], vectors[1, i]
        both = np.concatenate([one, other], axis=1) / np.sqrt(2)
        hits = " | ".join(f"{same_album(each[kept], labels[kept]):.2f}" for each in (one, other, both))
        cosines = (one * vectors[0, -1]).sum(axis=1)
        print(f"| {count if count < 1000 else 'all'} | {hits} | {cosines.mean():.4f} | {cosines.min():.4f} |")


def hidden_layers(networks: list[musicnn.Musicnn], mel: LogMel, audio: Samples) -> list[Samples]:
    """What each network makes of every audible patch of a track, (patches, 200) each."""
    whole = audio[: len(audio) // PATCH_SAMPLES * PATCH_SAMPLES].reshape(-1, PATCH_SAMPLES)
    patches = audible(list(whole))
    with torch.inference_mode():
        mels = [mel(torch.from_numpy(np.stack(patches[i : i + 4]))) for i in range(0, len(patches), 4)]
        return [torch.cat([network(each).penultimate for each in mels]).numpy() for network in networks]


def mean_vector(layer: Samples, count: int) -> Samples:
    """The unit vector of `count` patches evenly spread over the track."""
    count = min(count, len(layer))
    places = np.round((np.arange(count) + 0.5) * len(layer) / count - 0.5).astype(int)
    return unit(layer[places].mean(axis=0))


def same_album(vectors: Samples, albums: NDArray[np.str_]) -> float:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    return float((albums[cosines.argmax(axis=1)] == albums).mean())


def chance(albums: NDArray[np.str_]) -> float:
    return float(np.mean([(albums == album).sum() - 1 for album in albums]) / (len(albums) - 1))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--music", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cost()
    if options.music:
        quality(options.music)


if __name__ == "__main__":
    main()
