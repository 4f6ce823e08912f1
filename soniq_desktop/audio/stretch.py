"""Speed without pitch and pitch without speed, by FFmpeg's filters (docs/decisions/stems.md)."""

import math

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class Stretch:
    """A stream of stereo sound whose speed and pitch are changed.

    `atempo` overlaps and adds pieces where they fit best; for another pitch the sound is first declared to
    be of another rate and resampled, which changes speed and pitch together, and `atempo` takes the speed
    back.

    Args:
        speed: 0.5 to 1.5, of what comes out.
        semitones: −12 to 12.
    """

    def __init__(self, sample_rate: int, speed: float, semitones: float) -> None:
        self._rate = sample_rate
        self._sent = 0
        ratio = 2 ** (semitones / 12)
        self._graph = graph = Graph()
        nodes = [graph.add_abuffer(sample_rate=sample_rate, format="flt", layout="stereo")]
        if semitones:
            # The declared rate is a whole number: at 44.1 kHz that is 0.02 cents at most.
            nodes += [
                graph.add("asetrate", str(round(sample_rate * ratio))),
                graph.add("aresample", str(sample_rate)),
            ]
        half = f"{math.sqrt(speed / ratio):.8f}"  # one alone takes no less than 0.5
        tempo = [half, half] if speed / ratio < 0.5 else [f"{speed / ratio:.8f}"]
        nodes += [*(graph.add("atempo", factor) for factor in tempo), graph.add("aformat", "sample_fmts=flt")]
        nodes.append(graph.add("abuffersink"))
        graph.link_nodes(*nodes).configure()

    def process(self, samples: Samples) -> Samples:
        """Feed (n, 2); returns what is ready, (m, 2), perhaps nothing."""
        packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate, frame.pts = self._rate, self._sent
        self._sent += len(samples)
        self._graph.push(frame)
        return self._ready()

    def flush(self) -> Samples:
        """The rest. Nothing can be fed afterwards."""
        self._graph.push(None)
        return self._ready()

    def _ready(self) -> Samples:
        parts: list[Samples] = []
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            parts.append(np.asarray(frame.to_ndarray(), np.float32).reshape(-1, 2))
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)
