"""Letting a chosen model hear the library, and whether it has heard enough to be compared by. No torch."""

from collections.abc import Callable, Collection

from soniq_desktop.analysis.genre.catching_up import catch_up
from soniq_desktop.analysis.runner import ListenProgress
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.lab.embed.sound_model import sound_pool
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER


def left(catalogue: Catalogue, model: SoundModel) -> list[Track]:
    """Songs that musicnn has heard, whose file is there, and the model has not."""
    ids = catalogue.without_embedding(model.name, model.version, DEFAULT_EMBEDDER)
    return [track for track in catalogue.tracks(ids) if not track.missing]


def hear(
    catalogue: Catalogue,
    model: SoundModel,
    workers: int,
    *,
    control: Control,
    progress: Callable[[ListenProgress], None] = lambda _progress: None,
    on_stored: Callable[[int], None] = lambda _track_id: None,
    without: Collection[int] = (),
) -> set[int]:
    """Let the model hear all songs that it has not heard; each is stored as it arrives.

    Args:
        without: songs that are not tried, since they have failed before.

    Returns:
        Songs that it could not hear; without meaning where `control` was cancelled.

    Raises:
        ModelError: the model cannot be used.
    """
    tracks = [track for track in left(catalogue, model) if track.id not in without]
    if tracks:
        with sound_pool(model, workers) as pool:
            catch_up(catalogue, tracks, pool, control=control, on_stored=on_stored, progress=progress)
    return {track.id for track in left(catalogue, model)}


def see_that_it_hears(catalogue: Catalogue, model: SoundModel) -> None:
    """Raise AnalysisError where the model could not hear most of the songs: nobody is served by it then."""
    heard, deaf = len(catalogue.embedding_stamps(model.name, model.version)[0]), len(left(catalogue, model))
    if deaf > heard:
        raise AnalysisError(
            f"{model.model} could not hear {deaf:,} of {deaf + heard:,} songs.",
            "The songs stay compared as before. The log has the details.",
        )
