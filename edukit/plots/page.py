"""The report's page: pieces of HTML in our look, every text escaped, every picture inside the file."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edukit.core.html import esc, stylesheet, tag
from edukit.core.i18n import t
from edukit.core.page import page_html

KIND = "report"

HALF, NARROW = 465, 326  # pixels: charts that fill half of the page, and narrow ones


def card(title: str, *body: str, pill: str = "") -> str:
    """One card of the page: its title with a short remark beside it, and pieces of finished HTML."""
    beside = tag("span", pill, "ek-pill good") if pill else ""
    return f'<section class="ek-view"><div class="ek-head">{tag("h2", title)}{beside}</div><div class="ek-body">{"".join(body)}</div></section>'


def report_page(title: str, pills: Sequence[str], lead: str, cards: Sequence[str]) -> str:
    """The whole page."""
    shown = "".join(tag("span", pill, "ek-pill") for pill in pills)
    css = stylesheet("results", "look") + Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    body = (
        f'<header class="bar"><b>◨ edukit</b>{tag("span", t("report.kind"))}</header><main>'
        f'<h1>{esc(title)}</h1><p class="pills">{shown}</p><p class="lead">{esc(lead)}</p>\n'
        + "\n".join(cards) + "\n</main>"
    )  # fmt: skip
    return page_html(title, body, kind=KIND, css=css, name="ek-page report")


def pair(*pieces: str, css: str = "pair") -> str:
    """Pieces beside each other where there is room, else below each other."""
    return f'<div class="{css}">{"".join(f"<div>{piece}</div>" for piece in pieces)}</div>'
