"""The front ends' one module: it reaches a notebook or page once, as a model that all views name, and not again with every view."""
from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import ipywidgets
import traitlets

from edukit.core import html
from edukit.core.i18n import language, t

STATIC = Path(__file__).parent / "static"
WORDS = ("no_answer", "no_answer_app", "load_again")
_END = "export default { render };"


class Front(ipywidgets.Widget):  # type: ignore[misc]
    """What views share in the browser. It is no view itself.

    Attributes:
        code: The JavaScript of all front ends, one module.
        key: Changes with ``code``: kernels of different versions may share a JupyterLab.
        look: The stylesheet.
        words: What a view says whose Python does not answer.
    """

    code = traitlets.Unicode().tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    look = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)


def shared_front() -> Front:
    """The kernel's one; made anew where it was closed."""
    front = _front(language())
    if front.comm is None:
        front.open()
    return front


@cache
def _front(_lang: str) -> Front:
    code = module()
    key = hashlib.sha256(code.encode()).hexdigest()[:16]
    return Front(code=code, key=key, look=stylesheet(), words={name: t(f"widgets.{name}") for name in WORDS})


@cache
def module() -> str:
    """The module's text: ``shared*.js``, then each other file of ``static`` with names of its own."""
    shared = sorted(STATIC.glob("shared*.js"))
    files = sorted(path for path in STATIC.glob("*.js") if path not in shared and path.name != "loader.js")
    parts = [f'fronts["{path.name}"] = (() => {{\n{path.read_text(encoding="utf-8").replace(_END, "return { render };")}\n}})();' for path in files]
    return "\n".join([*(path.read_text(encoding="utf-8") for path in shared), *parts])


@cache
def stylesheet() -> str:
    """The look of all views."""
    return html.stylesheet("results", "look") + (STATIC / "view.css").read_text(encoding="utf-8")


def front_end(name: str) -> str:
    """The JavaScript that a view brings itself: a few lines that draw it with ``static/<name>`` out of the shared module."""
    return (STATIC / "loader.js").read_text(encoding="utf-8").replace("NAME", name)
