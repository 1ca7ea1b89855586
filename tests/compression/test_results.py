"""What a quantization tells: plain JSON, a sentence in either language, nothing that could be markup."""
import json
import os
from pathlib import Path

import pytest

from edukit.compression import Quantization
from edukit.core.i18n import set_language

DONE = Quantization(Path("/x/<b>.onnx"), 1000, 4000, True, "percentile", 100, 50, {"top1_before": 0.9, "top1_after": 0.89, "agreement": 0.98}, 1.5)


def test_it_is_a_path_and_plain_json():
    assert os.fspath(DONE) == "/x/<b>.onnx" and json.loads(json.dumps(DONE.to_dict()))["reduce_range"] is True


@pytest.mark.parametrize(("lang", "told"), [("en", "top-1 90.0% → 89.0%"), ("zh", "准确率 90.0% → 89.0%")])
def test_it_says_what_it_costs(lang, told):
    set_language(lang)
    assert told in str(DONE) and "4.0 KB → 1.0 KB" in str(DONE) and "<b>." not in DONE._repr_html_() and "&lt;b&gt;.onnx" in DONE._repr_html_()
