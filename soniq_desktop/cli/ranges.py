"""Ranges on the command line: "tempo=90..120" to filters of the library."""

from collections.abc import Iterable

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.library.records import Filters

LIMITS = {
    "tempo": (0.0, 1_000.0),
    "year": (0.0, 9_999.0),
    "duration": (0.0, 1e9),
    "energy": (0.0, 1.0),
    "danceability": (0.0, 1.0),
    "acousticness": (0.0, 1.0),
    "instrumentalness": (0.0, 1.0),
    "valence": (0.0, 1.0),
    "speechiness": (0.0, 1.0),
}


def ranges(texts: Iterable[str]) -> Filters:
    """Filters from texts such as "tempo=90..120", "valence=0.5.." or "speechiness=..0.2".

    Raises:
        SoniqError: an unknown name, or no range.
    """
    return Filters(**dict(_parsed(text) for text in texts))  # type: ignore[arg-type]


def _parsed(text: str) -> tuple[str, tuple[float, float]]:
    name, _, span = (part.strip() for part in text.partition("="))
    if name not in LIMITS:
        raise SoniqError(f"There is no range named “{name}”.", f"Known: {', '.join(LIMITS)}.")
    low, dots, high = span.partition("..")
    try:
        bounds = tuple(
            float(each) if each else limit for each, limit in zip((low, high), LIMITS[name], strict=True)
        )
    except ValueError:
        dots = ""
    if not dots:
        raise SoniqError(f"“{text}” is not a range.", f"Write {name}=LOW..HIGH; either end may be left out.")
    return name, (min(bounds), max(bounds))
