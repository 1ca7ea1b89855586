"""Curves of a training: well-formed SVG for any history, points where the figures are, names that can be read."""
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.core.i18n import set_language
from edukit.core.svg import text_width
from edukit.training.curves import _apart, training_curves

figures = st.floats() | st.none()


def drawings(svgs):
    return list(ET.fromstring(f"<all>{svgs}</all>"))


def texts(svg):
    return [text.text for text in svg.iter("text")]


def history(epochs, **changes):
    rows = [
        {"epoch": i + 1, "train_top1": 1 - 0.8 * 0.7**i, "val_top1": 0.85 - 0.6 * 0.75**i, "train_loss": 1.8 * 0.7**i, "val_loss": 0.5 + 1.3 * 0.75**i}
        for i in range(epochs)
    ]
    return [row | changes for row in rows]


@given(st.lists(st.tuples(figures, figures), max_size=12), st.integers(1, 30) | st.none(), st.sampled_from(["top1", "loss"]))
def test_a_curve_can_be_drawn_of_any_history(values, epochs, measure):
    rows = [{"epoch": i + 1, f"train_{measure}": train, f"val_{measure}": val} for i, (train, val) in enumerate(values)]
    made = training_curves(rows, loss=measure == "loss", epochs=epochs, kept=rows[0] if rows else None)
    desk, phone = drawings(made)
    assert (desk.get("class"), phone.get("class")) == ("ek-chart ek-desk", "ek-chart ek-phone")
    assert desk.get("role") == "img" and desk.get("aria-label") == made.alt != ""


def test_the_curve_lies_where_the_figures_are():
    set_language("en")
    rows = [{"epoch": 1, "train_top1": 0.0, "val_top1": 0.0}, {"epoch": 2, "train_top1": 1.0, "val_top1": 0.5}]
    desk, _ = drawings(training_curves(rows, epochs=4, kept=rows[0]))
    train, val = ([tuple(map(float, pair.split(","))) for pair in line.get("points").split()] for line in desk.iter("polyline"))
    assert [y for _, y in train] == [206, 14] and [y for _, y in val] == [206, 110] and train[0][0] < train[1][0] == val[1][0]
    assert {"validation 50%", "training 100%", "kept: 0%", "75%"} <= set(texts(desk))
    assert "kept" not in training_curves(rows, kept=rows[1]), "at its end the line is named already"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("measure", ["top1", "loss"])
@pytest.mark.parametrize("epochs", [0, 1, 2, 7, 40])
def test_no_text_leaves_the_drawing(lang, measure, epochs):
    set_language(lang)
    for rows in (history(epochs), history(epochs, train_top1=1.0, val_top1=1.0), history(epochs, train_top1=0.0, val_top1=0.0)):
        for svg in drawings(training_curves(rows, loss=measure == "loss", epochs=max(12, epochs), kept=rows[0] if rows else None)):
            _, _, width, height = map(float, svg.get("viewBox").split())
            for text in svg.iter("text"):
                x, long = float(text.get("x")), text_width(text.text)
                left = x - {"start": 0, "middle": long / 2, "end": long}[text.get("text-anchor")]
                assert left >= 0 and left + long <= width + 1 and 10 <= float(text.get("y")) <= height, text.text


@given(st.floats(14, 206), st.floats(14, 206))
def test_names_at_line_ends_can_be_read(first, second):
    a, b = _apart([first, second])
    assert abs(a - b) >= 19.9 and (a <= b) == (first <= second)


def test_a_notebook_shows_the_curve_with_its_styles():
    shown = training_curves(history(3))._repr_html_()
    assert shown.count("<svg") == 2 and "--ek-accent:" in shown and 'data-jp-theme-light="false"' in shown
