"""Tables of results: as HTML for a notebook, and pandas for those who compute on."""
from __future__ import annotations

import html
from collections.abc import Iterable


def facts_table(facts: Iterable[tuple[str, str]]) -> str:
    """An HTML table of names and what is known of them, a row each; any text is safe."""
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>" for name, text in facts)
    return f"<table class='ek-table'>{rows}</table>"
