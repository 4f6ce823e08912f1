"""What runs in a process that hears tracks with one embedder alone."""

from typing import TypedDict

from soniq_desktop.analysis.embedders import Embedder, load_embedder
from soniq_desktop.analysis.listen import embed_file
from soniq_desktop.library.records import Embedding


class EmbedSetup(TypedDict):
    """`embedder`: a name of `models.embedder_specs`."""

    embedder: str


_embedders: list[Embedder] = []  # of this process: one at most


def setup(config: EmbedSetup) -> None:
    """Once per process, before the first track. Raises ModelError: the weights are missing or damaged."""
    import torch  # only here, in the child

    torch.set_num_threads(1)
    _embedders.clear()
    _embedders.append(load_embedder(config["embedder"]))


def embed(path: str) -> Embedding | None:
    """What the embedder says of one file, None for silence. Raises UnreadableAudioError."""
    return embed_file(path, _embedders[0])
