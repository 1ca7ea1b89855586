"""A server with a token and a prefix: who has the token comes in, by address, header or cookie; all else stays as safe as without one."""
import json
import os
import re
import tomllib
import urllib.request
from importlib import import_module
from pathlib import Path

import pytest
from class_server import start_class_server, write_lesson
from processes import living

from edukit.classroom.address import check_base_url, choose_token

BASE, TOKEN = "/hub/user/ann/edukit/", "class-3b"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    write_lesson(folder / "lessons")
    started = start_class_server(folder / "home", lessons=folder / "lessons", base_url=BASE, EDUKIT_TOKEN=TOKEN)
    yield started
    started.stop()


@pytest.fixture
def cookie(server):
    """What a browser keeps of its first visit."""
    slashless = server.ask(urllib.request.Request(f"{server.url[:-1]}?token={TOKEN}"))
    answer = server.get(f"?token={TOKEN}")
    assert slashless.headers["Location"] == answer.headers["Location"]
    assert (answer.status, answer.headers["Location"]) == (302, f"{BASE}en/")
    name, *rest = answer.headers["Set-Cookie"].split("; ")
    assert f"Path={BASE}" in rest and "HttpOnly" in rest
    return name


@pytest.mark.parametrize("given", [{}, {"Authorization": "token wrong-word"}, {"Cookie": "username-127-0-0-1=forged"}])
@pytest.mark.parametrize("path", ["", "en/", "en/01_small", "en/01_small?token=wrong", "en/01_small?token="])
def test_without_the_token_nothing_is_shown_or_started(server, path, given):
    answer = server.get(path, **given)
    assert answer.status == 403 and "needs the whole address" in answer.text and "A small lesson" not in answer.text
    assert not living(server.process.pid, "edukit.classroom.kernel")


@pytest.mark.parametrize("path", ["edukit/alive/en/1-2-3-4-5", "api/kernels/1-2-3-4-5", "api/kernels/1-2-3-4-5/channels", "voila/execution/1-2-3-4-5"])
def test_without_the_token_programs_learn_nothing(server, path):
    socket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "MTIzNDU2Nzg5MDEyMzQ1Ng=="}
    socket |= {"Sec_WebSocket_Protocol": "v1.kernel.websocket.jupyter.org"}
    assert server.get(path, **(socket if "channels" in path or "execution" in path else {})).status == 403


def test_the_token_is_asked_once_and_the_cookie_opens_the_rest(server, cookie):
    assert "A small lesson" in server.get("en/", Cookie=cookie).text and "A small lesson" in server.get("en/", Authorization=f"token {TOKEN}").text
    kernel = re.search(r'ek\.started\("([\w-]+)"\)', server.get("en/01_small", Cookie=cookie).text)[1]
    assert server.get(f"edukit/alive/en/{kernel}").status == 403
    assert json.loads(server.get(f"edukit/alive/en/{kernel}", Cookie=cookie).text)["alive"]
    own = server.url.removesuffix(BASE)
    for headers, statuses in (({}, (403,)), ({"Cookie": cookie, "Origin": "http://evil.example"}, (403, 404)), ({"Cookie": cookie, "Origin": own}, (204,))):
        url = f"{server.url}voila/api/shutdown/{kernel}"
        assert server.ask(urllib.request.Request(url, method="POST", data=b"", headers=headers)).status in statuses


def test_a_proxy_that_brings_the_token_for_everyone_opens_no_door_to_foreign_pages(server):
    brought = {"Authorization": f"token {TOKEN}", "Host": "hub.example"}
    kernel = re.search(r'ek\.started\("([\w-]+)"\)', server.get("en/01_small", **brought).text)[1]
    assert server.get("en/?token=for-the-hub", **brought).status == 200, "the address may carry the proxy's own token"
    (server.home / "me" / "01_small").mkdir(parents=True, exist_ok=True)
    (server.home / "me" / "01_small" / "choices.json").write_text("{}", encoding="utf-8")  # there is something to save
    assert "saved on the class computer" in server.get("en/", **brought).text, "the browser is elsewhere"
    for method, path in (("DELETE", f"api/kernels/{kernel}"), ("POST", f"voila/api/shutdown/{kernel}")):
        request = urllib.request.Request(server.url + path, method=method, headers=brought | {"Origin": "http://evil.example"})
        assert server.ask(request).status in (403, 404)
    assert json.loads(server.get(f"edukit/alive/en/{kernel}", **brought).text)["alive"]


@pytest.mark.parametrize("path", ["/", "/en/", "/hub/user/ann/", "/voila/static/voila.js", "/hub/user/annXedukit/en/"])
def test_there_is_nothing_outside_the_prefix(server, path):
    outside = server.url.removesuffix(BASE) + path
    assert server.ask(urllib.request.Request(outside, headers={"Authorization": f"token {TOKEN}"})).status == 404


def test_every_address_of_a_page_stands_under_the_prefix(server, cookie):
    for path in ("en/", "en/01_small", "en/nothing"):
        for address in re.findall(r"""(?:href|src)=["']([^"'#]+)""", server.get(path, Cookie=cookie).text):
            assert address.startswith((BASE, "data:")), address
    assert server.get("voila/static/voila.js").status == 200 and server.get("favicon.svg").status == 200


def test_the_proxys_entry_point_starts_a_server_that_asks_for_a_token(monkeypatch):
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["entry-points"]["jupyter_serverproxy_servers"]["edukit"].partition(":")
    entry, other = (getattr(import_module(module), function)() for _ in range(2))
    words = [word.format(port=4711, base_url="/user/ann/") for word in entry["command"]]
    assert check_base_url(words[words.index("--base-url") + 1]) == "/user/ann/edukit/" and entry["absolute_url"] is True
    monkeypatch.setattr(os, "environ", dict(os.environ) | entry["environment"])
    assert entry["request_headers_override"] == {"Authorization": f"token {choose_token('127.0.0.1', None, False)}"}
    assert entry["environment"] != other["environment"] and Path(entry["launcher_entry"]["icon_path"]).is_file()
