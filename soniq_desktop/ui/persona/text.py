"""What the page says in words: archetypes, periods, days."""

import math

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.history_import import ImportReport
from soniq_desktop.persona.archetypes import Archetype
from soniq_desktop.persona.habits import day_of
from soniq_desktop.persona.portrait import NEEDED, PERIOD_DAYS, Portrait

NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
MINUS, THIN = "−", " "
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS = tuple(day[:3] for day in WEEKDAYS)
ENDED = ("Finished", "Left part-way", "Skipped")
SOURCES = {
    "songs": "Songs", "album": "Album", "artist": "Artist", "genre": "Genre", "playlist": "Playlist",
    "search": "Search", "similar": "Similar songs", "queue": "Queue", "radio": "Radio", "for you": "For you",
    "wormhole": "Wormhole", "galaxy": "Galaxy",
}  # fmt: skip


def percent(share: float, digits: int = 0) -> str:
    """ "31 %"."""
    return f"{100 * share:.{digits}f}{THIN}%"


def plays(count: int) -> str:
    """ "1 play", "3,412 plays"."""
    return f"{count:,} play{'' if count == 1 else 's'}"


def date(day: int, *, year: bool = False) -> str:
    """ "15 Jul", with the year where it is asked for."""
    found = day_of(day)
    return f"{found.day} {found:%b}{f' {found.year}' if year else ''}"


def month(day: int, *, year: bool = False) -> str:
    """ "Jul" or "Jul 2025"."""
    return f"{day_of(day):%b %Y}" if year else f"{day_of(day):%b}"


def one_in(share: float) -> str:
    """ "almost one play in three": a share as one says it."""
    if share >= 0.55:
        return f"{100 * share:.0f}{THIN}% of plays"
    if share < 0.005:
        return "hardly any play"
    whole = max(2, round(1 / share))
    exact = 1 / whole
    near = "" if abs(share - exact) < 0.01 else "more than " if share > exact else "almost "
    return f"{near}one play in {NUMBERS[whole] if whole <= 12 else whole}"


def story(found: Portrait) -> str:
    """The sentence of the card: what was measured that makes this archetype."""
    assert found.archetype is not None
    assert found.entropy is not None
    assert found.figures is not None
    return {
        "Explorer": _explorer,
        "Niche fan": _niche_fan,
        "Casual": _casual,
        "Enthusiast": _enthusiast,
    }[found.archetype.name](found)


def _explorer(found: Portrait) -> str:
    assert found.figures is not None
    week = found.figures.genres_a_week
    first = f"{one_in(found.discovery.rate)} is a first listen."
    if math.isnan(week):
        return f"As varied as {found.figures.hill[1]:.0f} equal genres, and {first}"
    count = round(week)
    name = NUMBERS[count].capitalize() if count <= 12 else str(count)
    return f"{name} of twelve genres in a typical week, and {first}"


def _niche_fan(found: Portrait) -> str:
    assert found.figures is not None
    place = int(found.genres.argmax())
    share = float(found.genres[place] / max(found.genres.sum(), 1e-9))
    half = _half_of(found)
    return (
        f"{percent(share)} is {FAMILIES[place]}, and half of the plays go to"
        f" {NUMBERS[half] if half <= 12 else half} artist{'' if half == 1 else 's'}."
    )


def _half_of(found: Portrait) -> int:
    """How many artists make up half of the plays."""
    total = 0
    for number, each in enumerate(found.top_artists, 1):
        total += each.plays
        if 2 * total >= found.plays:
            return number
    return len(found.top_artists)


def _casual(found: Portrait) -> str:
    assert found.figures is not None
    days = percent(found.figures.active_days)
    return f"Music on {days} of days, and {percent(found.endings.skipped)} of songs are skipped."


def _enthusiast(found: Portrait) -> str:
    assert found.figures is not None
    week = 7 * found.figures.hours / max(7, found.last_day - found.first_day + 1)
    return (
        f"Music on {percent(found.figures.active_days)} of days, {a_week(week)} a week,"
        f" and {percent(found.endings.skipped)} of songs are skipped."
    )


def a_week(hours: float) -> str:
    """ "7 hours", "an hour" or "40 minutes"."""
    if hours >= 1.5:
        return f"{hours:.0f} hours"
    return "an hour" if hours >= 0.95 else f"{60 * hours:.0f} minutes"


def share_words(archetype: Archetype) -> list[tuple[str, str]]:
    """("0.64", "Explorer") and so on; the four add up to 1."""
    return [(f"{share:.2f}", name) for name, share in archetype.shares]


def not_yet(missing: int) -> str:
    """Why there is no archetype yet."""
    return f"{plays(missing)} more are needed: below {NEEDED}, chance would decide."


def heard(seconds: float) -> str:
    """ "2.5 h" or "24 min"."""
    return f"{seconds / 3600:,.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def source_name(source: str) -> str:
    """Where a play came from; an import has the name of the program."""
    return SOURCES.get(source, source)


def import_words(report: ImportReport) -> str:
    """What an import did, in one sentence."""
    added, known, missing = report.added, report.known, report.unmatched
    return (
        f"{plays(added)} added, {known:,} known already, {missing:,} of songs that are not in your library."
    )


def begins_words(found: Portrait) -> str:
    """Where the whole history begins inside the period, so that much was new; otherwise nothing."""
    days = found.history.plays.day
    if (
        found.period == "all"
        or not len(days)
        or int(days.min()) <= found.last_day - PERIOD_DAYS[found.period] + 7
    ):
        return ""
    return f"history begins {date(int(days.min()))}"
