"""A pool of worker processes that may die.

Decoders crash, hang and eat memory on broken files. Each item is therefore worked on in a spawned child that
is watched from outside: when it dies, takes too long or grows too large, only the item in its hand fails, and
the child is replaced. There is no thread here: everything happens inside `submit` and `events`, so the owner
calls `events` regularly (a few times a second) while there is work.
"""

import contextlib
import multiprocessing
import signal
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from multiprocessing import resource_tracker, spawn
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Literal

import psutil

from soniq_desktop.common import child
from soniq_desktop.common.errors import WorkerStartError
from soniq_desktop.common.log import topic

Reason = Literal["error", "crash", "timeout", "memory"]

START_LIMIT = 120.0  # seconds until a child has imported its libraries, on a slow and busy machine
START_ATTEMPTS = 3  # consecutive children that die before they are ready
MEMORY_EVERY = 0.25  # seconds between looks at a child's memory
SLICE = 0.1  # seconds; the longest single wait, so that limits and new items are noticed
SMALL = 16 * 1024  # bytes; a pipe holds at least this much without a reader

log = topic("processes")
_spawning = threading.Lock()


@dataclass(frozen=True, slots=True)
class Finished:
    """An item that was worked on; `result` is what the handler returned."""

    key: Hashable
    result: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """An item that could not be worked on. `sentence` is for the user, `detail` (a traceback) for the log."""

    key: Hashable
    reason: Reason
    sentence: str
    detail: str = ""


@dataclass(slots=True)
class _Item:
    key: Hashable
    data: bytes  # the pickled task


@dataclass(slots=True, eq=False)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    ready: bool = False
    since: float = field(default_factory=time.monotonic)  # the start of the process, then of the item in hand
    items: deque[_Item] = field(default_factory=deque)  # the first is in hand, the others lie in the pipe
    memory_seen: float = 0.0


