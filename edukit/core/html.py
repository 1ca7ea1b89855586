"""Small pieces of HTML that views, reports and results in notebooks are made of. Everything that comes from a user passes ``esc``."""
from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from edukit.core.errors import EdukitError
from edukit.core.formatting import percent
from edukit.core.i18n import language, retranslate, t

if TYPE_CHECKING:
    from edukit.core.preprocess import UInt8Image

SHOWN_BY_BROWSERS = ("PNG", "WEBP", "JPEG")
NO_BREAK_SPACE = "\u00a0"  # keeps the height of an empty line
SMALL_BYTES = 12_000  # below this a picture file goes to the page as it is


@cache
def stylesheet(*names: str) -> str:
    """Our style sheets, such as ``"results"`` (tokens and what results are made of) and ``"look"`` (the rest of a view)."""
    return "".join(Path(__file__).with_name(f"{name}.css").read_text(encoding="utf-8") for name in names)


def shown_alone(*pieces: str) -> str:
    """A result as the last line of a notebook's cell: a card that brings its own styles and follows the notebook's theme."""
    body = "".join(piece for piece in pieces if piece)
    return f"<div class='ek-view' lang='{language()}'><style>{stylesheet('results')}</style><div class='ek-body'>{body}</div></div>"


def esc(text: object) -> str:
    """Text that cannot become markup.

    Example:
        >>> esc("<b>")
        '&lt;b&gt;'
    """
    return html.escape(str(text), quote=True)


def tag(name: str, text: object, css: str = "") -> str:
    """An element with this text, escaped.

    Example:
        >>> tag("p", "1 < 2", "ek-hint")
        "<p class='ek-hint'>1 &lt; 2</p>"
    """
    return f"<{name}{f' class={css!r}' if css else ''}>{esc(text)}</{name}>"


def answer(sentence: str, more: str = "") -> str:
    """The answer first: one sentence in bold, and what must be known beside it."""
    gap = " " if more and language() != "zh" else ""
    return f"<p class='ek-answer'><b>{esc(sentence)}</b>{gap}{esc(more)}</p>"


def warnings(sentences: Iterable[str]) -> str:
    """What figures must not be taken for, in the language in use also where they were stored in the other."""
    said = (retranslate(sentence, "data.warning.", "data.unlike.", "comparison.noisy") for sentence in sentences)
    return "".join(tag("p", f"⚠ {sentence}", "ek-box warn") for sentence in said)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, marks: Sequence[str] = (), css: str = "") -> str:
    """A table in its own scrolling box; its first column names the row; columns of figures stand on their right edge.

    Args:
        heads: Of the columns.
        rows: Texts.
        marks: HTML before the names of the rows, such as a model's sign.
        css: Further classes of the box.
    """
    kept = [[str(cell) for cell in row] for row in rows]
    words = [sum(cell.strip("–") != "" and not any(map(str.isdigit, cell)) for cell in column) * 2 > len(kept) for column in zip(*kept)]
    css_of = ["" if word or not place else " class='n'" for place, word in enumerate(words or [False] * len(heads))]
    top = "".join(f"<th scope='col'{one}>{esc(head)}</th>" for head, one in zip(heads, css_of)).replace("\n（", "（")
    lines = []
    for place, (name, *cells) in enumerate(kept):
        mark = marks[place] if marks else ""
        lines.append(f"<tr><th scope='row'>{mark}{esc(name)}</th>{''.join(f'<td{one}>{esc(cell)}</td>' for cell, one in zip(cells, css_of[1:]))}</tr>")
    return scrolling(f"<table class='ek-table'><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>", css)


def facts_table(facts: Iterable[tuple[str, str]], css: str = "") -> str:
    """A table of names and what is known of them, a row each."""
    rows = "".join(f"<tr>{tag('th', name)}{tag('td', text)}</tr>" for name, text in facts)
    return f"<table class='{' '.join(('ek-table', css)).strip()}'>{rows}</table>"


def scrolling(inside: str, css: str = "") -> str:
    """A box in which something scrolls where it is wider than the page."""
    return f"<div class='{' '.join(('ek-scroll', css)).strip()}' tabindex='0'>{inside}</div>"


def data_uri(data: bytes, media: str) -> str:
    """A file's bytes as an address that a page can hold; ``media`` is its type, such as ``"image/png"``."""
    return f"data:{media};base64,{base64.b64encode(data).decode('ascii')}"


