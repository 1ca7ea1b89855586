"""Predictions: the order of labels, what they show, and that labels are escaped."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edukit.core.i18n import set_language
from edukit.tasks.classification_results import Prediction, best


@given(arrays(np.float32, 5, elements=st.floats(0, 1, width=32)), st.integers(1, 9))
def test_the_best_come_first_and_equals_stay_in_order(scores, top):
    found = best("a.png", scores, tuple("abcde"), top, {})
    assert len(found.labels) == len(found.scores) == min(top, 5) and found.score == scores.max()
    assert list(found.scores) == sorted(found.scores, reverse=True)
    assert found.label == "abcde"[int(scores.argmax())]


def test_names_are_shown_in_the_language_and_labels_stay_stable():
    found = Prediction("a.png", ("cat", "dog"), (0.75, 0.25), {"zh": {"cat": "猫"}})
    set_language("zh")
    assert str(found) == "猫 75.0%, dog 25.0%"
    assert found.to_dict() == {"image": "a.png", "labels": ["cat", "dog"], "scores": [0.75, 0.25]}


def test_a_label_cannot_put_markup_into_the_page():
    assert "<script>" not in Prediction("", ("<script>alert(1)</script>",), (1.0,))._repr_html_()


def test_scores_survive_json():
    assert all(type(score) is float for score in best("", np.array([0.1, 0.9], np.float32), ("a", "b"), 2, {}).scores)
    assert best("", np.array([0.1, 0.9], np.float32), ("a", "b"), 2, {}).scores[0] == pytest.approx(0.9)
