"""No view of a page goes deaf: what anywidget gave up is heard all the same, what was lost is noticed, and a stopped server is waited for."""
import os
import signal

import pytest
from class_server import start_class_server, write_lesson
from processes import living

from edukit.widgets.front import module

pytestmark = pytest.mark.browser

GIVEN_UP = "const whole = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = (ms) => whole(ms === 2000 ? 0 : ms);"
DRAWN = """async code => { globalThis.ek = { started: true };
const { draw } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
const values = { done: [], steps: [], words: { no_answer_app: "nobody answers", load_again: "again" }, look: "" };
const whole = { _handle_comm_msg: async () => {} };
const model = { get: (name) => values[name], on: (name, heard) => { if (name === "msg:custom") globalThis.answer = heard; },
send: ({ said }) => { globalThis.said = said; } };
model.widget_manager = { get_model: async () => whole };
await draw("steps.js", { model, el: document.getElementById("el"), front: model }); }"""
HEARD = """() => { const views = [...document.querySelectorAll("[data-view], .ek-steps-view")].map((view) => view.parentElement);
return views.length > 8 && views.every((view) => view.dataset.heard === "true"); }"""


def kernels(server):
    """The server's kernel processes."""
    return living(server.process.pid, "edukit.classroom.kernel")


def answers(page):
    """Whether views that are drawn also show what Python says: the quiz takes an answer, a setting of the training changes its code."""
    page.locator("[data-view=quiz] .ek-choice").first.click()
    page.locator("[data-view=quiz] .ek-said").first.wait_for(timeout=20_000)
    train = page.locator("[data-view=train]")
    train.locator(".ek-show-code").click()
    before = train.locator("pre.ek-code").inner_text()
    select = train.locator("[data-setting=backbone] select")
    select.select_option(index=1 if select.evaluate("one => one.selectedIndex") == 0 else 0)
    page.wait_for_function("before => document.querySelector('[data-view=train] pre.ek-code').textContent !== before", arg=before, timeout=20_000)


def test_a_view_that_anywidget_gave_up_hears(class_server, watch):
    watched = watch()
    watched.page.add_init_script(GIVEN_UP)
    page = watched.open(f"{class_server.url}en/01_first_model")
    answers(page)
    page.wait_for_function(HEARD)


def test_python_is_called_silent_only_some_time_after_its_cells_have_run(watch):
    """A page that takes a minute to load is slow, not deaf; then it waits a quarter of one more."""
    page = watch().page
    page.clock.install()
    page.set_content("<div id=el></div>")
    page.evaluate(DRAWN, module())
    note = page.locator(".ek-deaf")
    page.clock.run_for(70_000)
    page.evaluate("document.documentElement.dataset.ready = 'true'")
    page.clock.run_for(10_000)
    assert note.count() == 0
    page.clock.run_for(80_000)
    assert note.count() == 1 and "nobody answers" in note.inner_text()
    page.evaluate("answer({ heard: said })")
    page.clock.run_for(80_000)
    assert note.count() == 0


def test_focus_stays_where_enter_was_pressed_and_the_steps_stick(class_server, watch):
    page = watch().open(f"{class_server.url}en/01_first_model")
    choice = page.locator("[data-view=quiz] .ek-choice").nth(1)
    choice.focus()
    page.keyboard.press("Enter")
    page.locator("[data-view=quiz] .ek-said").first.wait_for()
    assert page.evaluate("document.activeElement.dataset.value") == "1:2"
    # The quiz is far below, and the steps are still in sight; the page scrolls smoothly.
    page.wait_for_function("(({ top }) => top > 40 && top < 120)(document.querySelector('.ek-steps-view').getBoundingClientRect())")


@pytest.mark.slow
def test_a_kernel_that_does_not_answer_is_told_until_it_does(class_server, watch):
    before = {process.pid for process in kernels(class_server)}
    page = watch().open(f"{class_server.url}zh/01_first_model")
    page.wait_for_function(HEARD)
    (kernel,) = [process for process in kernels(class_server) if process.pid not in before]
    kernel.suspend()
    try:
        page.locator("[data-view=quiz] .ek-choice").first.click()
        page.locator(".ek-deaf").wait_for()
        assert "Python 没有回应" in page.locator(".ek-deaf").inner_text() and page.locator(".ek-deaf button").count() == 1
    finally:
        kernel.resume()
    page.locator(".ek-deaf").wait_for(state="detached")
    page.locator("[data-view=quiz] .ek-said").first.wait_for()


@pytest.mark.slow
def test_views_that_cannot_be_drawn_are_noticed(class_server, watch):
    watched = watch()
    watched.page.add_init_script("URL.createObjectURL = () => { throw new Error('no'); };")
    page = watched.open(f"{class_server.url}en/01_first_model")
    page.locator("#ek-missing").wait_for()  # after it was loaded again once
    assert page.locator("#ek-missing button").is_visible()


@pytest.mark.slow
def test_a_page_whose_server_comes_back_goes_on_by_itself(tmp_path, watch):
    write_lesson(tmp_path / "lessons")
    server = start_class_server(tmp_path / "home", lessons=tmp_path / "lessons")
    port = int(server.url.rstrip("/").rpartition(":")[2])
    page = watch().open(f"{server.url}en/01_small")
    server.stop(signal.SIGINT)
    page.locator("#ek-lost").wait_for()
    again = start_class_server(tmp_path / "home", lessons=tmp_path / "lessons", port=port)
    try:
        page.locator("html[data-ready=true] #ek-lost[hidden]").wait_for(state="attached")
        page.get_by_role("button", name="Press me").click()
        page.get_by_text("pressed in en").wait_for()
    finally:
        again.stop()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_view_is_deaf_in_a_slow_browser(class_server, watch):
    for _ in range(int(os.environ.get("EDUKIT_SLOW_LOADS", "25"))):
        watched = watch()
        watched.page.context.new_cdp_session(watched.page).send("Emulation.setCPUThrottlingRate", {"rate": 16})
        watched.page.set_default_timeout(240_000)
        page = watched.open(f"{class_server.url}en/01_first_model")
        page.wait_for_function(HEARD)
        watched.page.context.close()
