"""The class server over HTTP: its addresses, what it refuses, its ports, and how it starts and ends in awkward places."""
import base64
import json
import os
import re
import shutil
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest
from class_server import CLONE, start_class_server, write_lesson
from processes import living

from edukit import classroom
from edukit.classroom import server as code
from edukit.classroom.address import Address, check_base_url, choose_token, listen
from edukit.core.errors import BadArgument, PortTaken, UnknownChoice
from edukit.core.workspace import current


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for lang in ("en", "zh"):
        write_lesson(folder / "课 程", lang=lang)
    started = start_class_server(folder / "home", lessons=folder / "课 程")
    yield started
    started.stop()


def kernels(server):
    return living(server.process.pid, "edukit.classroom.kernel")


def kernel_of(text):
    return re.search(r'ek\.started\("([\w-]+)"\)', text)[1]


def open_socket(server, path, *headers):
    """The first line that the server answers to a websocket's request."""
    key = base64.b64encode(os.urandom(16)).decode()
    head = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    with socket.create_connection(("127.0.0.1", int(server.url.split(":")[2].split("/")[0])), timeout=20) as link:
        link.sendall("\r\n".join([*head, *headers, "", ""]).encode())
        return link.recv(4096).decode("latin-1").splitlines()[0]


@pytest.mark.parametrize(("wish", "lang"), [("zh-CN,zh;q=0.9", "zh"), ("en", "en"), ("", "en")])
def test_the_door_leads_to_the_browsers_language(server, wish, lang):
    answer = server.get("/", Accept_Language=wish)
    assert (answer.status, answer.headers["Location"]) == (302, f"/{lang}/")


@pytest.mark.parametrize(
    ("path", "to"),
    [("/zh", "/zh/"), ("/en/01_small/", "/en/01_small"), ("/en/01_small.ipynb", "/en/01_small"), ("/voila/render/zh/01_small.ipynb", "/zh/01_small")],
)
def test_other_addresses_lead_to_the_stable_ones(server, path, to):
    answer = server.get(path)
    assert (answer.status, answer.headers["Location"]) == (302, to)


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/en/02_nothing", "/fr/01_small", "/en/../zh/x", "/en/01_small/x", "/%00", "/en/01_small%00", "/static/x"),
        *("/en/%2e%2e/%2e%2e/etc/passwd", "/voila/tree", "/voila/files/en/01_small.ipynb", "/voila/files/x.png"),
        *("/voila/api/contents", "/api/contents", "/edukit/alive/fr/x", "/login", "/logout", "/api/kernels", "/voila/static/", "/voila/static/x.js"),
        *("/voila/labextensions/", "/voila/labextensions/../x", "/voila/api/themes/", "/voila/api/themes/x/y.css", "/voila/query/x"),
        *(f"/voila/{part}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd" for part in ("static", "labextensions", "templates/lab/static")),
        *("/voila/templates/x", "/voila/templates/edukit/static", "/voila/templates/../../x/static/y", "/voila/templates/edukit/static/../conf.json"),
    ],
)
def test_what_is_not_there_is_404_and_no_crash(server, path):
    answer = server.get(path)
    assert answer.status in (400, 403, 404) and "root:" not in answer.text, answer.text[:300]
    assert "Traceback" not in server.said() and "metadata" not in answer.text
    assert answer.status == 400 or "Back to all lessons" in answer.text or answer.headers["Content-Type"] == "application/json"


def test_a_look_at_an_address_starts_nothing(server):
    told = [server.ask(urllib.request.Request(server.url + path, method="HEAD")).status for path in ("", "en/", "en/01_small", "en/02_nothing")]
    assert told == [302, 200, 200, 404] and not kernels(server)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_take_no_changes(server, method):
    for path in ("en/", "en/01_small", "nothing"):
        assert server.ask(urllib.request.Request(server.url + path, method=method, data=b"x")).status in (403, 404, 405)
    assert not kernels(server)


def test_the_index_and_its_favicon(server):
    shown = server.get("/zh/")
    assert shown.status == 200 and "A small lesson" in shown.text and 'href="/zh/01_small"' in shown.text
    icon = server.get("/favicon.ico")
    assert icon.status == 200 and icon.headers["Content-Type"] == "image/svg+xml"


def test_a_foreign_host_name_is_refused(server):
    answer = server.get("/en/", Host="evil.example")
    assert answer.status == 403 and "cannot be opened like this" in answer.text
    assert server.get("/en/", Host="localhost:1").status == 200


