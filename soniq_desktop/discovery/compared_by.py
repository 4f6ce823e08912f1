"""What songs are compared by: the embedder in use, as every part of discovery takes it."""

from collections.abc import Sequence
from typing import Any, Protocol

from soniq_desktop.library.measured import Measured, MeasuredSource
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, EmbedderSpec, embedder_spec


class HasSoundModel(Protocol):
    """The part of the catalogue that is asked."""

    def sound_model(self) -> SoundModel | None: ...


def spec_in_use(catalogue: HasSoundModel) -> EmbedderSpec:
    """The embedder that songs are compared by now."""
    model = catalogue.sound_model()
    return embedder_spec(DEFAULT_EMBEDDER) if model is None else spec_of(model)


def spec_of(model: SoundModel) -> EmbedderSpec:
    """A chosen model as an embedder: its own vectors beside the built-in one's tags."""
    tags = embedder_spec(DEFAULT_EMBEDDER).tags
    return EmbedderSpec(model.name, model.version, model.dim, 0, tags, (), DEFAULT_EMBEDDER, model.mark)


def measured_by(
    source: MeasuredSource, spec: EmbedderSpec, since: int = -1, ids: Sequence[int] | None = None
) -> Measured:
    """What was measured of the tracks, with vectors and scores of an embedder; see `Catalogue.measured`."""
    beside: dict[str, Any] = {}
    if spec.scores_of:
        beside["scores_of"] = (spec.scores_of, embedder_spec(spec.scores_of).version)
    return source.measured(spec.name, spec.version, spec.dim, len(spec.tags), since, ids, **beside)
