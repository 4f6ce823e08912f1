"""Pausing, resuming and cancelling long work."""

import threading
import time

from soniq_desktop.common.control import Control


def test_running_work_is_not_held_up():
    assert Control().wait_if_paused() is True


def test_paused_work_waits_until_it_is_resumed():
    control = Control()
    control.pause()
    assert control.wait_if_paused(0.01) is False
    other = threading.Timer(0.05, control.resume)
    other.start()
    assert control.wait_if_paused(5.0) is True
    other.join()


def test_cancelling_wakes_paused_work_and_is_final():
    control = Control()
    control.pause()
    other = threading.Timer(0.05, control.cancel)
    other.start()
    begun = time.monotonic()
    assert control.wait_if_paused(5.0) is False
    assert time.monotonic() - begun < 2.0
    control.resume()
    assert control.cancelled
    assert control.wait_if_paused() is False
    assert control.wait_for_cancel(5.0) is True
    other.join()
