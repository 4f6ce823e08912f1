"""The clips of a song that an embedder hears."""

import numpy as np

from soniq_desktop.analysis.clips import ClipCutter
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.lab.embed.specs import ModelSpec, Samples

BLOCK = 1 << 16  # frames
SILENT = 1e-5  # RMS: below −100 dBFS there is no music
QUIET = 1e-3  # of the loudest clip: 60 dB below it a clip says nothing


def plan(duration: float, window: float, most: int) -> list[tuple[float, float]]:
    """Up to `most` clips of `window` seconds, each in the middle of an equal share of the song.

    A song that is shorter than one clip gives one clip as long as the song.
    """
    if duration <= window:
        return [(0.0, max(duration, 0.0))]
    count = max(1, min(most, int(duration / window)))
    share = duration / count
    return [(i * share + (share - window) / 2, window) for i in range(count)]


def clips_of(path: str, spec: ModelSpec) -> Samples:
    """(n, window) mono float32 at the embedder's rate; what is silent is left out.

    Raises:
        UnreadableAudioError: nothing can be decoded. AnalysisError: there is no sound in it.
    """
    decoder = Decoder(path, spec.sample_rate, 1)
    try:
        expected = decoder.frames / spec.sample_rate
        cutter = ClipCutter(lambda s: plan(s, spec.window, spec.most), spec.sample_rate, expected)
        while len(block := decoder.read(BLOCK)):
            cutter.add(block[:, 0])
    finally:
        decoder.close()
    return _audible([_filled(clip, round(spec.window * spec.sample_rate)) for clip in cutter.clips()])


def _filled(clip: Samples, length: int) -> Samples:
    """Cut or repeated to `length` samples; values that are no numbers become silence."""
    clip = np.nan_to_num(np.asarray(clip, np.float32), posinf=0.0, neginf=0.0)
    return clip[:length] if len(clip) >= length else np.resize(clip, length)


def _audible(clips: list[Samples]) -> Samples:
    levels = [float(np.sqrt(np.mean(np.square(clip, dtype=np.float64)))) for clip in clips]
    floor = max(SILENT, QUIET * max(levels, default=0.0))
    kept = [clip for clip, level in zip(clips, levels, strict=True) if level > floor]
    if not kept:
        raise AnalysisError("There is no sound in this file to compare.")
    return np.stack(kept)
