"""Small pieces of HTML that views are made of. Everything that comes from a user passes ``esc``."""
from __future__ import annotations

import html
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from edukit.core.errors import EdukitError
from edukit.core.html import data_uri
from edukit.core.i18n import t
from edukit.core.images import decode_image, read_image_bytes, sniff, thumbnail
from edukit.core.preprocess import UInt8Image

SHOWN_BY_BROWSERS = ("PNG", "WEBP", "JPEG")
SMALL_BYTES = 12_000  # below this a picture file goes to the page as it is


def esc(text: object) -> str:
    """Text that cannot become markup."""
    return html.escape(str(text), quote=True)


def percent(share: float | None, digits: int = 0) -> str:
    """A fraction as people read it; a dash for one that is not known."""
    return "–" if share is None or not math.isfinite(share) else f"{100 * share:.{digits}f}%"


def clock(seconds: float) -> str:
    """Seconds as minutes:seconds."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def picture_uri(path: Path, side: int = 104) -> str:
    """A picture file as a data URI, made small; raises as ``read_image``."""
    data = read_image_bytes(path)
    kind = sniff(data, name=path)
    if len(data) <= SMALL_BYTES and kind in SHOWN_BY_BROWSERS:
        return data_uri(data, f"image/{kind.lower()}")
    return array_uri(thumbnail(decode_image(data, name=path), side))


def thumb(path: Path, name: str = "", *, kind: str = "") -> str:
    """A small picture; a file that is none says so instead of breaking the page."""
    try:
        return f"<img class='{kind}' src='{picture_uri(path)}' alt='{esc(name)}' title='{esc(path.name)}'>"
    except EdukitError as error:
        return f"<span class='ek-thumb' role='img' aria-label='{esc(error.message)}' title='{esc(error.message)}'>⚠</span>"


def array_uri(image: UInt8Image) -> str:
    """An RGB array as a data URI."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(stream, "WEBP", quality=88)
    return data_uri(stream.getvalue(), "image/webp")


def stats(cells: Iterable[tuple[str, str, str]]) -> str:
    """Large figures in a row: (what, figure, addition)."""
    return f"<div class='ek-stats'>{''.join(_stat(*cell) for cell in cells)}</div>"


def _stat(what: str, figure: str, more: str) -> str:
    addition = f" <small>{esc(more)}</small>" if more else ""
    return f"<div><small>{esc(what)}</small><span class='ek-big'>{esc(figure)}{addition}</span></div>"


def bars(names: Sequence[str], scores: Sequence[float]) -> str:
    """How sure a model is of each class, best first."""
    return f"<div class='ek-bars'>{''.join(_bar(name, score, best=i == 0) for i, (name, score) in enumerate(zip(names, scores)))}</div>"


def _bar(name: str, score: float, *, best: bool) -> str:
    line = f"<i aria-hidden='true'><i style='width:{100 * score:.1f}%'></i></i>"
    return f"<div class='ek-bar{' best' if best else ''}'><b>{esc(name)}</b>{line}<output>{percent(score)}</output></div>"


def choice(do: str, value: str, text: str, *, chosen: bool, kind: str = "") -> str:
    """A button in a result: one answer of several."""
    pressed = "true" if chosen else "false"
    return f"<button type='button' class='ek-choice {kind}' data-do='{esc(do)}' data-value='{esc(value)}' aria-pressed='{pressed}'>{esc(text)}</button>"


def scrolling(table: str) -> str:
    """A table that scrolls in its own box where it is wider than the page."""
    return f"<div class='ek-scroll' tabindex='0'>{table}</div>"


def empty(text: str) -> str:
    """What stands where a result will be."""
    return f"<div class='ek-empty'><p>{esc(text)}</p></div>"


def ticks(items: Iterable[tuple[bool, str]]) -> str:
    """A list of sentences, each with a tick or a cross that is also said in words."""
    return f"<ul class='ek-list'>{''.join(_tick(good, text) for good, text in items)}</ul>"


def _tick(good: bool, text: str) -> str:
    kind, sign, said = ("ek-yes", "✓", t("widgets.yes")) if good else ("ek-no", "✗", t("widgets.no"))
    return f"<li><span class='{kind}' role='img' aria-label='{esc(said)}'>{sign}</span><span>{esc(text)}</span></li>"
