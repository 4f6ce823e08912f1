"""Lyrics beside or inside a file: LRC with times, or plain text. Reads the disk: not for the GUI thread."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 20
_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2}(?:[.:]\d{1,3})?)\]")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_OFFSET = re.compile(r"\[offset:\s*([+-]?\d+)\s*\]", re.IGNORECASE)
_HEADER = re.compile(r"^\[[a-z#]+:.*\]$", re.IGNORECASE)
_TEXT_KEYS = ("SYNCEDLYRICS", "LYRICS", "UNSYNCEDLYRICS", "UNSYNCED LYRICS", "\xa9lyr", "WM/Lyrics")


@dataclass(frozen=True, slots=True)
class LyricLine:
    """One line; `start` in seconds, None in lyrics without times."""

    text: str
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Lyrics:
    """Lines in order. All of them have a time, or none."""

    lines: tuple[LyricLine, ...]

    @property
    def synced(self) -> bool:
        return bool(self.lines) and self.lines[0].start is not None

    def line_at(self, seconds: float) -> int:
        """The line that is sung, -1 before the first (and always without times)."""
        if not self.synced:
            return -1
        return sum((line.start or 0.0) <= seconds for line in self.lines) - 1


def read_lyrics(path: str) -> Lyrics | None:
    """The lyrics of an audio file: a .lrc beside it, its tags, a .txt; None without any."""
    for text in _candidates(path):
        lyrics = parse_lyrics(text)
        if lyrics.lines:
            return lyrics
    return None


def parse_lyrics(text: str) -> Lyrics:
    """LRC where lines carry times, plain text otherwise.

    Understands several stamps before one line and [offset:ms] (positive: earlier); drops word stamps.
    """
    timed = sorted(_timed(text), key=lambda line: line.start or 0.0)
    if timed:
        return Lyrics(tuple(_without_double_gaps(timed)))
    plain = [line.strip() for line in text.strip().splitlines()]
    return Lyrics(tuple(LyricLine(line) for line in plain if not _HEADER.match(line)) if any(plain) else ())


def _timed(text: str) -> Iterator[LyricLine]:
    offset = _OFFSET.search(text)
    shift = int(offset.group(1)) / 1000 if offset else 0.0
    for line in text.splitlines():
        stamps = _STAMP.findall(line)
        words = _WORD_STAMP.sub("", _STAMP.sub("", line)).strip()
        for minutes, seconds in stamps:
            start = 60 * int(minutes) + float(seconds.replace(":", ".")) - shift
            yield LyricLine(words, max(0.0, start))


def _without_double_gaps(lines: list[LyricLine]) -> Iterator[LyricLine]:
    if lines:
        yield lines[0]
    for before, line in pairwise(lines):
        if line.text or before.text:
            yield line


def _candidates(path: str) -> Iterator[str]:
    beside = _read_text(Path(path).with_suffix(".lrc"))
    if beside is not None:
        yield beside
    yield from _embedded(path)
    plain = _read_text(Path(path).with_suffix(".txt"))
    if plain is not None:
        yield plain


def _read_text(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES)
    except OSError:
        return None
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def _embedded(path: str) -> Iterator[str]:
    import mutagen  # only here: a fifth of the start-up of small tools, and never on the GUI thread

    try:
        tags = getattr(mutagen.File(path), "tags", None)
    except (mutagen.MutagenError, OSError, ValueError, IndexError, KeyError):
        return
    if tags is None:
        return
    if hasattr(tags, "getall"):
        yield from _id3(tags)
        return
    for key in _TEXT_KEYS:
        try:
            values = tags.get(key)
        except (KeyError, ValueError):
            continue
        for value in values if isinstance(values, list) else [values] if values else []:
            yield str(value)


def _id3(tags: Any) -> Iterator[str]:
    for frame in tags.getall("SYLT"):
        if frame.format == 2:  # milliseconds
            yield "\n".join(
                f"[{ms // 60000}:{ms % 60000 / 1000:06.3f}]{words.strip()}" for words, ms in frame.text
            )
    for frame in tags.getall("USLT"):
        yield str(frame.text)
