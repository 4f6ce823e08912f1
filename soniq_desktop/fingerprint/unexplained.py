"""How much of what is heard a hypothesis leaves unexplained.

A piece that shares its drum samples with one track of the library fits that track better than anything else
there: half of what is heard is in it. Where the music is heard clearly, the other half speaks against it. In
noise, or among voices, much is unexplained of the right track as well, and nothing is asked.
"""

import numpy as np

from soniq_desktop.fingerprint.landmarks import RADII, STORED_PEAKS
from soniq_desktop.fingerprint.layout import BASS_BIN, BINS, FRAME_SECONDS
from soniq_desktop.fingerprint.peaks import find_peaks
from soniq_desktop.fingerprint.search import Findings, Hypothesis, expected_peaks
from soniq_desktop.fingerprint.warp import SAME

NOTHING_ASKED, ALL_ASKED = 4.7, 5.7  # clarity (`search.Heard`) up to which, and from which; voices reach 5.3
LEAST = 0.55  # share of the strongest peaks; right answers have 0.61 and more, shared drums at most 0.52
LEAST_WARPED = 0.33  # at another tempo peaks lie less exactly: right answers have 0.37 and more
NEAR = 2  # frames and bins
LONG, PARTS = 6.0, 2  # seconds from which on it is enough to explain one half: songs end within a clip


def explains_enough(findings: Findings, hypothesis: Hypothesis) -> bool:
    """Whether enough of the strongest peaks that are heard belong to the hypothesis."""
    least = LEAST if hypothesis.warp == SAME else LEAST_WARPED
    asked = np.interp(findings.heard.clarity, (NOTHING_ASKED, ALL_ASKED), (0, least))
    return bool(asked == 0 or explained(findings, hypothesis) >= asked)


def explained(findings: Findings, hypothesis: Hypothesis) -> float:
    """Share 0..1 of the query's strongest peaks, chosen as those of tracks are, that the track has there.

    Of a long query the half of which more is explained counts.
    """
    view = findings.heard.views[0]
    everything = slice(0, len(view.whitened))
    heard = find_peaks(view.whitened, STORED_PEAKS, RADII, everything)
    heard = heard.select(heard.bins < BASS_BIN)
    expected = expected_peaks(findings, hypothesis)
    near = np.zeros((len(view.whitened) + 2 * NEAR, BINS + 2 * NEAR), np.bool_)
    rows = np.clip(expected.frames, 0, len(view.whitened) - 1)
    for frame in range(2 * NEAR + 1):
        for bin_ in range(2 * NEAR + 1):
            near[rows + frame, expected.bins + bin_] = True
    found = near[heard.times + NEAR, heard.bins + NEAR]
    parts = PARTS if len(view.whitened) * FRAME_SECONDS >= LONG else 1
    shares = [found[heard.times * parts // len(view.whitened) == part] for part in range(parts)]
    return max((float(each.mean()) for each in shares if len(each)), default=0.0)
