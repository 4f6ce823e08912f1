"""The demo library: its programme, its files, and making it whole or not at all."""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from mutagen.flac import FLAC

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.control import Control
from soniq_desktop.common.processes import Failed, Finished
from soniq_desktop.demo import cover, files, library, worker
from soniq_desktop.demo.dsp import RATE
from soniq_desktop.demo.harmony import pitch_class
from soniq_desktop.demo.programme import ENTRIES, Entry


def test_the_programme_is_large_and_without_repeats() -> None:
    assert len(ENTRIES) >= 24
    assert len({entry.style for entry in ENTRIES}) == len(ENTRIES)
    assert len({(entry.folder, entry.file_name) for entry in ENTRIES}) == len(ENTRIES)
    assert len({entry.genre for entry in ENTRIES}) >= 10


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.style)
def test_every_score_is_sound(entry: Entry) -> None:
    piece = worker.score(entry)
    assert 40 <= piece.duration <= 75
    assert pitch_class(piece.key) in range(12)
    notes = [note for part in piece.parts for note in part.notes]
    assert len(notes) > 100
    assert all(0 <= note.start < piece.beats + 0.5 and note.length > 0 for note in notes)
    assert all(20 <= note.pitch <= 108 and 0 < note.velocity <= 1 for note in notes)
    assert all(part.notes for part in piece.parts), "a player without a note"


def test_the_truth_names_every_beat() -> None:
    entry = next(entry for entry in ENTRIES if entry.style == "classical:waltz")
    facts = files.truth(entry, worker.score(entry))
    assert facts["tempo"] == 168
    assert (facts["key"], facts["mode"], facts["meter"]) == ("A", "major", 3)
    assert np.diff(facts["beats"])[0] == pytest.approx(60 / 168, abs=1e-5)
    assert facts["downbeats"] == facts["beats"][::3]


def test_a_cover_is_a_valid_png_and_depends_on_its_seed() -> None:
    first, again, other = (cover.png(cover.paint("blocks", seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert first.startswith(b"\x89PNG\r\n\x1a\n")
    start = first.index(b"IDAT") + 4
    rows = zlib.decompress(first[start : first.rindex(b"IEND") - 8])
    assert len(rows) == 640 * (640 * 3 + 1)


def test_a_flac_file_holds_the_sound_within_its_dither(tmp_path: Path) -> None:
    time = np.arange(RATE)[:, None] / RATE
    sound = (0.5 * np.sin(2 * np.pi * np.array([440.0, 660.0]) * time)).astype(np.float32)
    files.write_flac(tmp_path / "tone.flac", sound)
    decoder = Decoder(str(tmp_path / "tone.flac"))
    read = decoder.read(2 * RATE)
    decoder.close()
    assert read.shape == sound.shape
    assert np.abs(read - sound).max() < 2.5 / 32768


class FakePool:
    """Stands in for the worker processes: writes empty files, and fails or cancels where it is told to."""

    fail_at: int | None = None
    seen: list[int]

    def __init__(self, *args: object, **options: object) -> None:
        self.queue: list[tuple[int, dict]] = []
        FakePool.seen = []

    def __enter__(self) -> "FakePool":
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def submit(self, key: int, task: dict) -> None:
        self.queue.append((key, task))

    def events(self, timeout: float) -> list[Finished | Failed]:
        key, task = self.queue.pop(0)
        FakePool.seen.append(key)
        if key == self.fail_at:
            return [Failed(key, "error", "No space left on device.")]
        path = Path(task["folder"]) / ENTRIES[key].folder / ENTRIES[key].file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return [Finished(key, str(path))]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> type[FakePool]:
    monkeypatch.setattr(library, "ProcessPool", FakePool)
    monkeypatch.setattr(FakePool, "fail_at", None)
    return FakePool


def compose(folder: Path, control: Control | None = None, stop_at: int | None = None) -> list[int]:
    control = control or Control()
    done: list[int] = []

    def progress(now: library.DemoProgress) -> None:
        done.append(now.done)
        if now.done == stop_at:
            control.cancel()

    finished = library.compose_library(folder, control=control, progress=progress)
    assert finished == (stop_at is None)
    return done


def test_a_complete_library_is_left_alone(tmp_path: Path, pool: type[FakePool]) -> None:
    folder = tmp_path / "demo"
    assert compose(folder)[-1] == len(ENTRIES)
    assert library.complete(folder)
    assert compose(folder) == []


def test_nothing_appears_before_all_is_done_and_the_next_run_goes_on(
    tmp_path: Path, pool: type[FakePool]
) -> None:
    folder = tmp_path / "demo"
    compose(folder, stop_at=5)
    assert not folder.exists()
    assert compose(folder)[0] == 6
    assert pool.seen == list(range(5, len(ENTRIES)))
    assert library.complete(folder)
    assert not (tmp_path / "demo.part").exists()


def test_a_piece_that_cannot_be_written_is_named(
    tmp_path: Path, pool: type[FakePool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "fail_at", 2)
    with pytest.raises(library.DemoError, match=r"Lullaby for a Weather Balloon.*No space left"):
        compose(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_an_unfinished_library_of_another_version_is_made_anew(tmp_path: Path, pool: type[FakePool]) -> None:
    part = tmp_path / "demo.part"
    part.mkdir()
    (part / library.MARK).write_text(json.dumps({"version": -1}))
    (part / "old.flac").touch()
    compose(tmp_path / "demo")
    assert not (tmp_path / "demo" / "old.flac").exists()


@pytest.mark.slow
def test_one_piece_is_composed_tagged_and_told_the_truth_about(tmp_path: Path) -> None:
    number = next(n for n, entry in enumerate(ENTRIES) if entry.style == "electronic:chip_waltz")
    path = Path(worker.compose({"index": number, "folder": str(tmp_path), "stems": True}))
    tags = FLAC(path)
    assert tags["title"] == ["Save Point"]
    assert tags["artist"] == ["Button Orchard"]
    assert tags.pictures[0].mime == "image/png"
    facts = json.loads(path.with_suffix(".truth.json").read_text())
    assert tags.info.length == pytest.approx(facts["duration"], abs=0.01)
    assert set(facts["stems"]) == {"bass", "other"}
    assert all((path.parent / stem).is_file() for stem in facts["stems"].values())