def picture_uri(path: Path, side: int = 104) -> str:
    """A picture file as a data URI, made small; raises as ``read_image``."""
    from edukit.core.images import decode_image, read_image_bytes, sniff, thumbnail

    data = read_image_bytes(path)
    kind = sniff(data, name=path)
    if len(data) <= SMALL_BYTES and kind in SHOWN_BY_BROWSERS:
        return data_uri(data, f"image/{kind.lower()}")
    return array_uri(thumbnail(decode_image(data, name=path), side))


def array_uri(image: UInt8Image) -> str:
    """An RGB array as a data URI."""
    import cv2  # and not Pillow: 3 MB of every kernel that shows pictures

    return data_uri(cv2.imencode(".webp", image[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 88])[1].tobytes(), "image/webp")


def thumb(path: Path, name: str = "", *, side: int = 104, kind: str = "") -> str:
    """A small picture; a file that is none says so instead of breaking the page."""
    try:
        return f"<img class='{kind}' src='{picture_uri(path, side)}' alt='{esc(name)}' title='{esc(path.name)}'>"
    except EdukitError as error:
        return f"<span class='ek-thumb' role='img' aria-label='{esc(error.message)}' title='{esc(error.message)}'>⚠</span>"


def shots(pictures: Iterable[tuple[Path, str, str]]) -> str:
    """Pictures in a grid: path, one line below it, and a second one in bold."""
    drawn = []
    for path, first, second in pictures:
        below = tag("span", first) + (tag("b", second) if second else "")
        drawn.append(f"<figure><div>{thumb(path, f'{first} {second}'.strip(), side=176)}</div><figcaption>{below}</figcaption></figure>")
    return f"<div class='ek-shots'>{''.join(drawn)}</div>"


def stats(cells: Iterable[tuple[str, str, str]]) -> str:
    """Large figures in a row: (what, figure, addition)."""
    drawn = [
        f"<div><small>{esc(what)}</small><span class='ek-big'>{esc(figure)}{f' <small>{esc(more)}</small>' if more else ''}</span></div>"
        for what, figure, more in cells
    ]
    return f"<div class='ek-stats'>{''.join(drawn)}</div>"


def tiles(cells: Sequence[tuple[str, str, str, float, str]]) -> str:
    """Tiles side by side, each with a bar: (what, figure, hint, how large, name of the colour's token)."""
    largest = max((size for *_, size, _ in cells), default=1) or 1
    drawn = []
    for what, figure, hint, size, token in cells:
        bar = f"<i style='width:{max(2.0, 100 * size / largest):.0f}%;background:var(--ek-{token})'></i>"
        drawn.append(f"<div class='ek-tile'>{tag('b', what)}{tag('span', figure, 'ek-big')}{tag('small', hint or NO_BREAK_SPACE)}{bar}</div>")
    return f"<div class='ek-tiles'>{''.join(drawn)}</div>"


def bars(names: Sequence[str], scores: Sequence[float], *, best: int = 0) -> str:
    """How sure a model is of each class; its answer stands at the place ``best``."""
    drawn = []
    for place, (name, score) in enumerate(zip(names, scores)):
        line = f"<i aria-hidden='true'><i style='width:{100 * score:.1f}%'></i></i>"
        drawn.append(f"<div class='ek-bar{' best' * (place == best)}'><b>{esc(name)}</b>{line}<output>{percent(score, 0)}</output></div>")
    return f"<div class='ek-bars'>{''.join(drawn)}</div>"


def choice(do: str, value: str, text: str, *, chosen: bool, kind: str = "", fixed: bool = False) -> str:
    """A button in a result: one answer of several; once it is ``fixed`` it cannot be pressed."""
    state = f"aria-pressed='{'true' if chosen else 'false'}'" + (" disabled" if fixed else "")
    return f"<button type='button' class='ek-choice {kind}' data-do='{esc(do)}' data-value='{esc(value)}' {state}>{esc(text)}</button>"


def empty(text: str) -> str:
    """What stands where a result will be."""
    return f"<div class='ek-empty'><p>{esc(text)}</p></div>"


def ticks(items: Iterable[tuple[bool, str]]) -> str:
    """A list of sentences, each with a tick or a cross that is also said in words."""
    signs = {True: f"<span class='ek-yes' role='img' aria-label='{t('widgets.yes')}'>✓</span>",
             False: f"<span class='ek-no' role='img' aria-label='{t('widgets.no')}'>✗</span>"}  # fmt: skip
    lines = [f"<li>{signs[bool(good)]}{tag('span', text)}</li>" for good, text in items]
    return f"<ul class='ek-list'>{''.join(lines)}</ul>"
