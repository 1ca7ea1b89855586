"""The machine's one slot: in order, one at a time, and never blocked by the dead."""
import json
import multiprocessing
import threading
import time

import pytest

from edukit.core.events import Stopped
from edukit.core.workspace import current
from edukit.jobs.slot import machine_slot, tickets


def work(number, log):
    with machine_slot(current(), lambda ahead: None):
        log.put(("in", number))
        time.sleep(0.1)
        log.put(("out", number))


def test_processes_work_one_after_the_other():
    context = multiprocessing.get_context("spawn")
    log = context.Queue()
    workers = [context.Process(target=work, args=(number, log)) for number in range(4)]
    for worker in workers:
        worker.start()
    entries = [log.get(timeout=60) for _ in range(8)]
    for worker in workers:
        worker.join()
    assert all(entries[i][0] == "in" and entries[i + 1] == ("out", entries[i][1]) for i in range(0, 8, 2)), entries
    assert tickets(current()) == []


def test_the_order_is_that_of_arrival_and_places_are_told():
    places = {number: [] for number in range(3)}
    order = []

    def queue(number):
        with machine_slot(current(), places[number].append):
            order.append(number)

    with machine_slot(current(), lambda ahead: None):
        threads = []
        for number in range(3):
            threads.append(threading.Thread(target=queue, args=(number,)))
            threads[-1].start()
            while len(tickets(current())) < number + 2:
                time.sleep(0.01)
    for thread in threads:
        thread.join(20)
    assert order == [0, 1, 2] and places[0][0] == 1 and places[2][0] == 3
    assert all(told == sorted(told, reverse=True) and told[-1] == 0 for told in places.values())


DEAD = ['{"pid": 2147483000, "started": 1.0}', '{"pid": 1, "started": 1.0}', "", "[]", '{"pid": "x"}', '{"pid": true, "started": 0}']
DEAD += ['{"pid": 1, "started": NaN}', f'{{"pid": {10**30}, "started": 1}}']


@pytest.mark.parametrize("content", DEAD)
def test_tickets_of_the_dead_and_damaged_ones_are_swept(content):
    (current().home / ".queue").mkdir(parents=True)
    (current().home / ".queue" / "000000000001.json").write_text(content)
    ahead = []
    with machine_slot(current(), ahead.append):
        assert not any(ahead)
        assert [json.loads(path.read_text())["folder"] for path in (current().home / ".queue").glob("*.json")] == [""]


def test_the_slot_is_given_back_after_an_error():
    with pytest.raises(ZeroDivisionError), machine_slot(current(), lambda ahead: None):
        _ = 1 / 0
    assert tickets(current()) == []


def test_stopping_while_waiting_leaves_the_queue():
    with machine_slot(current(), lambda ahead: None):
        with pytest.raises(Stopped), machine_slot(current(), lambda ahead: None, lambda: True):
            raise AssertionError("it was not its turn")
        assert len(tickets(current())) == 1
