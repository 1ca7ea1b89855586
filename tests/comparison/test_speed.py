"""Speed: who is timed when, and whether our stopwatch agrees with ONNX Runtime's own."""
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edukit.comparison import compare
from edukit.comparison.speed import plan_of, runs_a_round, timed_pictures, turn_order
from edukit.comparison.worker import Bench
from edukit.core.card import METADATA_KEY
from edukit.core.preprocess import Preprocess
from edukit.runtime import onnx_session
from edukit.runtime.onnx_session import options
from tests.onnx_files import CLASSES, card

SIDE = 96


def slow_network(path, layers):
    """A few convolutions: milliseconds, not microseconds, so that two stopwatches can be compared."""
    rng = np.random.default_rng(0)
    nodes, weights, last = [], [], "input"
    for layer in range(layers):
        shape = (24, 3 if layer == 0 else 24, 3, 3)
        weights.append(numpy_helper.from_array(rng.normal(scale=0.05, size=shape).astype(np.float32), f"w{layer}"))
        nodes.append(helper.make_node("Conv", [last, f"w{layer}"], [f"c{layer}"], pads=[1, 1, 1, 1]))
        last = f"c{layer}"
    weights.append(numpy_helper.from_array(rng.normal(size=(24, len(CLASSES))).astype(np.float32), "head"))
    nodes += [helper.make_node("GlobalAveragePool", [last], ["p"]), helper.make_node("Flatten", ["p"], ["f"])]
    nodes += [helper.make_node("MatMul", ["f", "head"], ["out"])]
    graph = helper.make_graph(
        nodes, "net", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", len(CLASSES)])], weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.metadata_props.add(key=METADATA_KEY, value=card(preprocess=Preprocess(size=(SIDE, SIDE))).to_json())
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("models", [2, 3, 5])
def test_every_model_is_first_and_follows_every_other_equally_often(models):
    orders = [turn_order(models, number) for number in range(2 * models)]
    assert all(sorted(order) == list(range(models)) for order in orders)
    assert {place: sum(order[0] == place for order in orders) for place in range(models)} == dict.fromkeys(range(models), 2)
    before = sum(order.index(0) < order.index(1) for order in orders)
    assert before == models


@pytest.mark.parametrize(("runs", "rounds", "a_round"), [(1, 1, 1), (19, 19, 1), (40, 20, 2), (200, 20, 10), (None, 20, None)])
def test_the_plan_has_at_least_the_runs_asked_for(runs, rounds, a_round):
    plan = plan_of(runs, 4)
    assert (plan.rounds, plan.runs_a_round) == (rounds, a_round) and plan.runs >= (runs or 0)


def test_slow_models_are_timed_less_often():
    assert [runs_a_round(ms) for ms in (0.1, 5, 20, 100, 5000)] == [50, 20, 10, 6, 1]


def test_the_timed_pictures_are_spread_over_the_data(data):
    assert timed_pictures(data) == [str(sample.path) for sample in data] and timed_pictures(None) is None


def test_inference_time_agrees_with_onnx_runtimes_own_profile(tmp_path, monkeypatch):
    """Both stopwatches on the very same runs, so that other work on the machine hits both."""
    def profiling(ort, threads, **values):
        chosen = options(ort, threads, **values)
        chosen.enable_profiling, chosen.profile_file_prefix = True, str(tmp_path / "profile")
        return chosen

    monkeypatch.setattr(onnx_session, "options", profiling)
    bench = Bench(str(slow_network(tmp_path / "slow.onnx", layers=6)), 1, None)
    bench.prepare(None, 1, 0.0)
    ours = bench.time(0, 60)["inference_ns"]
    events = json.loads(Path(bench.model._session.end_profiling()).read_text(encoding="utf-8"))
    theirs = [1000 * event["dur"] for event in events if event["name"] == "model_run"][-60:]
    assert np.median(ours) == pytest.approx(np.median(theirs), rel=0.1)


def test_twice_the_work_takes_about_twice_the_time_whichever_comes_first(tmp_path):
    light, heavy = slow_network(tmp_path / "light.onnx", layers=4), slow_network(tmp_path / "heavy.onnx", layers=9)
    forward = compare([light, heavy], None, speed_only=True, runs=60)
    backward = compare([heavy, light], None, speed_only=True, runs=60)
    assert forward.ratios[0].interval[1] < 1 < backward.ratios[0].interval[0]
    assert forward.ratios[0].ratio * backward.ratios[0].ratio == pytest.approx(1, rel=0.4)
    for found in (*forward.models, *backward.models):
        assert 0 < found.inference_ms.p50 < found.latency_ms.p50 <= found.latency_ms.p90 <= found.latency_ms.p99
        assert found.throughput == pytest.approx(1000 / found.latency_ms.p50, rel=0.5)
