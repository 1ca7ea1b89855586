"""The layers of a graph drawn in order, with the arcs of its shortcuts at the left and the weights of each as a bar at the right."""
from __future__ import annotations

from typing import TYPE_CHECKING

from edukit.core.files import human_size
from edukit.core.html import esc, facts_table, scrolling, table, tag
from edukit.core.i18n import t, text_or
from edukit.core.svg import Drawing, drawing, fitted, text

if TYPE_CHECKING:
    from edukit.conversion.graph import Graph, Layer

MOST_DRAWN = 300
_ROW, _BOX, _ARCS = 30, 22, 64  # pixels: distance of rows, height of a box, room for arcs
_WEIGHTY = ("Conv", "Gemm", "MatMul", "ConvTranspose")


def words_of(operator: str) -> str:
    """What an operator does, in plain words; empty for one that has none."""
    return text_or(f"graph.operator.{operator}")


def graph_html(graph: Graph) -> str:
    """Summary, sizes, operators in plain words, the drawing, and the card."""
    heads = [t("graph.operator"), t("graph.count"), t("graph.meaning")]
    drawn = draw_graph(graph)
    parts = [tag("p", str(graph), "ek-answer"), *(tag("p", sentence) for sentence in graph.axes()), table(heads, graph.operator_rows())]
    parts.append(f"<div style='max-height:34rem;overflow:auto' tabindex='0' role='group' aria-label='{esc(drawn.alt)}'>{drawn}</div>")
    if len(graph.layers) > MOST_DRAWN:
        parts.append(tag("p", t("graph.more", shown=MOST_DRAWN, count=len(graph.layers))))
    if graph.card:
        shown = ("task", "classes", "precision", "scores", "preprocess", "metrics", "created")
        facts = [(name, _plain(graph.card[name])) for name in shown if graph.card.get(name)]
        parts.append(f"<details><summary>{esc(t('graph.card'))}</summary>{scrolling(facts_table(facts))}</details>")
    return "".join(parts)


def draw_graph(graph: Graph) -> Drawing:
    """The drawing; the layers that hold weights stand out."""
    layers = graph.layers[:MOST_DRAWN]
    largest = max((layer.size_bytes for layer in layers), default=0) or 1

    def draw(width: int, phone: bool) -> tuple[str, int]:
        first = _ROW + 8
        marks = [_arc(before, place, first) for place, layer in enumerate(layers) for before in layer.after if before not in (place - 1, -1)]
        shapes = (" × ".join(map(str, one["shape"])) for one in graph.inputs.values())
        marks.append(text(_ARCS + 8, 22, t("graph.start", shape=", ".join(shapes))))
        marks += [_row(layer, first + place * _ROW, width, largest, phone) for place, layer in enumerate(layers)]
        return "".join(marks), first + len(layers) * _ROW + 8

    heavy = max(layers, key=lambda layer: layer.size_bytes, default=None)
    named = t("graph.heaviest", operator=heavy.operator, size=human_size(heavy.size_bytes)) if heavy else ""
    return drawing(draw, t("graph.alt", count=len(graph.layers), heaviest=named))


def _row(layer: Layer, top: int, width: int, largest: int, phone: bool) -> str:
    paint = "var(--ek-accent)" if layer.operator in _WEIGHTY else "var(--ek-soft)"
    right = 96 if phone else 250  # what the columns of shape and bytes take
    box = width - _ARCS - right
    words = f"{layer.operator} {layer.settings}"
    parts = [
        f"<rect x='{_ARCS}' y='{top}' width='{box}' height='{_BOX}' rx='5' style='fill:{paint};fill-opacity:.16;stroke:{paint}'>"
        f"<title>{esc(': '.join(filter(None, (words, words_of(layer.operator), layer.name))))}</title></rect>",
        text(_ARCS + 8, top + 16, fitted(words, box - 12)),
    ]
    if not phone:
        parts.append(text(width - right + 10, top + 16, fitted("×".join(map(str, layer.shape)), 150)))
    if layer.size_bytes:
        bar = max(1.0, round(layer.size_bytes / largest * 84, 1))
        parts.append(f"<rect x='{width - 88}' y='{top + 4}' width='{bar}' height='{_BOX - 8}' style='fill:var(--ek-accent);fill-opacity:.35'/>")
        parts.append(text(width - 4, top + 16, human_size(layer.size_bytes), anchor="end"))
    return "".join(parts)


def _arc(start: int, end: int, first: int) -> str:
    """A shortcut: from a layer to one that does not follow it directly; the longer, the further out."""
    y1, y2 = first + start * _ROW + _BOX / 2, first + end * _ROW + _BOX / 2
    out = max(4.0, _ARCS - 10 - 5 * min(10, end - start))
    return f"<path d='M{_ARCS},{y1:g} C{out:g},{y1:g} {out:g},{y2:g} {_ARCS},{y2:g}' style='fill:none;stroke:var(--ek-soft);stroke-width:1.5'/>"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
