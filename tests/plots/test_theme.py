"""The look: our font for every text of ours, nothing global changed, no pyplot."""
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
from fontTools.ttLib import TTFont
from matplotlib.text import Text

from edukit.core.i18n import set_language, texts
from edukit.plots.speeds import speed_plot
from edukit.plots.theme import FONT_FILE, FONTS, figure_bytes
from tests.plots.test_speeds import speeds


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


def drawn(kind="png"):
    return figure_bytes(speed_plot(speeds(batches=(1,))), kind)


def test_drawing_changes_nothing_outside_and_needs_no_pyplot():
    code = (
        "import sys, matplotlib as mpl; before = mpl.rcParams.copy()\n"
        "from tests.plots.test_theme import drawn\n"
        "drawn('png'); drawn('svg')\n"
        "assert mpl.rcParams.copy() == before; assert 'matplotlib.pyplot' not in sys.modules; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_the_users_own_settings_do_not_spoil_our_figures():
    calm = drawn()
    with mpl.rc_context({"font.size": 40, "axes.facecolor": "red", "text.color": "lime", "font.family": ["serif"]}):
        assert drawn() == calm


def test_the_same_figure_gives_the_same_bytes():
    assert drawn("svg") == drawn("svg")


def test_texts_are_drawn_with_our_font():
    set_language("zh")
    fonts = {text.get_fontname() for text in speed_plot(speeds(batches=(1,))).findobj(Text)}
    assert fonts == {FONTS[0]}


def test_charts_and_reports_need_no_matplotlib(tmp_path):
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from edukit import plots; from edukit.plots.report import Findings; from tests.comparisons import three\n"
        f"plots.write_report({str(tmp_path / 'report.html')!r}, Findings(comparison=three()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
