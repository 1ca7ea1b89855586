"""Every lesson and tool page in a real browser: its views come, fit, answer to the keyboard, and ask for nothing outside; progress reaches the index."""
import re

import pytest
from lesson_sources import code, names, notebook, tags, text

from edukit.widgets import explorable_kinds

pytestmark = pytest.mark.browser
PAGES = [("", name) for name in names()] + [("tools/", name) for name in names("tool")]


def kinds(name, folder):
    """The views that the page must have."""
    return [re.search(r'view\("(\w+)"', text(cell))[1] for cell in code(notebook(name, "en", folder)["cells"]) if "view" in tags(cell)]


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1280)])
@pytest.mark.parametrize(("folder", "name"), PAGES)
def test_a_page_has_its_views_and_fits(class_server, watch, folder, name, lang, width):
    watched = watch(width)
    watched.page.goto(f"{class_server.url}{lang}/{folder}{name}", wait_until="commit")
    watched.settled()
    page = watched.page
    for kind in kinds(name, folder):
        page.locator(f"[data-view={kind}]").first.wait_for()
    assert page.locator(".ek-error").all_inner_texts() == [] and watched.overflow() <= 0 and not watched.problems and not watched.outside(class_server.url)
    for kind in set(kinds(name, folder)) & set(explorable_kinds()):
        page.locator(f"[data-view={kind}]").first.scroll_into_view_if_needed()  # it asks nothing before
        page.wait_for_selector(f"[data-view={kind}][aria-busy=false]")
        slider = page.locator(f"[data-view={kind}] input[type=range]").first
        before = slider.get_attribute("aria-valuetext")
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") != before


def test_what_is_done_in_a_lesson_reaches_its_card(class_server, watch):
    """The second lesson: no file of edukit names it."""
    watched = watch()
    page = watched.open(f"{class_server.url}en/02_smaller")
    page.locator("[data-view=try] [data-do=sample]").first.click()
    page.locator(".ek-steps .done").wait_for()
    page.locator("[data-view=quiz]").get_by_role("button", name="Exactness").click()
    page.locator("[data-view=quiz]").get_by_text("1 of 1 right").wait_for()
    page = watched.open(f"{class_server.url}en/")
    assert page.locator("a.ek-primary").inner_text().startswith("Continue lesson 02")
    card = page.locator("a.ekp-card", has_text="A small file")
    assert "step 1 of 2" in card.inner_text() and page.locator("a.ekp-card", has_text="The magnifier").get_attribute("href").endswith("/en/tools/magnifier")
    assert not watched.problems
