"""The process that explains: Grad-CAM of an excerpt, sent home as values without torch."""

import numpy as np

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


def explain(excerpt: Excerpt) -> Evidence:
    """The handler of a `ProcessPool`.

    Raises:
        UnreadableAudioError, AnalysisError, ModelError: as `gradcam.explain`.
    """
    task = gradcam.ExplanationTask(
        excerpt.path, excerpt.start, excerpt.length, excerpt.label, excerpt.network
    )
    return as_evidence(gradcam.explain(task))


def as_evidence(found: gradcam.Explanation) -> Evidence:
    """The same with contours and regions worked out."""
    heat = np.asarray(found.heat, np.float32)
    start = float(found.seconds[0]) - FRAME_SECONDS / 2
    frame = Frame(start, start + len(heat) * FRAME_SECONDS, found.hertz)
    grid = coarse(heat)
    return Evidence(
        found.label,
        found.probability,
        found.labels,
        found.probabilities,
        found.image,
        np.rint(heat * 255).astype(np.uint8),
        frame.start,
        frame.end,
        found.hertz,
        (contours(grid, WEAK), contours(grid, STRONG)),
        tuple(regions(grid, frame)),
        strongest(grid, frame),
    )
