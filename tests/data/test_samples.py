"""Sample sets are found, described and loaded without torch."""
import subprocess
import sys

import pytest

from edukit.core.i18n import set_language
from edukit.data import load_dataset, sample_model, sample_set, sample_sets


def test_the_sets_that_ship():
    names = [sample.name for sample in sample_sets()]
    assert names[0] == "emoji" and set(names) >= {"emoji", "digits", "emoji-twemoji", "emoji-fluent"}
    assert all(sample.title["zh"] and sample.title["en"] and sample.folder.is_dir() for sample in sample_sets())
    assert sample_set("nothing") is None and sample_model("nothing") is None


def test_a_name_means_the_sample_set_and_a_path_the_folder(tmp_path, monkeypatch):
    (tmp_path / "emoji").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_dataset("emoji").folder == sample_set("emoji").folder


def test_loading_needs_no_heavy_module():
    code = "import sys, edukit.data as d; d.load_dataset('emoji'); print([m for m in ('torch', 'cv2', 'PIL', 'onnxruntime', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_sets_are_a_short_table(lang):
    set_language(lang)
    told, page = repr(sample_sets()), sample_sets()._repr_html_()
    assert len(told.splitlines()) == len(sample_sets()) and len(told) < 1000 and len(repr(sample_sets()[0])) < 400
    assert all(one.name in told and one.name in page and one.title[lang] in told for one in sample_sets()) and "6" in told.splitlines()[0]
