"""Whether a track fits what is heard at one place, or as well at another of its own.

An unknown piece may share drums or a riff with a track of the library. Those repeat, so that the track fits
at several of its places alike, and none of them is where the music is from. The place that it is from fits
better than its repetitions, because something changes from one to the next: a voice, a tune, a fill. In
noise that drowns the music too little of that is heard, so more is allowed there.
"""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import HIGHEST_BIN, LOWEST_BIN
from soniq_desktop.fingerprint.search import Findings, Hypothesis
from soniq_desktop.fingerprint.segment import spread
from soniq_desktop.fingerprint.verification import Reference, verify
from soniq_desktop.fingerprint.warp import SAME

MUSIC_HEARD = 2.4  # clarity (`search.Heard`) from which changes are heard; noise alone has 2.1
MOST, MOST_IN_NOISE = 0.88, 0.99  # of the fit, that another place may reach
AROUND = 699  # frames to either side that are looked at: 16 s, several bars
STEP = 3  # frames: verification looks one frame to either side
SAME_PLACE = 9  # frames


def stands_alone(findings: Findings, hypothesis: Hypothesis) -> bool:
    """Whether the place named fits clearly better than all others of the track around it."""
    most = MOST if findings.heard.clarity >= MUSIC_HEARD else MOST_IN_NOISE
    return elsewhere(findings, hypothesis) <= most


def elsewhere(findings: Findings, hypothesis: Hypothesis) -> float:
    """The best fit at another place, as a share of that at the place named."""
    segment, evidence = hypothesis.segment, findings.heard.evidence
    start, length = int(segment.starts[hypothesis.track]), int(segment.lengths[hypothesis.track])
    steps = np.arange(-AROUND, AROUND + 1, STEP)
    begins = round(hypothesis.frame) + np.rint(steps * hypothesis.warp.tempo).astype(np.int64)
    inside = ((begins >= start) & (begins < start + length)) | (steps == 0)
    reference = _references(hypothesis, steps[inside], evidence.frames)
    fits = verify(evidence, reference, int(inside.sum())).scores
    here = np.abs(steps[inside]) < SAME_PLACE
    best = max(float(fits[here].max()), 1e-9)
    return float(fits[~here].max(initial=0.0)) / best


def _references(hypothesis: Hypothesis, steps: NDArray[np.int64], frames: int) -> Reference:
    """Stored peaks as they would lie on the query's grid, began it `steps` (n,) frames later."""
    warp = hypothesis.warp
    first = round(hypothesis.frame) - round(AROUND * warp.tempo)
    length = round((2 * AROUND + frames) * warp.tempo)
    _, times, bins = hypothesis.segment.reference_peaks(np.array([first]), length)
    if warp != SAME:
        times = np.rint(times / warp.tempo).astype(np.int64)
        bins = np.rint(bins * warp.pitch).astype(np.int64)
        kept = (bins >= LOWEST_BIN) & (bins < HIGHEST_BIN)
        times, bins = times[kept], bins[kept]
    begins = steps + AROUND
    low, high = np.searchsorted(times, begins), np.searchsorted(times, begins + frames)
    rows, owners = spread(low, high - low)
    return Reference(owners, times[rows] - begins[owners], bins[rows])
