"""The pages' HTML: both languages, everything from outside escaped, progress shown as it is, nothing from the internet."""
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.classroom import pages
from edukit.classroom.lessons import read_progress
from edukit.core import html
from edukit.core.files import write_json
from edukit.core.i18n import LANGUAGES, texts
from edukit.core.lesson_header import LessonHeader, Step
from edukit.core.resources import resource
from edukit.core.workspace import Workspace, current

EVIL = "<script>alert(1)</script>\"'&"


def lesson(number=1, lang="en", **values):
    told = {"name": f"{number:02d}_lesson", "lang": lang, "number": number, "title": f"Title {number}", "minutes": 50, "steps": ("One", "Two", "Three")}
    told |= values
    return LessonHeader(**(told | {"steps": tuple(Step(title, title) for title in told["steps"])}))


def page(*lessons, lang="en", **frame):
    return pages.index_page(pages.Frame(lang=lang, **frame), list(lessons))


class Outside(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self, text):
        super().__init__()
        self.fetched = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.fetched += [value or "" for name, value in attributes if name in ("src", "href", "srcset", "data", "action", "poster")]


def outside(text):
    """Addresses on other servers that a page names in tags or in its CSS."""
    named = Outside(text).fetched + re.findall(r"url\(([^)]*)\)|@import\s+([^;]+)", text)
    return [part for found in named for part in ([found] if isinstance(found, str) else found) if re.match(r"\W*(?:\w+:)?//", part)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_speaks_one_language_and_offers_the_other(lang):
    shown = page(lesson(lang=lang), lang=lang)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in shown and texts()["classroom.title"][lang] in shown
    assert f'href="/{lang}/01_lesson"' in shown and 'href="/zh/"' in shown and 'href="/en/"' in shown
    assert shown.count('aria-current="true"') == 1


def test_the_language_switch_keeps_the_page_and_the_base():
    languages = pages.Frame(lang="zh", base="/hub/", other="01_lesson").values()["languages"]
    assert [address for _, _, address in languages] == ["/hub/zh/01_lesson", "/hub/en/01_lesson"]


def test_the_switch_leads_to_the_index_where_the_lesson_is_not_translated():
    languages = pages.Frame(lang="zh", other="01_lesson", known=("zh",)).values()["languages"]
    assert [address for _, _, address in languages] == ["/zh/01_lesson", "/en/"]


def test_what_lessons_say_of_themselves_is_escaped():
    shown = page(*[lesson(number, title=EVIL, summary=EVIL, art=EVIL, chapter=EVIL, steps=(EVIL,)) for number in (1, 2)])
    assert "<script>" not in shown and "&lt;script&gt;" in shown


@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_title_stays_text(text):
    class Tags(HTMLParser):
        count = 0

        def handle_starttag(self, *_):
            Tags.count += 1

    Tags.count = 0
    Tags().feed(page(lesson(title=text, steps=())))
    with_text, Tags.count = Tags.count, 0
    Tags().feed(page(lesson(title="x", steps=())))
    assert with_text == Tags.count


def test_a_course_of_one_lesson_shows_it_once_and_a_longer_one_as_cards():
    assert "ekp-card" not in re.sub(r"<style>.*?</style>", "", page(lesson()), flags=re.S)
    shown = page(lesson(1, chapter="Pictures"), lesson(2, chapter="Pictures"), lesson(3, chapter="Models"))
    assert shown.count('class="ekp-card"') == 3 and shown.count('class="ekp-chapter"') == 2


def test_tools_stand_below_the_lessons_and_are_never_the_next_lesson():
    tool = lesson(0, name="studio", kind="tool", title="The studio", steps=())
    shown = page(lesson(1), tool)
    assert shown.index("Begin lesson 01") < shown.index('href="/en/tools/studio"') and texts()["classroom.tools"]["en"] in shown
    assert texts()["classroom.no_lessons"]["en"] in page(tool) and "ek-primary" not in page(tool).rpartition("</style>")[2]


def test_no_lessons_is_said():
    assert texts()["classroom.no_lessons"]["en"] in page()


@pytest.mark.parametrize(
    ("step", "button", "told"), [(0, "Begin lesson 01", None), (2, "Continue lesson 01", "step 3 of 3"), (3, "Look at lesson 01 again", "✓ finished")]
)
def test_progress_is_shown_as_it_is(step, button, told):
    write_json(current().lesson_folder("01_lesson") / "progress.json", {"step": step, "steps": 3, "done": step == 3})
    shown = page(lesson())
    assert button in shown and shown.count("ek-primary") - pages.stylesheet().count("ek-primary") == 1
    assert shown.count('<li class="done"') == step and (told is None or told in shown)


def next_lesson(lessons):
    return pages.next_lesson(lessons, {lesson.name: read_progress(current().of_lesson(lesson.name), len(lesson.steps)) for lesson in lessons})


def test_one_goes_on_with_the_last_lesson_begun_then_with_the_next():
    lessons = [lesson(number) for number in (1, 2, 3)]
    assert next_lesson(lessons).number == 1
    write_json(current().lesson_folder("01_lesson") / "progress.json", {"step": 3, "steps": 3, "done": True})
    assert next_lesson(lessons).number == 2
    write_json(current().lesson_folder("03_lesson") / "progress.json", {"step": 1, "steps": 3})
    assert next_lesson(lessons).number == 3
    assert next_lesson([]) is None


def test_a_card_shows_pictures_of_its_set_or_else_its_sign():
    shown = page(lesson(1), lesson(2, dataset="own", art="Z9"))
    assert shown.count('<img src="data:image/') == 6 + 3 and "Z9" in shown


def test_a_card_begins_with_the_pictures_that_its_header_names_and_two_lessons_differ():
    rocket = html.data_uri(next(resource("datasets", "emoji").glob("*/vehicle/rocket.webp")).read_bytes(), "image/webp")
    first, *others = pages.pictures_of(lesson(1, art="rocket no_such_picture ../../*"))
    assert first == rocket and len(others) == 5
    assert pages.pictures_of(lesson(1)) != pages.pictures_of(lesson(2))


def test_the_pill_is_true(tmp_path):
    mine = Workspace(tmp_path / "home", "me", "01_lesson")
    assert "your work saves itself" in page(lesson(), workspace=mine) and "✓" not in page(lesson(), workspace=mine).split("ek-saved")[1][:200]
    mine.folder.mkdir(parents=True)
    (mine.folder / "choices.json").write_text("{}")
    assert "saved on this computer" in page(lesson(), workspace=mine) and "saved on the class computer" in page(lesson(), local=False, workspace=mine)
    blocked = tmp_path / "a file"
    blocked.write_text("")
    workspace = Workspace(blocked / "home")
    shown = page(lesson(), workspace=workspace)
    assert "cannot be saved" in shown and str(workspace.home) in shown and 'class="ek-pill warn"' in shown


def test_a_full_disk_is_no_place_to_save(monkeypatch):
    monkeypatch.setattr(pages, "LEAST_FREE_BYTES", 10**18)
    assert not pages.can_save(current())


def test_every_text_is_used_and_every_used_text_exists():
    code = "".join(path.read_text(encoding="utf-8") for path in pages.HERE.rglob("*") if path.suffix in (".py", ".html", ".j2", ".js"))
    ours = {key.removeprefix("classroom.") for key in texts() if key.startswith("classroom.")}
    spoken = set(re.findall(r"""["'(](?:classroom\.)?([a-z_]+)["']""", code))
    derived = {f"{kind}_remedy" for kind in ("refused", "missing", "broken", "locked", "phone_over")}
    assert ours <= spoken | derived, ours - spoken - derived
    assert {key for key in re.findall(r"""text\("([a-z_]+)""", code)} <= ours


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("status", [403, 404, 405, 500, 503])
def test_problems_are_told_in_the_same_look(lang, status):
    shown = pages.problem_page(pages.Frame(lang=lang), status)
    assert str(status) in shown and texts()["classroom.back"][lang] in shown and not outside(shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_comes_from_outside(lang):
    assert not outside(page(lesson(1, lang), lesson(2, lang), lang=lang)) and not outside(pages.stylesheet())
    for file in [*pages.TEMPLATES.glob("*"), *(pages.HERE / "static").glob("*")]:
        assert not outside(file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        *(("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.3", "en"), ("de, zh;q=0.2", "zh"), ("en;q=0.2,zh-TW;q=0.9", "zh")),
        *(("", "en"), ("de", "en"), ("zh;q=0", "en"), ("zh;q=x, *", "en"), (",;,", "en"), ("zh" * 9999, "zh")),
    ],
)
def test_the_browsers_wish_is_understood(header, lang):
    assert pages.preferred_language(header, "en") == lang


def test_look_has_no_rule_that_would_change_other_notebooks():
    """In JupyterLab the shared stylesheet lies beside Lab's own: every selector must name one of our classes."""
    css = re.sub(r"/\*.*?\*/", "", html.stylesheet("results", "look"), flags=re.S)
    rules = [re.sub(r"\([^)]*\)", "", rule) for rule in re.findall(r"([^{}]+)\{", css) if not rule.strip().startswith("@")]
    assert rules and not [selector for rule in rules for selector in rule.split(",") if ".ek-" not in selector]


def tokens():
    """The colours of both themes."""
    css = html.stylesheet("results", "look")
    light, dark = (dict(re.findall(r"--ek-([a-z0-9-]+): (?:var\([^,]+, )?(#[0-9a-f]{6})", block)) for block in re.findall(r"\{\s*color-scheme[^}]*\}", css))
    return {"light": light, "dark": light | dark}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4) for weight, part in zip((0.2126, 0.7152, 0.0722), parts))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_by_weak_eyes(theme):
    """Contrast of at least 4.5 (WCAG AA) for text, 3 for the borders of what can be pressed."""
    colours = tokens()[theme]

    def contrast(one, other):
        low, high = sorted(luminance(colours[name]) for name in (one, other))
        return (high + 0.05) / (low + 0.05)

    words = [(text, ground) for text in ("ink", "soft", "accent", "good", "bad", "warn") for ground in ("card", "paper")]
    words += [("accent", "tint"), ("good", "good-tint"), ("warn", "warn-tint"), ("bad", "bad-tint"), ("ink", "sunk"), ("accent-ink", "accent")]
    assert not [(pair, round(contrast(*pair), 2)) for pair in words if contrast(*pair) < 4.5]
    assert contrast("edge", "card") >= 3
