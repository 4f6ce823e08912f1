"""The `soniq` application: what every command shares. A command is a function in `cli/commands/`."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from soniq_desktop import __version__
from soniq_desktop.common.errors import SoniqError

app = typer.Typer(
    name="soniq",
    help="A music player that listens to your own files. Without arguments it opens the window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
lab = typer.Typer(help="Experiments with embedders, recommenders and models.", no_args_is_help=True)
app.add_typer(lab, name="lab")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Count = Annotated[int, typer.Option("--count", "-k", "-n", min=1, max=1000)]
Genre = Annotated[str | None, typer.Option(help="Only this genre.")]
Tempo = Annotated[str | None, typer.Option(help="Only these BPM: 120-130.")]
Year = Annotated[str | None, typer.Option(help="Only these years: 1990-1999.")]
Key = Annotated[bool, typer.Option("--key", help="Only keys that mix with it.")]
Liked = Annotated[bool, typer.Option("--liked", help="Only liked tracks.")]
Rested = Annotated[float | None, typer.Option(min=0, help="Only what was not heard for that many days.")]
Weights = Annotated[
    Path | None, typer.Option(help="Folder (or weights.safetensors) instead of the published weights.")
]
AcceptLicence = Annotated[
    bool, typer.Option("--accept-licence", help="You have read the licence of the weights and accept it.")
]
TrustRemoteCode = Annotated[
    bool, typer.Option("--trust-remote-code", help="Allow code that comes with weights (encodecmae).")
]
Workers = Annotated[int, typer.Option(help="Listening processes; 0 means one per core but one.", min=0)]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    try:
        app(list(arguments), standalone_mode=True, prog_name="soniq")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Errors become one sentence and exit code 2, Ctrl+C exit code 130, a closed pipe nothing."""

    @functools.wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        from soniq_desktop.cli.output import fail

        try:
            command(*args, **options)
        except SoniqError as error:
            fail(str(error))
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            fail("Stopped. What was finished is kept.")
            raise typer.Exit(130) from None

    return wrapped


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"SONIQ {__version__}")
        raise typer.Exit


@app.callback()
def soniq(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """A music player that listens to your own files. Without arguments it opens the window."""
