"""What the tag formats call things: ID3, Vorbis comments, MP4 atoms and APEv2 as one mapping of fields.

`fields` gives lists of text by our own names, `cover` the bytes of the front cover. ReplayGain values are not
read: SONIQ measures loudness itself.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.flac import error as PictureError  # noqa: N812
from mutagen.id3 import ID3, Encoding
from mutagen.mp4 import MP4Tags

from soniq_desktop.library.tag_text import repaired

Fields = dict[str, list[str]]
FRONT_COVER = 3  # ID3 and FLAC picture type

_ID3 = {
    "title": ("TIT2",),
    "artist": ("TPE1",),
    "album": ("TALB",),
    "album_artist": ("TPE2", "TXXX:ALBUM ARTIST", "TXXX:ALBUMARTIST"),
    "genre": ("TCON",),
    "date": ("TDRC", "TYER", "TDOR", "TORY"),
    "track_number": ("TRCK",),
    "disc_number": ("TPOS",),
    "composer": ("TCOM",),
}
_VORBIS = {
    "title": ("title",),
    "artist": ("artist",),
    "album": ("album",),
    "album_artist": ("albumartist", "album artist", "album_artist"),
    "genre": ("genre",),
    "date": ("date", "year", "originaldate", "originalyear"),
    "track_number": ("tracknumber", "track", "track_number"),
    "disc_number": ("discnumber", "disc", "disc_number"),
    "composer": ("composer",),
    "comment": ("comment", "description"),
}
_APE = _VORBIS  # the same names; APEv2 keys do not care about case either
_MP4 = {
    "title": ("\xa9nam",),
    "artist": ("\xa9ART",),
    "album": ("\xa9alb",),
    "album_artist": ("aART",),
    "genre": ("\xa9gen",),
    "date": ("\xa9day",),
    "track_number": ("trkn",),
    "disc_number": ("disk",),
    "composer": ("\xa9wrt",),
    "comment": ("\xa9cmt",),
}


def fields(tags: Any) -> Fields:
    """Text by field name; `tags` is the `tags` of any mutagen file, None included."""
    if tags is None:
        return {}
    if isinstance(tags, ID3):
        return _named(_ID3, lambda key: _id3_texts(tags, key)) | {"comment": _id3_comment(tags)}
    if isinstance(tags, MP4Tags):
        return _named(_MP4, lambda key: _mp4_texts(tags.get(key)))
    if isinstance(tags, APEv2):
        return _named(_APE, lambda key: _ape_texts(tags, key))
    return _named(_VORBIS, lambda key: list(tags.get(key, ())))


def cover(file: Any) -> bytes | None:
    """The embedded front cover of a mutagen file, or its first picture."""
    tags = file.tags
    if isinstance(file, FLAC):
        return _front((picture.type, picture.data) for picture in file.pictures)
    if isinstance(tags, ID3):
        return _front((frame.type, frame.data) for frame in tags.getall("APIC"))
    if isinstance(tags, MP4Tags):
        return _front((FRONT_COVER, bytes(data)) for data in tags.get("covr", ()))
    if isinstance(tags, APEv2):
        return _ape_cover(tags)
    return _front(_vorbis_pictures(tags)) if tags is not None else None


def _named(names: Mapping[str, tuple[str, ...]], read: Callable[[str], list[str]]) -> Fields:
    """For each field the values of the first of its names that has any."""
    return {field: next((texts for key in keys if (texts := read(key))), []) for field, keys in names.items()}


def _front(pictures: Iterable[tuple[int, bytes]]) -> bytes | None:
    first = None
    for kind, data in pictures:
        if kind == FRONT_COVER and data:
            return data
        first = first or data
    return first or None


def _id3_texts(tags: ID3, key: str) -> list[str]:
    frame = tags.get(key)
    if frame is None:
        return []
    texts = [str(text) for text in frame.text]
    return [repaired(text) for text in texts] if frame.encoding == Encoding.LATIN1 else texts


def _id3_comment(tags: ID3) -> list[str]:
    """The comment without a description; iTunes keeps technical values in described ones."""
    plain = [frame for frame in tags.getall("COMM") if not frame.desc]
    return [repaired(str(text)) for frame in plain[:1] for text in frame.text]


def _mp4_texts(values: Any) -> list[str]:
    """Numbers come as pairs (number, total); texts as they are."""
    return [str(value[0]) if isinstance(value, tuple) else str(value) for value in values or ()]


def _ape_texts(tags: APEv2, key: str) -> list[str]:
    value = tags.get(key)
    return [str(text) for text in value] if value is not None and value.kind == 0 else []


def _ape_cover(tags: APEv2) -> bytes | None:
    """Binary items are a file name, a zero byte and the picture."""
    for key in ("Cover Art (Front)", "Cover Art (front)", "Cover Art (Other)"):
        if key in tags and tags[key].kind == 1:
            return bytes(tags[key].value).partition(b"\0")[2] or None
    return None


def _vorbis_pictures(tags: Any) -> Iterable[tuple[int, bytes]]:
    for text in tags.get("metadata_block_picture", ()):
        try:
            picture = Picture(base64.b64decode(text))
        except (binascii.Error, ValueError, PictureError):
            continue
        yield picture.type, picture.data
    for text in tags.get("coverart", ()):  # an older habit
        try:
            yield FRONT_COVER, base64.b64decode(text)
        except (binascii.Error, ValueError):
            continue
