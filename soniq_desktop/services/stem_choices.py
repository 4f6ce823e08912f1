"""Which engines there are for a track, and what each of them would cost."""

from dataclasses import dataclass

from soniq_desktop.library.records import Track
from soniq_desktop.models.fetchable import FETCHABLE
from soniq_desktop.models.store import ModelStore
from soniq_desktop.stems.cache import StemCache
from soniq_desktop.stems.engine import ENGINES, EngineSpec
from soniq_desktop.stems.forecast import Paces, expected


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """One engine, as offered for a track.

    Attributes:
        installed: its weights are here; "partial" downloads are not.
        download_bytes, licence, licence_text: of the weights (`model` is their name).
        received: bytes of a download that was stopped and can go on.
        seconds, memory, free_memory: of waiting; bytes at the peak; bytes free now. `learned`: from own runs.
        ready: share of the track that is in the cache, 1.0: complete.
    """

    name: str
    title: str
    stems: tuple[str, ...]
    model: str
    installed: bool
    download_bytes: int
    licence: str
    licence_text: str
    seconds: float
    memory: int
    free_memory: int
    fits: bool
    learned: bool
    ready: float
    received: int = 0


def choices(track: Track, store: ModelStore, cache: StemCache, paces: Paces) -> list[EngineChoice]:
    """All engines, the best first. Reads the disk: not for the GUI thread."""
    return [_choice(track, spec, store, cache, paces) for spec in ENGINES.values()]


def _choice(
    track: Track, spec: EngineSpec, store: ModelStore, cache: StemCache, paces: Paces
) -> EngineChoice:
    model = FETCHABLE[spec.model]
    forecast = expected(spec, track.tags.duration, paces)
    stems = cache.open(track.audio_hash, spec) if track.audio_hash else None
    weights = store.state(spec.model)
    received = weights.bytes if weights.state == "partial" else 0
    ready = len(stems.done()) / stems.chunks if stems and stems.chunks else 0.0
    return EngineChoice(
        spec.name, spec.title, spec.stems, spec.model, store.path(spec.model) is not None, model.bytes,
        model.licence, model.licence_text, forecast.seconds, forecast.memory, forecast.free, forecast.fits,
        forecast.learned, min(ready, 1.0), received,
    )  # fmt: skip
