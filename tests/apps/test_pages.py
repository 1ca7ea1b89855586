"""The pages of the class server in a real browser: both languages, desk and phone, nothing from outside, and what they say when something ends."""
from __future__ import annotations

import re
import signal
import time

import psutil
import pytest
from class_server import start_class_server, write_lesson
from processes import living

pytestmark = pytest.mark.browser


def kernels(server):
    """The server's kernel processes."""
    return living(server.process.pid, "edukit.classroom.kernel")


def wait_for(what, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1280)])
def test_the_index_and_the_lesson_fit_and_ask_for_nothing_outside(class_server, watch, lang, width):
    watched = watch(width)
    page = watched.open(f"{class_server.url}{lang}/")
    assert watched.overflow() <= 0 and page.locator("a.ek-primary").count() == 1
    page.locator("a.ek-primary").click()
    page.wait_for_url(re.compile(rf"/{lang}/\d\d_\w+$"), wait_until="commit")
    page.wait_for_selector(".ek-view")
    watched.settled()
    assert watched.overflow() <= 0
    assert not watched.outside(class_server.url) and not watched.problems
    assert page.locator(".ekp-wait, .ekp-status").count() == 0, "the placeholders go when the views are there"


def test_every_button_is_large_enough_for_a_finger_and_text_for_eyes(class_server, watch):
    page = watch(390).open(f"{class_server.url}en/01_first_model")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a.ek-button, .ekp-lang a, select")]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []
    assert float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('.jp-RenderedMarkdown p')).fontSize)")) >= 17


def test_the_language_switch_keeps_the_page(class_server, watch):
    page = watch().open(f"{class_server.url}en/01_first_model")
    page.locator(".ekp-lang a[lang=zh]").click()
    page.wait_for_url(re.compile("/zh/01_first_model$"), wait_until="commit")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize(("wish", "lang"), [("zh-CN", "zh"), ("en-GB", "en")])
def test_the_browsers_language_decides_at_the_door(class_server, watch, wish, lang):
    page = watch(lang=wish).open(class_server.url)
    assert page.url == f"{class_server.url}{lang}/"


def test_only_the_app_is_shown_and_errors_are_sentences(small_server, watch):
    watched = watch()
    page = watched.open(f"{small_server.url}en/01_small")
    shown = page.content()
    assert "Prose comes first" in shown
    for hidden in ("secret-exercise", "secret-solution", "never-shown-source", "SystemExit", "Traceback", "NotAnImage"):
        assert hidden not in shown
    said = page.locator(".ek-error").all_inner_texts()
    assert "<b>holiday</b>.docx is not a picture. Choose a .jpg, .png or .webp file. E103" in said[0].replace("\n", " ")
    assert "did not work" in said[1] and "ZeroDivisionError" in said[1]
    assert len(said) == 2, "what follows from a failure is not told again"
    assert page.get_by_text(re.compile(r"^False .*01_small")).count() == 1, "later cells run; the kernel knows no torch and works in the lesson's folder"
    page.get_by_role("button", name="Press me").click()
    page.get_by_text("pressed in en").wait_for()


def test_a_page_that_is_left_takes_its_kernel_along(small_server, watch):
    before = {process.pid for process in kernels(small_server)}
    page = watch().open(f"{small_server.url}zh/01_small")
    mine = [process for process in kernels(small_server) if process.pid not in before]
    assert len(mine) == 1
    page.goto("about:blank")
    wait_for(lambda: not mine[0].is_running() or mine[0].status() == psutil.STATUS_ZOMBIE)


def test_a_dead_kernel_is_told_in_the_page(small_server, watch):
    before = {process.pid for process in kernels(small_server)}
    page = watch().open(f"{small_server.url}zh/01_small")
    (mine,) = [process for process in kernels(small_server) if process.pid not in before]
    mine.kill()
    page.locator("#ek-ended").wait_for()
    assert "作品已经保存" in page.locator("#ek-ended").inner_text()
    page.locator("#ek-ended button").click()
    page.locator("html[data-ready=true] #ek-ended[hidden]").wait_for(state="attached")


def test_a_server_that_ends_is_told_in_the_page_and_leaves_nothing_running(tmp_path, watch):
    write_lesson(tmp_path / "lessons")
    server = start_class_server(tmp_path / "home", lessons=tmp_path / "lessons")
    page = watch().open(f"{server.url}en/01_small")
    mine = kernels(server)
    assert server.stop(signal.SIGINT) == 0 and "Traceback" not in server.said().split("Stopping")[-1]
    wait_for(lambda: not any(process.is_running() for process in mine))
    page.locator("#ek-lost").wait_for()
    assert "not connected" in page.locator("#ek-saved").inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_that_does_not_exist(class_server, watch, lang):
    watched = watch(390)
    page = watched.open(f"{class_server.url}{lang}/nothing")
    assert page.locator("h1").inner_text() == {"zh": "找不到这个页面", "en": "This page does not exist"}[lang]
    assert watched.overflow() <= 0 and not watched.outside(class_server.url)
    page.get_by_role("link", name=re.compile("←")).click()
    page.wait_for_url(f"{class_server.url}{lang}/")
