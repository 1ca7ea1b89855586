"""Pages of HTML in one file, which ask the network for nothing; one is replaced only by another of its kind."""
from __future__ import annotations

from pathlib import Path

from edukit.core.errors import BadSuffix, OutputExists
from edukit.core.files import check_writable
from edukit.core.html import esc
from edukit.core.i18n import language


def settle_page(path: Path, kind: str, *, overwrite: bool = False) -> None:
    """Decides before any work whether a page may be written.

    Args:
        path: Ends in ``.html``; an earlier page of this kind there may be replaced.
        kind: As for ``page_html``.
        overwrite: Whether any file may be.

    Raises:
        BadSuffix, OutputExists, OutputNotWritable
    """
    if path.suffix.lower() != ".html":
        raise BadSuffix(path=path, wanted=".html")
    check_writable(path)
    if path.exists() and not (path.is_file() and (overwrite or _mark(kind) in path.read_text(encoding="utf-8", errors="replace")[:4096])):
        raise OutputExists(path=path)


def page_html(title: str, body: str, *, kind: str, css: str = "", name: str = "ek-page") -> str:
    """The whole page, in the language in use.

    Args:
        title: Of the browser's tab.
        body: Finished HTML.
        kind: What makes such pages, for example ``"check-dataset"``; stands in the head.
        css: Style sheets.
        name: The body's class.
    """
    head = f'<meta charset="utf-8">{_mark(kind)}<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
    lang = "zh-CN" if language() == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}"><head>{head}<title>{esc(title)}</title>\n<style>\n{css}</style></head>\n'
        f'<body class="{name}">{body}</body></html>\n'
    )


def _mark(kind: str) -> str:
    return f'<meta name="generator" content="edukit {kind}">'
