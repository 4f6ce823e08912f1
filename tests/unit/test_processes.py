"""The pool of processes that may die."""

import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from soniq_desktop.common.errors import WorkerStartError
from soniq_desktop.common.processes import Failed, Finished, ProcessPool

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


@pytest.fixture
def pool():
    with ProcessPool("tests.unit.pool_handlers:work", 2, time_limit=20.0) as made:
        yield made


def drain(pool, count, patience=PATIENCE):
    """Wait for `count` events."""
    got = []
    end = time.monotonic() + patience
    while len(got) < count and time.monotonic() < end:
        got += pool.events(0.2)
    assert len(got) == count, got
    return got


def test_every_item_comes_back_once(pool):
    for number in range(50):
        pool.submit(number, ("item", number))
    events = drain(pool, 50)
    assert all(isinstance(event, Finished) for event in events)
    assert sorted(event.key for event in events) == list(range(50))
    assert {event.key: event.result for event in events}[7] == ("item", 7)
    assert pool.idle()
    assert pool.events(5.0) == []  # and does not wait for nothing


def test_an_exception_fails_only_its_item(pool):
    pool.submit("bad", ("raise", "wrong number of bits"))
    pool.submit("good", 1)
    events = {event.key: event for event in drain(pool, 2)}
    assert isinstance(events["good"], Finished)
    bad = events["bad"]
    assert isinstance(bad, Failed)
    assert bad.reason == "error"
    assert "wrong number of bits" in bad.sentence
    assert "Traceback" in bad.detail


@pytest.mark.parametrize("mishap", [("die",), ("segfault",)])
def test_a_crash_fails_only_the_item_in_hand(mishap):
    with ProcessPool("tests.unit.pool_handlers:work", 1, ahead=2) as pool:
        pool.submit("first", 1)
        pool.submit("bad", mishap)
        pool.submit("behind", 2)  # lies in the dead child's pipe
        pool.submit("later", 3)
        events = {event.key: event for event in drain(pool, 4)}
    assert events["bad"].reason == "crash"
    assert {key for key, event in events.items() if isinstance(event, Finished)} == {
        "first",
        "behind",
        "later",
    }


def test_many_crashes_lose_nothing():
    with ProcessPool("tests.unit.pool_handlers:work", 2, ahead=1) as pool:
        for number in range(24):
            pool.submit(number, ("die",) if number % 4 == 0 else number)
        events = drain(pool, 24)
    assert sorted(event.key for event in events) == list(range(24))
    assert {event.key for event in events if isinstance(event, Failed)} == set(range(0, 24, 4))


def test_an_item_that_hangs_is_ended():
    with ProcessPool("tests.unit.pool_handlers:work", 1, time_limit=0.5) as pool:
        pool.submit("hangs", ("sleep", 60))
        pool.submit("next", 1)
        hangs, following = drain(pool, 2)
    assert (hangs.key, hangs.reason) == ("hangs", "timeout")
    assert following == Finished("next", 1)


def test_time_spent_waiting_in_the_pipe_does_not_count():
    with ProcessPool("tests.unit.pool_handlers:work", 1, time_limit=1.5, ahead=3) as pool:
        for number in range(4):
            pool.submit(number, ("sleep", 0.6))
        assert all(isinstance(event, Finished) for event in drain(pool, 4))


def test_an_item_that_eats_memory_is_ended():
    with ProcessPool("tests.unit.pool_handlers:work", 1, memory_limit=200 << 20) as pool:
        pool.submit("grows", ("grow", 300 << 20))
        (event,) = drain(pool, 1)
    assert event.reason == "memory"
    assert "200 MB" in event.sentence


def test_a_result_that_cannot_travel_is_an_error(pool):
    pool.submit("odd", ("unpicklable",))
    (event,) = drain(pool, 1)
    assert isinstance(event, Failed)
    assert event.reason == "error"


