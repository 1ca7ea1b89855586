"""Texts from users: any of them can be drawn, none is read as a formula."""
import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edukit.plots.lettering import drawable, fitted
from edukit.plots.theme import figure_png, figure_svg, new_figure, style, text_size

HOSTILE = [
    "$x_{1}$", "\\frac{a}{b}", "$", "<script>&amp;", "a_b^c", "{0}", "%s", "\u202eabc", "a\tb\nc", "", "🐱", "👩🏽‍🚀", "龘", "猫", "עברית", "\ud800", "\x00",
]  # fmt: skip


def saying(text):
    with mpl.rc_context(style()):
        figure = new_figure(400, 60)
        figure.text(0, 0.5, text)
    return figure


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_drawn_without_a_warning(text):
    figure = saying(drawable(text))
    assert figure_png(figure, 1).startswith(b"\x89PNG")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_drawn_as_they_are_or_replaced(text):
    figure = saying(drawable(text))
    assert "<svg" in figure_svg(figure) and drawable(text)


def test_formulas_stay_text():
    assert drawable("$x_{1}$ \\frac{a}{b}") == "$x_{1}$ \\frac{a}{b}"
    figure = new_figure(400, 60)
    assert text_size(figure, "$x_{1}$")[0] > text_size(figure, "x1")[0] * 2


def test_an_emoji_becomes_its_name_and_a_rare_character_the_printers_sign():
    assert drawable("🐱") == "(cat face)" and drawable("👩🏽‍🚀") == "(woman)(rocket)"
    assert drawable("龘") == "〓" and drawable("猫") == "猫" and drawable("") == "〓"


@given(st.text(min_size=1, max_size=80), st.integers(30, 300))
@settings(max_examples=40, deadline=None)
def test_fitted_texts_fit(text, width):
    figure = new_figure(10, 10)
    assert text_size(figure, fitted(figure, text, width))[0] <= max(width, 30)


def test_a_text_that_fits_is_whole():
    figure = new_figure(10, 10)
    assert fitted(figure, "weather & sky", 200) == "weather & sky" and fitted(figure, "x" * 90, 100).endswith("x…")