def test_a_lesson_page_hides_what_is_not_for_the_app_and_its_kernel_ends_by_beacon(server):
    shown = server.get("/en/01_small")
    assert shown.status == 200 and "no-store" in shown.headers["Cache-Control"] and "<title>A small lesson · edukit</title>" in shown.text
    assert "default-src 'self'" in shown.headers["Content-Security-Policy"]
    assert "Prose comes first" in shown.text and shown.text.index("Prose comes first") < shown.text.index("ek.started")
    for hidden in ("secret-exercise", "secret-solution", "never-shown-source", "SystemExit", "1 / 0"):
        assert hidden not in shown.text
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", shown.text)
    kernel = kernel_of(shown.text)
    assert json.loads(server.get(f"/edukit/alive/zh/{kernel}").text) == {"alive": True, "saved": True, "saved_text": "作品会自动保存"}
    url = f"{server.url}voila/api/shutdown/{kernel}"
    foreign = server.ask(urllib.request.Request(url, method="POST", data=b"", headers={"Origin": "http://evil.example"}))
    assert foreign.status in (403, 404) and json.loads(server.get(f"/edukit/alive/en/{kernel}").text)["alive"]
    left = server.ask(urllib.request.Request(url, method="POST", data=b"", headers={"Origin": server.url[:-1]}))
    assert left.status == 204 and not json.loads(server.get(f"/edukit/alive/en/{kernel}").text)["alive"]
    assert server.ask(urllib.request.Request(url, method="POST", data=b"", headers={"Origin": server.url[:-1]})).status == 204, "a second beacon is harmless"


def test_other_changes_still_need_the_cookie(server):
    kernel = kernel_of(server.get("/en/01_small").text)
    assert server.ask(urllib.request.Request(f"{server.url}api/kernels/{kernel}", method="DELETE")).status == 403
    server.ask(urllib.request.Request(f"{server.url}voila/api/shutdown/{kernel}", method="POST", data=b""))


def test_a_socket_that_speaks_another_protocol_is_refused(server):
    kernel = kernel_of(server.get("/en/01_small").text)
    path = f"/api/kernels/{kernel}/channels"
    assert " 400 " in open_socket(server, path)
    assert " 400 " in open_socket(server, path, "Sec-WebSocket-Protocol: v0.other")
    assert " 101 " in open_socket(server, path, "Sec-WebSocket-Protocol: v0.other, v1.kernel.websocket.jupyter.org")
    assert " 403 " in open_socket(server, path, "Sec-WebSocket-Protocol: v1.kernel.websocket.jupyter.org", "Origin: http://evil.example")
    server.ask(urllib.request.Request(f"{server.url}voila/api/shutdown/{kernel}", method="POST", data=b""))


def test_a_lesson_kernel_knows_no_torch_and_works_in_the_students_folder(server):
    shown = server.get("/en/01_small")
    time.sleep(0.5)
    (kernel,) = kernels(server)
    assert not [part for part in Path(f"/proc/{kernel.pid}/maps").read_text().split() if "libtorch" in part]
    assert kernel.environ()["EDUKIT_LANG"] == "en" and kernel.environ()["ORT_DISABLE_TELEMETRY"] == "1" and kernel.cwd().endswith("me/01_small")
    server.ask(urllib.request.Request(f"{server.url}voila/api/shutdown/{kernel_of(shown.text)}", method="POST", data=b""))


@pytest.mark.parametrize("port", [0, -1, 65536, True, "80x", 10**30])
def test_ports_that_cannot_be(port):
    with pytest.raises(BadArgument):
        classroom.serve(port=port, open_browser=False)


def test_arguments_are_looked_at_before_anything_is_opened(monkeypatch):
    with pytest.raises(UnknownChoice):
        classroom.serve(lang="fr", open_browser=False)
    with pytest.raises(BadArgument):
        classroom.serve(ip="no such address", open_browser=False)
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(BadArgument):
        classroom.serve(open_browser=False)


def test_the_next_free_port_is_taken_unless_the_user_insists():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(PortTaken, match="E602"):
            classroom.serve(port=port, open_browser=False)
        (other,) = listen("127.0.0.1", port, insist=False)
        assert other.getsockname()[1] > port
        other.close()


def test_addresses_are_ones_that_a_browser_takes():
    assert Address("0.0.0.0", 80).url() == "http://127.0.0.1:80/" and Address("::1", 80, "/a/", "word").url() == "http://[::1]:80/a/?token=word"
    assert Address("127.0.0.1").loopback and Address("localhost").loopback and not Address("0.0.0.0").loopback and not Address("school.example").loopback
    assert Address("192.0.2.7", 80).network_url() == "http://192.0.2.7:80/" and Address("127.0.0.1").network_url() == ""
    assert "127.0.0.1" not in Address("0.0.0.0").network_url()


@pytest.mark.parametrize(("prefix", "base"), [("/", "/"), ("", "/"), ("class", "/class/"), ("/user/a%40x.org/a+b/", "/user/a%40x.org/a+b/"), ("//a//", "/a/")])
def test_a_prefix_gets_its_slashes(prefix, base):
    assert check_base_url(prefix) == base


@pytest.mark.parametrize("prefix", ["/a b/", "/..", "/a/../b", "/(x)", "/x?y", "/课", "/%zz"])
def test_prefixes_that_cannot_be(prefix):
    with pytest.raises(BadArgument):
        classroom.serve(base_url=prefix, open_browser=False)


