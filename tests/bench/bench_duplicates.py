"""Copies of real music: how many are found, and what else is taken for one.

    python -m tests.bench.bench_duplicates FOLDER [--except FOLDER] [--tracks 60] [--keep FOLDER]

Every file of `FOLDER` that is longer than 30 s is indexed. Of some of them (drawn by a seed; none of the
music in `--except`, on which the rule was tuned) copies are made in many kinds. Shown are, for
each kind, the share that is found as a copy with a 95 % interval (Wilson), the least share of common windows,
and the error of the offset; then every pair of files with different sound that is called a copy or a version.
`--keep` holds the index between runs, so that only the comparison is repeated.
"""

import argparse
import json
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr

from soniq_desktop.analysis.listen import fingerprint_file
from soniq_desktop.audio.decode import Decoder, probe
from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.fingerprint.duplicates import is_copy, is_version
from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.fingerprint.recordings import related, stored_peaks
from soniq_desktop.fingerprint.recordings import relations as relations_among
from soniq_desktop.fingerprint.sketches import candidates, joined, sketch
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore
from tests.audio_fixtures import tag_file, write_audio

SHORTEST = 30.0
TRIM = 4.0  # seconds cut at an end
Samples = np.ndarray
Write = Callable[[Path, Samples, int], Path]


@dataclass(frozen=True)
class Kind:
    """A way to make a copy: what is done to the samples, and how they are written."""

    write: Write
    rate: int = 44_100
    begin: float = 0.0  # seconds cut
    end: float = 0.0
    gain: float = 1.0
    mono: bool = False
    every: int = 1  # made of every n-th file: kinds that are easier than others cost as much


def encoder(suffix: str, kbit: int) -> Write:
    """Writes with FFmpeg's encoder of this suffix at this bitrate."""

    def write(stem: Path, samples: Samples, rate: int) -> Path:
        return write_audio(stem.with_suffix(suffix), samples, rate, bit_rate=kbit * 1000)

    return write


def lossless(stem: Path, samples: Samples, rate: int) -> Path:
    path = stem.with_suffix(".flac")
    soundfile.write(path, samples, rate)
    return path


def vorbis(stem: Path, samples: Samples, rate: int) -> Path:
    """Quality 0.1 of libvorbis, nominally 80 kbit/s at 44.1 kHz stereo."""
    path = stem.with_suffix(".ogg")
    with soundfile.SoundFile(
        path, "w", rate, samples.shape[1], "VORBIS", format="OGG", compression_level=0.9
    ) as file:
        for begin in range(0, len(samples), rate):
            file.write(samples[begin : begin + rate])
    return path


