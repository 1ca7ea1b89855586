"""Texts from users: any of them can be drawn, none is read as a formula."""
import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from edukit.plots.theme import drawable, figure_bytes, style
from tests.figures import text_boxes

HOSTILE = [
    "$x_{1}$", "\\frac{a}{b}", "$", "<script>&amp;", "a_b^c", "{0}", "%s", "\u202eabc", "a\tb\nc", "", "🐱", "👩🏽‍🚀", "龘", "猫", "עברית", "\ud800", "\x00",
]  # fmt: skip


def saying(text):
    with mpl.rc_context(style()):
        figure = Figure((4, 0.6))
        figure.text(0, 0.5, text)
    return figure


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_drawn_without_a_warning(text):
    figure = saying(drawable(text))
    assert figure_bytes(figure, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_drawn_as_they_are_or_replaced(text):
    figure = saying(drawable(text))
    assert b"<svg" in figure_bytes(figure, "svg") and drawable(text)


def test_formulas_stay_text():
    assert drawable("$x_{1}$ \\frac{a}{b}") == "$x_{1}$ \\frac{a}{b}"
    widths = [text_boxes(saying(text))[0][1].width for text in ("$x_{1}$", "x1")]
    assert widths[0] > 2 * widths[1]


def test_an_emoji_becomes_its_name_and_a_rare_character_the_printers_sign():
    assert drawable("🐱") == "(cat face)" and drawable("👩🏽‍🚀") == "(woman)(rocket)"
    assert drawable("龘") == "〓" and drawable("猫") == "猫" and drawable("") == "〓"
