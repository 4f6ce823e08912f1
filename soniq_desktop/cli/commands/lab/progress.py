"""Progress bars of experiments: one line for each, with what it is doing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEPS = 1000


@contextmanager
def shown(*, quiet: bool) -> Iterator[Callable[[str], Callable[[float, str], None]]]:
    """Gives a function from an experiment's name to the one that is told (share done, doing what)."""
    from soniq_desktop.cli.output import bars

    if quiet:
        yield lambda _name: lambda _share, _doing: None
        return
    with bars() as lines:

        def begin(name: str) -> Callable[[float, str], None]:
            line = lines.add_task(name, total=STEPS, item="")
            return lambda share, doing: lines.update(line, completed=round(share * STEPS), item=doing)

        yield begin