def test_large_tasks_and_results_do_not_block_each_other():
    with ProcessPool("tests.unit.pool_handlers:work", 1, ahead=2) as pool:
        for number in range(6):
            pool.submit(number, ("bytes", 1 << 20) if number % 2 else bytes(1 << 20))
        events = drain(pool, 6)
    assert {len(event.result) for event in events} == {1 << 20}


def test_urgent_items_go_first():
    with ProcessPool("tests.unit.pool_handlers:work", 1) as pool:
        for number in range(5):
            pool.submit(number, ("sleep", 0.05))
        pool.submit("urgent", 1, urgent=True)
        pool.submit(4, ("sleep", 0.05), urgent=True)  # one that waits already moves forward
        order = [event.key for event in drain(pool, 6)]
    assert order.index("urgent") < order.index(1)
    assert order.index("urgent") < order.index(4) < order.index(1)


def test_what_has_not_started_can_be_dropped():
    with ProcessPool("tests.unit.pool_handlers:work", 1) as pool:
        for number in range(5):
            pool.submit(number, ("sleep", 0.3))
        while not pool.in_hand():
            assert pool.events(0.05) == []
        assert pool.in_hand() == (0,)
        assert pool.waiting() == 4
        pool.forget_waiting()
        assert pool.waiting() == 0
        assert [event.key for event in drain(pool, 1)] == [0]
        assert pool.idle()


def test_children_are_set_up_before_they_import_anything():
    with ProcessPool("tests.unit.pool_handlers:work", 1, setup={"models": "here"}, nice=5) as pool:
        for task in ("environment", "prepared", "nice", "modules", "interrupt"):
            pool.submit(task, (task,))
        results = {event.key: event.result for event in drain(pool, 5)}
    assert results["environment"] == {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    assert results["prepared"] == {"models": "here"}
    assert results["nice"] >= 5
    assert results["modules"] == []  # neither the program's main module nor anything heavy came along
    assert results["interrupt"] == "still here"


@pytest.mark.parametrize("handler", ["no_such_module:work", "tests.unit.pool_handlers:no_such_function"])
def test_children_that_cannot_start_are_not_started_for_ever(handler):
    with ProcessPool(handler, 2) as pool:
        pool.submit("item", 1)
        with pytest.raises(WorkerStartError) as raised:
            drain(pool, 1)
        assert "no_such" in raised.value.hint
        assert pool.pids() == ()


def test_closing_ends_busy_children_at_once_and_twice_is_fine():
    threads = set(threading.enumerate())
    pool = ProcessPool("tests.unit.pool_handlers:work", 2)
    pool.submit("a", ("sleep", 60))
    pool.submit("b", ("sleep", 60))
    while len(pool.in_hand()) < 2:
        pool.events(0.05)
    pids = pool.pids()
    begun = time.monotonic()
    pool.close()
    pool.close()
    assert time.monotonic() - begun < 2.0
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert set(threading.enumerate()) == threads
    assert pool.events(1.0) == []
    with pytest.raises(RuntimeError):
        pool.submit("c", 1)


def test_submitting_from_another_thread_is_noticed():
    with ProcessPool("tests.unit.pool_handlers:work", 1) as pool:
        pool.submit("slow", ("sleep", 0.5))
        other = threading.Timer(0.1, lambda: pool.submit("other", 1))
        other.start()
        assert {event.key for event in drain(pool, 2)} == {"slow", "other"}
        other.join()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_children_die_with_their_parent():
    program = textwrap.dedent(
        f"""
        import sys, time
        sys.path.insert(0, {str(ROOT)!r})
        from soniq_desktop.common.processes import ProcessPool
        pool = ProcessPool("tests.unit.pool_handlers:work", 2)
        for number in range(4):
            pool.submit(number, ("sleep", 60))
        while len(pool.in_hand()) < 2:
            pool.events(0.05)
        print(*pool.pids(), flush=True)
        time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert len(children) == 2
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
