"""`soniq lab use`: what the app compares songs by, changed from the command line. The same steps as the
window's (services/sound_model.py): prepare, hear, scale, index, switch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.analysis.runner import ListenProgress
from soniq_desktop.common.control import Control
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.compared_by import spec_of
from soniq_desktop.discovery.index_store import open_index
from soniq_desktop.lab.embed.covering import hear, see_that_it_hears
from soniq_desktop.lab.embed.sound_choices import TITLES, SoundChoice, sound_choice
from soniq_desktop.lab.embed.sound_model import DEFAULT, prepared, prepared_before
from soniq_desktop.lab.embed.taken_over import take_over
from soniq_desktop.lab.needs import LabError
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.sound_models import SoundModel


@dataclass(frozen=True, slots=True)
class Use:
    """What is to be compared by.

    Attributes:
        weights: a folder (or file) of one's own instead of the published weights.
        table, folder: a Parquet file of `soniq lab embed` and the folder that it was made of.
        licence, remote_code: what was agreed to.
    """

    model: str
    weights: Path | None = None
    table: Path | None = None
    folder: Path | None = None
    licence: bool = False
    remote_code: bool = False


def choice_of(name: str, paths: Paths) -> SoundChoice:
    """What is known of a model before it is used.

    Raises:
        LabError: there is none of that name, or it reads words.
    """
    found = sound_choice(name, paths.models / "hub")
    if found is None:
        raise LabError(f"Songs cannot be compared by “{name}”.", f"Known: {', '.join(TITLES)}.")
    if found.state == "package":
        raise LabError(f"{found.title} needs the package {found.needs}, which is not installed.")
    return found


def use(
    catalogue: Catalogue,
    paths: Paths,
    wanted: Use,
    workers: int,
    progress: Callable[[ListenProgress], None],
) -> dict[str, Any]:
    """Compare songs by a model from now on; blocks until it has heard them. Called again, it goes on.

    Raises:
        LabError, ModelError: the model cannot be used. AnalysisError: it could not hear most songs. The model
            that was in use then stays it.
    """
    if wanted.model == DEFAULT:
        catalogue.use_sound_model(None)
        return {"model": DEFAULT, "taken_over": 0, "not_heard": 0}
    weights = str(wanted.weights.absolute()) if wanted.weights else None
    before = prepared_before(catalogue.sound_models(), wanted.model, weights)
    model = catalogue.know_sound_model(before or _prepared(wanted, weights))
    taken = 0
    if wanted.table is not None and wanted.folder is not None:
        taken = take_over(catalogue, model, wanted.table, wanted.folder)
    deaf_to = hear(catalogue, model, workers, control=Control(), progress=progress)
    see_that_it_hears(catalogue, model)
    model = catalogue.fit_sound_model(model)
    vectors = len(open_index(catalogue, spec_of(model), paths.index).index)
    catalogue.use_sound_model(model)
    return {
        "model": model.model,
        "revision": model.revision,
        "weights": model.weights,
        "dim": model.dim,
        "vectors": vectors,
        "taken_over": taken,
        "not_heard": len(deaf_to),
    }


def _prepared(wanted: Use, weights: str | None) -> SoundModel:
    asked = {
        "model": wanted.model,
        "weights": weights,
        "licence": wanted.licence,
        "remote_code": wanted.remote_code,
    }
    return prepared(asked, TITLES[wanted.model])
