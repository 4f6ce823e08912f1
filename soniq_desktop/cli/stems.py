"""What `soniq stems` does: find track and weights, take it apart with a progress bar, write the files."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.audio.mixer import Lane, MixState
from soniq_desktop.cli import library
from soniq_desktop.cli.output import bars, clock, note, size
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.tags import read_tags
from soniq_desktop.models.store import ModelStore
from soniq_desktop.stems.cache import StemCache
from soniq_desktop.stems.engine import ENGINES, EngineSpec, engine_spec
from soniq_desktop.stems.errors import ExistsError, MissingWeightsError
from soniq_desktop.stems.export import ExportRequest, Format, export, targets
from soniq_desktop.stems.forecast import Paces, expected, threads
from soniq_desktop.stems.job import Job
from soniq_desktop.stems.separation import Progress, Separation
from soniq_desktop.stems.stem_set import StemSet

SAME = {"htdemucs": ("htdemucs", "htdemucs-onnx")}  # the same network in two forms: whichever is here


def chosen_engine(store: ModelStore, name: str | None) -> tuple[EngineSpec, Path]:
    """The engine and its weights; without a name the best one whose weights are here.

    Raises:
        MissingWeightsError: its weights (or any) are not here.
    """
    names = SAME.get(name, (engine_spec(name).name,)) if name else tuple(ENGINES)
    for each in names:
        path = store.path(engine_spec(each).model)
        if path is not None:
            return engine_spec(each), path
    what = engine_spec(name).title if name else "any engine"
    raise MissingWeightsError(
        f"The weights of {what} are not on this computer.",
        f"soniq models get {names[0] if name else 'spleeter'} fetches them.",
    )


def find_path(paths: Paths, wanted: str) -> str:
    """A file, or a track of the library. Raises NotFoundError."""
    if Path(wanted).is_file():
        return os.path.abspath(wanted)  # noqa: PTH100 surrogate escapes stay
    if not paths.catalogue.exists():
        raise NotFoundError(f"There is no file “{wanted}”, and no library to look in.")
    with library.opened(paths) as catalogue:
        return library.find_track(catalogue, wanted).path


def take_apart(
    paths: Paths, path: str, spec: EngineSpec, weights: Path, *, force: bool
) -> tuple[StemSet, dict[str, Any]]:
    """The complete stems of a file, from the cache or made now, and what was measured."""
    cache, sound = StemCache(paths.stems), audio_hash(path)
    cache.sweep()
    cache.trim(keep=sound)
    stem_set, paces = cache.open(sound, spec), Paces(paths.stems / "pace.json")
    known = stem_set.complete
    last = Progress("done")
    if not known:
        job = Job(path, sound, spec, weights, paths.stems, threads=threads())
        last = _with_a_bar(Separation(job, stem_set, paces, force))
    return stem_set, {
        "cached": known,
        "seconds": round(last.elapsed, 1),
        "speed": last.speed and round(last.speed, 2),
        "peak_memory": last.peak,
        "device": last.device or None,
        "residual_db": stem_set.residual and round(stem_set.residual, 1),
    }


def _with_a_bar(separation: Separation) -> Progress:
    title, last = separation.job.spec.title, Progress("loading")
    with bars() as display:
        bar = display.add_task(f"{title} ", total=None, item="loading")

        def report(progress: Progress) -> None:
            nonlocal last
            last = progress
            left = "" if progress.seconds_left is None else f"{clock(progress.seconds_left)} left, "
            item = f"{left}{size(progress.memory)} of memory"
            display.update(bar, completed=progress.done, total=progress.chunks or None, item=item)

        separation.run(Control(), report)
    return last


def request_of(
    path: str, out: Path, stems: tuple[str, ...], file_format: Format, *, overwrite: bool
) -> ExportRequest:
    """Which files to write: all stems, with the track's tags."""
    tags = read_tags(path)
    kept = {"title": tags.title, "artist": tags.artist, "album": tags.album, "genre": tags.genre}
    name = tags.title or Path(path).stem
    known = {key: str(value) for key, value in kept.items() if value}
    return ExportRequest(out, name, file_format, stems, None, known, overwrite)


def write(path: str, stem_set: StemSet, request: ExportRequest, two: str | None) -> list[Path]:
    """The stems; with `two`, that stem and the sum of all others as "no_<stem>"."""
    if two is None or stem_set.layout is None or "accompaniment" in stem_set.layout.stems:
        return export(path, stem_set, request)
    check_two(stem_set, two)
    rest = tuple(Lane(muted=stem == two) for stem in stem_set.layout.stems)
    mix = replace(request, stems=(), name=f"{request.name} - no_{two}", state=MixState(rest))
    alone = replace(request, stems=(two,))
    for file in (*targets(mix).values(), *targets(alone).values()):
        if file.exists() and not request.replace:
            raise ExistsError(f"{file.name} is there already.", "Add --replace, or choose another folder.")
    return [*export(path, stem_set, alone), *export(path, stem_set, mix)]


def check_two(stem_set: StemSet, two: str) -> None:
    """Raise NotFoundError where there is no such stem."""
    stems = stem_set.layout.stems if stem_set.layout else ()
    if two not in stems:
        raise NotFoundError(f"There is no stem “{two}”.", f"Known: {', '.join(stems)}.")


def say_what_to_expect(spec: EngineSpec, seconds: float, paths: Paths) -> None:
    """One line on stderr before a long wait."""
    forecast = expected(spec, seconds, Paces(paths.stems / "pace.json"))
    note(f"{spec.title}: about {clock(forecast.seconds)}, {size(forecast.memory)} of memory.")
