"""Small pieces of HTML that results are shown with, in notebooks, pages and reports."""
from __future__ import annotations

import base64
import html
from collections.abc import Iterable


def facts_table(facts: Iterable[tuple[str, str]]) -> str:
    """An HTML table of names and what is known of them, a row each; any text is safe."""
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>" for name, text in facts)
    return f"<table class='ek-table'>{rows}</table>"


def data_uri(data: bytes, media: str) -> str:
    """A file's bytes as an address that a page can hold; ``media`` is its type, such as ``"image/png"``."""
    return f"data:{media};base64,{base64.b64encode(data).decode('ascii')}"
