"""How a session's errors are told."""
import os

import numpy as np
import pytest
from hostile.files import SLOW_ONNX
from onnx import helper, numpy_helper
from onnx_files import model_of, pictures, save

from edukit.core.errors import ModelTooSlow, OutOfMemory, UnsupportedOnnx, WrongInput
from edukit.runtime import inspect_onnx, load_onnx, onnx_session
from edukit.runtime.onnx_session import options, run_error, runtime, session_error, thread_count, time_limit


class NotImplemented(Exception):
    pass


class InvalidArgument(Exception):
    pass


@pytest.fixture
def facts(tmp_path):
    return inspect_onnx(save(tmp_path / "a.onnx"))


def test_none_means_every_processor_that_this_process_may_use():
    assert thread_count(None) == len(os.sched_getaffinity(0)) and thread_count(3) == 3


def test_sessions_are_quiet_and_use_the_threads_asked_for():
    chosen = options(runtime(), 3)
    assert (chosen.intra_op_num_threads, chosen.inter_op_num_threads, chosen.log_severity_level) == (3, 1, 4)


def test_lack_of_memory_and_of_an_operator_are_told_apart(facts):
    assert isinstance(session_error(MemoryError(), facts), OutOfMemory)
    assert isinstance(session_error(RuntimeError("std::bad_alloc"), facts), OutOfMemory)
    told = session_error(NotImplemented("[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : Could not find an implementation for Foo(1) node"), facts)
    assert isinstance(told, UnsupportedOnnx) and "Foo" in told.message


def test_an_input_that_a_session_refuses_is_named(facts):
    told = run_error(InvalidArgument("[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Got invalid dimensions"), facts)
    assert isinstance(told, WrongInput) and "Got invalid dimensions" in told.message and "ONNXRuntimeError" not in told.message
    assert isinstance(run_error(RuntimeError("bad_alloc"), facts), OutOfMemory)


@pytest.mark.parametrize(
    ("parameters", "shape", "seconds"),
    [(700, (1, 3, 224, 224), 2.5), (60_000, (4, 1, 28, 28), 10.0), (3_400_000, (1, 3, 224, 224), 30.0), (3_400_000, (16, 3, 224, 224), 120.0)],
)
def test_a_network_may_take_as_long_as_its_weights_explain(parameters, shape, seconds):
    assert time_limit(parameters, np.zeros(shape, np.float32)) == seconds


def test_a_first_run_that_takes_too_long_is_ended_and_later_ones_are_not_watched(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_session, "time_limit", lambda parameters, batch: 0.2)
    path = tmp_path / "slow.onnx"
    path.write_bytes(SLOW_ONNX["works-for-hours"]())
    with pytest.raises(ModelTooSlow) as caught:
        load_onnx(path, threads=1).predict(pictures(1)[0])
    assert caught.value.code == "E316"
    model = load_onnx(save(tmp_path / "a.onnx"), threads=1)
    model.predict(pictures(1)[0])
    monkeypatch.setattr(onnx_session, "first_run", None)
    assert model.predict(pictures(1)[0]).label


def test_constants_are_left_to_a_run_which_has_limits(tmp_path):
    """Computed while the file is opened they could take all memory, and nothing could stop it."""
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["zeros"]), helper.make_node("Neg", ["zeros"], ["more"]), helper.make_node("Size", ["more"], ["count"]),
        helper.make_node("Cast", ["count"], ["number"], to=1), helper.make_node("ReduceMean", ["input"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Add", ["mean", "number"], ["logits"]),
    ]  # fmt: skip
    size = numpy_helper.from_array(np.array([2_000_000_000], np.int64), "size")
    model = load_onnx(save(tmp_path / "a.onnx", model_of(nodes, [size], ["batch", 3, 16, 16], ["batch", 3])))
    with pytest.raises(OutOfMemory):
        model.predict(pictures(1)[0])
