"""One number in fp32, bf16, fp16 and INT8: its bits, its neighbours on the number line, and what the order does to a sum."""
from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from functools import reduce

import numpy as np

from edukit.core.html import array_uri, tag
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider

TENTH, MOST, FAR, SIDE, GAP = 0.1, 9, 10, 448, 44  # what is added; most digits; sums far apart; pixels of the stage, and between two numbers
SIGN, EXPONENT, FRACTION, LINE = (213, 94, 0), (0, 114, 178), (0, 122, 89), (120, 113, 108)  # RGB
Form = tuple[str, int, int, float, int]  # name, digits in bits (the first is not stored), smallest exponent, largest number, bits; INT8 counts tenths
FORMS = (("fp32", 24, -126, 3.4028235e38, 32), ("bf16", 8, -126, 3.3895314e38, 16), ("fp16", 11, -14, 65504.0, 16), ("INT8", 8, 0, 12.7, 8))
shown = "{:.9g}".format  # nine digits tell any two numbers of fp32 apart


class Rounding(Explorable):
    """A number, what is stored for it, and both ways of adding many small ones to it."""

    kind, challenges, drag, plot = "rounding", ("exact", "zero", "infinity", "stuck", "order"), ("power",), Plot(x=(-8, 8, ""), y=(0, MOST, ""))
    sliders = (Slider("digit", 1, 9.99, 3.14, 0.01), Slider("power", -8, 8, 0), Slider("many", 10, 1000, 100, 10))

    def prepare(self) -> None:
        """Four forms of numbers."""
        self.choices = [{"uri": array_uri(draw(form, 3.14)), "name": form[0]} for form in FORMS]

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """What is stored, and what comes of adding."""
        form, value, many = FORMS[choice], float(f"{state['digit']:.2f}e{state['power']:.0f}"), int(state["many"])
        stored, step, tenths = rounded(form, value), distance(form, value), [rounded(form, TENTH)] * many
        away, large, small = abs(stored - value), summed(form, [stored, *tenths]), summed(form, [*tenths, stored])
        digits = min(MOST, max(0.0, -math.log10(max(away, step / 2) / value))) if math.isfinite(stored) else 0.0
        how = "zero" if not stored else "infinity" if math.isinf(stored) else "clipped" if away > step else "near" if away else "exact"
        said = "same" if large == small else "stuck" if large == stored else "order"
        solved = (how == "exact" and value % 1 != 0, how == "zero", how == "infinity", said == "stuck", form[0] == "fp32" and abs(large - small) > FAR)
        facts = {"stored": stored, "step": step, "truth": value + many * TENTH, "large": large, "small": small}
        return Answer(
            verdict=t(f"rounding.said_{how}", form=form[0], value=shown(value), stored=shown(stored), digits=f"{digits:.0f}"), picture=draw(form, value),
            right=None if how in ("near", "exact") else False, mark=(state["power"], digits, digits >= 1) if self.only(state, "power") else None,
            body="".join(tag("p", t(f"rounding.{name}", count=many, value=shown(one))) for name, one in facts.items()) + tag("p", t(f"rounding.sum_{said}")),
            solved=dict(zip(self.challenges, solved)))  # fmt: skip


def distance(form: Form, value: float) -> float:
    """How far the next number is."""
    return TENTH if form[4] == 8 else math.ldexp(1, max(math.frexp(value)[1] - 1, form[2]) - form[1] + 1)


def rounded(form: Form, value: float) -> float:
    """The nearest number of this form, of one that is not negative; in the fp64 that comes in here the sum of two of them is exact."""
    if form[4] == 8:
        return min(127, round(value / TENTH)) / 10
    near = round(value / distance(form, value)) * distance(form, value) if math.isfinite(value) else value
    return near if near <= form[3] else math.inf


def summed(form: Form, terms: list[float]) -> float:
    """One added after the other; INT8 adds whole numbers in 32 bits, where nothing is rounded."""
    return round(sum(terms), 1) if form[4] == 8 else reduce(lambda total, term: rounded(form, total + term), terms)


def draw(form: Form, value: float) -> UInt8Image:
    """The bits, filled where they are 1, and the number line, RGB: the number orange, the nearest one a ball."""
    import cv2

    stored, canvas, middle = rounded(form, value), np.full((SIDE, SIDE, 3), 255, np.uint8), SIDE // 2
    packed = struct.pack(">b", round(stored / TENTH)) if form[4] == 8 else struct.pack(">e" if form[0] == "fp16" else ">f", stored)
    for place, bit in enumerate("".join(f"{byte:08b}" for byte in packed)[: form[4]]):
        x, y, paint = 32 + place % 8 * 49, 20 + place // 8 * 49, SIGN if not place else EXPONENT if place <= form[4] - form[1] else FRACTION
        cv2.rectangle(canvas, (x, y), (x + 40, y + 40), paint, -1 if bit == "1" else 3)
    here, ticks = middle + round(min(4.9, (value - min(stored, form[3])) / distance(form, value)) * GAP), range(middle - 4 * GAP, middle + 5 * GAP, GAP)
    for start, end, paint in (((0, 340), (SIDE, 340), LINE), *(((x, 322), (x, 358), LINE) for x in ticks), ((here, 285), (here, 395), SIGN)):
        cv2.line(canvas, start, end, paint, 3)
    return np.asarray(cv2.circle(canvas, (middle, 340), 13, EXPONENT, -1, cv2.LINE_AA), np.uint8)
