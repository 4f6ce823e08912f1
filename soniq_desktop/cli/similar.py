"""The neighbours of the default embedder, with the stored index brought up to date."""

from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.index_store import open_index
from soniq_desktop.discovery.similar import Neighbours
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec


def neighbours(catalogue: Catalogue, paths: Paths) -> Neighbours:
    """Similar tracks of the library as it is now."""
    stored = open_index(catalogue, embedder_spec(DEFAULT_EMBEDDER), paths.index)
    return Neighbours(catalogue, stored.index, DEFAULT_EMBEDDER)
