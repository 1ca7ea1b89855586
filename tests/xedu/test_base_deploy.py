"""ONNX files that we write run in the real BaseDeploy, with the answers that it gives to MMEdu's own file."""
import shutil

import pytest

from edukit.xedu import MMClassification
from tests.mmedu_files import ANSWERS, ONNX, PTH
from tests.xedu.base_deploy import ask, make_environment


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_our_files_run_in_the_real_base_deploy(tmp_path):
    MMClassification("LeNet").convert(checkpoint=PTH, out_file=tmp_path / "ours.onnx")
    shutil.copy(ONNX, tmp_path / "theirs.onnx")
    python = make_environment(tmp_path / "environment")
    ours, theirs = (ask(python, tmp_path / f"{name}.onnx", [path for path, _ in ANSWERS])["answers"] for name in ("ours", "theirs"))
    assert [one["预测结果"] for one in ours] == [one["预测结果"] for one in theirs]
    assert [one["置信度"] for one in ours] == pytest.approx([one["置信度"] for one in theirs], abs=1e-3)
