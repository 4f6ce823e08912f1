"""The process that takes a track apart. It gets a path and a folder, and says which chunks are finished.

Messages to the parent: ("loaded", device, chunks), ("chunk", index, chunks), ("done",), ("failed",
sentence, hint).
"""

import contextlib
import sys
from multiprocessing.connection import Connection

import psutil

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.stems.cache import StemCache
from soniq_desktop.stems.chunking import take_apart
from soniq_desktop.stems.engine import EngineSpec, load_engine
from soniq_desktop.stems.job import Job

log = topic("stems")


def run(pipe: Connection, job: Job) -> None:
    """Do the job; every end of it is told."""
    _step_back(job.nice)
    try:
        _work(pipe, job)
    except SoniqError as error:
        pipe.send(("failed", error.sentence, error.hint))
    except MemoryError:
        pipe.send(
            ("failed", "There was not enough memory to take this track apart.", "Try the lighter engine.")
        )
    except BrokenPipeError:
        return  # nobody is waiting any more
    except Exception as error:
        log.exception("separation failed")
        pipe.send(
            ("failed", f"This track could not be taken apart ({type(error).__name__}).", "The log says more.")
        )


def _work(pipe: Connection, job: Job) -> None:
    with StemCache(job.cache).writing(job.audio_hash, job.spec) as stem_set:
        device = choose_device(job.spec) if job.device == "auto" else job.device
        engine = load_engine(job.spec, job.weights, device, job.threads)
        pipe.send(("loaded", engine.device, stem_set.chunks))
        take_apart(
            job.path, engine, stem_set, job.start, lambda index: pipe.send(("chunk", index, stem_set.chunks))
        )
    pipe.send(("done",))


def choose_device(spec: EngineSpec) -> str:
    """The graphics card where there is one with room for the engine, else the processor."""
    import torch

    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        if free > spec.memory:
            return "cuda"
    if torch.backends.mps.is_available() and psutil.virtual_memory().available > 2 * spec.memory:
        return "mps"
    return "cpu"


def _step_back(nice: int) -> None:
    """Let playback go first."""
    if nice <= 0:
        return
    with contextlib.suppress(psutil.Error, OSError):
        below = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else nice
        psutil.Process().nice(below)
