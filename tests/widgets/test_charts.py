"""Charts: well-formed SVG for any figures, points where the figures are, names that do not lie on each other."""
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from edukit.widgets.charts import Frame, Point, _apart, tradeoff, training_curve

shares = st.floats(0, 1)
rows = st.lists(st.tuples(shares | st.none(), shares | st.none()), max_size=12)


def drawings(svgs):
    return list(ET.fromstring(f"<all>{svgs}</all>"))


@given(rows, st.integers(1, 30))
def test_a_curve_can_be_drawn_of_any_history(values, epochs):
    history = [{"epoch": i + 1, "train_top1": train, "val_top1": val} for i, (train, val) in enumerate(values)]
    desk, phone = drawings(training_curve(history, epochs, kept=history[0] if history else None))
    assert (desk.get("class"), phone.get("class")) == ("ek-chart ek-desk", "ek-chart ek-phone")
    assert desk.get("role") == "img" and desk.get("aria-label")


def test_the_curve_lies_where_the_figures_are():
    history = [{"epoch": 1, "train_top1": 0.0, "val_top1": 0.0}, {"epoch": 2, "train_top1": 1.0, "val_top1": 0.5}]
    desk, _ = drawings(training_curve(history, 4, kept=history[0]))
    train, val = (line.get("points") for line in desk.iter("polyline"))
    frame = Frame(46, 600 - 124, 14, 206)
    assert train == f"{frame.x(0.25)},206.0 {frame.x(0.5)},14.0" and val.endswith("110.0")
    assert {text.text for text in desk.iter("text")} >= {"validation 50%", "training", "kept: 0%", "100%"}
    assert "kept" not in training_curve(history, 4, kept=history[1]), "at its end the line is named already"


@given(st.floats(14, 206), st.floats(14, 206))
def test_names_at_line_ends_can_be_read(first, second):
    a, b = _apart(first, second, Frame(0, 1, 14, 206))
    assert abs(a - b) >= 19.9 and (a <= b) == (first <= second)


points = st.lists(st.builds(lambda ms, top1, half: Point("ONNX <b>", "red", "s", ms, top1, max(0, top1 - half), min(1, top1 + half)),
                            st.floats(0.05, 5000), shares, st.floats(0, 0.3)), min_size=1, max_size=4)  # fmt: skip


@given(points)
def test_any_models_can_be_compared(models):
    for drawing in drawings(tradeoff(models)):
        width = float(drawing.get("viewBox").split()[2])
        for mark in drawing.iter("rect"):
            assert 0 <= float(mark.get("x")) <= width and -10 <= float(mark.get("y")) <= 210
        assert sum(text.text == "ONNX <b>" for text in drawing.iter("text")) == len(models)


def test_a_name_does_not_run_into_the_next_models_line():
    ends = [Point("ONNX INT8", "red", "^", 8.5, 0.86, 0.77, 0.91), Point("PyTorch", "red", "o", 50.0, 0.85, 0.76, 0.9)]
    near, far = ([*ends, Point("ONNX", "blue", "s", ms, 0.85, 0.76, 0.9)] for ms in (11.0, 30.0))
    for models, anchor in ((near, "middle"), (far, "start")):
        desk, _ = drawings(tradeoff(models))
        (name,) = [text for text in desk.iter("text") if text.text == "ONNX INT8"]
        assert name.get("text-anchor") == anchor


def test_names_of_close_neighbours_do_not_lie_on_each_other():
    close = [Point(name, "red", "s", ms, 0.85, 0.76, 0.9) for name, ms in (("ONNX INT8", 4.0), ("ONNX", 4.2), ("PyTorch", 4.4))]
    desk, _ = drawings(tradeoff(close))
    heights = [text.get("y") for text in desk.iter("text") if text.get("class") == "name"]
    assert len(set(heights)) == 3


def test_each_model_has_its_own_marker_and_no_models_no_chart():
    three = [Point(str(i), "red", marker, 1.0 + i, 0.9, 0.8, 1.0) for i, marker in enumerate("os^")]
    desk, _ = drawings(tradeoff(three))
    assert [len(list(desk.iter(tag))) for tag in ("circle", "rect", "polygon")] == [1, 1, 1]
    assert tradeoff([]) == ""
