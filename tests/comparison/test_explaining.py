"""``explain_speed``: each reason is measured, and a form is recommended only where speed and accuracy allow it."""
import json
from dataclasses import replace

import numpy as np
import pytest

from edukit.cli.main import main
from edukit.comparison import SpeedAdvice, SpeedFinding, explain_speed, explaining, machine, speed_cells
from edukit.comparison.explaining import recommend
from edukit.comparison.results import Percentiles
from edukit.comparison.speed_results import SpeedCell, SpeedGrid
from edukit.comparison.trials import convolutions, profile_onnx, shares_of, with_fixed_sizes
from edukit.core.errors import ClassesDiffer
from edukit.core.events import Reporter, Stopped
from edukit.core.i18n import set_language
from edukit.runtime import inspect_model, load_onnx
from tests.comparisons import pictures
from tests.onnx_files import network, save
from tests.plots.test_speeds import speeds


def answer(path, batch):
    return next(iter(load_onnx(path, threads=1).run(batch).values()))


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr("edukit.comparison.speed_grid.QUICK", speed_cells.CellPlan(8, 1000, 4, 0.1, True, "", 1))
    monkeypatch.setattr(machine.LoadMeter, "share_since", lambda self, ours: 0.0)


def test_a_tiny_network_is_all_overhead_and_says_so(models, data):
    events = []
    advice = explain_speed(models, data, quick=True, on_event=events.append)
    found = {finding.kind: finding for finding in advice.findings}
    assert {"outside", "between", "quantizing", "layout", "sizes"} <= found.keys() and "int8" not in found and "threads" not in found
    assert not found["quantizing"].holds and found["outside"].measured["share"] > 0 and found["between"].measured["nodes"] > 0
    assert found["sizes"].measured["low"] <= found["sizes"].measured["ratio"] <= found["sizes"].measured["high"]
    advice = replace(advice, findings=tuple(replace(finding, holds=True) for finding in advice.findings))  # whether they do hangs on the machine
    set_language("en")
    assert "tiny" in str(advice) and "%" in str(advice)
    set_language("zh")
    assert "输入太小" in str(advice) and "输入太小" in advice._repr_html_()
    answer = json.loads(json.dumps(advice.to_dict()))
    assert answer["paragraph"] == str(advice) == str(SpeedAdvice.from_dict(answer))
    assert next(event.values["stage"] for event in events if event.unit == "step") == "speed"


@pytest.mark.parametrize(("load", "holds"), [(0.0, True), (0.9, False)])
def test_threads_are_blamed_only_while_nothing_else_is_at_work(monkeypatch, tmp_path, load, holds):
    time = Percentiles(1.0, 1.0, 1.0)
    where = {"model": "ONNX", "path": tmp_path / "m.onnx", "sha256": "", "shape": 8, "batch": 1, "threads": 4, "machine": ""}
    cell = SpeedCell(**where, inference_ms=time, latency_ms=time, other_load=load)
    monkeypatch.setattr(explaining, "compare_speed", lambda *_, **__: SpeedGrid(cells=(cell,)))
    (found,) = explaining._Trials(cell, 4, True, Reporter())._threads(tmp_path)
    assert found.holds is holds and found.measured["gain"] == 1.0


def test_an_int8_model_is_held_against_the_same_work_in_floats_and_threads_against_one(tmp_path):
    floats, small = convolutions(tmp_path)
    advice = explain_speed([floats, small], threads=2, quick=True)
    found = {finding.kind: finding.measured for finding in advice.findings} if advice.slow == "ONNX INT8" else {}
    found |= {finding.kind: finding.measured for finding in explain_speed([small], threads=2, quick=True).findings}
    assert found["int8"]["ratio"] > 0 and found["threads"]["gain"] > 0
    assert advice.recommended == "" and advice.lost == {}


