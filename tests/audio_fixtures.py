"""Sound and files for tests, made in code: tones, noise, and every format that SONIQ reads.

`write_audio(path, samples, rate)` chooses the format from the suffix, or from `codec` where a suffix is not
enough ("alac" in .m4a). `FORMATS` has one name per format for parametrised tests, for `write_format`.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
import mutagen
import mutagen.aiff
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import mutagen.wave
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]

# name -> (suffix, codec)
FORMATS: dict[str, tuple[str, str]] = {
    "wav": (".wav", "pcm_s16"),
    "wav24": (".wav", "pcm_s24"),
    "wavfloat": (".wav", "pcm_f32"),
    "aiff": (".aiff", "pcm_s16"),
    "flac": (".flac", "flac"),
    "vorbis": (".ogg", "vorbis"),
    "opus": (".opus", "libopus"),
    "mp3": (".mp3", "libmp3lame"),
    "aac": (".m4a", "aac"),
    "alac": (".m4a", "alac"),
    "adts": (".aac", "aac"),
    "wavpack": (".wv", "wavpack"),
}
LOSSLESS = ("wav", "wav24", "wavfloat", "aiff", "flac", "alac", "wavpack")
_BY_SUFFIX = dict(reversed(FORMATS.values()))
_SUBTYPES = {
    "pcm_s16": "PCM_16",
    "pcm_s24": "PCM_24",
    "pcm_f32": "FLOAT",
    "pcm_u8": "PCM_U8",
    "vorbis": "VORBIS",
}
_SAMPLE_FORMATS = {"libmp3lame": "fltp", "libopus": "flt", "aac": "fltp", "alac": "s16p", "wavpack": "s16p"}
_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 8: "7.1"}


def sine(
    seconds: float, rate: int = 44100, frequency: float = 440.0, channels: int = 2, amplitude: float = 0.5
) -> Samples:
    """A steady tone, (frames, channels); every channel is the same."""
    t = np.arange(round(seconds * rate)) / rate
    tone = (amplitude * np.sin(2 * np.pi * frequency * t)).astype(np.float32)
    return np.repeat(tone[:, None], channels, axis=1)


def noise(
    seconds: float, rate: int = 44100, channels: int = 2, amplitude: float = 0.3, seed: int = 1
) -> Samples:
    """White noise, (frames, channels), reproducible."""
    shape = (round(seconds * rate), channels)
    return np.random.default_rng(seed).uniform(-amplitude, amplitude, shape).astype(np.float32)


def sweep(
    seconds: float, rate: int = 44100, low: float = 50.0, high: float = 8000.0, amplitude: float = 0.5
) -> Samples:
    """An exponential sweep in stereo: every moment sounds different, so a position can be recognised."""
    t = np.arange(round(seconds * rate)) / rate
    growth = np.log(high / low) / seconds
    phase = 2 * np.pi * low * (np.exp(growth * t) - 1) / growth
    tone = (amplitude * np.sin(phase)).astype(np.float32)
    return np.stack([tone, tone], axis=1)


def write_audio(
    path: str | Path,
    samples: Samples,
    rate: int = 44100,
    *,
    codec: str | None = None,
    bit_rate: int = 192_000,
    tags: Mapping[str, str] | None = None,
    cover: bytes | None = None,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Write (frames,) or (frames, channels) float32 samples in [-1, 1]; returns the path.

    Args:
        codec: a codec of `FORMATS`; by default the one that belongs to the suffix.
        tags: mutagen's easy names ("title", "artist", "album", "genre", "date", "tracknumber").
        cover: PNG bytes, embedded where the format can hold a picture.
        options: options of the container ({"write_xing": "0"} makes an MP3 without a Xing header).
    """
    path = Path(path)
    codec = codec or _BY_SUFFIX[path.suffix.lower()]
    samples = np.atleast_2d(samples.T).T.astype(np.float32)
    if codec in _SUBTYPES or codec == "flac":
        _write_soundfile(path, samples, rate, codec)
    else:
        _write_av(path, samples, rate, codec, bit_rate, dict(options or {}))
    if tags:
        tag_file(path, tags)
    if cover:
        embed_cover(path, cover)
    return path


