"""The lab from Python: one import for every experiment. docs/lab.md has examples.

    from soniq_desktop.lab.api import Embedding, embed
    embed(Path("Music"), Path("mfcc.parquet"), Embedding("mfcc"))

Names are loaded when they are asked for, so that a table can be read without loading torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soniq_desktop.lab.corrupt import find_corrupt
    from soniq_desktop.lab.embed.run import Wanted as Embedding
    from soniq_desktop.lab.embed.run import embed
    from soniq_desktop.lab.embed.worker import load as load_embedder
    from soniq_desktop.lab.evaluate import Plan, evaluate
    from soniq_desktop.lab.genre.export import export
    from soniq_desktop.lab.genre.train_genre import train_genre
    from soniq_desktop.lab.genre.training import Options as Training
    from soniq_desktop.lab.history import simulate
    from soniq_desktop.lab.needs import LabError
    from soniq_desktop.lab.simulated import Ways
    from soniq_desktop.lab.split_files import write_split
    from soniq_desktop.lab.tabular.run import Request, tabular
    from soniq_desktop.lab.tune import Search, tune
    from soniq_desktop.lab.vectors import from_parquet
    from soniq_desktop.lab.visualise import Wanted as Pictures
    from soniq_desktop.lab.visualise import visualise

_HOMES = {
    "Embedding": "embed.run:Wanted",
    "LabError": "needs:LabError",
    "Pictures": "visualise:Wanted",
    "Plan": "evaluate:Plan",
    "Request": "tabular.run:Request",
    "Search": "tune:Search",
    "Training": "genre.training:Options",
    "Ways": "simulated:Ways",
    "embed": "embed.run:embed",
    "evaluate": "evaluate:evaluate",
    "export": "genre.export:export",
    "find_corrupt": "corrupt:find_corrupt",
    "from_parquet": "vectors:from_parquet",
    "load_embedder": "embed.worker:load",
    "simulate": "history:simulate",
    "tabular": "tabular.run:tabular",
    "train_genre": "genre.train_genre:train_genre",
    "tune": "tune:tune",
    "visualise": "visualise:visualise",
    "write_split": "split_files:write_split",
}

__all__ = [
    "Embedding",
    "LabError",
    "Pictures",
    "Plan",
    "Request",
    "Search",
    "Training",
    "Ways",
    "embed",
    "evaluate",
    "export",
    "find_corrupt",
    "from_parquet",
    "load_embedder",
    "simulate",
    "tabular",
    "train_genre",
    "tune",
    "visualise",
    "write_split",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, own = _HOMES[name].partition(":")
    return getattr(import_module(f"soniq_desktop.lab.{module}"), own)
