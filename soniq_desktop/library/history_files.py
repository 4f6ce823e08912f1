"""Listening histories as other programs write them: Last.fm, ListenBrainz, Spotify, CSV, and our own export.

A file may also be a zip archive of such files. What each format means:

    Last.fm CSV        artist, album, title, "01 Jan 2020 12:34" (UTC), or columns named uts, artist, track
    Last.fm JSON       pages of user.getRecentTracks: {"recenttracks": {"track": [...]}}, or lists of tracks
    ListenBrainz       JSON, or one object a line: listened_at (start), track_metadata
    Spotify            endsong / Streaming_History_Audio: ts (the end), ms_played, reason_end, skipped
    CSV                any names that mean artist, title and a time
"""

import csv
import datetime as dt
import io
import json
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.common.errors import DocumentError

LEAST_HEARD = 1.0  # seconds; less is passing by
SKIPPED_BELOW = 30.0
MOST_BYTES = 512 << 20
LATEST = 4_102_444_800.0  # 2100: a later time is a mistake
FORMAT = "soniq-history"


@dataclass(frozen=True, slots=True)
class Listen:
    """One play in somebody else's words.

    Attributes:
        started: Unix seconds; heard: seconds, None where the file does not say.
        ended: "finished", "part", "skipped", or "" where it does not say.
        source: what wrote the file ("Last.fm"), or where SONIQ played it from.
        duration: of the song in seconds, None where it does not say.
    """

    artist: str
    title: str
    album: str
    started: float
    heard: float | None = None
    ended: str = ""
    source: str = "imported"
    duration: float | None = None
    audio_hash: str | None = None
    path: str = ""
    position: float = 0.0


def read_history(file: Path) -> list[Listen]:
    """Every play of a file, in its order; entries without artist, title or time are left out.

    Raises:
        DocumentError: the file cannot be read, or is no history that SONIQ knows.
    """
    try:
        parts = list(_texts(file))
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DocumentError(f"{file.name} cannot be read.", "Is it complete?") from error
    found: list[Listen] = []
    known = False
    for name, text in parts:
        listens = _json(text) if text.lstrip()[:1] in ("{", "[") else _csv(text)
        if listens is not None:
            known = True
            found += listens
        elif len(parts) == 1:
            raise _unknown(name)
    if not known:
        raise _unknown(file.name)
    return found


def _unknown(name: str) -> DocumentError:
    return DocumentError(
        f"{name} is no listening history that SONIQ knows.",
        "It reads exports of Last.fm, ListenBrainz, Spotify and SONIQ, and CSV with artist, title and time.",
    )


def _texts(file: Path) -> Iterator[tuple[str, str]]:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if (
                    info.filename.lower().endswith((".json", ".jsonl", ".csv"))
                    and info.file_size < MOST_BYTES
                ):
                    yield Path(info.filename).name, archive.read(info).decode("utf-8-sig")
    else:
        yield file.name, file.read_bytes().decode("utf-8-sig")


# -- JSON


def _json(text: str) -> list[Listen] | None:
    entries = list(_entries(text))
    readers = (_soniq, _listenbrainz, _spotify, _spotify_short, _lastfm)
    for entry in entries[:50]:
        for reader in readers:
            if reader.__name__ != "_lastfm" and reader(entry) is not None:
                return [listen for each in entries if (listen := reader(each)) is not None]
    listens = [listen for each in entries if (listen := _lastfm(each)) is not None]
    return listens or None


def _entries(text: str) -> Iterator[dict[str, Any]]:
    try:
        whole = json.loads(text)
    except RecursionError:  # nested so deeply that it is nobody's history
        whole = []
    except ValueError:
        whole = [_line(line) for line in text.splitlines() if line.strip()]
    yield from _flat(whole)


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _flat(value: Any) -> Iterator[dict[str, Any]]:
    """Objects in lists, pages and known wrappers."""
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    elif isinstance(value, dict):
        inner = next((value[name] for name in ("plays", "recenttracks", "track", "listens", "payload")
                      if isinstance(value.get(name), list | dict)), None)  # fmt: skip
        if inner is not None and "listened_at" not in value and "uts" not in value:
            yield from _flat(inner)
        else:
            yield value


def _soniq(entry: dict[str, Any]) -> Listen | None:
    if "started_at" not in entry or "seconds_heard" not in entry:
        return None
    return _listen(
        entry.get("artist"), entry.get("title"), entry.get("album"), entry.get("started_at"),
        heard=_number(entry.get("seconds_heard")), ended=str(entry.get("ended") or ""),
        source=str(entry.get("source") or "imported"), duration=_number(entry.get("duration")),
        audio_hash=entry.get("audio_hash") or None, path=str(entry.get("path") or ""),
        position=_number(entry.get("position")) or 0.0,
    )  # fmt: skip


def _listenbrainz(entry: dict[str, Any]) -> Listen | None:
    data = entry.get("track_metadata")
    if not isinstance(data, dict) or not entry.get("listened_at"):
        return None
    info = data.get("additional_info")
    info = info if isinstance(info, dict) else {}
    milliseconds = _number(info.get("duration_ms"))
    duration = milliseconds / 1000 if milliseconds else _number(info.get("duration"))
    return _listen(
        data.get("artist_name"), data.get("track_name"), data.get("release_name"), entry["listened_at"],
        source="ListenBrainz", duration=duration,
    )  # fmt: skip


