"""A library of N tracks that do not exist, for benchmarks and for looking at the window with many rows.

    python -m tests.bench.generate_library --home DIR --tracks 100000

The same seed gives the same library. Names follow the shapes of real ones (Zipf-like artists, albums of 8 to
14 tracks, some names with diacritics). Every track is listened to: features, a random unit vector of 200
dimensions under "musicnn-msd"; half of them were played.
"""

import argparse
import hashlib
import itertools
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.paths import Paths
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library import listened, user_rows
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Tags

EMBEDDER = "musicnn-msd"
DIMENSION = 200
FOLDER = "/music"
NOW = 1_790_000_000.0  # Unix seconds
BATCH = 2000

GENRES = {  # name: (share, tempo, energy)
    "Rock": (22, 124, 0.7), "Pop": (16, 116, 0.6), "Electronic": (14, 126, 0.65), "Jazz": (9, 112, 0.4),
    "Classical": (9, 96, 0.2), "Hip-Hop": (8, 92, 0.6), "Metal": (6, 140, 0.85), "Folk": (5, 104, 0.35),
    "Ambient": (4, 80, 0.15), "Soul": (3, 100, 0.5), "Blues": (2, 98, 0.45), "Reggae": (2, 76, 0.5),
}  # fmt: skip
_WORDS = (
    "night river glass summer hollow paper electric silver ghost morning city fire winter garden "
    "machine ocean blue velvet northern signal shadow golden broken quiet distant heart stone window "
    "letter dance engine harbour echo falling orange parade satellite tiger under violet western yellow "
    "zero another bridge crystal dream east flower gravity house island june kingdom lantern mirror "
    "neon orbit pilot queen rain slow thunder union valley wild árbol été für naïve über señal çiçek øy "
    "łódź žena köszi "
)
_FIRST = (
    "Anna Björk Carlos Dina Émile Fela Greta Håkan Ida João Kim Lena Miles Nina Oscar Petra Quincy Rosa "
    "Sven Tomás Uma Vera Wes Xavier Yusuf Zoë "
)
_LAST = (
    "Andersson Baker Castillo Dvořák Evans Fontaine García Hansen Ibrahim Jónsson Kowalski Lindqvist "
    "Møller Novák Okafor Pärt Quist Rossi Sørensen Takahashi Ueda Vargas Walker Xu Young Zimmermann "
)
WORDS, FIRST, LAST = _WORDS.split(), _FIRST.split(), _LAST.split()
CODECS = (
    ("flac", 900_000, 16),
    ("mp3", 320_000, 0),
    ("mp3", 192_000, 0),
    ("vorbis", 160_000, 0),
    ("opus", 128_000, 0),
)


@dataclass(frozen=True, slots=True)
class Made:
    """One track with what listening would say of it."""

    file: ScannedFile
    features: Features


