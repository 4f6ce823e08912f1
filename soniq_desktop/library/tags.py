"""Reading what files say of themselves: tags, technical values and the cover.

mutagen reads tags; where it cannot, or knows no duration, PyAV is asked. The format is told by the content:
a FLAC file named .mp3 is read as FLAC. `read_batch` is the handler that runs in worker processes.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import av
from mutagen.aac import AAC
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.monkeysaudio import MonkeysAudio
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.errors import SoniqError, UnreadableAudioError
from soniq_desktop.common.log import topic
from soniq_desktop.library import artwork
from soniq_desktop.library.records import Tags
from soniq_desktop.library.sniff import Kind, sniff
from soniq_desktop.library.tag_fields import Fields, cover, fields
from soniq_desktop.library.tag_probe import probe, texts
from soniq_desktop.library.tag_text import genres, joined, number, year

TAGS_VERSION = 1  # raised when tags are read differently: files are then read again at the next scan
LONGEST = 7 * 86400.0  # seconds
MOST_CHANNELS = 64
LOWEST_RATE, HIGHEST_RATE = 1000, 6_200_000  # Hz
LOWEST_BITRATE = 200  # bit/s; digital silence in FLAC needs about 300

log = topic("tags")

# kind -> (mutagen's class, our codec name, lossless)
_READERS: dict[Kind, tuple[Callable[[BinaryIO], Any], str, bool]] = {
    "mp3": (MP3, "mp3", False),
    "adts": (AAC, "aac", False),
    "flac": (FLAC, "flac", True),
    "oggflac": (OggFLAC, "flac", True),
    "vorbis": (OggVorbis, "vorbis", False),
    "opus": (OggOpus, "opus", False),
    "speex": (OggSpeex, "speex", False),
    "mp4": (MP4, "aac", False),  # or ALAC, see _codec
    "wav": (WAVE, "pcm", True),
    "aiff": (AIFF, "pcm", True),
    "wavpack": (WavPack, "wavpack", True),
    "ape": (MonkeysAudio, "ape", True),
}


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of one file: its tags, or a problem in a sentence, or neither when it has vanished."""

    path: str
    size: int = 0  # bytes
    mtime_ns: int = 0
    tags: Tags | None = None
    problem: str = ""
    audio_hash: str | None = None  # where it was asked for


def setup(values: dict[str, Any]) -> None:  # noqa: ARG001 the signature of common.processes
    """In the worker process: FFmpeg keeps its opinions on broken files to itself."""
    av.logging.set_level(av.logging.PANIC)


def read_batch(task: dict[str, Any]) -> list[FileRead]:
    """Read several files; the handler of the scanner's worker processes.

    Args:
        task: "paths" (list of str), "artwork" (folder of the cover cache), "identity" (whether to compute
            `audio_hash`, which reads the whole file).
    """
    return [read_file(path, Path(task["artwork"]), identity=task["identity"]) for path in task["paths"]]


def read_file(path: str, artwork_root: Path | None = None, *, identity: bool = False) -> FileRead:
    """Read one file, whatever is wrong with it."""
    try:
        found = os.stat(path)  # noqa: PTH116 before reading: a change meanwhile is seen by the next scan
    except FileNotFoundError:
        return FileRead(path)
    except OSError as error:
        return FileRead(path, problem=_plain(error))
    outcome = FileRead(path, found.st_size, found.st_mtime_ns)
    try:
        tags = read_tags(path, artwork_root)
        return replace(outcome, tags=tags, audio_hash=audio_hash(path) if identity else None)
    except FileNotFoundError:
        return FileRead(path)
    except (OSError, SoniqError) as error:
        return replace(outcome, problem=_plain(error))
    except Exception as error:  # mutagen and PyAV raise whatever a broken file makes them stumble over
        log.exception("unexpected error in %r", path)
        return replace(
            outcome, problem=f"This file is damaged ({type(error).__name__} while reading its tags)."
        )


def read_tags(path: str, artwork_root: Path | None = None) -> Tags:
    """Tags, technical values and, where `artwork_root` is given, the stored cover of one file.

    Several artists, genres or composers are joined with "; ".

    Raises:
        UnreadableAudioError: nothing in the file is sound, as far as mutagen and PyAV can tell.
        OSError: the file cannot be opened.
    """
    with open(path, "rb") as file:  # noqa: PTH123 a path with surrogate escapes stays a str
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise UnreadableAudioError("The file is empty.")
        kind = sniff(file)
        parsed = _parse(file, kind)
    tags = _believed(_tags(parsed, kind, size), size) if parsed is not None and kind else Tags()
    if not (tags.duration and tags.sample_rate and tags.channels):
        tags = _completed(tags, path, size)
    elif kind == "wav" and not (tags.title or tags.artist):
        tags = _filled(tags, _texts(texts(path)))  # from a LIST chunk, which mutagen does not read
    picture = cover(parsed) if parsed is not None and artwork_root else None
    return replace(tags, artwork=_artwork(artwork_root, path, picture)) if artwork_root else tags