def test_who_may_come_needs_a_token_unless_it_is_switched_off_in_words(monkeypatch):
    made = choose_token("0.0.0.0", None, False)
    assert len(made) == 48 and made != choose_token("192.0.2.7", None, False)
    assert choose_token("127.0.0.1", None, False) == "" and choose_token("0.0.0.0", None, True) == ""
    assert choose_token("127.0.0.1", "class-3b", False) == "class-3b"
    monkeypatch.setenv("EDUKIT_TOKEN", "from-outside")
    assert choose_token("127.0.0.1", None, False) == "from-outside" and choose_token("127.0.0.1", "class-3b", False) == "class-3b"
    assert choose_token("0.0.0.0", None, True) == ""
    for token, no_token in (("", False), ("abc", False), ("a b c d", False), ("口令口令", False), ("class-3b", True)):
        with pytest.raises(BadArgument):
            choose_token("0.0.0.0", token, no_token)


def copy_of_edukit(folder):
    shutil.copytree(Path(CLONE) / "edukit", folder / "edukit", ignore=shutil.ignore_patterns("__pycache__"))
    write_lesson(folder / "lessons", lang="zh")
    write_lesson(folder / "lessons")
    return folder


def spoil_settings(user):
    """A user's folder whose Jupyter and IPython settings are broken, with a kernel that leads nowhere."""
    for name in (".jupyter/voila.json", ".jupyter/jupyter_server_config.json", ".ipython/profile_default/ipython_config.py", ".jupyter/voila.py"):
        (user / name).parent.mkdir(parents=True, exist_ok=True)
        (user / name).write_text("{ broken")
    bad = user / ".local" / "share" / "jupyter" / "kernels" / "python3"
    bad.mkdir(parents=True)
    (bad / "kernel.json").write_text(json.dumps({"argv": ["/nowhere/python", "{connection_file}"], "display_name": "bad", "language": "python"}))


@pytest.mark.slow
def test_it_runs_in_an_awkward_place_and_ends_cleanly_when_its_window_is_closed(tmp_path):
    """Read-only package in a folder with spaces and Chinese, read-only home with broken settings, and a student's file named like a module."""
    copy = copy_of_edukit(tmp_path / "只 读 it's")
    spoil_settings(tmp_path / "user")
    work = tmp_path / "work" / "me" / "01_small"
    work.mkdir(parents=True)
    (work / "json.py").write_text("raise SystemExit('a file of the student took the place of a module')")
    read_only = [path for top in (copy, tmp_path / "user") for path in (top, *top.rglob("*"))]
    for path in read_only:
        path.chmod(0o555 if path.is_dir() else 0o444)
    server = start_class_server(tmp_path / "work", HOME=str(tmp_path / "user"), PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE="1")
    try:
        kernel = kernel_of(server.get("/en/01_small").text)
        assert json.loads(server.get(f"/edukit/alive/en/{kernel}").text)["alive"] and server.get("/voila/static/voila.js").status == 200
        (process,) = kernels(server)
        runtime = Path(process.environ()["JUPYTER_RUNTIME_DIR"])
        assert server.stop(signal.SIGHUP) == 0
        assert "Stopping" in server.said() and "Traceback" not in server.said()
        assert not process.is_running() and not runtime.parent.exists()
    finally:
        for path in read_only:
            path.chmod(0o755)
        server.stop(signal.SIGKILL)


@pytest.mark.slow
def test_a_lesson_that_cannot_start_and_a_home_that_cannot_be_written_are_said(tmp_path):
    copy = copy_of_edukit(tmp_path / "copy")
    (copy / "edukit" / "classroom" / "kernel.py").write_text("raise SystemExit(1)\n")
    (tmp_path / "file").write_text("")
    server = start_class_server(tmp_path / "work", PYTHONPATH=str(copy), EDUKIT_HOME=str(tmp_path / "file" / "home"))
    try:
        assert "cannot be written" in server.said() and "cannot be saved" in server.get("/en/").text
        shown = server.get("/zh/01_small").text
        assert "Prose comes first" in shown and "这一课没能启动" in shown and "Traceback" not in shown and not kernels(server)
        assert server.get("/zh/").status == 200
    finally:
        server.stop(signal.SIGTERM)


def test_others_may_come_only_when_asked_for_and_it_is_said(tmp_path, capsys):
    for token, note in (("", "anyone on the same network"), ("secret-word", "need the address with its token")):
        code.announce(Address("0.0.0.0", 8866, "/x/", token), Address("0.0.0.0", 8870, "/x/", token), current())
        printed = capsys.readouterr().out
        assert "http://127.0.0.1:8870/x/" in printed and note in printed and "8866 is in use" in printed
        assert printed.count("?token=secret-word") == (2 if token and Address("0.0.0.0").network_url() else 1 if token else 0)
