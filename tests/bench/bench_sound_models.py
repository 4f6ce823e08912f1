"""What a song costs by each sound model: python -m tests.bench.bench_sound_models FOLDER [MODEL ...]

Processor seconds, songs between three and four minutes, one thread, as the child of the app hears them; the
first song, with which a model warms up, does not count. Weights of models that are not shipped are drawn at
random in the published shapes: speed does not depend on their values.

With --library, FOLDER is a home of SONIQ: for how many songs of it the nearest neighbour has the same
artist, by each model that has heard it, with its vectors as they are and with scaled columns.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from soniq_desktop.analysis.embedders import load_embedder
from soniq_desktop.analysis.listen import embed_file
from soniq_desktop.audio.decode import probe
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.common.paths import Paths
from soniq_desktop.lab.each_file import audio_files
from soniq_desktop.lab.embed import sound_worker
from soniq_desktop.lab.embed.sound_choices import TITLES
from soniq_desktop.lab.embed.specs import MODELS
from soniq_desktop.lab.embed.torch_side import transformers
from soniq_desktop.lab.genre.weights_file import packed
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, GENRE_EMBEDDER
from soniq_desktop.models.genre_networks import new_network
from soniq_desktop.models.musicfm import PREFIX, TRAINING, MusicFM

SHORTEST, LONGEST = 180.0, 240.0  # seconds
SONGS = 6
LEFT_OUT = ("musicnn", "encodecmae")  # heard anyway; a package that fetches its weights


def random_weights(name: str, folder: Path) -> Path | None:
    """A folder (or file) of weights drawn at random; None where the model needs none."""
    if name in ("mfcc", "crnn"):
        return None
    hub = transformers()
    if name == "musicfm":
        return _musicfm(folder)
    if name == "resnet18":
        return _resnet(folder / "weights.safetensors")
    _kind(hub, name).save_pretrained(folder)
    return folder


def _kind(hub: Any, name: str) -> Any:
    if name.startswith("dino"):
        small = "vits" in name
        width, heads = (384, 6) if small else (768, 12)
        patch = int(name.removeprefix("dino-vit").lstrip("sb"))
        return hub.ViTModel(
            hub.ViTConfig(
                hidden_size=width, num_attention_heads=heads, intermediate_size=4 * width, patch_size=patch
            )
        )
    if name == "mert-330m":
        shape = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16}
        return hub.HubertModel(
            hub.HubertConfig(
                **shape, intermediate_size=4096, feat_extract_norm="layer", do_stable_layer_norm=True
            )
        )
    if name == "mert-95m":
        return hub.HubertModel(hub.HubertConfig())
    return hub.Data2VecAudioModel(hub.Data2VecAudioConfig())


def _musicfm(folder: Path) -> Path:
    """A checkpoint with the names of the published one."""
    state = {f"{PREFIX}{key}": value for key, value in MusicFM().state_dict().items()}
    state |= {f"{PREFIX}{key}": torch.zeros(1) for key in TRAINING}  # not needed for hearing
    torch.save({"state_dict": state}, folder / "pretrained_msd.pt")
    stats = {"melspec_2048_mean": 6.7684, "melspec_2048_std": 18.4179}
    (folder / "msd_stats.json").write_text(json.dumps(stats), encoding="utf-8")
    return folder


def _resnet(file: Path) -> Path:
    file.write_bytes(packed(new_network("resnet18", len(FAMILIES)), "resnet18", FAMILIES, (0.5, 0.2), 1.0))
    return file


def seconds_of(name: str, weights: Path | None, songs: list[str]) -> list[float]:
    """Processor seconds of each song, without the first."""
    if name == "crnn":
        crnn = load_embedder(GENRE_EMBEDDER)
        hears: Any = lambda path: embed_file(path, crnn)  # noqa: E731
    else:
        batch = MODELS[name].clips_at_once
        sound_worker.setup(
            {
                "name": name, "version": 1, "model": name, "weights": str(weights) if weights else None,
                "batch": batch, "threads": 1,
            }
        )  # fmt: skip
        hears = sound_worker.embed
    taken = []
    for path in songs:
        began = time.process_time()
        hears(path)
        taken.append(time.process_time() - began)
    return taken[1:]


def neighbours(home: Path) -> None:
    """Print, for each model of a library, how often neighbours share the artist."""
    with Catalogue(Paths.under(home).catalogue) as catalogue:
        for name in (DEFAULT_EMBEDDER, *(model.name for model in catalogue.sound_models())):
            with catalogue.database.reading() as connection:
                rows = connection.execute(
                    "SELECT track_id, vector FROM embeddings WHERE embedder = ? ORDER BY track_id", (name,)
                ).fetchall()
            raw = np.array([np.frombuffer(row[1], "<f4") for row in rows])
            artists = [track.artist for track in catalogue.tracks([row[0] for row in rows])]
            (plain, chance), (scaled, _) = (
                same(artists, vectors)
                for vectors in (raw, (raw - raw.mean(0)) / np.maximum(raw.std(0), 1e-6))
            )
            print(
                f"{name:20} {len(rows):5} songs  {plain:.2f} plain  {scaled:.2f} scaled  {chance:.2f} chance"
            )


def same(artists: list[str], vectors: np.ndarray) -> tuple[float, float]:
    """Share of songs whose nearest neighbour by cosine is of their artist, and what chance gives."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    likeness = unit @ unit.T
    np.fill_diagonal(likeness, -2)
    names, nearest = np.array(artists), likeness.argmax(axis=1)
    asking = [i for i, name in enumerate(names) if name and (names == name).sum() > 1]
    chance = [((names == names[i]).sum() - 1) / (len(names) - 1) for i in asking]
    return float(np.mean([names[nearest[i]] == names[i] for i in asking])), float(np.mean(chance))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--library", action="store_true")
    options = parser.parse_args()
    if options.library:
        neighbours(options.folder)
        return
    files = [file.path for file in audio_files(options.folder)]
    songs = [path for path in files if SHORTEST <= probe(path).duration <= LONGEST][: SONGS + 1]
    minutes = np.mean([probe(path).duration for path in songs[1:]]) / 60
    print(f"{len(songs) - 1} songs of {minutes:.1f} minutes on average")
    for name in options.models or [name for name in TITLES if name not in LEFT_OUT]:
        with tempfile.TemporaryDirectory() as folder:
            taken = seconds_of(name, random_weights(name, Path(folder)), songs)
        print(f"{name:12} {np.mean(taken):6.2f} s  (at most {np.max(taken):.2f})", flush=True)


if __name__ == "__main__":
    main()