def _parse(file: BinaryIO, kind: Kind | None) -> Any | None:
    """mutagen's view of the file; None where it has none."""
    if kind is None:
        return None
    file.seek(0)
    try:
        return _READERS[kind][0](file)
    except Exception:  # noqa: BLE001 MutagenError, and others on broken files; PyAV has the last word
        return None


def _tags(file: Any, kind: Kind, size: int) -> Tags:
    info = file.info
    _, codec, lossless = _READERS[kind]
    if kind == "mp4" and str(getattr(info, "codec", "")).startswith("alac"):
        codec, lossless = "alac", True
    duration = _positive(getattr(info, "length", 0.0))
    rate = 48000 if kind == "opus" else int(getattr(info, "sample_rate", 0))
    return Tags(
        **_texts(fields(file.tags)),
        duration=duration,
        codec=codec,
        sample_rate=rate,
        channels=int(getattr(info, "channels", 0)),
        bitrate=int(getattr(info, "bitrate", 0) or 0) or _mean_bitrate(size, duration),
        bit_depth=int(getattr(info, "bits_per_sample", 0) or 0) if lossless else 0,
    )


def _believed(tags: Tags, size: int) -> Tags:
    """Without the technical values where no recording can have them: garbage behind a good header."""
    plausible = (
        tags.duration < LONGEST
        and tags.channels <= MOST_CHANNELS
        and (tags.sample_rate == 0 or LOWEST_RATE <= tags.sample_rate <= HIGHEST_RATE)
        and _mean_bitrate(size, tags.duration) >= (LOWEST_BITRATE if tags.duration else 0)
    )
    return (
        tags if plausible else replace(tags, duration=0.0, sample_rate=0, channels=0, bitrate=0, bit_depth=0)
    )


def _texts(found: Fields) -> dict[str, Any]:
    """Our text fields from a format's values."""

    def text(name: str) -> str:
        return joined(found.get(name, ()))

    return {
        "title": text("title"),
        "artist": text("artist"),
        "album": text("album"),
        "album_artist": text("album_artist"),
        "genre": joined(genres(found.get("genre", ()))),
        "year": year(text("date")),
        "track_number": number(text("track_number")),
        "disc_number": number(text("disc_number")),
        "composer": text("composer"),
        "comment": text("comment"),
    }


def _completed(tags: Tags, path: str, size: int) -> Tags:
    """What mutagen found, with the gaps filled by PyAV. Raises UnreadableAudioError."""
    found, info = probe(path)
    full = _filled(tags, _texts(found) | info)
    return full if full.bitrate else replace(full, bitrate=_mean_bitrate(size, full.duration))


def _filled(tags: Tags, values: dict[str, Any]) -> Tags:
    """`tags` with those values that they lack."""
    return replace(
        tags, **{name: value for name, value in values.items() if value and not getattr(tags, name)}
    )


def _artwork(root: Path, path: str, embedded: bytes | None) -> str | None:
    """Embedded pictures first; they belong to the track, a picture in the folder to whatever lies there."""
    if embedded and (key := artwork.store(root, embedded)):
        return key
    folder = os.path.dirname(path)  # noqa: PTH120
    key = _folder_artwork(root, folder, os.stat(folder).st_mtime_ns)  # noqa: PTH116
    if key and not artwork.original_path(root, key).is_file():  # the cache was cleared
        return artwork.store_folder_picture(root, folder)
    return key


@lru_cache(maxsize=64)
def _folder_artwork(root: Path, folder: str, mtime_ns: int) -> str | None:  # noqa: ARG001 a part of the key
    return artwork.store_folder_picture(root, folder)


def _positive(seconds: float) -> float:
    return float(seconds) if math.isfinite(seconds) and seconds > 0 else 0.0


def _mean_bitrate(size: int, duration: float) -> int:
    return round(size * 8 / duration) if duration > 0 else 0


def _plain(error: OSError | SoniqError) -> str:
    if isinstance(error, SoniqError):
        return str(error)
    if isinstance(error, PermissionError):
        return "You do not have permission to read this file."
    return f"The drive could not read this file ({error.strerror or type(error).__name__})."