class ProcessPool:
    """Up to `workers` children that call `handler` on the items of a queue.

    Args:
        handler: "package.module:function", resolved in the child and called as function(task) -> result.
        workers: how many children at most; they are started when there is work for them.
        setup: passed once to "package.module:setup" in each child, where the module has it.
        time_limit: seconds for one item.
        memory_limit: resident bytes of one child.
        nice: niceness of the children (below normal priority on Windows).
        ahead: items that lie ready in a child's pipe behind the one in hand, for short items; they are not
            lost when the child dies, but they no longer count as droppable.

    Tasks and results are plain picklable values; a task should be small (a path, not an array). Keys of
    waiting items are unique: submitting one again replaces the task, and moves it forward where it is urgent.
    Thread-safe; `events` belongs to one thread.
    """

    def __init__(
        self,
        handler: str,
        workers: int,
        *,
        setup: dict[str, Any] | None = None,
        time_limit: float = 300.0,
        memory_limit: int = 1 << 30,
        nice: int = 10,
        ahead: int = 0,
    ) -> None:
        self._handler = handler
        self._size = max(1, workers)
        self._setup = setup
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._nice = nice
        self._depth = 1 + ahead
        self._urgent: OrderedDict[Hashable, bytes] = OrderedDict()
        self._normal: OrderedDict[Hashable, bytes] = OrderedDict()
        self._workers: list[_Worker] = []
        self._events: list[Finished | Failed] = []
        self._failed_starts = 0
        self._start_detail = ""
        self._closed = False
        self._lock = threading.RLock()

    def submit(self, key: Hashable, task: object, *, urgent: bool = False) -> None:
        """Queue one item; an urgent one goes before all that are not."""
        data = bytes(ForkingPickler.dumps(task))
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._take_back(key)
            (self._urgent if urgent else self._normal)[key] = data
            self._hand_out()

    def events(self, timeout: float) -> list[Finished | Failed]:
        """What has happened, waiting up to `timeout` seconds for the first event.

        Returns at once with an empty list when nothing is waiting or in hand.

        Raises:
            WorkerStartError: three children in a row died before they were ready (a broken installation).
        """
        deadline = time.monotonic() + timeout
        while True:
            events = self._look()
            left = deadline - time.monotonic()
            if events or left <= 0 or self.idle():
                return events
            self._wait(min(left, SLICE))

    def idle(self) -> bool:
        """Nothing waiting, nothing in hand, no event that has not been fetched."""
        with self._lock:
            return not (self._urgent or self._normal or self._events or any(w.items for w in self._workers))

    def in_hand(self) -> tuple[Hashable, ...]:
        """The keys that are being worked on now."""
        with self._lock:
            return tuple(worker.items[0].key for worker in self._workers if worker.items)

    def waiting(self) -> int:
        """How many items have not been started."""
        with self._lock:
            ahead = sum(max(0, len(worker.items) - 1) for worker in self._workers)
            return len(self._urgent) + len(self._normal) + ahead

    def forget_waiting(self) -> None:
        """Drop the items that no child has been given."""
        with self._lock:
            self._urgent.clear()
            self._normal.clear()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the living children."""
        with self._lock:
            return tuple(pid for worker in self._workers if (pid := worker.process.pid) is not None)

    def close(self) -> None:
        """End the children, whatever they are doing, and drop what was waiting. Idempotent."""
        with self._lock:
            self._closed = True
            self.forget_waiting()
            workers, self._workers = self._workers, []
            for worker in workers:
                worker.process.kill()  # all at once, then wait for each
            for worker in workers:
                _bury(worker)

    def __enter__(self) -> "ProcessPool":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # One round of looking after the children

    def _look(self) -> list[Finished | Failed]:
        with self._lock:
            for worker in list(self._workers):
                self._attend(worker)
            self._hand_out()
            events, self._events = self._events, []
            if not events and self._failed_starts >= START_ATTEMPTS:
                raise WorkerStartError("A background process could not be started.", self._start_detail)
            return events

    def _wait(self, timeout: float) -> None:
        with self._lock:
            pipes = [worker.pipe for worker in self._workers]
        if not pipes:
            time.sleep(timeout)
            return
        with contextlib.suppress(OSError):  # closed by another thread meanwhile
            wait(pipes, timeout)

    def _attend(self, worker: _Worker) -> None:
        """Fetch the worker's messages, then see whether it is alive and within its limits."""
        alive = all(self._heed(worker, message) for message in _messages(worker))
        if not alive or worker.pipe.closed or not worker.process.is_alive():
            self._lose(worker, "crash", "The background process crashed while it was reading this file.")
        elif not worker.ready and _age(worker) > START_LIMIT:
            self._lose(worker, "crash", "")
        elif worker.items and _age(worker) > self._time_limit:
            self._lose(
                worker, "timeout", f"Reading this file took longer than {self._time_limit:.0f} seconds."
            )
        elif _overgrown(worker, self._memory_limit):
            size = self._memory_limit / (1 << 20)
            self._lose(worker, "memory", f"Reading this file needed more than {size:,.0f} MB of memory.")

    def _heed(self, worker: _Worker, message: tuple[Any, ...] | None) -> bool:
        """Act on one message; False where the child is at its end."""
        if message is None:
            return False
        kind, *values = message
        if kind == "broken":
            self._start_detail = values[0].strip().rsplit("\n", 1)[-1]
            log.error("worker start failed: %s", values[0])
            return False
        worker.since = time.monotonic()
        if kind == "ready":
            worker.ready = True
            self._failed_starts = 0
            return True
        item = worker.items.popleft()
        self._events.append(Finished(item.key, values[0]) if kind == "done" else Failed(item.key, *values))
        return True

    def _lose(self, worker: _Worker, reason: Reason, sentence: str) -> None:
        """End a child: the item in its hand fails, those behind it go back to the front of the queue."""
        self._workers.remove(worker)
        code = _bury(worker)
        if not worker.ready:
            self._failed_starts += 1
        if worker.items:
            item = worker.items.popleft()
            self._events.append(Failed(item.key, reason, sentence, f"exit code {code}"))
            log.warning("worker lost (%s) at %r", reason, item.key)
        for item in reversed(worker.items):
            self._urgent[item.key] = item.data
            self._urgent.move_to_end(item.key, last=False)

    # Handing out

    def _hand_out(self) -> None:
        self._start_missing()
        for depth in range(self._depth):
            for worker in self._workers:
                if worker.ready and len(worker.items) == depth and self._next_fits(depth):
                    self._give(worker)

    def _next_fits(self, depth: int) -> bool:
        """A large task is only sent to an empty hand: nobody would be reading that end of the pipe."""
        queue = self._urgent or self._normal
        return bool(queue) and (depth == 0 or len(next(iter(queue.values()))) <= SMALL)

    def _give(self, worker: _Worker) -> None:
        queue = self._urgent or self._normal
        key, data = queue.popitem(last=False)
        if not worker.items:
            worker.since = time.monotonic()
        worker.items.append(_Item(key, data))
        with contextlib.suppress(
            OSError
        ):  # a dead child: found at the next look, and the item is accounted for
            worker.pipe.send_bytes(data)

    def _start_missing(self) -> None:
        if self._failed_starts >= START_ATTEMPTS:
            return
        idle = sum(not worker.items for worker in self._workers)
        wanted = len(self._urgent) + len(self._normal) - idle
        for _ in range(min(wanted, self._size - len(self._workers))):
            self._workers.append(self._start())

    def _start(self) -> _Worker:
        return _Worker(*spawn_child(child.serve, self._handler, self._setup, self._nice))

    def _take_back(self, key: Hashable) -> None:
        self._urgent.pop(key, None)
        self._normal.pop(key, None)


