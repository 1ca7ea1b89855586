"""Events on the wire: at most ten reports of progress a second, in order, and the last state is never lost."""
import json
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edukit.cli.events import LONGEST_INTERVAL, SHORTEST_INTERVAL, EventLines
from edukit.core.events import Event


class Untimed(EventLines):
    """Without the timer, which goes by the real clock; what it does has a test of its own."""

    def _hold(self, event):
        self._held = event


class Wire:
    """Takes lines, and has a clock that is moved by hand."""

    def __init__(self):
        self.lines, self.now = [], 1000.0
        self.events = Untimed(lambda line: self.lines.append((self.now, json.loads(line))), clock=lambda: self.now)

    def progress(self, done, total=10):
        self.events(Event(event="progress", done=done, total=total, unit="epoch"))

    def said(self):
        return [line.get("done", line["event"]) for _, line in self.lines]


@given(st.lists(st.tuples(st.floats(0, 0.4), st.integers(0, 50)), max_size=60))
def test_never_more_than_ten_a_second_and_the_last_is_kept(steps):
    wire = Wire()
    wire.events(Event(event="start"))
    for pause, done in steps:
        wire.now += pause
        wire.progress(done)
    wire.events(Event(event="done", answer=1))
    told = [(when, line) for when, line in wire.lines if line["event"] == "progress"]
    times = [when for when, _ in told[:-1]]  # the last may come at the very end
    assert all(later - earlier >= SHORTEST_INTERVAL - 1e-9 for earlier, later in pairwise(times))
    assert not steps or told[-1][1]["done"] == steps[-1][1]
    assert wire.said()[0] == "start" and wire.said()[-1] == "done"


def test_a_whole_step_is_not_replaced_by_a_part_of_the_next():
    wire = Wire()
    for done in (0.5, 1.0, 1.1, 1.2):
        wire.progress(done)
    wire.events(Event(event="message", text="saved"))
    assert wire.said() == [0.5, 1.0, "message"]


def test_what_is_held_back_is_written_although_nothing_follows():
    lines = []
    events = EventLines(lines.append)
    for done in range(3):
        events(Event(event="progress", done=done, total=3))
    end = time.monotonic() + 60
    while len(lines) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert [json.loads(line)["done"] for line in lines] == [0, 2]


def test_a_long_job_reports_less_often():
    wire = Wire()
    for _ in range(20_000):  # a report every second, all night
        wire.now += 1
        wire.progress(1)
    assert len(wire.lines) < 20_000 / LONGEST_INTERVAL + 1000


def test_lines_are_strict_json_whatever_a_name_holds():
    wire = Wire()
    wire.events(Event(event="progress", done=1, total=2, values={"loss": float("nan"), "路径": "caf\udce9"}))
    wire.events.note(Event(event="message", text="排队\n第二行"), {"place": 2})
    assert wire.lines[0][1]["values"] == {"loss": None, "路径": "caf\udce9"} and wire.lines[1][1]["place"] == 2
