"""The child's side: learn the map from the catalogue and write it. Heavy libraries are imported here only."""

import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.galaxy_layout import lay_out
from soniq_desktop.discovery.galaxy_reports import Ended, Progress
from soniq_desktop.discovery.galaxy_shape import depth_of, turned_to
from soniq_desktop.discovery.galaxy_store import Layout, load_layout, save_layout
from soniq_desktop.discovery.galaxy_trust import trustworthiness
from soniq_desktop.discovery.vectors import Ids, Vectors, normalised, sound_rows
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, EmbedderSpec, embedder_spec

NICE = 10

log = topic("galaxy")


def serve(pipe: Connection, catalogue: str, folder: str, spec: EmbedderSpec) -> None:
    """Learn the map of an embedder and save it in `folder`; reports go into the pipe, `Ended` last."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        pipe.send(Progress("Reading what SONIQ heard", None, 0))
        with Catalogue(Path(catalogue)) as library:
            ids, vectors = learnable(library, spec)
        layout = learn(ids, vectors, _layout_now(Path(folder), spec), pipe.send)
        save_layout(Path(folder), spec, layout)
        pipe.send(Ended())
    except SoniqError as error:
        pipe.send(Ended(str(error)))
    except MemoryError:
        pipe.send(Ended("There was not enough memory to lay out the map."))
    except Exception as error:
        log.exception("the map could not be laid out")
        pipe.send(Ended(f"The map could not be laid out ({type(error).__name__})."))


def _layout_now(folder: Path, spec: EmbedderSpec) -> Layout | None:
    """What the new layout is turned to: the one of this embedder, or of the built-in one before it."""
    return load_layout(folder, spec) or load_layout(folder, embedder_spec(DEFAULT_EMBEDDER))


def learnable(catalogue: Catalogue, spec: EmbedderSpec) -> tuple[Ids, Vectors]:
    """Ids (n,), ascending, and unit vectors (n, dim) of all songs whose sound can be compared."""
    current, _ = catalogue.embedding_stamps(spec.name, spec.version)
    ids, vectors = catalogue.embeddings(spec.name)
    usable = sound_rows(vectors, spec.dim) & np.isin(ids, current)
    if not usable.any():
        return np.zeros(0, np.int64), np.zeros((0, spec.dim), np.float32)
    ids, vectors = ids[usable], normalised(vectors[usable])
    order = np.argsort(ids)
    return ids[order], vectors[order]


def learn(
    ids: Ids, vectors: Vectors, old: Layout | None, tell: Callable[[Progress], None] = lambda _progress: None
) -> Layout:
    """A new layout of these songs, turned so that it lies as the old one does."""

    def say(stage: str, share: float | None) -> None:
        tell(Progress(stage, share, len(ids)))

    flat = lay_out(vectors, say)
    if old is not None:
        _, rows, old_rows = np.intersect1d(ids, old.ids, return_indices=True)
        flat = turned_to(flat, old.places[:, :2], rows, old_rows)
    say("Checking the map", None)
    trust = trustworthiness(vectors, flat)
    places = np.concatenate([flat, depth_of(vectors, flat)[:, None]], axis=1).astype(np.float32)
    return Layout(ids, places, np.ones(len(ids), bool), trust, time.time())