def spawn_child(target: Callable[..., None], *arguments: object) -> tuple[SpawnProcess, Connection]:
    """Start `target(pipe, *arguments)` in a lean process of its own; returns it with our end of the pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), name="soniq-worker", daemon=True)
    with _without_main_module(), _interrupts_blocked():
        process.start()
    theirs.close()
    return process, ours


def _messages(worker: _Worker) -> Iterator[tuple[Any, ...] | None]:
    """All messages that have arrived; None for a pipe that has ended or that holds rubbish."""
    try:
        while worker.pipe.poll():
            yield worker.pipe.recv()
    except (EOFError, OSError):
        yield None
    except Exception:  # a result that cannot be unpickled here
        log.exception("unreadable message from a worker")
        yield None


def _age(worker: _Worker) -> float:
    return time.monotonic() - worker.since


def _overgrown(worker: _Worker, limit: int) -> bool:
    now = time.monotonic()
    if now - worker.memory_seen < MEMORY_EVERY:
        return False
    worker.memory_seen = now
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(worker.process.pid).memory_info().rss > limit)
    return False


def _bury(worker: _Worker) -> int | None:
    """End a child for good; returns its exit code, None where it hangs in the kernel (lost network)."""
    worker.pipe.close()
    worker.process.kill()
    worker.process.join(2.0)
    code = worker.process.exitcode
    if code is not None:
        worker.process.close()
    return code


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """A child that starts here is deaf to Ctrl+C from its first instruction; we hear it at the end."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # its own start would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _without_main_module() -> Iterator[None]:
    """Spawn without importing the program's main module in the child.

    multiprocessing would run it there for the sake of functions defined in it. Ours are named by module, and
    the main module would bring the window, Qt and numpy into every child before its thread counts are set.
    """

    def lean(name: str) -> dict[str, Any]:
        return {key: value for key, value in original(name).items() if not key.startswith("init_main")}

    with _spawning:
        original = spawn.get_preparation_data
        spawn.get_preparation_data = lean
        try:
            yield
        finally:
            spawn.get_preparation_data = original
