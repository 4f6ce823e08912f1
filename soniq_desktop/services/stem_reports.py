"""Words and records that the stems' service hands to the window."""

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.library.records import Track
from soniq_desktop.services.stem_jobs import StemProgress
from soniq_desktop.stems.engine import EngineSpec
from soniq_desktop.stems.forecast import threads, total_memory
from soniq_desktop.stems.separation import Progress
from soniq_desktop.stems.stem_set import StemSet

log = topic("stems")


def sentences(error: Exception) -> tuple[str, str]:
    """What to tell of an error: a sentence and a hint."""
    if isinstance(error, SoniqError):
        return error.sentence, error.hint
    log.error("stems", exc_info=error)
    return "Something went wrong with the stems.", "The log has the details."


def sound_of(track: Track) -> str:
    """The track's audio hash, computed where the library does not know it yet; reads the file then."""
    if track.audio_hash:
        return track.audio_hash
    from soniq_desktop.audio.identity import audio_hash

    return audio_hash(track.path)


def for_window(track: Track, spec: EngineSpec, progress: Progress) -> StemProgress:
    return StemProgress(
        track.id, spec.name, progress.stage, progress.done, progress.chunks, progress.ready,
        progress.duration, progress.seconds_left, progress.memory, progress.peak, progress.device,
        total_memory(), threads(),
    )  # fmt: skip


def state_of(stem_set: StemSet, stage: str) -> Progress:
    layout = stem_set.layout
    duration = layout.frames / layout.sample_rate if layout else 0.0
    return Progress(stage, (), len(stem_set.done()), stem_set.chunks, stem_set.seconds_ready, duration)  # type: ignore[arg-type]
