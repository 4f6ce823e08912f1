"""The child's side of `common.processes`: take a task from the pipe, call the handler, send the result back.

This module is imported in a fresh interpreter before anything else of SONIQ, so it imports nothing heavy
itself: the thread counts of the numeric libraries must be in the environment before those are loaded.
"""

import contextlib
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any

from soniq_desktop.common.errors import SoniqError

# What the child sends: ("ready",), ("broken", detail), ("done", result), ("error", reason, sentence, detail)
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def serve(pipe: Connection, handler: str, setup: dict[str, Any] | None, nice: int) -> None:
    """Run in the child until the pipe closes. `handler` is "package.module:function"."""
    _settle(nice)
    try:
        work = _load(handler, setup)
    except BaseException:  # noqa: BLE001 the parent must hear of it, whatever it is
        _send(pipe, ("broken", traceback.format_exc()))
        return
    _send(pipe, ("ready",))
    with contextlib.suppress(EOFError, OSError):
        while True:
            _send(pipe, _answer(work, pipe.recv()))


def call(pipe: Connection, target: str, *arguments: Any) -> None:
    """Run "package.module:function"(pipe, *arguments) in the child, whose parent need not have loaded it."""
    _settle(0)
    _load(target, None)(pipe, *arguments)


def _settle(nice: int) -> None:
    """One numeric thread, low priority, deaf to Ctrl+C, gone when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    for name in ONE_THREAD:
        os.environ[name] = "1"
    _lower_priority(nice)
    threading.Thread(target=_die_with_parent, name="soniq-parent-watch", daemon=True).start()


def _lower_priority(nice: int) -> None:
    if nice <= 0:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import psutil

            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            os.nice(nice)


def _die_with_parent() -> None:
    """A killed parent closes its pipe end, but a child in the middle of a track would notice only later."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(3)


def _load(handler: str, setup: dict[str, Any] | None) -> Callable[..., Any]:
    module_name, _, function = handler.partition(":")
    module = importlib.import_module(module_name)
    prepare = getattr(module, "setup", None)
    if setup is not None and prepare is not None:
        prepare(setup)
    return getattr(module, function)  # type: ignore[no-any-return]


def _answer(work: Callable[[Any], Any], task: Any) -> tuple[Any, ...]:
    try:
        return ("done", work(task))
    except MemoryError:
        return ("error", "memory", "There was not enough memory for this file.", traceback.format_exc())
    except SoniqError as error:
        return ("error", "error", str(error), traceback.format_exc())
    except Exception as error:  # noqa: BLE001 one bad item must not end the process
        return ("error", "error", _plain(error), traceback.format_exc())


def _plain(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"This file could not be processed ({type(error).__name__}{': ' + text if text else ''})."


def _send(pipe: Connection, message: tuple[Any, ...]) -> None:
    try:
        data = ForkingPickler.dumps(message)
    except Exception as error:  # noqa: BLE001 an unpicklable result is the handler's fault, not the pool's end
        data = ForkingPickler.dumps(("error", "error", _plain(error), traceback.format_exc()))
    pipe.send_bytes(data)
