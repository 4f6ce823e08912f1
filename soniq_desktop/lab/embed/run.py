"""`soniq lab embed`: every song of a folder as a vector, in a Parquet file; goes on where it was stopped."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.common.processes import Failed, Finished, ProcessPool
from soniq_desktop.lab.each_file import audio_files
from soniq_desktop.lab.embed.report import write_report
from soniq_desktop.lab.embed.specs import LIGHT, LIMIT, MEMORY, ModelSpec, model_spec
from soniq_desktop.lab.embed.store import Row, VectorTable
from soniq_desktop.lab.embed.weights import Consent, Ready, ready
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.base import Progress, silent
from soniq_desktop.library.walk import FoundFile

HANDLER = "soniq_desktop.lab.embed.worker:work"
VERSION = "1"
TOGETHER = ("lyrical", "metadata")
PRECISIONS = ("float16", "float32")
POLL = 0.2
TEXTS = 8  # songs that are read at a time


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is embedded, and how.

    Attributes:
        model: of `specs.MODELS`.
        beside: of `TOGETHER`: vectors that are put behind the model's.
        batch: songs that go to a process together, and clips that go through the network together; 0 for
            30 seconds of sound at a time. More takes memory and is no faster on processors.
        precision: of the numbers in the file, and of the computation where the processor can.
        seed: of torch, and of the songs that the report compares where there are very many.
        workers: processes; 0 chooses.
        weights: a folder (or file) with the weights instead of the published ones.
        revision: another commit of the repository.
        accept_licence: of weights that are not free for every use.
        remote_code: allow packages that run code from the hub.
    """

    model: str
    beside: tuple[str, ...] = ()
    batch: int = 0
    precision: str = "float32"
    seed: int = 0
    workers: int = 0
    weights: Path | None = None
    revision: str = ""
    accept_licence: bool = False
    remote_code: bool = False


def embed(
    folder: Path,
    out: Path,
    wanted: Wanted,
    progress: Progress = silent,
    *,
    quiet: bool = False,
    beside_weights: dict[str, Path] | None = None,
) -> dict[str, Any]:
    """Embed every song that is new or changed; returns counts, what failed, and what was used.

    Args:
        out: the Parquet file: id, path, title, artist, model, revision, dim, vector, error.
        beside_weights: folders for `wanted.beside`.

    Raises:
        LabError: unknown model, empty folder, licence not accepted, damaged weights, or a package is missing.
        ModelError: weights cannot be fetched. SaveError: the disk is full; what was done before is kept.
    """
    _check(wanted, out)
    files = [_with_words(file) for file in audio_files(folder)]
    own = {wanted.model: wanted.weights, **(beside_weights or {})}
    consent = Consent(wanted.accept_licence, wanted.remote_code)
    commits = {wanted.model: wanted.revision}
    models = [
        ready(model_spec(name), consent, own.get(name), commits.get(name, ""), quiet=quiet)
        for name in (wanted.model, *wanted.beside)
    ]
    name = "+".join(model.spec.name for model in models)
    revision = "+".join(model.revision for model in models)
    table = VectorTable(out, name, revision, stamp(name, revision, wanted), wanted.precision)
    names = {file.path: _name(file, folder) for file in files}
    waiting = [file for file in files if not table.current(names[file.path], file)]
    computes = _run(waiting, names, table, models, wanted, len(files), progress)
    counts = table.finish(names.values())
    told = {
        "model": name,
        "revision": revision,
        "licence": ", ".join(dict.fromkeys(model.spec.licence for model in models)),
        "files": len(files),
        "embedded": len(waiting),
        "vectors": counts["vectors"],
        "dim": counts["dim"],
        "precision": wanted.precision,
        "computed_in": computes,
        "corrupt": counts["errors"],
        "table": str(out),
    }
    return told | {"report": str(write_report(out, told, wanted.seed))}


def _with_words(file: FoundFile) -> FoundFile:
    """Size and time of a song together with those of the lyrics beside it: either may change its vector."""
    beside = [Path(file.path).with_suffix(suffix) for suffix in (".lrc", ".txt")]
    found = [words.stat() for words in beside if words.is_file()]
    size = file.size + sum(words.st_size for words in found)
    return file._replace(size=size, mtime_ns=max([file.mtime_ns, *(words.st_mtime_ns for words in found)]))


