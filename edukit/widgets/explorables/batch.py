"""Batch against latency and throughput: three forms of a model, what a call costs beside the computing, and a camera that brings pictures."""
from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from edukit.comparison.kinds import model_style
from edukit.core.formatting import milliseconds, percent, times
from edukit.core.html import array_uri, table
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider

HEADS, FORMS = ("form", "run", "second", "ratio"), (model_style("PyTorch"), model_style("ONNX Runtime"), model_style("ONNX Runtime", "int8"))
BATCHES, SIDES = (1, 2, 4, 8, 16), (32, 64, 128, 224)
# Milliseconds of processor time a run, by form, side and batch: EfficientNet-Lite0, one thread of an AMD EPYC with AVX512-VNNI, minimum of 4 to 300 runs
MEASURED = np.array([
    [[2.18, 2.67, 3.74, 5.41, 7.92], [3.68, 5.06, 7.27, 11.2, 13.7], [6.26, 9.96, 17.0, 47.8, 72.7], [13.4, 24.7, 71.9, 175, 273]],
    [[0.314, 0.525, 0.938, 1.78, 4.16], [0.637, 1.20, 2.45, 4.83, 9.19], [1.76, 3.67, 7.35, 16.0, 35.3], [5.29, 11.0, 24.4, 53.6, 122]],
    [[0.227, 0.322, 0.510, 0.891, 1.65], [0.372, 0.597, 1.06, 1.98, 4.42], [0.958, 1.75, 3.86, 9.23, 20.8], [2.84, 6.66, 14.6, 30.4, 71.8]],
])  # fmt: skip
PAINTS = [tuple(bytes.fromhex(form.colour[1:])) for form in FORMS]  # RGB
CALL_MS = 2 * MEASURED[:, 0, 0] - MEASURED[:, 0, 1]  # what no picture explains: tiny ones at batch 1 and 2, drawn on to batch 0
SIDE, GREY, LANE = 512, (150, 150, 150), 120  # pixels; RGB of what a call costs; height of a form


class Batch(Explorable):
    """Choose form, batch, size and rate; see a run as a bar, and how long a picture waits."""

    kind, challenges, drag, plot = "batch", ("call", "pays", "useless", "late", "fast"), ("batch", "side"), Plot(x=(0, 16, ""), y=(0, 5, "×"))
    sliders = (Slider("batch", 1, 16, 1), Slider("side", 32, 224, 224, 32), Slider("rate", 5, 250, 30, 5))

    def prepare(self) -> None:
        """The three forms, by colour and sign."""
        self.choices, self.pill = [{"uri": array_uri(drawn_sign(place)), "name": form.label} for place, form in enumerate(FORMS)], t("batch.pill")

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """One run, pictures a second, and how long a picture waits for its answer."""
        batch, side, rate = int(state["batch"]), state["side"], state["rate"]
        runs = [run_ms(form, batch, side) for form in range(len(FORMS))]
        run, call = runs[choice], CALL_MS[choice] / runs[choice]
        second, gain, waits = 1000 * batch / run, batch * run_ms(choice, 1, side) / run, 1000 * (batch - 1) / rate + run
        keeps = second >= rate
        solved = {"call": call >= 0.5, "pays": gain >= 3, "useless": batch >= 8 and gain < 1, "late": keeps and waits >= 500,
                  "fast": keeps and side == 224 and rate >= 200 and waits <= 20}  # fmt: skip
        said = {"form": FORMS[choice].label, "run": milliseconds(run), "second": f"{second:.0f}", "rate": f"{rate:.0f}", "call": percent(call, 0)}
        rows = [(form.label, milliseconds(one), f"{1000 * batch / one:.0f}", f"{times(runs[0] / one)}×") for form, one in zip(FORMS, runs)]
        return Answer(
            verdict=t(f"batch.said_{'keeps' if keeps else 'behind'}", waits=milliseconds(waits), **said), right=keeps, picture=draw(runs, batch, choice),
            body=table([t(f"batch.head_{name}") for name in HEADS], rows), mark=(batch, gain, gain >= 1.5) if self.only(state, "batch") else None,
            solved=solved,
        )  # fmt: skip


def run_ms(form: int, batch: float, side: float) -> float:
    """How long a run takes: between what was measured a straight line on logarithmic axes."""
    by_batch = [np.interp(np.log(batch), np.log(BATCHES), np.log(row)) for row in MEASURED[form]]
    return float(np.exp(np.interp(np.log(side), np.log(SIDES), by_batch)))


def drawn_sign(place: int) -> UInt8Image:
    """The sign of a form in its colour, RGB [104, 104, 3]: circle, square or triangle."""
    import cv2

    corners = cv2.ellipse2Poly((52, 56), (34, 34), (0, 45, 30)[place], 0, 360, (10, 90, 120)[place])
    return np.asarray(cv2.fillPoly(np.full((104, 104, 3), 255, np.uint8), [corners], PAINTS[place], cv2.LINE_AA))


def draw(runs: list[float], batch: int, choice: int) -> UInt8Image:
    """A run of each form on one scale: grey what the call costs, then a block for each picture; the chosen form in full colour."""
    canvas = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for place, run in enumerate(runs):
        lane, wide = canvas[40 + 150 * place :][:LANE], (SIDE - 16) / max(runs)
        edges = np.linspace(CALL_MS[place], run, batch + 1) * wide + 8
        lane[:, 8 : max(10, int(edges[0]))] = GREY
        for left, right in pairwise(edges):
            lane[:, int(left) + 1 : max(int(left) + 2, int(right))] = 255 - (255 - np.array(PAINTS[place])) // (1 if place == choice else 3)
    return canvas
