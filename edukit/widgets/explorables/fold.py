"""Fold a graph by hand: several nodes in a row become one whose two numbers the learner sets, until both give the same for every input."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from edukit.core.html import array_uri, esc
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array, UInt8Image
from edukit.widgets.explorable import Answer, Explorable, Slider

INPUTS, SIDE, HIGHEST = np.linspace(-4, 4, 33, dtype=np.float32), 448, 9  # inputs that are compared; pixels of the stage; largest output that it shows
AXIS, ORIGINAL, OWN, HERE = (214, 209, 204), (120, 113, 108), (0, 114, 178), (213, 94, 0)  # RGB


Node = tuple[str, float, float, float]  # an operator with its numbers, and what it computes: slope x + shift, but not less than the last one
ANY, RELU = -np.inf, ("Relu", 1, 0, 0)
CHAINS: tuple[tuple[str, Sequence[Node], int, int], ...] = (  # nodes in a row, and how many the graph has before and after; constants are nodes too
    ("constants", (("Mul × (3 − 1)", 2, 0, ANY), ("Add + 6 ÷ 4", 1, 1.5, ANY)), 8, 2),
    ("norm", (("Conv × 2 + 1", 2, 1, ANY), ("BatchNorm (− 3) ÷ 2 × 3 + 0.5", 1.5, -4, ANY)), 2, 1),
    ("whole", (("Conv × (−1) + 2", -1, 2, ANY), ("BatchNorm (− 1) ÷ 0.5 × 1 − 1", 2, -3, ANY), ("Dropout", 1, 0, ANY), RELU), 4, 2),
    ("trap", (("Conv × 2 − 2", 2, -2, ANY), RELU, ("BatchNorm (− 1) ÷ 2 × 1 + 1", 0.5, 0.5, ANY)), 3, 2),
)


class Fold(Explorable):
    """An original chain, the learner's shorter one, and both outputs for every input."""

    kind, drag, challenges = "fold", ("x",), ("constants", "norm", "whole", "luck", "trap")
    sliders = (Slider("x", -4, 4, 1, 0.25), Slider("w", -4, 4, 1, 0.5), Slider("b", -4, 4, 0, 0.5))

    def prepare(self) -> None:
        """Four chains to fold."""
        self.choices = [{"uri": array_uri(draw([values(nodes, INPUTS)[-1]], 0)), "name": t(f"fold.name_{name}")} for name, nodes, *_ in CHAINS]

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Both chains at this input, and whether they agree at all others."""
        (name, nodes, before, after), x, w, b = CHAINS[choice], state["x"], state["w"], state["b"]
        plus = f"{'−' if b < 0 else '+'} {shown(abs(b))}"
        own: list[Node] = [(f"Conv × {shown(w)} {plus}", w, b, ANY)] if choice else [(f"Mul × {shown(w)}", w, 0, ANY), (f"Add {plus}", 1, b, ANY)]
        own += [RELU] if RELU in nodes else []
        lines, ends = ([values(some, at)[-1] for some in (nodes, own)] for at in (INPUTS, np.array([x], np.float32)))
        (wanted, found), apart = (float(end[0]) for end in ends), np.abs(lines[0] - lines[1])
        how = "same" if not apart.any() else "half" if name == "trap" and not apart[INPUTS >= 1].any() else "luck" if wanted == found else "apart"
        solved = {name: how in ("same", "half"), "luck": how == "luck" and wanted != 0}
        told = {"x": shown(x), "wanted": shown(wanted), "found": shown(found), "most": shown(apart.max()), "before": before, "after": after}
        return Answer(
            verdict=t(f"fold.said_{how}", **told), right=True if how == "same" else None, picture=draw(lines, x),
            body=flow("original", nodes, x) + flow("own", own, x), solved=solved,
        )  # fmt: skip


def values(nodes: Sequence[Node], x: Float32Array) -> list[Float32Array]:
    """What comes out of each node; all these numbers are exact in fp32."""
    return [x := np.maximum(np.float32(slope) * x + np.float32(shift), np.float32(least)) for _, slope, shift, least in nodes]


def flow(title: str, nodes: Sequence[Node], x: float) -> str:
    """HTML: a number on its way through the nodes."""
    steps = [f" → <span class='ek-pill'>{esc(words)}</span> → {shown(out[0])}" for (words, *_), out in zip(nodes, values(nodes, np.array([x], np.float32)))]
    return f"<p><b>{esc(t(f'fold.{title}'))}</b><br>{shown(x)}{''.join(steps)}</p>"


def shown(value: float) -> str:
    """A number with a real minus."""
    return f"{value:g}".replace("-", "−")


def draw(lines: Sequence[Float32Array], x: float) -> UInt8Image:
    """The output over the input, RGB: the original broad and grey, the learner's blue, this input an orange line."""
    import cv2

    canvas, half, here = np.full((SIDE, SIDE, 3), 255, np.uint8), SIDE // 2, round((x / 4 + 1) / 2 * SIDE)
    for start, end, paint in (((0, half), (SIDE, half), AXIS), ((half, 0), (half, SIDE), AXIS), ((here, 0), (here, SIDE), HERE)):
        cv2.line(canvas, start, end, paint, 2)
    for line, paint, thick in zip(lines, (ORIGINAL, OWN), (9, 3)):
        places = np.stack([(INPUTS / 4 + 1) * half, (1 - line / HIGHEST) * half], axis=1)
        cv2.polylines(canvas, [places.round().astype(np.int32)], False, paint, thick, cv2.LINE_AA)
    return canvas