def stamp(name: str, revision: str, wanted: Wanted) -> str:
    """What makes vectors comparable: models, revisions, precision, the code's version."""
    return f"{VERSION} {name} {revision} {wanted.precision}"


def _check(wanted: Wanted, out: Path) -> None:
    spec = model_spec(wanted.model)
    if unknown := [name for name in wanted.beside if name not in TOGETHER]:
        raise LabError(f"“{unknown[0]}” cannot be put beside a model.", f"Choose of {', '.join(TOGETHER)}.")
    if wanted.model in wanted.beside or len(set(wanted.beside)) < len(wanted.beside):
        raise LabError(f"{spec.name} cannot stand beside itself.")
    if wanted.precision not in PRECISIONS:
        raise LabError(f"There is no precision {wanted.precision}.", f"Choose of {', '.join(PRECISIONS)}.")
    if wanted.batch < 0:
        raise LabError("A batch is one song or more.")
    if out.is_dir():
        raise LabError(f"{out} is a folder.", "Name the file, for example vectors.parquet.")


def _name(file: FoundFile, folder: Path) -> str:
    name = str(Path(file.path).relative_to(folder.resolve()))
    return name.encode("utf-8", "replace").decode()


def _run(
    waiting: Sequence[FoundFile],
    names: dict[str, str],
    table: VectorTable,
    models: Sequence[Ready],
    wanted: Wanted,
    total: int,
    progress: Progress,
) -> str:
    """Work through the songs; returns what the networks computed in ("" where there was nothing to do)."""
    done = total - len(waiting)
    progress(done / total, f"{done} known from before" if done else "")
    if not waiting:
        return ""
    workers, threads = _shares(models, wanted)
    batch = wanted.batch or default_batch(models[0].spec)
    setup = {
        "models": [(m.spec.name, str(m.folder) if m.folder else None) for m in models],
        "precision": wanted.precision,
        "seed": wanted.seed,
        "threads": threads,
        "batch": batch,
    }
    by_path = {file.path: file for file in waiting}
    with ProcessPool(HANDLER, workers, setup=setup, time_limit=LIMIT, memory_limit=MEMORY) as pool:
        computes = _loaded(pool)
        for group in _groups([file.path for file in waiting], batch):
            pool.submit(group, {"paths": list(group)})
        try:
            while not pool.idle():
                for event in pool.events(POLL):
                    for row in _rows(event, by_path, names, pool):
                        table.put(row)
                        done += 1
                        progress(done / total, Path(row.path).name)
        finally:
            table.save()
    return computes


def _loaded(pool: ProcessPool) -> str:
    """Load the models before any song is touched, so that their fault is told once."""
    pool.submit("load", {})
    while True:
        for event in pool.events(POLL):
            if isinstance(event, Failed):
                sentence = event.sentence
                if event.reason != "error":
                    sentence = "The process that loads the model ended: there may be too little memory."
                raise LabError(sentence)
            return str(event.result["computes"])


def _rows(
    event: Finished | Failed, files: dict[str, FoundFile], names: dict[str, str], pool: ProcessPool
) -> list[Row]:
    """Rows of a group. A group that killed its process is tried again song by song; then the one is named."""
    group: tuple[str, ...] = event.key  # type: ignore[assignment]
    if isinstance(event, Failed):
        if len(group) > 1:
            for path in group:
                pool.submit((path,), {"paths": [path]})
            return []
        return [Row(files[group[0]], names[group[0]], error=event.sentence)]
    found = zip(group, event.result["songs"], strict=True)
    return [_row(Row(files[path], names[path]), song) for path, song in found]


def _row(row: Row, song: dict[str, Any]) -> Row:
    if "error" in song:
        return replace(row, error=song["error"])
    vector = np.frombuffer(song["vector"], np.float32)
    return replace(row, title=song["title"], artist=song["artist"], vector=vector)


def _groups(paths: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(paths[start : start + size]) for start in range(0, len(paths), size)]


def default_batch(spec: ModelSpec) -> int:
    """Clips that are 30 seconds together."""
    return TEXTS if spec.reads else spec.clips_at_once


def _shares(models: Sequence[Ready], wanted: Wanted) -> tuple[int, int]:
    """Processes, and threads of each: light models run side by side, large ones are in memory once."""
    cores = max(1, (os.cpu_count() or 2) - 1)
    light = all(model.spec.name in LIGHT for model in models)
    workers = wanted.workers or (cores if light else 1)
    return workers, max(1, cores // workers)