def _spotify(entry: dict[str, Any]) -> Listen | None:
    if "ts" not in entry or "ms_played" not in entry:
        return None
    heard = (_number(entry["ms_played"]) or 0.0) / 1000
    return _listen(
        entry.get("master_metadata_album_artist_name"), entry.get("master_metadata_track_name"),
        entry.get("master_metadata_album_album_name"), (moment(entry["ts"]) or 0.0) - heard,
        heard=heard, ended=_spotify_ended(entry, heard), source="Spotify",
    )  # fmt: skip


def _spotify_ended(entry: dict[str, Any], heard: float) -> str:
    if entry.get("reason_end") == "trackdone":
        return "finished"
    moved_on = entry.get("skipped") or entry.get("reason_end") in ("fwdbtn", "backbtn", "clickrow", "playbtn")
    return "skipped" if moved_on and heard < SKIPPED_BELOW else "part"


def _spotify_short(entry: dict[str, Any]) -> Listen | None:
    """The small export has no reason; what was heard says whether it counts."""
    if "endTime" not in entry or "msPlayed" not in entry:
        return None
    heard = (_number(entry["msPlayed"]) or 0.0) / 1000
    start = (moment(entry["endTime"]) or 0.0) - heard
    return _listen(
        entry.get("artistName"),
        entry.get("trackName"),
        "",
        start,
        heard=heard,
        ended="part",
        source="Spotify",
    )


def _lastfm(entry: dict[str, Any]) -> Listen | None:
    date = entry.get("date")
    time = date.get("uts") if isinstance(date, dict) else entry.get("uts") or date
    return _listen(
        _text(entry.get("artist")), entry.get("name") or entry.get("track") or entry.get("title"),
        _text(entry.get("album")), time, source="Last.fm",
    )  # fmt: skip


def _text(value: Any) -> str:
    """Last.fm writes names as text, or as an object with "#text" or "name"."""
    if isinstance(value, dict):
        value = value.get("#text") or value.get("name")
    return value if isinstance(value, str) else ""


# -- CSV

_NAMES = {
    "artist": ("artist", "artist_name", "artistname", "performer"),
    "title": ("title", "track", "track_name", "trackname", "song", "name"),
    "album": ("album", "album_name", "release", "release_name"),
    "started": ("started_at", "uts", "timestamp", "listened_at", "time", "date", "utc_time", "played_at"),
    "heard": ("seconds_heard", "seconds_played"),
    "duration": ("duration", "length"),
    "ended": ("ended",),
    "source": ("source",),
    "audio_hash": ("audio_hash",),
    "path": ("path",),
    "position": ("position",),
}


def _csv(text: str) -> list[Listen] | None:
    sample = text[:4096]
    delimiter = max(",;\t", key=sample.count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    if not rows:
        return None
    heads = [head.strip().casefold().replace(" ", "_") for head in rows[0]]
    places = {
        field: next((heads.index(name) for name in names if name in heads), None)
        for field, names in _NAMES.items()
    }
    if None in (places["artist"], places["title"], places["started"]):
        return _headless(rows)
    ours = places["audio_hash"] is not None
    source = "Last.fm" if "uts" in heads else "imported"
    listens = (_row(row, places, source, ours=ours) for row in rows[1:])
    return [listen for listen in listens if listen is not None]


def _row(row: list[str], places: dict[str, int | None], source: str, *, ours: bool) -> Listen | None:
    def cell(field: str) -> str:
        place = places[field]
        return row[place].strip() if place is not None and place < len(row) else ""

    return _listen(
        cell("artist"), cell("title"), cell("album"), cell("started"), heard=_number(cell("heard")),
        ended=cell("ended"), source=cell("source") if ours and cell("source") else source,
        duration=_number(cell("duration")), audio_hash=cell("audio_hash") or None, path=cell("path"),
        position=_number(cell("position")) or 0.0,
    )  # fmt: skip


def _headless(rows: list[list[str]]) -> list[Listen] | None:
    """Artist, album, title, date: the CSV that Last.fm exporters write without a head."""
    if len(rows[0]) != 4 or moment(rows[0][3]) is None:
        return None
    listens = (_listen(row[0], row[2], row[1], row[3], source="Last.fm") for row in rows if len(row) == 4)
    return [listen for listen in listens if listen is not None]


# -- values


def _listen(artist: Any, title: Any, album: Any, started: Any, **rest: Any) -> Listen | None:
    start = moment(started)
    if not isinstance(title, str) or not title.strip() or start is None or not 0 < start < LATEST:
        return None
    heard = rest.get("heard")
    if heard is not None and heard < LEAST_HEARD:
        return None
    if rest.get("ended") not in ("finished", "part", "skipped"):
        rest["ended"] = ""
    name = artist.strip() if isinstance(artist, str) else ""
    if not name and not rest.get("path"):
        return None
    return Listen(name, title.strip(), album.strip() if isinstance(album, str) else "", start, **rest)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


_DATES = ("%d %b %Y %H:%M", "%d %b %Y, %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


def moment(value: Any) -> float | None:
    """Unix seconds of a number (seconds or milliseconds) or a date in UTC, None where it is neither."""
    number = _number(value)
    if number is not None:
        return number / 1000 if number > 1e11 else number
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        return _utc(dt.datetime.fromisoformat(text))
    except ValueError:
        pass
    for form in _DATES:
        try:
            return _utc(dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC))
        except ValueError:
            continue
    return None


def _utc(date: dt.datetime) -> float:
    return (date if date.tzinfo else date.replace(tzinfo=dt.UTC)).timestamp()
