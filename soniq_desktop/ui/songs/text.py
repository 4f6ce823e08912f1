"""Values of a track as words: times, keys, dates, and the sentence that a screen reader says for a row."""

import time

from soniq_desktop.common.music import camelot, key_name
from soniq_desktop.library.records import Features, Track
from soniq_desktop.ui.genres import shown_genre


def clock(seconds: float) -> str:
    """ "4:12", or "1:02:03" from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def spoken_time(seconds: float) -> str:
    """ "4 minutes 12", as one says it."""
    minutes, left = divmod(max(0, int(seconds)), 60)
    if not minutes:
        return f"{left} seconds"
    return f"{minutes} minute{'' if minutes == 1 else 's'} {left}".removesuffix(" 0")


def long_duration(seconds: float) -> str:
    """ "73 h 12 min" or "46 min" for whole lists."""
    minutes = round(seconds / 60)
    return f"{minutes // 60:,} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def time_left(seconds: float | None) -> str:
    """ "2 min 38 s left", or nothing while it is unknown."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min left"
    return f"{whole // 60} min {whole % 60} s left" if whole >= 60 else f"{whole} s left"


def file_size(size: int) -> str:
    """ "486 GB", "5.4 MB": decimal units, two or three digits."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:,.0f} {unit}" if value >= 10 or unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def songs(count: int) -> str:
    """ "1 song", "11 songs"."""
    return f"{count:,} song{'' if count == 1 else 's'}"


def key_texts(features: Features | None) -> tuple[str, str]:
    """Camelot code and name of the key ("8A", "Am"), or two empty strings."""
    if features is None or features.key is None or features.mode is None:
        return "", ""
    return camelot(features.key, features.mode), key_name(features.key, features.mode)


def tempo_text(features: Features | None) -> str:
    """Whole beats per minute, or an empty string."""
    return f"{features.tempo:.0f}" if features and features.tempo else ""


def day(timestamp: float) -> str:
    """ "14 Mar" this year, "14 Mar 2024" before."""
    if not timestamp:
        return ""
    then = time.localtime(timestamp)
    text = f"{then.tm_mday} {time.strftime('%b', then)}"
    return text if then.tm_year == time.localtime().tm_year else f"{text} {then.tm_year}"


def accessible_row(track: Track, *, playing: bool = False) -> str:
    """Like "Lighthouse Arithmetic, Tin Meridian, Rock or Metal, 124 BPM, 8A, 4 minutes 12, liked"."""
    tempo = tempo_text(track.features)
    parts = [
        track.title,
        track.artist,
        " or ".join(shown_genre(track).names),
        f"{tempo} BPM" if tempo else "",
        key_texts(track.features)[0],
        spoken_time(track.tags.duration),
        "liked" if track.liked else "",
        "playing" if playing else "",
        "file missing" if track.missing else "",
        "analysing" if track.state == "new" else "",
    ]
    return ", ".join(part for part in parts if part)
