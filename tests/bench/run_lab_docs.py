"""Types every command and runs every example of docs/lab.md, on tiny data made for it, and prints a table.

    python -m tests.bench.run_lab_docs [FOLDER [WORD]]   only what holds the word; a folder is used again

Weights of the hub are tiny networks of the published kinds, put where fetched ones lie; MusicFM is left out,
since its checkpoint has one size only (1.3 GB). What would take long is made shorter: see SHORTER.
"""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from soniq_desktop.common.paths import Paths
from soniq_desktop.lab.embed.specs import model_spec
from soniq_desktop.library.catalogue import Catalogue, TrackQuery
from soniq_desktop.library.records import Play
from tests.audio_fixtures import sine, write_audio
from tests.lab_docs import commands, examples

SHORTER = {
    "--trials 40": "--trials 2 --setting epochs=2",
    "trials=10": "trials=2",
    "--listeners 200 --days 365": "--listeners 12 --days 380",
    "listeners=50": "listeners=2",
    "--setting epochs=150": "--setting epochs=2",
    "--network resnet18": "--network resnet18 --epochs 1 --batch 4",
    "epochs=40, batch=32": "epochs=1, batch=4",
    "--model bert4rec --k": "--model bert4rec --setting epochs=2 --k",
}
LEFT_OUT = ("musicfm",)
FIRST = "train-genre"  # others use its weights
WAVES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
WAVES |= {"conv_dim": [16] * 7, "num_conv_pos_embedding_groups": 4}
SONGS, LENGTH = 8, 32.0


def main(root: Path, only: str = "") -> int:
    """Number of commands and examples that failed."""
    os.environ |= {"HOME": str(root / "home"), "SONIQ_HOME": str(root / "soniq"), "OMP_NUM_THREADS": "1"}
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    work = root / "work"
    if not work.is_dir():
        prepare(root, work)
    failed = 0
    typed = [" ".join(map(shlex.quote, words)) for words in commands()]
    for line in sorted((line for line in typed if only in line), key=lambda line: FIRST not in line):
        if any(name in line for name in LEFT_OUT):
            print(f"{'left out':9} soniq {line}", flush=True)
            continue
        command = shlex.split(shorter(line).replace("~", os.environ["HOME"]))
        failed += not told(line, [sys.executable, "-m", "soniq_desktop", *command, "--json"], work)
    before = "from pathlib import Path\n"
    for number, text in enumerate(text for text in examples() if only in text):
        script = work / f"example_{number}.py"
        script.write_text(before + shorter(text), encoding="utf-8")
        failed += not told(text.strip().splitlines()[-1].strip(), [sys.executable, str(script)], work)
    print(f"{failed} failed")
    return failed


def told(name: str, command: list[str], folder: Path) -> bool:
    """Run one; a line with the time it took, and what it said where it failed."""
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    print(f"{time.perf_counter() - begun:7.1f} s {name}", flush=True)
    if done.returncode:
        print(done.stderr[-2000:])
    elif command[-1] == "--json":
        json.loads(done.stdout)
    return not done.returncode


def shorter(text: str) -> str:
    for long, short in SHORTER.items():
        text = text.replace(long, short)
    return text


def prepare(root: Path, work: Path) -> None:
    """Music, histories, tables, weights, and a library in which something was played."""
    music = root / "home" / "Music"
    (music / "Album").mkdir(parents=True)
    work.mkdir(parents=True)
    (work / "Music").symlink_to(music)
    names = ["song", "other", *(f"piece {number}" for number in range(SONGS - 2))]
    for number, name in enumerate(names):
        tone = (
            sine(LENGTH, frequency=110 * (number + 2)) * np.linspace(0.2, 1, round(LENGTH * 44_100))[:, None]
        )
        write_audio(music / "Album" / f"{name}.mp3", tone.astype(np.float32))
    labelled(work)
    for name in ("listening_history.csv", "history.csv"):
        history(work / name, [*names, *(f"unheard {number}" for number in range(60))])
    table(work / "spotify_songs.zip")
    hub_weights()
    subprocess.run(
        [sys.executable, "-m", "soniq_desktop", "scan", str(music)], check=True, capture_output=True
    )
    with Catalogue(Paths.from_environment().catalogue) as catalogue:
        ids = catalogue.track_ids(TrackQuery())
        random = np.random.default_rng(0)
        for session in range(30):
            for place, track in enumerate(random.choice(ids, 4, replace=False).tolist()):
                at = 1.7e9 + session * 86_400 + place * 40
                catalogue.record_play(Play(track, at, LENGTH, "finished", "songs"))


def history(path: Path, names: list[str]) -> None:
    """Music4All's shape, over the days that its comparisons use."""
    random = np.random.default_rng(1)
    first, last = (
        datetime(2018, 2, 21, tzinfo=UTC).timestamp(),
        datetime(2019, 2, 19, tzinfo=UTC).timestamp(),
    )
    rows = [
        (f"user {user}", name, datetime.fromtimestamp(at, UTC).isoformat()[:19])
        for user in range(30)
        for name, at in zip(random.permutation(names)[:40], random.uniform(first, last, 40), strict=True)
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user", "song", "timestamp"), *rows])


def labelled(work: Path) -> None:
    """Two genres of short files with a table of paths."""
    (work / "fma_small").mkdir()
    rows = [("path", "genre", "split")]
    for number in range(12):
        name, genre = f"{number:06d}.mp3", ("low", "high")[number % 2]
        write_audio(
            work / "fma_small" / name, sine(5.0, frequency=(200 if genre == "low" else 3000) + number)
        )
        rows.append((name, genre, ("training", "validation", "test")[number // 4]))
    with (work / "tracks.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def table(path: Path) -> None:
    """The shape of the public Spotify tables."""
    random = np.random.default_rng(2)
    lines = [
        "track_id,track_name,track_artist,track_popularity,playlist_genre,energy,tempo,loudness,duration_ms"
    ]
    lines.append("t0,Yesterday,The Beatles,80,rock,0.3,97,-10,125000")
    for row in range(1, 300):
        genre = row % 40 % 2
        values = 0.3 + 0.4 * genre + 0.1 * random.normal(), 100 + 40 * genre + 5 * random.normal()
        name = ("rock", "edm")[genre]
        lines.append(
            f"t{row},Song {row},Artist {row % 40},{row % 100},{name},{values[0]},{values[1]},-8,200000"
        )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("songs.csv", "\n".join(lines))


def hub_weights() -> None:
    """Tiny MERT and MiniLM where fetched ones lie."""
    import torch

    from soniq_desktop.lab.embed import torch_side

    hub = torch_side.transformers()
    folder = fetched("mert-95m")
    torch.save(hub.HubertModel(hub.HubertConfig(**WAVES)).state_dict(), folder / "pytorch_model.bin")
    (folder / "config.json").write_text(json.dumps({"model_type": "mert_model", **WAVES}), encoding="utf-8")
    folder = fetched("lyrical")
    kinds = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[", "]", "no", "lyrics"]
    (folder / "vocab.txt").write_text("\n".join(kinds), encoding="utf-8")
    hub.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
    hub.BertModel(hub.BertConfig(vocab_size=len(kinds), **sizes)).save_pretrained(folder)


def fetched(name: str) -> Path:
    """The folder in which the hub's client keeps a pinned commit."""
    spec = model_spec(name)
    home = Paths.from_environment().models / "hub" / f"models--{re.sub('/', '--', spec.source)}"
    folder = home / "snapshots" / spec.revision
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1]).resolve(), *sys.argv[2:]))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
