"""Events: strict JSON of the stable form, and a reporter that works with nobody listening."""
import json

import pytest

from edukit.core.events import Event, Reporter, Stopped


@pytest.mark.parametrize(
    "event, keys",
    [
        (Event(event="start", values={"verb": "train"}), {"values"}),
        (Event(event="progress", done=1, total=3, unit="epoch", values={"val_top1": 0.5}), {"done", "total", "unit", "values"}),
        (Event(event="message", text="一句话"), {"text"}),
        (Event(event="done", answer={"seconds": 1.0}), {"answer"}),
        (Event(event="stopped", answer=None), {"answer"}),
        (Event(event="error", error={"code": "E101", "message": "m", "remedy": "r"}), {"error"}),
    ],
    ids=lambda value: value.event if isinstance(value, Event) else "",
)
def test_each_kind_carries_what_belongs_to_it(event, keys):
    line = json.loads(json.dumps(event.to_dict(), allow_nan=False))
    assert line.keys() == {"v", "event", "time"} | keys
    assert line["v"] == 1 and line["event"] == event.event and line["time"] == pytest.approx(event.time, abs=1e-3)


def test_a_reporter_reports_in_order():
    seen = []
    reporter = Reporter(seen.append)
    reporter.progress(1, 2, "epoch", train_loss=0.4)
    reporter.message("half")
    assert [event.event for event in seen] == ["progress", "message"]
    assert (seen[0].done, seen[0].total, seen[0].unit, seen[0].values) == (1, 2, "epoch", {"train_loss": 0.4}) and seen[1].text == "half"


def test_nobody_has_to_listen():
    reporter = Reporter()
    reporter.progress(1, 2, "epoch")
    reporter.message("unheard")
    reporter.check()
    assert reporter.wants_stop() is False


def test_stop_is_raised_once_it_is_wanted():
    wishes = iter([False, True])
    reporter = Reporter(should_stop=lambda: next(wishes))
    reporter.check()
    with pytest.raises(Stopped):
        reporter.check()
