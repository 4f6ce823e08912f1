"""What runs in a listening process: the embedder is loaded once, then one path after another."""

from typing import TypedDict

from soniq_desktop.analysis.embedders import Embedder, load_embedder
from soniq_desktop.analysis.fingerprints import Fingerprinted
from soniq_desktop.analysis.listen import fingerprint_file, listen_to_file
from soniq_desktop.library.records import Listening


class WorkerSetup(TypedDict):
    """`embedder`: a name of `models.embedder_specs`, or None to do without."""

    embedder: str | None


_embedders: list[Embedder] = []  # of this process: one at most


def setup(config: WorkerSetup) -> None:
    """Once per process, before the first track.

    Raises:
        ModelError: the embedder's weights are missing or damaged.
    """
    _embedders.clear()
    if config["embedder"] is None:
        return
    import torch  # only here, in the child

    torch.set_num_threads(1)
    _embedders.append(load_embedder(config["embedder"]))


def listen(path: str) -> Listening:
    """Everything about one file. Raises UnreadableAudioError with the sentence that the user reads."""
    return listen_to_file(path, _embedders[0] if _embedders else None)


def fingerprint(path: str) -> Fingerprinted:
    """The fingerprint of one file alone. Raises UnreadableAudioError with a plain sentence."""
    return fingerprint_file(path)
