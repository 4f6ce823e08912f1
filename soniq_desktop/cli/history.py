"""What `soniq persona` and `soniq history` print."""

import datetime as dt
import math
from typing import Any

from soniq_desktop.cli.output import console, note, points, table
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.history_import import ImportReport
from soniq_desktop.library.play_history import like_moments, play_columns, played_songs
from soniq_desktop.persona.habits import Ranked, day_of
from soniq_desktop.persona.history import history_of
from soniq_desktop.persona.portrait import NEEDED, Portrait, portrait

TOP = 5
ENDED = (("finished", "finished"), ("part", "left part-way"), ("skipped", "skipped"))


def read_portrait(catalogue: Catalogue, since: str | None) -> Portrait:
    """The portrait of everything since a date, or of all. Raises SoniqError for a date that is none."""
    database = catalogue.database
    history = history_of(play_columns(database), played_songs(database))
    begin = None if since is None else moment(since)
    return portrait(history, "all", acts=like_moments(database), since=begin)


def moment(date: str) -> float:
    """Local midnight of a date like 2026-01-31, in Unix seconds."""
    try:
        return dt.datetime.fromisoformat(date).astimezone().timestamp()
    except ValueError:
        raise SoniqError(f"“{date}” is no date.", "Write it as 2026-01-31.") from None


def as_data(found: Portrait, catalogue: Catalogue) -> dict[str, Any]:
    """A portrait for JSON; null where there are too few plays."""
    return {
        "plays": found.plays,
        "plays_needed": found.missing,
        "from": day_of(found.first_day).isoformat(),
        "to": day_of(found.last_day).isoformat(),
        "entropy": _entropy(found),
        "archetype": None
        if found.archetype is None
        else {
            "name": found.archetype.name,
            "shares": {name: round(share, 4) for name, share in found.archetype.shares},
            "axes": {name: _number(value) for name, value in _axes(found).items()},
        },
        "figures": _figures(found),
        "genres": dict(zip(FAMILIES, (round(float(each), 2) for each in found.genres), strict=True)),
        "endings": {
            "starts": found.endings.starts, "finished": _number(found.endings.finished),
            "part": _number(found.endings.part), "skipped": _number(found.endings.skipped),
            "skipped_most": found.endings.skipped_most,
        },
        "discovery": {"first_listens": found.discovery.total, "rate": _number(found.discovery.rate)},
        "hours_by_weekday_and_hour": found.heat.round(3).tolist(),
        "top_tracks": _named(catalogue, found, found.top_songs),
        "dormant_favourites": _named(catalogue, found, found.dormant),
    }  # fmt: skip


def _entropy(found: Portrait) -> dict[str, Any] | None:
    entropy = found.entropy
    if entropy is None:
        return None
    return {
        "bits": _number(entropy.bits), "most": _number(entropy.most),
        "normalised": _number(entropy.normalised),
        "interval_90": [_number(each) for each in entropy.interval],
        "plug_in_bits": _number(entropy.raw), "within_songs_bits": _number(entropy.within),
        "drawn_from": entropy.units,
    }  # fmt: skip


def _axes(found: Portrait) -> dict[str, float]:
    assert found.archetype is not None
    axes = found.archetype.axes
    return {
        "diversity": axes.diversity, "depth": axes.depth, "engagement": axes.engagement,
        "skip_rate": axes.skip_rate,
    }  # fmt: skip


def _figures(found: Portrait) -> dict[str, Any] | None:
    figures = found.figures
    if figures is None:
        return None
    return {
        "hours": _number(figures.hours), "active_days": _number(figures.active_days),
        "hill_numbers": [_number(each) for each in figures.hill], "artists": figures.artists,
        "artist_bits": _number(figures.artist_bits), "gini_artists": _number(figures.gini_artists),
        "gini_tracks": _number(figures.gini_songs), "repeat_rate": _number(figures.repeat_rate),
        "with_genre": _number(figures.with_genre), "reach": _number(figures.reach),
        "guided_reach": _number(figures.guided_reach),
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)


def _named(catalogue: Catalogue, found: Portrait, ranked: tuple[Ranked, ...]) -> list[dict[str, Any]]:
    ids = found.history.songs.ids
    tracks = {track.id: track for track in catalogue.tracks([int(ids[each.song]) for each in ranked])}
    return [
        {"id": track.id, "title": track.title, "artist": track.artist, "plays": each.plays}
        for each in ranked
        if (track := tracks.get(int(ids[each.song]))) is not None
    ]


def print_portrait(data: dict[str, Any]) -> None:
    """The portrait as a few lines and a table."""
    console.print(f"{data['plays']:,} plays from {data['from']} to {data['to']}", markup=False)
    if data["archetype"] is None:
        note(f"{data['plays_needed']} plays more are needed: an archetype wants {NEEDED}.")
        return
    entropy, shares = data["entropy"], data["archetype"]["shares"]
    low, high = entropy["interval_90"]
    figures, endings = data["figures"], data["endings"]
    axes = (f"{name.replace('_', ' ')} {_shown(value)}" for name, value in data["archetype"]["axes"].items())
    interval = f"90 % interval {low:.2f} to {high:.2f}"
    bits = f"{entropy['bits']:.2f} of {entropy['most']:.2f} bits"
    artists = f"{figures['artists']:,}, {figures['artist_bits']:.1f} bits, Gini {figures['gini_artists']:.2f}"
    ended = ((_percent(endings[name]), word) for name, word in ENDED)
    lines = [
        ("•", "Archetype", ", ".join(f"{name} {share:.2f}" for name, share in shares.items())),
        ("•", "Entropy", f"{entropy['normalised']:.2f} ({interval}), {bits}"),
        ("•", "Axes", ", ".join(axes)),
        ("•", "Artists", artists),
        ("•", "Endings", ", ".join(f"{share} {word}" for share, word in ended)),
        ("•", "Discovery", f"{_percent(data['discovery']['rate'])} of plays are first listens"),
    ]
    points(lines)
    rows = [(each["plays"], each["title"], each["artist"]) for each in data["top_tracks"][:TOP]]
    table("Played most", [("Plays", "right"), ("Title", "left"), ("Artist", "left")], rows)


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{100 * share:.0f} %"


def import_data(report: ImportReport) -> dict[str, Any]:
    """An import for JSON."""
    return {
        "found": report.found,
        "added": report.added,
        "known": report.known,
        "unmatched": report.unmatched,
        "sources": report.sources,
        "not_in_library": [
            {"artist": artist, "title": title, "plays": plays} for artist, title, plays in report.missing
        ],
    }


def print_import(report: ImportReport, most: int = 20) -> None:
    """What came of an import, and the songs that are played most and are not here."""
    console.print(
        f"{report.found:,} plays read, {report.added:,} added, {report.known:,} known already,"
        f" {report.unmatched:,} of songs that are not in the library.",
        markup=False,
    )
    if report.missing:
        rows = [(plays, artist, title) for artist, title, plays in report.missing[:most]]
        columns = [("Plays", "right"), ("Artist", "left"), ("Title", "left")]
        table("Not in the library", columns, rows)
