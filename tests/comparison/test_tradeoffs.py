"""The trade-off: any models can be drawn, each with its own marker, with names that cover nothing."""
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.comparison.tradeoffs import tradeoff
from edukit.core.i18n import set_language
from edukit.core.svg import text_width
from tests.comparisons import comparison, measured, three

HOSTILE = ("$x_{1}$^2", "<script>alert(1)</script>", "a_very_long_name_" * 6, "🐱", "龘龘", "a\nb\x00c")
KINDS = [("PyTorch", "fp32"), ("ONNX Runtime", "fp32"), ("ONNX Runtime", "int8"), ("OpenVINO", "fp32"), ("ncnn", "fp32")]


def drawings(svgs):
    return list(ET.fromstring(f"<all>{svgs}</all>"))


def boxes(svg, names=None):
    found = []
    for text in svg.iter("text"):
        x, y, long = float(text.get("x")), float(text.get("y")), text_width(text.text)
        left = x - {"start": 0, "middle": long / 2, "end": long}[text.get("text-anchor")]
        if names is None or text.get("class") == "name":
            found.append((text.text, left, left + long, y - 12, y + 3))
    return found


def overlapping(found):
    pairs = [(a, b) for i, a in enumerate(found) for b in found[i + 1 :]]
    return [(a[0], b[0]) for a, b in pairs if min(a[2], b[2]) - max(a[1], b[1]) > 2 and min(a[4], b[4]) - max(a[3], b[3]) > 2]


def check(made):
    for svg in drawings(made):
        _, _, width, height = map(float, svg.get("viewBox").split())
        for text, left, right, top, bottom in boxes(svg):
            assert left >= -1 and right <= width + 1 and top >= -1 and bottom <= height + 2, (text, left, right, top, bottom, width, height)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("half", [{}, {"accuracy": False}, {"speed": False}])
def test_all_texts_lie_inside_and_names_cover_nothing(lang, half):
    set_language(lang)
    made = tradeoff(three(**half))
    check(made)
    assert all(model.name in made.alt for model in three().models)
    assert all(overlapping(boxes(svg)) == [] for svg in drawings(made))


def test_models_that_lie_on_each_other_keep_their_names_apart():
    models = [measured(f"{runtime} {place} $x$", runtime, precision, top1=0.9, ms=5 + place / 50) for place, (runtime, precision) in enumerate(KINDS)]
    made = tradeoff(comparison(*models))
    check(made)
    assert overlapping(boxes(drawings(made)[0], names=True)) == []


@given(st.lists(st.tuples(st.floats(0.01, 5000), st.floats(0, 1), st.sampled_from(HOSTILE), st.sampled_from(KINDS)), min_size=1, max_size=5))
def test_any_models_can_be_drawn(drawn):
    models = [measured(name, *kind, top1=top1, ms=ms) for ms, top1, name, kind in drawn]
    for svg in drawings(tradeoff(comparison(*models))):
        width, height = map(float, svg.get("viewBox").split()[2:])
        assert len([text for text in svg.iter("text") if text.get("class") == "name"]) == len(models)
        marks = [list(map(float, mark.get("transform")[10:-1].split())) for mark in svg.iter() if mark.get("transform")]
        assert len(marks) == len(models) and all(0 <= x <= width and 0 <= y <= height for x, y in marks)


@pytest.mark.parametrize("top1", [0.0, 1.0])
def test_the_scale_ends_at_nothing_and_at_all(top1):
    made = tradeoff(comparison(measured(top1=top1, ms=0.03), measured("ONNX", "ONNX Runtime", top1=top1, ms=4000.0)))
    levels = [float(text.text.strip("%")) for text in drawings(made)[0].iter("text") if text.text.endswith("%")]
    assert levels and all(0 <= level <= 100 for level in levels)


def test_each_kind_has_its_own_marker_in_the_colour_of_the_theme():
    models = [measured(f"m{place}", runtime, precision, ms=2.0**place) for place, (runtime, precision) in enumerate(KINDS)]
    desk, _ = drawings(tradeoff(comparison(*models)))
    assert [len(list(desk.iter(tag))) for tag in ("circle", "rect", "polygon", "path")] == [1, 1, 2, 1]
    assert "var(--ek-torch" in tradeoff(three()) and "var(--ek-int8" in tradeoff(three())


def test_a_batch_is_said():
    set_language("en")
    batched = replace(three(), environment={**three().environment, "batch": 8})
    assert "a batch of 8" in tradeoff(batched)
