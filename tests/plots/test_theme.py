"""The look: our font for every text of ours, nothing global changed, no pyplot."""
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont

from edukit.core.i18n import set_language, texts
from edukit.core.images import decode_image
from edukit.plots.theme import FONT_FILE, FONTS, add_axes, figure_png, figure_svg, new_figure, style, text_size


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


def drawn():
    with mpl.rc_context(style()):
        figure = new_figure(600, 100)
        axes = add_axes(figure, 40, 10, 10, 30)
        axes.plot([0, 1], [0, 1])
        axes.set_xlabel("用时 time")
    figure.alt = "a line"
    return figure


def test_drawing_changes_nothing_outside_and_needs_no_pyplot():
    code = (
        "import sys, matplotlib as mpl; before = mpl.rcParams.copy()\n"
        "from tests.plots.test_theme import drawn, figure_png, figure_svg\n"
        "figure_png(drawn()); figure_svg(drawn())\n"
        "assert mpl.rcParams.copy() == before; assert 'matplotlib.pyplot' not in sys.modules; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_notebook_shows_a_figure_as_a_picture():
    from IPython.core.formatters import DisplayFormatter

    data, facts = DisplayFormatter().format(drawn(), include={"image/png"})
    assert data["image/png"].startswith(b"\x89PNG") and facts["image/png"] == {"width": 600, "height": 100, "alt": "a line"}


def test_png_and_svg_are_of_the_size_asked_for():
    assert decode_image(figure_png(drawn(), 1)).shape == (100, 600, 3) and decode_image(figure_png(drawn(), 2)).shape == (200, 1200, 3)
    assert figure_svg(drawn()).count("<svg") == 1


def test_the_users_own_settings_do_not_spoil_our_figures():
    calm = figure_png(drawn())
    with mpl.rc_context({"font.size": 40, "axes.facecolor": "red", "text.color": "lime", "font.family": ["serif"]}):
        assert figure_png(drawn()) == calm


def test_the_same_figure_gives_the_same_bytes():
    assert figure_svg(drawn()) == figure_svg(drawn())


def test_chinese_is_drawn_with_our_font():
    set_language("zh")
    figure = new_figure(300, 100)
    wide, _ = text_size(figure, "汉字", 20)
    assert wide == pytest.approx(40, abs=3)


def test_charts_and_reports_need_no_matplotlib(tmp_path):
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from edukit import plots; from edukit.plots.report import Findings; from tests.comparisons import three\n"
        f"plots.write_report({str(tmp_path / 'report.html')!r}, Findings(comparison=three()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
