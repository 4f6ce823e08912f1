"""What runs in a listening process: the embedder is loaded once, then one path after another."""

from dataclasses import replace
from typing import TYPE_CHECKING, NotRequired, TypedDict

from soniq_desktop.analysis.beats import Network
from soniq_desktop.analysis.embedders import Embedder, load_embedder
from soniq_desktop.analysis.fingerprints import Fingerprinted
from soniq_desktop.analysis.genre.head import Head, load_head
from soniq_desktop.analysis.genre.judge import hear_genre
from soniq_desktop.analysis.listen import fingerprint_file, listen_to_file
from soniq_desktop.analysis.runner import OnlyHash
from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.errors import ModelError
from soniq_desktop.common.log import topic
from soniq_desktop.library.records import Listening

if TYPE_CHECKING:
    from soniq_desktop.models.beatnet import BeatNet


class WorkerSetup(TypedDict):
    """What to load.

    `embedder`: a name of `models.embedder_specs`, or None to do without any network, beats included;
    `genre_embedder`: another one that hears every track besides, or None.
    """

    embedder: str | None
    genre_embedder: NotRequired[str | None]


log = topic("listen")
_embedders: list[Embedder] = []  # of this process: one at most
_beat_networks: list["BeatNet"] = []  # likewise
_genre_embedders: list[Embedder] = []  # likewise
_heads: list[Head] = []  # the genre classifier on its vectors, likewise


def setup(config: WorkerSetup) -> None:
    """Once per process, before the first track.

    Raises:
        ModelError: the embedder's weights are missing or damaged.
    """
    _embedders.clear()
    _beat_networks.clear()
    _heads.clear()
    _genre_embedders.clear()
    if config["embedder"] is None:
        return
    import torch  # only here, in the child

    torch.set_num_threads(1)
    _embedders.append(load_embedder(config["embedder"]))
    _load_beat_network()
    _load_genre_embedder(config.get("genre_embedder"))
    try:
        _heads.append(load_head(config["embedder"]))
    except ModelError as error:  # everything else is worth having without a genre
        log.warning("Genres are not judged: %s", error)


def listen(task: str | OnlyHash) -> Listening | str:
    """Everything about the file of this path, or its audio hash alone.

    Raises:
        UnreadableAudioError: with the sentence that the user reads.
    """
    if isinstance(task, OnlyHash):
        return audio_hash(task.path)
    heard = listen_to_file(
        task,
        _embedders[0] if _embedders else None,
        _beat_network(),
        _genre_embedders[0] if _genre_embedders else None,
    )
    return replace(heard, genre=hear_genre(_heads[0], heard)) if _heads else heard


def _load_genre_embedder(name: str | None) -> None:
    """Without it the classifier that was chosen does not know the track; what was said before stays."""
    if name is None:
        return
    try:
        _genre_embedders.append(load_embedder(name))
    except ModelError as error:
        log.warning("Tracks are not heard by %s: %s", name, error)


def _load_beat_network() -> None:
    """Without it the tempo is that of the onsets alone, and there are no beats."""
    from soniq_desktop.models.beatnet import load_beatnet

    try:
        _beat_networks.append(load_beatnet())
    except ModelError as error:
        log.warning("Beats are not found: %s", error)


def _beat_network() -> Network | None:
    """With a fresh memory for each track."""
    if not _beat_networks:
        return None
    from soniq_desktop.models.beatnet import Listener

    return Listener(_beat_networks[0])


def fingerprint(path: str) -> Fingerprinted:
    """The fingerprint of one file alone. Raises UnreadableAudioError with a plain sentence."""
    return fingerprint_file(path)