def write_format(folder: Path, name: str, samples: Samples, rate: int = 44100, stem: str = "tone") -> Path:
    """Write one of `FORMATS` as folder/stem-name.suffix."""
    suffix, codec = FORMATS[name]
    return write_audio(folder / f"{stem}-{name}{suffix}", samples, rate, codec=codec)


def _write_soundfile(path: Path, samples: Samples, rate: int, codec: str) -> None:
    subtype = _SUBTYPES.get(codec, "PCM_16")
    with soundfile.SoundFile(path, "w", rate, samples.shape[1], subtype) as file:
        # libsndfile's Vorbis encoder overflows its stack on one very large write.
        for start in range(0, len(samples), 65536):
            file.write(samples[start : start + 65536])


def _write_av(
    path: Path, samples: Samples, rate: int, codec: str, bit_rate: int, options: dict[str, str]
) -> None:
    layout = _LAYOUTS[samples.shape[1]]
    sample_format = _SAMPLE_FORMATS[codec]
    if codec == "libopus" and rate not in _OPUS_RATES:  # as every Opus encoder does
        samples, rate = soxr.resample(samples, rate, 48000), 48000
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.format, stream.layout = sample_format, layout
        if codec not in ("alac", "wavpack"):
            stream.bit_rate = bit_rate
        for start in range(0, len(samples), 4096):
            frame = _frame(samples[start : start + 4096], sample_format, layout, rate)
            frame.pts, frame.time_base = start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frame(block: Samples, sample_format: str, layout: str, rate: int) -> av.AudioFrame:
    if sample_format.startswith("s16"):
        data = np.clip(np.rint(block * 32768), -32768, 32767).astype(np.int16)
    else:
        data = block
    planes = data.T if sample_format.endswith("p") else data.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(planes), sample_format, layout)
    frame.sample_rate = rate
    return frame


def tag_file(path: str | Path, tags: Mapping[str, str]) -> None:
    """Write tags under mutagen's easy names; raw ID3 where mutagen has no easy interface (wav, aiff)."""
    file = mutagen.File(path, easy=True)
    if isinstance(file, mutagen.wave.WAVE | mutagen.aiff.AIFF):
        _tag_id3(file, tags)
    else:
        if file.tags is None:
            file.add_tags()
        for name, value in tags.items():
            file[name] = value
    file.save()


_ID3 = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "albumartist": "TPE2",
    "genre": "TCON",
    "date": "TDRC",
    "tracknumber": "TRCK",
    "discnumber": "TPOS",
    "composer": "TCOM",
}


def _tag_id3(file: mutagen.FileType, tags: Mapping[str, str]) -> None:
    if file.tags is None:
        file.add_tags()
    for name, value in tags.items():
        frame = getattr(mutagen.id3, _ID3[name])
        file.tags.add(frame(encoding=3, text=[value]))


def embed_cover(path: str | Path, png: bytes) -> None:
    """Embed a front cover into FLAC, MP3, WAV, AIFF or MP4."""
    file = mutagen.File(path)
    if isinstance(file, mutagen.flac.FLAC):
        picture = mutagen.flac.Picture()
        picture.type, picture.mime, picture.data = 3, "image/png", png
        file.add_picture(picture)
    elif isinstance(file, mutagen.mp4.MP4):
        file["covr"] = [mutagen.mp4.MP4Cover(png, mutagen.mp4.MP4Cover.FORMAT_PNG)]
    else:
        if file.tags is None:
            file.add_tags()
        file.tags.add(mutagen.id3.APIC(encoding=3, mime="image/png", type=3, desc="cover", data=png))
    file.save()


def truncate(path: Path, keep: float) -> Path:
    """Cut the file to a fraction of its bytes, as a broken download does."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def corrupt(path: Path, runs: int = 8, length: int = 64, seed: int = 3, head: int = 2048) -> Path:
    """Overwrite some runs of bytes behind the header with noise."""
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for at in rng.integers(head, len(data) - length, runs):
        data[at : at + length] = rng.bytes(length)
    path.write_bytes(bytes(data))
    return path


def garbage(path: Path, head: bytes = b"fLaC", size: int = 20_000, seed: int = 4) -> Path:
    """A file that begins like audio and holds nothing but noise."""
    path.write_bytes(head + np.random.default_rng(seed).bytes(size))
    return path
