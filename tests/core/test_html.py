"""Pieces of HTML: nothing from outside becomes markup, figures are readable, pictures become small."""
import base64
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edukit.core import formatting, html
from edukit.core.errors import NotAnImage
from edukit.core.i18n import set_language, t


@given(st.text())
def test_no_text_becomes_markup(text):
    made = [html.bars([text], [0.5]), html.empty(text), html.ticks([(True, text)]), html.stats([(text, text, text)]), html.choice("a", text, text, chosen=True)]
    assert not any("<script" in piece for piece in made)
    for piece in (html.empty(text), html.ticks([(False, text)])):
        assert html.esc(text) in piece


@pytest.mark.parametrize(("share", "digits", "shown"), [(0.845, 0, "84%"), (0.8451, 1, "84.5%"), (1.0, 0, "100%"), (None, 1, "–"), (math.nan, 0, "–")])
def test_fractions_are_shown_as_percent(share, digits, shown):
    assert formatting.percent(share, digits) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (61.4, "1:01"), (600, "10:00"), (-3, "0:00")])
def test_seconds_are_shown_as_a_clock(seconds, shown):
    assert formatting.clock(seconds) == shown


def test_a_large_picture_becomes_small_and_a_small_one_stays_as_it_is(tmp_path):
    large, small = tmp_path / "large.png", tmp_path / "small.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 600, 3), np.uint8)).save(large)
    Image.new("RGB", (20, 20), "red").save(small)
    shrunk = Image.open(io.BytesIO(base64.b64decode(html.picture_uri(large, 100).partition(",")[2])))
    assert shrunk.size == (100, 50)
    assert base64.b64decode(html.picture_uri(small).partition(",")[2]) == small.read_bytes()


def test_a_large_file_that_is_no_picture_is_an_error(tmp_path):
    path = tmp_path / "notes.png"
    path.write_bytes(b"hello " * 4000)
    with pytest.raises(NotAnImage):
        html.picture_uri(path)


def test_a_name_is_no_markup():
    assert html.facts_table([("file", "<script>.onnx"), ("a & b", "猫")]) == (
        "<table class='ek-table'><tr><th>file</th><td>&lt;script&gt;.onnx</td></tr><tr><th>a &amp; b</th><td>猫</td></tr></table>"
    )
    hostile = "'><script>"
    tiles = html.tiles([(hostile, hostile, hostile, 1, "onnx")])
    for piece in (html.table([hostile], [[hostile] * 2]), tiles, html.warnings([hostile]), html.answer(hostile, hostile)):
        assert "<script" not in piece and "'>&lt;script" not in piece


def test_a_broken_picture_says_so_and_the_grid_goes_on(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    grid = html.shots([(tmp_path / "gone.png", "cat", ""), (tmp_path / "a.png", "dog", "→ cat")])
    assert grid.count("<figure>") == 2 and grid.count("<img") == 1 and "⚠" in grid and "<b>→ cat</b>" in grid


def test_few_pictures_get_a_count_instead_of_a_share():
    set_language("en")
    assert formatting.right_of(19, 19) == "19 of 19 right: too few to say more" and formatting.score(1.0, 19) == "19/19"
    assert formatting.right_of(19, 20) == "19 of 20 right (95.0%)" and formatting.score(0.95, 20) == "95.0%"
    assert formatting.right_of(0, 0).startswith("0 of 0") and formatting.score(math.nan, 0) == "–"


def test_columns_of_figures_stand_on_their_right_edge_and_words_on_their_left():
    drawn = html.table(["operator", "count", "meaning"], [["Conv", 49, "slides a window"], ["Clip", "–", "keeps numbers within 0 and 6"], ["Add", 9, "adds"]])
    assert "<th scope='col'>meaning" in drawn and "<td>slides" in drawn and drawn.count("<td class='n'>") == 3
    assert html.table(["a", "b"], []).count("class='n'") == 1


def test_warnings_that_were_stored_in_the_other_language_are_shown_in_the_readers():
    made = {}
    for lang in ("en", "zh"):
        set_language(lang)
        how = t("data.comma").join(t(f"data.unlike.{word}") for word in ("darker", "smaller"))
        made[lang] = [t("data.warning.leak", count=3, total=91), t("comparison.noisy"), t("data.warning.unlike", how=how), "a sentence of {nobody}, 5 (?)"]
    assert html.warnings(made["en"]) == html.warnings(made["zh"]) and "91 张图片中有 3 张" in html.warnings(made["en"])
    set_language("en")
    assert html.warnings(made["zh"]) == html.warnings(made["en"]) and "much darker, much smaller" in html.warnings(made["zh"])
