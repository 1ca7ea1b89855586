"""The report's page: pieces of HTML in our look, every text escaped, every picture inside the file."""
from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import edukit.core
from edukit.core.html import data_uri
from edukit.core.i18n import language, t
from edukit.core.images import encode_png
from edukit.plots.pictures import small_picture
from edukit.plots.theme import PlotFigure, figure_svg

FULL, WIDE, HALF, NARROW = 960, 600, 465, 326  # pixels: figures that fill a desk's page, most of it, or half of it, and a phone's
BREAKPOINT = 640  # pixels: a narrower window gets the phone's
SHOT = 176  # pixels of a small picture, twice what it takes on the page


@dataclass(frozen=True)
class Block:
    """One card of the page: its title, pieces of finished HTML, and a short remark beside the title."""

    title: str
    body: Sequence[str]
    pill: str = ""

    def html(self) -> str:
        """The card."""
        pill = tag("span", self.pill, "ek-pill good") if self.pill else ""
        return f'<section class="ek-view"><div class="ek-head">{tag("h2", self.title)}{pill}</div><div class="ek-body">{"".join(self.body)}</div></section>'


def tag(name: str, text: str, css: str = "") -> str:
    """An element with this text, escaped."""
    return f"<{name}{f' class={chr(34)}{css}{chr(34)}' if css else ''}>{html.escape(text)}</{name}>"


def page_html(title: str, pills: Sequence[str], lead: str, blocks: Sequence[Block], *, head: str = "") -> str:
    """The whole page."""
    shown = "".join(tag("span", pill, "ek-pill") for pill in pills)
    css = Path(edukit.core.__file__).with_name("look.css").read_text(encoding="utf-8") + Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if language() == "zh" else "en"}"><head><meta charset="utf-8">{head}'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{html.escape(title)}</title>\n<style>\n{css}</style></head>\n"
        f'<body class="ek-page report"><header class="bar"><b>◨ edukit</b>{tag("span", t("report.kind"))}</header><main>'
        f'<h1>{html.escape(title)}</h1><p class="pills">{shown}</p><p class="lead">{html.escape(lead)}</p>\n'
        + "\n".join(block.html() for block in blocks)
        + "\n</main></body></html>\n"
    )


def figure_html(draw: Callable[..., PlotFigure], *arguments: Any, wide: int = WIDE, **options: Any) -> str:
    """A figure drawn twice, for a desk and for a phone, with what it shows in words."""
    desk, phone = (draw(*arguments, width=width, **options) for width in (wide, NARROW))
    width = round(desk.get_figwidth() * desk.dpi)
    return (
        f'<picture class="plot"><source media="(max-width: {BREAKPOINT}px)" srcset="{_svg_url(phone)}">'
        f'<img src="{_svg_url(desk)}" alt="{html.escape(desk.alt)}" width="{width}"></picture>'
    )


def pair(*pieces: str, css: str = "pair") -> str:
    """Pieces beside each other where there is room, else below each other."""
    return f'<div class="{css}">{"".join(f"<div>{piece}</div>" for piece in pieces)}</div>'


def stats_html(stats: Sequence[tuple[str, str]]) -> str:
    """A few figures, large, each under its name."""
    cells = "".join(f'<div>{tag("small", name)}{tag("span", value, "ek-big")}</div>' for name, value in stats)
    return f'<div class="ek-stats">{cells}</div>'


def shots_html(shots: Sequence[tuple[Path, str, str]]) -> str:
    """Small pictures, each with one line or two below."""
    return f'<div class="shots">{"".join(_shot_html(*shot) for shot in shots)}</div>'


def _shot_html(path: Path, first: str, second: str) -> str:
    picture = small_picture(path, SHOT)
    alt = html.escape(f"{first} {second}".strip())
    image = tag("span", path.name, "gone") if picture is None else f'<img src="{data_uri(encode_png(picture), "image/png")}" alt="{alt}">'
    below = tag("span", first) + (tag("b", second) if second else "")
    return f'<figure class="shot"><div>{image}</div><figcaption title="{html.escape(path.name)}">{below}</figcaption></figure>'


def _svg_url(figure: PlotFigure) -> str:
    return data_uri(figure_svg(figure).encode(), "image/svg+xml")
