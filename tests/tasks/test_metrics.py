"""Figures from predictions, against scikit-learn."""
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from edukit.tasks.metrics import confusion_matrix, precision_and_recall, top_k_accuracy, wilson_interval


@st.composite
def predictions(draw):
    classes, count = draw(st.integers(2, 12)), draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random.random((count, classes), np.float32), random.integers(0, classes, count)


@given(predictions(), st.integers(1, 13))
def test_top_k_is_that_of_scikit_learn(given_, k):
    scores, labels = given_
    classes = scores.shape[1]
    if k >= classes:
        assert top_k_accuracy(scores, labels, k) == 1
    elif classes > 2:
        assert top_k_accuracy(scores, labels, k) == pytest.approx(reference.top_k_accuracy_score(labels, scores, k=k, labels=range(classes)))
    assert top_k_accuracy(scores, labels) == pytest.approx(reference.accuracy_score(labels, scores.argmax(1)))


@given(predictions())
def test_confusion_precision_and_recall_are_those_of_scikit_learn(given_):
    scores, labels = given_
    classes, predicted = scores.shape[1], scores.argmax(1)
    confusion = confusion_matrix(labels, predicted, classes)
    assert np.array_equal(confusion, reference.confusion_matrix(labels, predicted, labels=range(classes)))
    precision, recall = precision_and_recall(confusion)
    expected = reference.precision_recall_fscore_support(labels, predicted, labels=range(classes), zero_division=np.nan)
    assert np.allclose(precision, expected[0], equal_nan=True) and np.allclose(recall, expected[1], equal_nan=True)


def test_of_equal_scores_the_first_class_wins_as_in_the_label_that_is_shown():
    scores = np.zeros((3, 4), np.float32)
    labels = np.array([0, 1, 2])
    assert top_k_accuracy(scores, labels) == pytest.approx((scores.argmax(1) == labels).mean()) and top_k_accuracy(scores, labels, 2) == pytest.approx(2 / 3)


def test_no_pictures_give_no_figure():
    assert math.isnan(top_k_accuracy(np.zeros((0, 3)), np.zeros(0, int)))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(shares):
    successes, n = shares
    low, high = wilson_interval(successes, n)
    assert 0 <= low <= successes / n + 1e-12 and successes / n - 1e-12 <= high <= 1 and high - low < 1


def test_the_interval_is_that_of_the_literature():
    # Brown, Cai and DasGupta 2001, "Interval estimation for a binomial proportion": 2 of 10 gives 0.057 to 0.510
    assert wilson_interval(2, 10) == pytest.approx((0.0567, 0.5098), abs=1e-4)
    assert wilson_interval(0, 0) == (0, 1)
