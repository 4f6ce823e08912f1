"""The estimates of `descriptors`: for a track just heard, and for those that an older version heard."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.descriptors import Known, estimate
from soniq_desktop.library.measured import MeasuredSource
from soniq_desktop.library.records import Embedding, Features
from soniq_desktop.models.embedder_specs import EMBEDDERS
from soniq_desktop.models.musicnn_tags import MSD_TAGS

Floats = NDArray[np.float64]

TAGGER = EMBEDDERS["musicnn-msd"]
BATCH = 1_000  # tracks at once
COLUMNS = ("energy", "tempo", "tempo_confidence", "onset_rate", "key_confidence")


class EstimateCatalogue(MeasuredSource, Protocol):
    """What `fill` needs of `library.catalogue.Catalogue`."""

    def without_estimates(self) -> Sequence[int]: ...
    def store_estimates(self, ids: Sequence[int], values: dict[str, Floats]) -> None: ...


def with_estimates(features: Features, embeddings: Sequence[Embedding]) -> Features:
    """Features with the estimates, where an embedding carries the tags that they need."""
    scores = next((each.scores for each in embeddings if _has_tags(each)), None)
    if scores is None:
        return features
    columns = {name: _column(getattr(features, name)) for name in COLUMNS}
    minor = _column(None if features.mode is None else float(features.mode == "minor"))
    found = estimate(_known(scores[None].astype(np.float64), columns, minor))
    values: dict[str, Any] = {name: float(column[0]) for name, column in found.items()}
    return replace(features, **values)


def fill(catalogue: EstimateCatalogue) -> int:
    """Estimates for tracks that have their tags but were heard before there were any; says how many."""
    ids = list(catalogue.without_estimates())
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        found = catalogue.measured(TAGGER.name, TAGGER.version, TAGGER.dim, len(TAGGER.tags), ids=part)
        tagged = ~np.isnan(found.scores).any(axis=1)
        columns = {name: found.columns[name][tagged] for name in COLUMNS}
        known = _known(found.scores[tagged].astype(np.float64), columns, found.columns["minor"][tagged])
        catalogue.store_estimates(found.columns["id"][tagged].astype(np.int64).tolist(), estimate(known))
    return len(ids)


def _has_tags(embedding: Embedding) -> bool:
    """musicnn-msd itself, or the embedder that begins with its tags."""
    return embedding.scores is not None and embedding.embedder.startswith(TAGGER.name)


def _known(scores: Floats, columns: dict[str, Floats], minor: Floats) -> Known:
    tags = {name: scores[:, place] for place, name in enumerate(MSD_TAGS)}
    return Known(tags, **columns, minor=minor)


def _column(value: float | None) -> Floats:
    return np.array([np.nan if value is None else value])
