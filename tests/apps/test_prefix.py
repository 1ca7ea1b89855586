"""The apps under a prefix and behind a token, as on Binder and JupyterHub: pages, views, uploads and websockets, and nothing outside the prefix."""
import socket
import subprocess

import cv2
import numpy as np
import pytest
from class_server import start_class_server

from edukit.classroom.proxy import setup_proxy
from edukit.core.subprocess_env import subprocess_env

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


def test_the_entry_of_jupyter_server_proxy_opens_a_lesson_for_who_comes_through_the_proxy(tmp_path, watch):
    """As the proxy does it: its words filled in, its environment, its header on every request."""
    entry = setup_proxy()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [word.format(port=port, base_url="/user/ann/") for word in entry["command"]]
    with subprocess.Popen(words, env=subprocess_env() | entry["environment"] | {"EDUKIT_HOME": str(tmp_path)}, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert f":{port}/user/ann/edukit/" in started.stdout.readline()
            watched = watch()
            watched.page.context.set_extra_http_headers(entry["request_headers_override"])
            page = watched.open(f"http://127.0.0.1:{port}/user/ann/edukit/en/01_first_model")
            page.locator("[data-view=quiz] .ek-choice").first.click()
            page.locator("[data-view=quiz] .ek-said").first.wait_for()
            stranger = watch().page
            stranger.goto(page.url)
            assert stranger.locator("h1").inner_text() == "This needs the whole address" and not watched.problems
        finally:
            started.terminate()
