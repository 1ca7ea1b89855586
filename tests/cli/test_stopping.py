"""Ctrl-C, SIGTERM and the stop file: the first asks, the second ends at once."""
import os
import signal
import time

import pytest

from edukit.cli.stopping import StopWish


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)  # Python runs the handler between two steps


def test_the_first_interrupt_asks_and_the_second_ends():
    wish = StopWish()
    with pytest.raises(KeyboardInterrupt), wish.listening(gently=True):
        interrupt()
        assert wish()
        interrupt()


def test_what_cannot_keep_anything_ends_at_the_first():
    with pytest.raises(KeyboardInterrupt), StopWish().listening(gently=False):
        interrupt()


def test_sigterm_asks_as_often_as_it_comes():
    wish = StopWish()
    with wish.listening(gently=True):
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.02)
        assert wish()


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with StopWish().listening(gently=True):
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_the_stop_file_is_seen(tmp_path):
    wish = StopWish(tmp_path / "stop")
    assert not wish()
    (tmp_path / "stop").touch()
    assert wish()
    (tmp_path / "stop").unlink()
    assert wish()  # a wish stays