def mp3(kbit: int) -> Write:
    """LAME in its quickest and poorest mode."""

    def write(stem: Path, samples: Samples, rate: int) -> Path:
        path = stem.with_suffix(".mp3")
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libmp3lame", rate=rate, options={"compression_level": "9"})
            stream.bit_rate, stream.layout, stream.format = kbit * 1000, "stereo", "fltp"
            for begin in range(0, len(samples), rate):
                block = np.ascontiguousarray(samples[begin : begin + rate].T)
                frame = av.AudioFrame.from_ndarray(block, "fltp", "stereo")
                frame.sample_rate, frame.pts, frame.time_base = rate, begin, Fraction(1, rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return write


def opus(kbit: int) -> Write:
    return encoder(".opus", kbit)


KINDS: dict[str, Kind] = {
    "MP3 64": Kind(mp3(64)),
    "MP3 128": Kind(mp3(128)),
    "MP3 320": Kind(mp3(320), every=3),
    "Opus 64": Kind(opus(64), 48_000),
    "Opus 96": Kind(opus(96), 48_000, every=3),
    "AAC 96": Kind(encoder(".m4a", 96)),
    "Ogg 80": Kind(vorbis),
    "FLAC": Kind(lossless),
    "FLAC 22.05 kHz mono": Kind(lossless, 22_050, mono=True),
    "FLAC 48 kHz, −6 dB": Kind(lossless, 48_000, gain=0.5, every=3),
    "start cut, MP3 128": Kind(mp3(128), begin=TRIM),
    "end cut, MP3 128": Kind(mp3(128), end=TRIM),
    "both cut, Opus 64": Kind(opus(64), 48_000, begin=TRIM / 2, end=TRIM),
}
RETAGGED = "retagged"


@dataclass(frozen=True)
class Entry:
    """A track of the index. `source`: the id of the file that it is a copy of, else its own."""

    id: int
    path: str
    duration: float
    audio_hash: str
    source: int
    kind: str = ""
    offset: float = 0.0


def read(path: str) -> Samples:
    """(frames, 2) at 44.1 kHz."""
    decoder = Decoder(path, 44_100, 2)
    try:
        return decoder.read(44_100 * 3600)
    finally:
        decoder.close()


def make(kind: Kind, samples: Samples, stem: Path) -> Path:
    last = len(samples) - round(kind.end * 44_100)
    part = samples[round(kind.begin * 44_100) : last] * np.float32(kind.gain)
    if kind.mono:
        part = part.mean(axis=1, keepdims=True)
    if kind.rate != 44_100:
        part = soxr.resample(part, 44_100, kind.rate)
    return kind.write(stem, np.clip(part, -1.0, 1.0).astype(np.float32), kind.rate)


def files(folder: Path) -> Iterator[tuple[Path, float]]:
    """Audio files that are long enough, with their seconds."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() not in (".deb", ""):
            try:
                duration = probe(str(path)).duration
            except SoniqError:
                continue
            if duration >= SHORTEST:
                yield path, duration


class Corpus:
    """The index, and what is in it, in a folder that may be there already."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._list = folder / "entries.json"
        rows = json.loads(self._list.read_text()) if self._list.exists() else []
        self.entries = {row["id"]: Entry(**row) for row in rows}
        self.store = FingerprintStore(folder / "index", merging=False)

    def add(self, path: Path, source: int = 0, kind: str = "", offset: float = 0.0) -> int:
        number = len(self.entries) + 1
        found = fingerprint_file(str(path))
        self.store.add(number, found.audio_hash, found.fingerprint)
        self.entries[number] = Entry(
            number, str(path), found.duration, found.audio_hash, source or number, kind, offset
        )
        return number

    def save(self) -> None:
        self.store.flush()
        self._list.write_text(json.dumps([vars(each) for each in self.entries.values()]))


def fill(corpus: Corpus, given: argparse.Namespace) -> None:
    """Index what is not in the corpus yet: first the files that are copied, and their copies."""
    there = list(files(given.folder))
    for number, path in enumerate(chosen(there, given)):
        entry = corpus.entries[index(corpus, path)]
        if all(each.kind == "" or each.source != entry.id for each in corpus.entries.values()):
            with tempfile.TemporaryDirectory() as scratch:
                add_copies(corpus, entry, Path(scratch), number)
            corpus.save()
    started, music = time.perf_counter(), 0.0
    for path, duration in [] if given.no_others else there:
        try:
            before = len(corpus.entries)
            index(corpus, path)
            music += duration * (len(corpus.entries) - before)
        except SoniqError as error:
            print(f"left out: {path.name}: {error}")
    corpus.save()
    if music:
        taken = time.perf_counter() - started
        print(f"{music / 3600:.1f} h indexed at {music / taken:.0f}x real time", flush=True)


def index(corpus: Corpus, path: Path) -> int:
    """The id of a file, which is indexed unless it is already."""
    for entry in corpus.entries.values():
        if entry.path == str(path) and not entry.kind:
            return entry.id
    number = corpus.add(path)
    if number % 20 == 0:
        corpus.save()
    return number


def chosen(there: list[tuple[Path, float]], given: argparse.Namespace) -> list[Path]:
    """The files of which copies are made, each sound once."""
    tuned = {audio_hash(str(path)) for path, _ in files(given.without)} if given.without else set()
    sounds = {audio_hash(str(path)): path for path, duration in there if duration <= given.longest}
    fresh = [path for sound, path in sounds.items() if sound not in tuned]
    order = np.random.default_rng(given.seed).permutation(len(fresh))
    return [fresh[each] for each in order[: given.tracks]]


def add_copies(corpus: Corpus, entry: Entry, scratch: Path, turn: int) -> None:
    samples = read(entry.path)
    wanted = [(name, kind) for name, kind in KINDS.items() if turn % kind.every == 0]
    for number, (name, kind) in enumerate(wanted):
        path = make(kind, samples, scratch / f"copy {number}")
        corpus.add(path, entry.id, name, -kind.begin)
        path.unlink()
    path = Path(shutil.copy(entry.path, scratch))
    tag_file(path, {"title": "Another title", "artist": "Somebody else"})
    corpus.add(path, entry.id, RETAGGED)


def compare(corpus: Corpus, *, by_index: bool) -> list[Relation]:
    """Relations of all tracks, of each pair one."""
    snapshot = corpus.store.snapshot()
    ids = list(corpus.entries)  # an earlier run that was ended may have left more in the index
    started = time.process_time()
    find = compare_by_index if by_index else compare_by_sketch
    relations = list(find(snapshot, ids))
    each = 1000 * (time.process_time() - started) / len(ids)
    print(f"{len(ids):,} tracks compared, {each:.1f} ms of CPU each", flush=True)
    return relations


def compare_by_index(snapshot: Snapshot, ids: list[int]) -> Iterator[Relation]:
    """As a few new tracks are compared."""
    known = set(ids)
    for number in ids:
        yield from (each for each in related(snapshot, number) if each.other > number and each.other in known)


def compare_by_sketch(snapshot: Snapshot, ids: list[int]) -> Iterator[Relation]:
    """As a whole library is compared, here in this process."""
    found = [sketch(stored_peaks(snapshot, number), place) for place, number in enumerate(ids)]
    sketches = joined(np.concatenate(found), len(ids))
    for place, number in enumerate(ids):
        near = {ids[each]: offsets for each, offsets in candidates(sketches, place).items()}
        yield from (each.inverse for each in relations_among(snapshot, number, near))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def report_found(corpus: Corpus, relations: list[Relation]) -> None:
    """One line a kind: against the original, and against any file of the same recording (a group)."""
    pairs = {(each.track, each.other): each for each in relations}
    rows: dict[str, list[tuple[Entry, Relation | None]]] = {}
    for entry in corpus.entries.values():
        if entry.kind:
            rows.setdefault(entry.kind, []).append((entry, pairs.get((entry.source, entry.id))))
    print(f"\n{'kind':22} {'copies':>12} {'95 %':>13} {'least share':>12} {'median':>7} {'offset error':>13}")
    for kind, cases in rows.items():
        good = [(entry, each) for entry, each in cases if each is not None and is_copy(each)]
        shares = [min(each.share, each.share_of_other) if each else 0.0 for _, each in cases]
        errors = [abs(each.offset_seconds - entry.offset) for entry, each in good] or [math.nan]
        low, high = wilson(len(good), len(cases))
        print(
            f"{kind:22} {f'{len(good)} of {len(cases)}':>12} {f'{100 * low:.1f}-{100 * high:.1f}':>13}"
            f" {min(shares):12.2f} {np.median(shares):7.2f} {1000 * max(errors):10.0f} ms"
        )
    for cases in rows.values():
        for entry, each in cases:
            if each is None or not is_copy(each):
                figures = each and _figures(each)
                name = Path(corpus.entries[entry.source].path).name
                print(f"  missed: {entry.kind} of {name} ({entry.duration:.0f} s): {figures}")


def report_false(corpus: Corpus, relations: list[Relation]) -> None:
    """Pairs of files of which neither is made from the other, nor equal in sound, among all such pairs."""
    entries = corpus.entries
    sound = {each.id: each.audio_hash for each in entries.values()}
    originals = len({sound[each.source] for each in entries.values()})
    source = {number: sound[each.source] for number, each in entries.items()}
    apart = [each for each in relations if source[each.track] != source[each.other]]
    groups = _by_recording(corpus, [each for each in apart if is_copy(each)])
    versions = _by_recording(corpus, [each for each in apart if not is_copy(each) and is_version(each)])
    pairs = originals * (originals - 1) // 2
    bound = 3.0 / pairs if not groups else wilson(len(groups), pairs)[1]
    print(f"\n{originals} sounds, {pairs:,} pairs: {len(groups)} called copies (95 %: below {bound:.1e})")
    for name, found in (("copy", groups), ("version", versions)):
        for (one, other), each in found.items():
            names = f"{_short(entries[one])} | {_short(entries[other])}"
            print(f"  {name}: {names}: {_figures(each)}, {each.overlap_seconds:.0f} s")
    near = sorted((each for each in apart if not is_copy(each)), key=lambda each: -each.straight)
    print("most alike that are no copies:", [f"{each.straight:.2f}" for each in near[:10]])


def _by_recording(corpus: Corpus, relations: list[Relation]) -> dict[tuple[int, int], Relation]:
    best: dict[tuple[int, int], Relation] = {}
    for each in relations:
        one, other = (corpus.entries[number].source for number in (each.track, each.other))
        key = min(one, other), max(one, other)
        if key not in best or best[key].straight < each.straight:
            best[key] = each
    return best


def _figures(each: Relation) -> str:
    return f"{each.share:.2f} {each.share_of_other:.2f} straight {each.straight:.2f}"


def _short(entry: Entry) -> str:
    path = Path(entry.path)
    return f"{path.parent.name}/{path.name} ({entry.duration:.0f} s)"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--except", dest="without", type=Path)
    parser.add_argument("--tracks", type=int, default=60)
    parser.add_argument("--longest", type=float, default=240.0, help="seconds of a track that is copied")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-others", action="store_true", help="index no more than what is copied")
    parser.add_argument("--by-index", action="store_true", help="look each track up, as where few are new")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Corpus(given.keep or Path(scratch))
        with corpus.store:
            fill(corpus, given)
            relations = compare(corpus, by_index=given.by_index)
            report_found(corpus, relations)
            report_false(corpus, relations)


if __name__ == "__main__":
    main()
