"""The look: our font for every text of ours, nothing global changed, no pyplot."""
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont

from edukit import plots
from edukit.core.i18n import set_language, texts
from edukit.plots.theme import FONT_FILE, FONTS, new_figure, text_size
from tests.comparisons import three


def test_the_font_has_every_common_chinese_character_and_all_our_texts():
    known = set(TTFont(FONT_FILE).getBestCmap())
    gb2312 = {bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)}
    assert all(ord(sign) in known for sign in gb2312 if sign)
    plotted = {sign for key, both in texts().items() if key.startswith(("plots.", "comparison.", "report.")) for text in both.values() for sign in text}
    assert {sign for sign in plotted if ord(sign) not in known} <= set("✓\n")


def test_the_font_is_small_and_brings_its_licence():
    assert FONT_FILE.stat().st_size < 1_600_000
    folder = FONT_FILE.parent
    assert "Apache License" in (folder / "LICENSE-Apache-2.0.txt").read_text() and "WenQuanYi Micro Hei" in (folder / "NOTICE.txt").read_text()
    assert TTFont(FONT_FILE)["name"].getDebugName(1) == FONTS[0]


def test_drawing_changes_nothing_outside_and_needs_no_pyplot():
    code = (
        "import sys, matplotlib as mpl; before = mpl.rcParams.copy()\n"
        "from tests.comparisons import three; from edukit import plots\n"
        "plots.figure_png(plots.file_sizes(three())); plots.figure_svg(plots.file_sizes(three()))\n"
        "assert mpl.rcParams.copy() == before; assert 'matplotlib.pyplot' not in sys.modules; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_notebook_shows_a_figure_as_a_picture():
    from IPython.core.formatters import DisplayFormatter

    figure = plots.file_sizes(three(), width=600)
    height = round(figure.bbox.height)
    data, facts = DisplayFormatter().format(figure, include={"image/png"})
    assert data["image/png"].startswith(b"\x89PNG") and facts["image/png"] == {"width": 600, "height": height, "alt": figure.alt}


def test_the_users_own_settings_do_not_spoil_our_figures():
    calm = plots.figure_png(plots.file_sizes(three()))
    with mpl.rc_context({"font.size": 40, "axes.facecolor": "red", "text.color": "lime", "font.family": ["serif"]}):
        assert plots.figure_png(plots.file_sizes(three())) == calm


def test_the_same_figure_gives_the_same_bytes():
    assert plots.figure_svg(plots.file_sizes(three())) == plots.figure_svg(plots.file_sizes(three()))


def test_chinese_is_drawn_with_our_font():
    set_language("zh")
    figure = new_figure(300, 100)
    wide, _ = text_size(figure, "汉字", 20)
    assert wide == pytest.approx(40, abs=3)


def test_styles_take_a_runtime_or_anything_that_has_one():
    model = three().models[2]
    assert plots.model_style(model) == plots.model_style("ONNX Runtime", "int8") and plots.model_style("PyTorch").label == "PyTorch"


def test_without_matplotlib_an_error_names_the_extra():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from edukit import plots; from edukit.core.errors import PackageMissing\n"
        "plots.tradeoff, plots.training_curves\n"
        "try: plots.file_sizes\n"
        "except PackageMissing as error: print(error.remedy)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert "[lab]" in done.stdout