def test_the_same_convolutions_in_both_numbers(tmp_path):
    floats, small = convolutions(tmp_path)
    assert inspect_model(small).quantized and not inspect_model(floats).quantized
    batch = np.random.default_rng(0).random((1, 3, 56, 56)).astype(np.float32)
    one, two = (answer(path, batch) for path in (floats, small))
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.9
    told = profile_onnx(small, batch, 1, 5)
    assert told["run_ms"] > 0 and told["nodes"] < 15, "Q and DQ are fused with their convolutions"


def test_a_copy_with_fixed_sizes_gives_the_same_answers(tmp_path):
    free = save(tmp_path / "free.onnx", network(side="s"))
    fixed = with_fixed_sizes(inspect_model(free), 24, 2, tmp_path)
    assert inspect_model(fixed).fixed_batch == 2
    batch = np.random.default_rng(0).random((2, 3, 24, 24)).astype(np.float32)
    assert np.array_equal(answer(free, batch), answer(fixed, batch))


def test_shares_are_of_the_runs_after_the_warm_up():
    events = [{"name": "model_run", "ts": 1000 * run, "dur": 900 if run < 3 else 100} for run in range(5)]
    for run in range(5):
        for place, (name, spent) in enumerate((("Conv", 40), ("DequantizeLinear", 20), ("Transpose", 10))):
            events.append({"cat": "Node", "name": f"n{place}_kernel_time", "ts": 1000 * run + place, "dur": spent, "args": {"op_name": name}})
    told = shares_of(events)
    assert told["run_ms"] == 0.1 and told["nodes"] == 3 and told["quantizing_nodes"] == 1
    assert (told["between"], told["quantizing"], told["layout"]) == pytest.approx((0.3, 0.2, 0.1))


def cells(*rows):
    from dataclasses import replace
    from pathlib import Path

    base = speeds(batches=(1,), shapes=(64,)).cells[1]
    return [replace(base, path=Path(name), model=name, whole_ratio=ratio, whole_interval=interval) for name, ratio, interval in rows]


@pytest.mark.parametrize(
    ("lost", "most", "wanted"),
    [({"a": 0.0, "b": 0.005, "c": 0.0}, 0.01, "b"), ({"a": 0.0, "b": 0.02, "c": 0.0}, 0.01, "a"), ({"c": 0.0}, 0.01, ""), ({}, 0.01, ""),
     ({"a": -0.01, "b": 0.02}, 0.0, "a")],
)  # fmt: skip
def test_only_what_is_surely_faster_and_loses_little_is_recommended(lost, most, wanted):
    measured = cells(("a", 2.0, (1.8, 2.2)), ("b", 3.0, (2.5, 3.5)), ("c", 4.0, (0.9, 7.0)), ("first", None, None))
    assert recommend(measured, lost, most) == wanted


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_and_recommendation_has_its_words(lang):
    set_language(lang)
    values = {name: 1.0 for name in ("share", "before_ms", "whole_ms", "nodes", "each_us", "side", "ratio", "low", "high", "threads", "processors", "gain")}
    for kind in ("outside", "between", "quantizing", "layout", "int8", "sizes", "threads"):
        assert "{" not in str(SpeedFinding(kind, True, values)) and kind in str(SpeedFinding(kind, False, values))
    assert str(SpeedFinding("int8", True, values)) != str(SpeedFinding("int8", True, values | {"instructions": True}))
    grid = speeds(batches=(1,), shapes=(64,))
    said = {str(SpeedAdvice(speeds=grid, slow="ONNX", shape=64, batch=1, lost=lost, most_lost=0.01)) for lost in ({}, {"a.onnx": 0.0})}
    assert len(said) == 2 and all("{" not in one for one in said)


def test_stop_and_bad_data(models, tmp_path):
    with pytest.raises(Stopped):
        explain_speed(models, quick=True, should_stop=lambda: True)
    with pytest.raises(ClassesDiffer):
        explain_speed(models, pictures(tmp_path, classes=("a", "b")), quick=True)


def test_the_command_line_says_the_paragraph(models, capfd):
    assert main(["explain-speed", *map(str, models), "--quick", "--lang", "en"]) == 0
    assert "Without test pictures" in capfd.readouterr().out
