"""A track through an engine: windows in, finished chunks out, starting where the listener is."""

from collections.abc import Callable, Iterator

from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.stems.engine import Engine, Samples
from soniq_desktop.stems.overlap import Grid, blend, triangle
from soniq_desktop.stems.stem_set import Layout, StemSet
from soniq_desktop.stems.windows import WindowReader


def layout_of(engine: Engine, frames: int, *, exact: bool = False) -> Layout:
    """How an engine's chunks lie on a track."""
    grid = Grid.of(engine.segment, engine.overlap)
    return Layout(engine.stems, engine.sample_rate, grid.stride, grid.segment, frames, exact)


def take_apart(
    path: str,
    engine: Engine,
    stem_set: StemSet,
    start: float = 0.0,
    report: Callable[[int], None] = lambda _: None,
) -> None:
    """Make every chunk that is missing, from the one at `start` seconds to the end, then those before it.

    Memory does not depend on the track's length. Each chunk is in the set, playable, when `report(chunk)` is
    called; stopping at any moment (the process may be killed) loses the chunk in hand.

    Raises:
        UnreadableAudioError: the file cannot be decoded (any further).
        StemsError: the stems cannot be kept.
    """
    grid = Grid.of(engine.segment, engine.overlap)
    reader = WindowReader(path, engine.sample_rate, grid)
    try:
        stem_set.begin(layout_of(engine, reader.frames))
        first = grid.chunk_at(round(start * engine.sample_rate))
        first = first if first < stem_set.chunks else 0
        _run(engine, reader, stem_set, first, None, report)
        _run(engine, reader, stem_set, 0, first, report)
        if not (reader.exact or (stem_set.layout and stem_set.layout.exact)):
            _read_to_end(reader, stem_set)
        if reader.exact:
            stem_set.set_length(reader.frames)
        if not stem_set.complete:
            raise UnreadableAudioError("No sound, or not all of it, could be read from this file.")
    finally:
        reader.close()


def _run(
    engine: Engine,
    reader: WindowReader,
    stem_set: StemSet,
    first: int,
    last: int | None,
    report: Callable[[int], None],
) -> None:
    """Chunks `first` up to `last` (None: the end of the track), those that are there already left out."""
    grid = Grid.of(engine.segment, engine.overlap)
    weights = triangle(grid.segment)
    places: list[tuple[int, int, int]] = []  # (window, lead, length) of what the engine has in hand

    def windows() -> Iterator[Samples]:
        for index in wanted_windows(stem_set, first, last):
            found = reader.window(index)
            if found is None:
                return
            places.append((index, found[1], found[2]))
            yield found[0]

    before: tuple[int, Samples] | None = None
    for estimate in engine.separate(windows()):
        index, lead, length = places.pop(0)
        cut = estimate[:, :, lead : lead + length]
        previous = before[1] if before is not None and before[0] == index - 1 else None
        if index >= first and (index == 0 or previous is not None) and index not in stem_set.done():
            chunk = blend(grid, weights, cut, previous)
            stem_set.add(index, chunk, reader.original(index * grid.stride, chunk.shape[2]))
            report(index)
        before = (index, cut)


def wanted_windows(stem_set: StemSet, first: int, last: int | None) -> Iterator[int]:
    """The windows that missing chunks from `first` on need, in order; without an end where `last` is None.

    A chunk needs its own window and the one before it.
    """
    index, given = first, -1
    while last is None or index < last:
        layout = stem_set.layout
        if last is None and layout is not None and layout.exact and index >= stem_set.chunks:
            return
        if index not in stem_set.done():
            if index > 0 and given != index - 1:
                yield index - 1
            yield index
            given = index
        elif last is None and layout is not None and not layout.exact and index > stem_set.chunks + 1:
            return  # far behind the estimated end, and everything there is known
        index += 1


def _read_to_end(reader: WindowReader, stem_set: StemSet) -> None:
    index = max(stem_set.done(), default=0)
    while reader.window(index) is not None:
        index += 1
