"""What can turn a track into a vector: names, versions and sizes, importable without torch.

The GUI and the neighbour index need an embedder's name, version and dimension without loading it;
`soniq_desktop.analysis.embedders` loads it.
"""

from dataclasses import dataclass

from soniq_desktop.common.errors import ModelError
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.models.musicnn_tags import MSD_TAGS, MTT_TAGS

DEFAULT_EMBEDDER = "musicnn-msd"
GENRE_EMBEDDER = "genre-crnn"  # the CRNN, heard with the other where it is chosen as classifier


@dataclass(frozen=True, slots=True)
class EmbedderSpec:
    """Identity of an embedder. Vectors of two embedders, or of two versions of one, must never be compared.

    Attributes:
        name: key in the catalogue, in file names and on the command line.
        version: raised whenever the same audio would give another vector.
        dim: length of the vector.
        sample_rate: Hz of the mono audio it takes.
        tags: names of its scores, in order; empty where it has none.
        weights: names of the weights it needs, as in `soniq_desktop.models.registry`.
        scores_of: the embedder whose scores stand beside its vectors; empty where they are its own.
        scaling: mark of the scaling of its columns (`library.sound_models`); empty where there is none.
    """

    name: str
    version: int
    dim: int
    sample_rate: int
    tags: tuple[str, ...]
    weights: tuple[str, ...]
    scores_of: str = ""
    scaling: str = ""


EMBEDDERS: dict[str, EmbedderSpec] = {
    spec.name: spec
    for spec in (
        EmbedderSpec("musicnn-msd", 1, 200, 16_000, MSD_TAGS, ("musicnn_msd",)),
        EmbedderSpec("musicnn-mtt", 1, 200, 16_000, MTT_TAGS, ("musicnn_mtt",)),
        EmbedderSpec("musicnn-msd+mtt", 1, 400, 16_000, MSD_TAGS + MTT_TAGS, ("musicnn_msd", "musicnn_mtt")),
        EmbedderSpec(GENRE_EMBEDDER, 2, 128, 44_100, FAMILIES, ("genre_crnn",)),
    )
}


# The setting "genre.model", and which embedder it needs besides the default.
GENRE_MODELS: dict[str, str | None] = {"head": None, "crnn": GENRE_EMBEDDER}


def embedder_spec(name: str) -> EmbedderSpec:
    """The embedder of that name; ModelError names the known ones where there is none."""
    try:
        return EMBEDDERS[name]
    except KeyError:
        known = ", ".join(EMBEDDERS)
        raise ModelError(f'There is no embedder named "{name}".', f"Known: {known}.") from None
