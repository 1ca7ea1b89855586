"""A class server of its own for tests: its process, its address, its student's folder; and a small lesson to serve."""
from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import IO

CLONE = str(Path(__file__).parent.parent)
PROGRAM = """
import os, sys
from pathlib import Path
from edukit.classroom.server import run
port, lessons, base_url, token, https, ip = sys.argv[1:]
sys.exit(run(
    port=int(port) or None, ip=ip, base_url=base_url, token=token or None, no_token=False, https=bool(https), open_browser=False, lang=None,
    expire=int(os.environ.get("EXPIRE", 0)), lessons=Path(lessons) if lessons else None, student_of=lambda request: request.headers.get("X-Student", ""),
))
"""


@dataclass
class Answer:
    """What the server said to one request."""

    status: int
    headers: HTTPMessage
    text: str


@dataclass
class ClassServer:
    """A running server; ``stop`` ends it as Ctrl-C would."""

    process: subprocess.Popen[str]
    url: str
    home: Path
    log: Path
    opened: list[IO[str]] = field(default_factory=list)
    trusted: ssl.SSLContext | None = None  # what https certificates are held to; None for the system's own

    def get(self, path: str, **headers: str) -> Answer:
        """One GET request, without following redirects; header names are written with underscores."""
        request = urllib.request.Request(self.url + path.lstrip("/"), headers={name.replace("_", "-"): value for name, value in headers.items()})
        return self.ask(request)

    def ask(self, request: urllib.request.Request) -> Answer:
        """Any request."""
        opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=self.trusted))
        try:
            with opener.open(request, timeout=60) as reply:
                return Answer(reply.status, reply.headers, reply.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read().decode("utf-8"))

    def said(self) -> str:
        """What it printed so far."""
        return self.log.read_text(encoding="utf-8")

    def stop(self, sign: int = signal.SIGINT) -> int:
        """Asks it to end and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        code = self.process.wait(30)
        for stream in self.opened:
            stream.close()
        return code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def start_class_server(
    home: Path, *, lessons: Path | None = None, port: int = 0, base_url: str = "/", token: str = "", https: bool = False,
    ip: str = "127.0.0.1", python: tuple[str, ...] = (sys.executable,), **environment: str,
) -> ClassServer:  # fmt: skip
    """Starts a server whose work goes to ``home``; waits until it says its address.

    Args:
        home: EDUKIT_HOME of the server.
        lessons: What it serves; by default the real lessons.
        port: The port that it must be; 0 for any free one.
        base_url: What its pages stand under.
        token: What its pages ask for; none by default.
        https: Whether it speaks https.
        ip: The address that it listens on.
        python: The interpreter.
        environment: Further variables.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"{home.name}-server.log"
    stream = log.open("w", encoding="utf-8")
    told = {"EDUKIT_HOME": str(home), "EDUKIT_LANG": "en", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONPATH": CLONE} | environment
    told.setdefault("PORT", str(20000 + os.getpid() % 20000))
    words = [*python, "-c", PROGRAM, str(port), str(lessons or ""), base_url, token, "yes" * https, ip]
    process = subprocess.Popen(words, env=dict(os.environ) | told, stdout=stream, stderr=subprocess.STDOUT, text=True, cwd=home.parent)
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"https?://[^\s?]+/", log.read_text(encoding="utf-8")):
            return ClassServer(process, found[0], home, log, [stream])
        time.sleep(0.05)
    process.kill()
    stream.close()
    raise AssertionError(f"The class server did not start: {log.read_text(encoding='utf-8')}")


def write_lesson(root: Path, name: str = "01_small", *, lang: str = "en", cells: list[tuple[str, str, list[str]]] | None = None, **told: object) -> Path:
    """Writes a small lesson notebook; a cell is (type, source, tags)."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    made = {"markdown": new_markdown_cell, "code": new_code_cell}
    notebook = new_notebook(cells=[made[kind](source, metadata={"tags": tags}) for kind, source, tags in cells or SMALL])
    about = {"number": int(name[:2]), "title": "A small lesson", "minutes": 5, "art": "🐜", "steps": ["One", "Two"]} | told
    notebook.metadata = nbformat.from_dict({"edukit": about, "kernelspec": {"name": "python3", "display_name": "Python 3"}})
    path = root / lang / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


BUTTON = """
button = w.Button(description="Press me")
said = w.HTML("waiting")
button.on_click(lambda _: setattr(said, "value", "pressed in " + os.environ["EDUKIT_LANG"]))
box = w.VBox([button, said])
box.add_class("ek-view")
box
"""
SMALL = [
    ("markdown", "# A small lesson\n\nProse comes first.", []),
    ("code", "import os, ipywidgets as w\nprint('never-shown-source'[:0])", ["setup"]),
    ("code", "raise SystemExit('a code cell must not run')", ["code"]),
    ("markdown", "secret-exercise", ["exercise"]),
    ("markdown", "secret-solution", ["solution"]),
    ("code", BUTTON, ["view"]),
    ("code", "from edukit.core.errors import NotAnImage\nraise NotAnImage(path='<b>holiday</b>.docx')", []),
    ("code", "1 / 0\nmade = 1", []),
    ("code", "made", []),
    ("code", "import sys\nprint('torch' in sys.modules, sys.path[0:1], os.getcwd(), os.getpid())", []),
]
