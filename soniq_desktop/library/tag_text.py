"""Values of tags as people meant them: years, numbers, genre names, and text in the wrong encoding."""

import re
from collections.abc import Iterable

from mutagen.id3 import TCON

SEPARATOR = "; "  # between several artists, genres or composers of one track
LONGEST = 2000  # characters; a comment can hold a whole book

_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?=\D|\d{4}(?!\d)|$)")  # 1999, 1999-03-01, 19990301, "March 1999"
_NUMBER = re.compile(r"\s*(\d{1,4})(?!\d)")  # 3, 03, 3/12
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")


def year(text: str) -> int | None:
    """The first year from 1000 to 2999 in a date of any notation."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def number(text: str) -> int | None:
    """A track or disc number: 3 from "3", "03" or "3/12"; None for 0 and for anything else."""
    found = _NUMBER.match(text)
    return (int(found[1]) or None) if found else None


def joined(values: Iterable[str]) -> str:
    """Several values as one text, each once, in their order."""
    cleaned = (_CONTROL.sub(" ", value).strip() for value in values)
    return SEPARATOR.join(dict.fromkeys(value for value in cleaned if value))[:LONGEST]


def genres(values: Iterable[str]) -> list[str]:
    """Names for ID3 numbers: "17", "(17)" and "(17)Rock" are all Rock."""
    return [name for value in values if value for name in TCON(encoding=3, text=[value]).genres]


def repaired(text: str) -> str:
    """Text that was read as Latin-1 but was written in UTF-8 or in Cyrillic Windows-1251.

    UTF-8 is recognised without doubt (its byte patterns hardly occur in Latin-1 prose). Windows-1251 is
    assumed for words of at least four letters that are all accented: no western language writes so.
    """
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    if data.isascii():
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251", "replace") if _looks_cyrillic(data) else text


def _looks_cyrillic(data: bytes) -> bool:
    accented = sum(byte >= 0xC0 or byte in (0xA8, 0xB8) for byte in data)
    plain = sum(chr(byte).isalpha() for byte in data if byte < 0x80)
    return accented >= 4 and plain == 0