def tracks(count: int, seed: int = 1) -> Iterator[Made]:
    """`count` tracks, album after album."""
    random = np.random.default_rng(seed)
    artists = _artists(random, max(4, count // 40))
    popularity = 1 / np.arange(1, len(artists) + 1) ** 0.7
    popularity /= popularity.sum()
    made = 0
    for album in itertools.count():
        artist, genre = artists[random.choice(len(artists), p=popularity)]
        for track in _album(random, album, artist, genre):
            if made == count:
                return
            made += 1
            yield track


def generate(catalogue: Catalogue, count: int, seed: int = 1) -> None:
    """Fill an empty catalogue."""
    random = np.random.default_rng(seed + 1)
    catalogue.add_folder(FOLDER)
    stream = tracks(count, seed)
    while batch := list(itertools.islice(stream, BATCH)):
        ids = catalogue.store_scanned([each.file for each in batch])
        _listen(catalogue, ids, batch, random)
        _use(catalogue, ids, random)
    catalogue.tidy()


def _listen(catalogue: Catalogue, ids: list[int], batch: list[Made], random: np.random.Generator) -> None:
    """What `store_listening` does for each track, in one transaction and without waveform files."""
    vectors = random.normal(size=(len(ids), DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with catalogue.database.writing() as connection:
        for track_id, made, vector in zip(ids, batch, vectors, strict=True):
            digest = hashlib.blake2b(made.file.path.encode(), digest_size=16).hexdigest()
            connection.execute("UPDATE tracks SET audio_hash = ? WHERE id = ?", (digest, track_id))
            listened.put_listening(connection, track_id, made.features, (Embedding(EMBEDDER, 1, vector),))


def _use(catalogue: Catalogue, ids: list[int], random: np.random.Generator) -> None:
    """Plays (geometric, half of the tracks have none) and likes (3 %)."""
    plays = np.where(random.random(len(ids)) < 0.5, 0, random.geometric(0.3, len(ids)))
    with catalogue.database.writing() as connection:
        connection.executemany(
            "INSERT INTO listening_events"
            " (track_id, audio_hash, path, started_at, seconds_heard, ended, source, position)"
            " SELECT id, audio_hash, path, ?, duration, ?, 'songs', duration FROM tracks WHERE id = ?",
            [
                (
                    NOW - float(random.exponential(90 * 86400)),
                    "skipped" if random.random() < 0.1 else "finished",
                    each,
                )
                for each, times in zip(ids, plays.tolist(), strict=True)
                for _ in range(times)
            ],
        )
        for track_id, liked in zip(ids, (random.random(len(ids)) < 0.03).tolist(), strict=True):
            if liked:
                user_rows.set_liked(connection, track_id, True)
            else:
                user_rows.count(connection, track_id)
        connection.executemany(
            "UPDATE tracks SET added_at = ? WHERE id = ?",
            [(NOW - float(random.uniform(0, 900 * 86400)), each) for each in ids],
        )


def _artists(random: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """Names and genres, the best-loved artist first."""
    shares = np.array([share for share, *_ in GENRES.values()], float)
    genres = random.choice(list(GENRES), count, p=shares / shares.sum())
    names: dict[str, None] = {}
    while len(names) < count:
        names[_artist(random, len(names))] = None
    return list(zip(names, (str(genre) for genre in genres), strict=True))


def _artist(random: np.random.Generator, number: int) -> str:
    kind = random.random()
    if kind < 0.5:
        name = f"{random.choice(FIRST)} {random.choice(LAST)}"
    elif kind < 0.8:
        name = f"The {_words(random, 1)} {_words(random, 1)}s"
    else:
        name = f"{_words(random, 2)}"
    return name if number < 300 else f"{name} {random.choice(LAST)}"


def _album(random: np.random.Generator, number: int, artist: str, genre: str) -> Iterator[Made]:
    title = _words(random, int(random.integers(1, 4)))
    year = int(random.integers(1962, 2027))
    codec, bitrate, bit_depth = CODECS[int(random.choice(len(CODECS), p=(0.4, 0.25, 0.15, 0.1, 0.1)))]
    cover = hashlib.blake2b(f"{artist}/{title}/{number}".encode(), digest_size=8).hexdigest()
    for place in range(1, int(random.integers(8, 15)) + 1):
        duration = float(np.clip(random.normal(235, 70), 45, 900))
        name = _words(random, int(random.integers(1, 5)))
        tags = Tags(
            title=name, artist=artist, album=title, album_artist=artist, genre=genre, year=year,
            track_number=place, disc_number=1, duration=round(duration, 3), codec=codec, sample_rate=44100,
            channels=2, bitrate=bitrate, bit_depth=bit_depth, artwork=cover,
        )  # fmt: skip
        path = f"{FOLDER}/{artist}/{year} {title} [{number}]/{place:02d} {name}.{codec}"
        file = ScannedFile(path, int(duration * bitrate / 8), int(NOW * 1e9) + place, tags)
        yield Made(file, _features(random, genre))


def _features(random: np.random.Generator, genre: str) -> Features:
    _, tempo, energy = GENRES[genre]
    measured: NDArray[np.float64] = random.normal(size=6)
    return Features(
        version=FEATURES_VERSION,
        loudness=round(-11 + 4 * float(measured[0]), 2),
        loudness_range=round(abs(6 + 3 * float(measured[1])), 2),
        true_peak=round(min(1.0, -0.5 + float(measured[2])), 2),
        tempo=round(float(np.clip(tempo + 20 * measured[3], 50, 210)), 2),
        tempo_confidence=round(float(random.random()), 3),
        key=int(random.integers(12)),
        mode="major" if random.random() < 0.6 else "minor",
        key_confidence=round(float(random.random()), 3),
        energy=round(float(np.clip(energy + 0.15 * measured[4], 0, 1)), 4),
        brightness=round(float(np.clip(1800 + 600 * measured[5], 200, 6000)), 1),
        onset_rate=round(float(random.gamma(4, 0.8)), 2),
    )


def _words(random: np.random.Generator, count: int) -> str:
    return " ".join(str(word).capitalize() for word in random.choice(WORDS, count))


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate a library of tracks that do not exist.")
    parser.add_argument(
        "--home", type=Path, required=True, help="data folder, as SONIQ_HOME; must not hold a library"
    )
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    paths = Paths.under(options.home).ensure()
    if paths.catalogue.exists():
        print(f"{paths.catalogue} is there already; choose an empty folder.", file=sys.stderr)
        return 2
    started = time.perf_counter()
    with Catalogue(paths.catalogue, paths.waveforms) as catalogue:
        generate(catalogue, options.tracks, options.seed)
        print(f"{catalogue.counts()} in {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
