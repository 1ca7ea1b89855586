"""The answer in words, and the table."""
import sys
from dataclasses import replace

import pytest

from edukit.comparison import Comparison, Ratio
from edukit.comparison.kinds import model_style
from edukit.comparison.summary import chosen, sentence, table
from edukit.core.errors import PackageMissing
from edukit.core.formatting import columns, text_table
from edukit.core.i18n import set_language, t
from tests.comparisons import comparison, measured, three


def test_the_answer_comes_first_with_its_number_and_its_catch():
    assert sentence(three()) == (
        "ONNX INT8 is 5.8 times as fast as PyTorch here; with 96 pictures, the difference in accuracy (87 → 86 right) may be chance."
        " 2 of 96 pictures get another label; look at them before you decide."
    )
    set_language("zh")
    assert sentence(three()) == (
        "在这台电脑上，ONNX INT8 的速度是 PyTorch 的 5.8 倍；只有 96 张图片，准确率的差别（答对 87 张 → 86 张）可能只是碰巧。"
        "96 张图片中有 2 张的标签变了，做决定之前先看看它们。"
    )


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (measured("B", ms=36.0), "B takes 2.0 times as long as PyTorch here and keeps its accuracy, 86 of 96 right (89.6%)."),
        (measured("B", ms=18.2, top1=0.95, count=9600), "as far as this measurement can tell, as fast as PyTorch here; with 9600 pictures, the difference"),
        (measured("B", ms=9.0, top1=0.5), "loses 40.0 points"),
    ],
)
def test_slower_equal_and_better_models_are_called_so(second, said):
    assert said in sentence(comparison(measured(), second))


def test_half_a_comparison_says_half():
    assert sentence(three(accuracy=False)) == "ONNX INT8 is 5.8 times as fast as PyTorch here."
    assert sentence(three(speed=False)).startswith("With 96 pictures, the difference in accuracy between PyTorch and ONNX INT8 (87 → 86 right) may be chance")
    assert sentence(comparison(measured())) == "PyTorch: 86 of 96 right (89.6%). PyTorch takes 18.0 ms for one prediction."
    assert [len(table(three(**half))[0]) for half in ({"accuracy": False}, {"speed": False}, {})] == [5, 4, 7]


def test_one_picture_is_one_picture():
    one = replace(three(), changed=three().changed[:1])
    assert "1 of 96 pictures gets another label; look at it before you decide." in sentence(one)
    same = comparison(measured(), measured("B", ms=9.0))
    assert sentence(same).endswith("All 96 pictures get the same label."), "no difference, nothing that may be chance"
    apart = comparison(measured(top1=0.95), measured("B", ms=9.0, top1=0.5))
    assert "loses 45.0 points" in sentence(apart) and "chance" not in sentence(apart)
    assert "gains 45.0 points" in sentence(comparison(measured(top1=0.5), measured("B", ms=9.0, top1=0.95)))


def test_the_fastest_is_chosen():
    assert chosen(three()).name == "ONNX INT8" and chosen(three(speed=False)).name == "ONNX INT8"


def test_of_few_pictures_the_answer_says_counts_and_no_share():
    few = comparison(measured(top1=1.0, count=6), measured("B", ms=9.0, top1=1.0, count=6))
    assert "keeps its accuracy, 6 of 6 right: too few to say more." in sentence(few) and "%" not in sentence(few)
    assert [row[1] for row in table(few)[1]] == ["6/6", "6/6"]


def test_in_a_notebook_names_are_text_never_tags():
    bad = measured("<script>alert(1)</script>")
    shown = comparison(bad, measured("ONNX", "ONNX Runtime", ms=7.0), warnings=("<b>leak</b>",))._repr_html_()
    assert "<script" not in shown and "&lt;script&gt;" in shown and "&lt;b&gt;leak" in shown and "A &lt;cpu&gt;" in shown


def test_the_dictionary_round_trip():
    whole = three()
    assert Comparison.from_dict(whole.to_dict()) == whole
    endless = replace(whole, ratios=(Ratio(whole.models[1].path, whole.models[0].path, 2.0, (0.0, float("inf"))),))
    found = endless.to_dict()
    found["ratios"][0]["interval"][1] = None  # strict JSON knows no infinity
    assert Comparison.from_dict(found) == endless


def test_a_frame_has_one_row_a_model(monkeypatch):
    frame = three().to_frame()
    assert list(frame.index) == ["PyTorch", "ONNX", "ONNX INT8"] and frame.loc["ONNX", "latency_ms_p50"] == 7.0
    assert frame.loc["ONNX INT8", "ratio"] == pytest.approx(18 / 3.1)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PackageMissing):
        three().to_frame()


def test_the_table_marks_models_as_the_plots_do():
    shown = three()._repr_html_()
    assert [shown.count(sign) for sign in "●■▲"] == [1, 1, 1] and shown.index("●") < shown.index("■") < shown.index("▲")
    assert model_style("OpenVINO").sign == "◆" and model_style("ncnn").sign == "✚" and model_style("unknown").sign == "●"


def test_kinds_look_the_same_everywhere():
    assert model_style("PyTorch")[:3] == ("PyTorch", "#d55e00", "o") and model_style("ONNX Runtime")[:3] == ("ONNX", "#0072b2", "s")
    assert model_style("ONNX Runtime", "int8")[:3] == ("ONNX INT8", "#007a59", "^") and model_style("OpenVINO", "int8")[:2] == ("OpenVINO INT8", "#a8497f")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_printed_table_says_runtime_and_pictures_a_second_and_fits_a_terminal(lang):
    set_language(lang)
    lines = text_table(*table(three(), runtimes=True)).splitlines()
    assert max(map(columns, lines)) <= 100 and {"ONNX", "Runtime", "7.0", "143", "13.6", "100.0%"} <= set(lines[3].split())
    assert t("comparison.runtime") in lines[1], "heads of one line stand on the second"
    assert ("准确率（96 张）" if lang == "zh" else "top-1 of\n96 pictures") in three()._repr_html_()
