"""A stand-in for Grad-CAM that needs no torch; run in the children of test_explain_service."""

import time
from pathlib import Path

from soniq_desktop.analysis.genre.evidence import Evidence, Excerpt
from soniq_desktop.common.errors import AnalysisError
from tests.inspector_fixtures import make_evidence


def explain(excerpt: Excerpt) -> Evidence:
    """The name of the file says what happens; each call leaves a line in it, where it is there."""
    path = Path(excerpt.path)
    if path.exists():
        with path.open("a") as log:
            log.write(f"{excerpt.start:g} {excerpt.label}\n")
    if "slow" in path.name:
        time.sleep(30)
    if "silent" in path.name:
        raise AnalysisError("There is no sound to explain at this place.")
    return make_evidence(excerpt.label or "Rock", excerpt.start)
