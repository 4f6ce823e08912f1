"""Writing a piece: FLAC with tags and cover, and its truth as JSON beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from mutagen.flac import FLAC, Picture

from soniq_desktop.demo.dsp import RATE, Signal
from soniq_desktop.demo.programme import Entry
from soniq_desktop.demo.score import Piece

BLOCK = 4096  # frames of one FLAC block


def quantise(sound: Signal, seed: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    """16 bits with triangular dither, so that fades end in noise and not in steps."""
    rng = np.random.default_rng(seed)
    dither = rng.random(sound.shape, dtype=np.float32) - rng.random(sound.shape, dtype=np.float32)
    quiet = np.abs(sound).max(axis=1, keepdims=True) == 0
    return np.clip(np.round(sound * 32767 + np.where(quiet, 0, 0.5 * dither)), -32768, 32767).astype(np.int16)


def write_flac(path: Path, sound: Signal, seed: int = 0) -> None:
    """Write (n, 2) float32 at 44.1 kHz."""
    samples = quantise(sound, seed)
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="stereo")
        for start in range(0, len(samples), BLOCK):
            block = np.ascontiguousarray(samples[start : start + BLOCK]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def tag(path: Path, entry: Entry, piece: Piece, cover: bytes) -> None:
    file = FLAC(path)
    file.update({
        "title": entry.title, "artist": entry.artist, "albumartist": entry.artist, "album": entry.album,
        "genre": entry.genre, "date": str(entry.year), "tracknumber": str(entry.number),
        "composer": "SONIQ demo synthesiser", "comment": f"{entry.description}, composed by SONIQ",
    })  # fmt: skip
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/png", cover
    picture.width = picture.height = 640
    picture.depth = 24
    file.add_picture(picture)
    file.save()


def truth(entry: Entry, piece: Piece) -> dict[str, Any]:
    """What is known of a piece because it was composed: for tests of the analysis."""
    beats = np.arange(0, piece.beats)
    return {
        "title": entry.title,
        "artist": entry.artist,
        "style": entry.description,
        "genre": entry.genre,
        "tempo": piece.tempo,
        "key": piece.key,
        "mode": piece.mode,
        "meter": piece.meter,
        "duration": piece.duration,
        "beats": _times(piece, beats),
        "downbeats": _times(piece, beats[:: piece.meter]),
        "sections": [
            {
                "name": section.name,
                "start": _times(piece, [section.start])[0],
                "end": _times(piece, [section.end])[0],
            }
            for section in piece.sections
        ],
        "seed": list(entry.seed),
    }


def _times(piece: Piece, beats: Any) -> list[float]:
    return [round(float(second), 6) for second in piece.seconds(beats)]


def write_truth(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON so that a reader sees either nothing or all of it."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(path)
