"""A phone sends pictures into a set that is being collected: by a code of its own, into that set alone, for a while."""
import json
import re
import time
import urllib.request

import cv2
import numpy as np
import pytest
from class_server import start_class_server, write_lesson
from dataset_files import encoded

from edukit.core.workspace import Workspace
from edukit.data import DatasetBuilder
from edukit.data.phone import ADDRESS, _path, claim, invite, phone_url, qr_svg


def test_a_code_is_for_the_first_phone_and_ends(tmp_path, monkeypatch):
    workspace = Workspace(tmp_path, "小明")
    code = invite("fruit", workspace)
    assert claim(code, "one", workspace).dataset == "fruit" and claim(code, "one", workspace).student == "小明"
    assert claim(code, "two", workspace) is None and claim("a" * 10, "one", workspace) is None and claim("../../x", "one", workspace) is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 901)
    assert claim(code, "one", workspace) is None
    other = invite("fruit", workspace)
    assert not _path(workspace, code).exists() and _path(workspace, other).exists()


def test_the_code_that_is_drawn_is_read_by_a_camera(monkeypatch):
    monkeypatch.setenv(ADDRESS, "http://192.168.1.23:8866/class/")
    url = phone_url("abcdefghjk")
    drawn = qr_svg(url)
    side = int(re.search(r"viewBox='0 0 (\d+)", drawn)[1])
    picture = np.full((side, side), 255, np.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)h1", drawn):
        picture[int(y), int(x)] = 0
    seen, *_ = cv2.QRCodeDetector().detectAndDecode(cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST))
    assert seen == url == "http://192.168.1.23:8866/class/phone/abcdefghjk"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phone")
    write_lesson(folder / "lessons")
    served = start_class_server(folder / "home", lessons=folder / "lessons", token="secret-word")
    yield served
    served.stop()


def post(server, code, cookie, data, label="apple", name="1.jpg"):
    url = f"{server.url}phone/{code}?label={label}&name={name}"
    return server.ask(urllib.request.Request(url, method="POST", data=data, headers={"Cookie": cookie}))


def test_a_phone_sends_pictures_without_the_servers_token(server):
    workspace = Workspace(server.home)
    builder = DatasetBuilder("fruit", workspace=workspace)
    builder.add_class("apple")
    code = invite("fruit", workspace)
    page = server.get(f"phone/{code}")
    assert page.status == 200, page.text + server.said()
    cookie = page.headers["Set-Cookie"].split(";")[0]
    assert page.status == 200 and 'data-label="apple"' in page.text and "capture=" in page.text
    answer = post(server, code, cookie, encoded())
    assert answer.status == 200 and json.loads(answer.text) == {"count": 1} and builder.counts == {"apple": 1}
    assert server.get("en/").status == 403, "the code opens nothing else"
    assert server.get(f"phone/{code}").status == 410, "another phone comes too late"
    wrong = [(cookie, "pear", "1.jpg"), (cookie, "apple", "all.zip"), ("ek-phone=other", "apple", "1.jpg")]
    assert {post(server, code, brought, encoded(), *more).status for brought, *more in wrong} == {410}
    assert post(server, code, cookie, b"no picture").status == 400
    assert builder.counts == {"apple": 1} and list(builder.folder.parent.iterdir()) == [builder.folder]
