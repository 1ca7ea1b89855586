"""The gate: what counts as the same, what as a close call, and what as a failure."""
import numpy as np
import pytest
from dataset_files import imagenet
from onnx_files import card

from edukit.conversion.parity import GateInputs, gate_inputs, parity, random_pictures
from edukit.core.errors import NotFinite
from edukit.core.events import Reporter
from edukit.core.preprocess import Preprocess
from edukit.data import load_dataset
from edukit.runtime import Predictor

NEAR = 1e-5


class Fixed(Predictor):
    """Puts out the same logits for every picture."""

    def __init__(self, path, logits):
        super().__init__(path, card())
        self.logits = np.array([logits], np.float32)

    def run(self, batch):
        return {"scores": np.repeat(self.logits, len(batch), axis=0)}


@pytest.fixture
def judge(tmp_path):
    (tmp_path / "model").touch()

    def judged(first, second, tolerance=1e-4):
        models = [Fixed(tmp_path / "model", logits) for logits in (first, second)]
        return parity(*models, GateInputs(None), tolerance=tolerance, reporter=Reporter())

    return judged


def test_equal_outputs_pass(judge):
    gate = judge([1, 2, 3], [1, 2, 3])
    assert gate.passed and gate.agree == gate.count == 16 and gate.max_difference == 0


def test_the_tolerance_grows_with_the_outputs(judge):
    assert not judge([0, 0.5, 1], [0, 0.5, 1.001]).passed
    assert judge([0, 500, 1000], [0, 500, 1000.001]).passed


def test_another_label_fails(judge):
    gate = judge([1, 0, 0], [0, 1, 0])
    assert not gate.passed and gate.differing == 16 and gate.close_calls == ()


def test_two_scores_as_good_as_equal_are_a_close_call(judge):
    gate = judge([1, 1 + NEAR, 0], [1 + NEAR, 1, 0])
    assert gate.passed and gate.agree == 0 and len(gate.close_calls) == 16
    call = gate.close_calls[0]
    assert (call.label, call.converted) == (card().classes[1], card().classes[0]) and call.margin == pytest.approx(NEAR, rel=0.1)


def test_a_label_that_differs_by_more_than_a_close_call_fails_even_within_tolerance_of_one(judge):
    assert not judge([1, 1.01, 0], [1.01, 1, 0], tolerance=1e-3).passed


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_outputs_that_are_no_numbers_are_an_error(judge, bad):
    with pytest.raises(NotFinite):
        judge([1, 2, 3], [1, bad, 3])


def test_random_pictures_are_the_same_every_time_and_differ_from_each_other():
    first, second = random_pictures(card(), 5), random_pictures(card(), 5)
    assert all((one == other).all() for one, other in zip(first, second)) and (first[0] != first[1]).any()
    assert random_pictures(card(preprocess=Preprocess(size=(20, 7))), 2)[0].shape == (20, 7, 3)


def test_the_card_s_dataset_must_have_the_model_s_classes(tmp_path):
    folder = imagenet(tmp_path / "pets")
    named = card(classes=("cat", "dog"), dataset={"folder": str(folder)})
    assert len(gate_inputs(None, named, "m", Reporter())) == len(load_dataset(folder).test)
    for other in (card(dataset={"folder": str(folder)}), card(dataset={"folder": 7}), card(dataset={"folder": ""}), card(dataset={"folder": "/absent"})):
        assert gate_inputs(None, other, "m", Reporter()).split is None
