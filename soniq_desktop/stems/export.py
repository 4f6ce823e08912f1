"""Stems, or a mix of them, as files of their own: WAV, FLAC or MP3, with the track's tags."""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from soniq_desktop.audio.gain import Limiter
from soniq_desktop.audio.gapless import Samples
from soniq_desktop.audio.mixer import Mix, MixState
from soniq_desktop.audio.mixer_voice import MixVoice
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.timeline import Playback
from soniq_desktop.common.control import Control
from soniq_desktop.stems.errors import ExistsError, StemsError
from soniq_desktop.stems.stem_set import StemSet

if TYPE_CHECKING:
    import av

Format = Literal["wav", "flac", "mp3"]
CODECS = {"wav": "pcm_s24le", "flac": "flac", "mp3": "libmp3lame"}
SAMPLES = {"wav": "s32", "flac": "s32", "mp3": "fltp"}
MP3_RATE = 320_000
BLOCK = 44_100
MARK = " (part)"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write.

    Attributes:
        folder: where to; made if need be.
        name: beginning of the file names, the track's title as a rule.
        format: 24-bit WAV and FLAC, or MP3 at 320 kbit/s.
        stems: names of stems to write one by one; empty: the mix of `state`.
        state: the mixer, its speed and key included; its loop limits the mix to that part.
        tags: written into the files ("title", "artist", "album", "date", "track", "genre").
        replace: files of these names may be overwritten.
    """

    folder: Path
    name: str
    format: Format = "flac"
    stems: tuple[str, ...] = ()
    state: MixState | None = None
    tags: dict[str, str] | None = None
    replace: bool = False


def targets(request: ExportRequest) -> dict[str, Path]:
    """Stem ("mix" for the mix) -> file. Nothing is looked at or made."""
    name = safe_name(request.name)
    parts = request.stems or ("mix",)
    return {part: request.folder / f"{name} - {part}.{request.format}" for part in parts}


def export(
    path: str,
    stem_set: StemSet,
    request: ExportRequest,
    progress: Callable[[float], None] = lambda _: None,
    control: Control | None = None,
) -> list[Path]:
    """Write the files; `progress` gets the share that is done. Each file appears whole or not at all.

    Args:
        path: the original, for what a mix takes from it.

    Raises:
        ExistsError: one is there already; nothing was written.
        StemsError: the stems are not complete, or the disk is full or read-only.
    """
    if not stem_set.complete or stem_set.layout is None:
        raise StemsError(
            "The stems of this track are not complete yet.", "Wait until they are, then export them."
        )
    files = targets(request)
    existing = [file.name for file in files.values() if file.exists()]
    if existing and not request.replace:
        raise ExistsError(
            f"{existing[0]} is there already.", "Choose another folder, or say that it may be replaced."
        )
    for number, (part, file) in enumerate(files.items()):
        blocks = _stem(stem_set, part) if part != "mix" else _mix(path, stem_set, request.state)
        title = (request.tags or {}).get("title", request.name)
        tags = {**(request.tags or {}), "title": f"{title} ({part})"}

        def report(share: float, number: int = number) -> None:
            progress((number + share) / len(files))

        write_audio(
            file,
            blocks,
            stem_set.layout.sample_rate,
            tags,
            report,
            control or Control(),
            replace=request.replace,
        )
    return list(files.values())


def write_audio(
    file: Path,
    blocks: Iterator[tuple[Samples, float]],
    sample_rate: int,
    tags: dict[str, str],
    progress: Callable[[float], None],
    control: Control,
    *,
    replace: bool = False,
) -> None:
    """Write blocks (n, 2) with the share of the whole behind each; the suffix chooses the format."""
    temporary = file.with_name(f".{file.stem}{MARK}{file.suffix}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(_Encoder(temporary, file.suffix[1:], sample_rate, tags)) as encoder:
            for block, share in blocks:
                encoder.write(block)
                progress(share)
                if control.cancelled:
                    raise StemsError("The export was stopped.")
            encoder.finish()
        if file.exists() and not replace:
            raise ExistsError(f"{file.name} is there already.", "Nothing was overwritten.")
        temporary.replace(file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StemsError(
            f"{file.name} could not be written: {reason}.", "Is the disk full, or read-only?"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


class _Encoder:
    """A file that is being written, of one of the formats."""

    def __init__(self, file: Path, kind: str, sample_rate: int, tags: dict[str, str]) -> None:
        import av  # late: the window does not wait for FFmpeg

        self._container = av.open(str(file), "w", format=kind)
        stream = self._container.add_stream(CODECS[kind], rate=sample_rate, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        self._stream = stream
        self._kind, self._rate, self._sent = kind, sample_rate, 0
        context = self._stream.codec_context
        context.format = SAMPLES[kind]
        if kind == "mp3":
            context.bit_rate = MP3_RATE
        elif kind == "flac":
            context.options = {"bits_per_raw_sample": "24"}
        self._container.metadata.update({key: value for key, value in tags.items() if value})
        self._fifo = av.AudioFifo()

    def write(self, block: Samples) -> None:
        frame = self._frame(block)
        self._fifo.write(frame)
        size = self._stream.codec_context.frame_size or 4096
        for ready in self._fifo.read_many(size):
            self._container.mux(self._stream.encode(ready))

    def _frame(self, block: Samples) -> "av.AudioFrame":
        if self._kind == "mp3":
            data = np.ascontiguousarray(np.clip(block, -1, 1).T, np.float32)
        else:
            levels = np.rint(np.clip(block, -1.0, 1.0 - 2.0**-23).astype(np.float64) * 2.0**23).astype(
                np.int32
            )
            data = np.ascontiguousarray(levels << 8).reshape(1, -1)
        import av

        frame = av.AudioFrame.from_ndarray(data, format=SAMPLES[self._kind], layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._sent, Fraction(1, self._rate)
        self._sent += len(block)
        return frame

    def finish(self) -> None:
        rest = self._fifo.read()
        if rest is not None:
            self._container.mux(self._stream.encode(rest))
        self._container.mux(self._stream.encode(None))

    def close(self) -> None:
        self._container.close()


def _stem(stem_set: StemSet, name: str) -> Iterator[tuple[Samples, float]]:
    """One stem, as it was separated."""
    assert stem_set.layout is not None
    if name not in stem_set.layout.stems:
        raise StemsError(f"There is no stem “{name}”.", f"Known: {', '.join(stem_set.layout.stems)}.")
    row = stem_set.layout.stems.index(name)
    for index in range(stem_set.chunks):
        yield stem_set.chunk(index)[row], (index + 1) / stem_set.chunks


def _mix(path: str, stem_set: StemSet, state: MixState | None) -> Iterator[tuple[Samples, float]]:
    """What the mixer plays, through the player's own limiter; of a loop, one round."""
    assert stem_set.layout is not None
    rate = stem_set.layout.sample_rate
    state = state or MixState()
    begin, end = state.loop or (0.0, stem_set.layout.frames / rate)
    once = replace(state, loop=None, original=False)
    voice = MixVoice(Playback(0, Source(0, path, "")), "off", Mix(path, stem_set, rate, once), begin)
    left = total = round((end - begin) / state.speed * rate)
    limiter = Limiter(rate)
    try:
        while left > 0:
            block = voice.read(min(BLOCK, left))
            if len(block) == 0:
                break
            left -= len(block)
            yield limiter.process(np.array(block)), 1 - left / total
        yield limiter.flush(), 1.0
    finally:
        voice.close()


def safe_name(name: str) -> str:
    """A file name that every system takes."""
    cleaned = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(" .")
    return cleaned[:120] or "track"
