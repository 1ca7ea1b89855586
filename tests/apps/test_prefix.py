"""The apps under a prefix and behind a token, as on Binder and JupyterHub: pages, views, uploads and websockets, and nothing outside the prefix."""
import cv2
import numpy as np
import pytest
from class_server import start_class_server

pytestmark = pytest.mark.browser
BASE, TOKEN = "/user/ann+b/edukit/", "class-3b"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = start_class_server(tmp_path_factory.mktemp("class") / "home", base_url=BASE, token=TOKEN)
    yield started
    started.stop()


def test_a_lesson_under_a_prefix_after_the_token_was_shown_once(server, watch):
    assert server.url.endswith(BASE) and f"{server.url}?token={TOKEN}" in server.said()
    watched = watch()
    page = watched.page
    page.goto(f"{server.url}en/")
    assert page.locator("h1").inner_text() == "This needs the whole address"
    assert page.locator(".ekp-card, .ekp-hero").count() == 0
    watched.problems.clear()  # the refusal itself
    page.goto(f"{server.url}?token={TOKEN}")
    assert page.url == f"{server.url}en/", "the token leaves the address"
    page.locator("a.ek-primary").click()
    page.wait_for_selector(".ek-view")
    watched.settled()
    view = page.locator("[data-view=try]")
    ok, data = cv2.imencode(".png", np.full((300, 300, 3), 127, np.uint8))
    view.locator("input[type=file]").set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": data.tobytes()})
    view.locator(".ek-seen").wait_for()
    assert ok and page.locator("#ek-ended[hidden], #ek-lost[hidden]").count() == 2
    page.locator(".ekp-lang a[lang=zh]").click()
    page.wait_for_url(f"{server.url}zh/01_first_model", wait_until="commit")
    assert not watched.outside(server.url) and not watched.problems
    assert [address for address in watched.requests if address.startswith("ws://")], "the views talk through websockets"
    assert not [address for address in watched.requests if "token" in address and not address.endswith(f"{BASE}?token={TOKEN}")]
