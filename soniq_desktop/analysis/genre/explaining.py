"""The process that explains: Grad-CAM of an excerpt, sent home as values without torch."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre import gradcam
from soniq_desktop.analysis.genre.evidence import (
    STRONG,
    WEAK,
    Evidence,
    Excerpt,
    Frame,
    coarse,
    contours,
    regions,
    strongest,
)
from soniq_desktop.models.genre_mel import FRAME_SECONDS

setup = gradcam.setup
MARGIN = 1.0  # seconds: at the ends of what it hears, the network marks the end itself
LEAST = 0.05  # of the hottest cell, margins included
FEWEST = 16  # frames of a picture


def explain(excerpt: Excerpt) -> Evidence:
    """The handler of a `ProcessPool`: the excerpt heard with a margin on both sides, and that cut off again.

    Raises:
        UnreadableAudioError, AnalysisError, ModelError: as `gradcam.explain`.
    """
    before = min(MARGIN, excerpt.start)
    task = gradcam.ExplanationTask(
        excerpt.path, excerpt.start - before, before + excerpt.length + MARGIN, excerpt.label, excerpt.network
    )
    return as_evidence(gradcam.explain(task), excerpt.start, excerpt.length)


def as_evidence(found: gradcam.Explanation, start: float, length: float) -> Evidence:
    """What lies within `length` seconds from `start` on, with contours and regions worked out."""
    first = round((start - float(found.seconds[0]) + FRAME_SECONDS / 2) / FRAME_SECONDS)
    kept = slice(max(0, first), max(0, first) + max(FEWEST, round(length / FRAME_SECONDS)))
    image, heat = found.image[kept], levelled(np.asarray(found.heat[kept], np.float32))
    begin = float(found.seconds[kept][0]) - FRAME_SECONDS / 2
    frame = Frame(begin, begin + len(heat) * FRAME_SECONDS, found.hertz)
    grid = coarse(heat)
    return Evidence(
        found.label,
        found.probability,
        found.labels,
        found.probabilities,
        image,
        np.rint(heat * 255).astype(np.uint8),
        frame.start,
        frame.end,
        found.hertz,
        (contours(grid, WEAK), contours(grid, STRONG)),
        tuple(regions(grid, frame)),
        strongest(grid, frame),
    )


def levelled(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    """With a maximum of 1; nothing where next to all evidence lies in the margins."""
    most = float(heat.max(initial=0.0))
    return heat / most if most >= LEAST else np.zeros_like(heat)
