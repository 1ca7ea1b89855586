"""Frozen and free layers: how much of EfficientNet-Lite0 learns from a few pictures, where it starts from, and what was measured of each combination."""
from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import array_uri, bars
from edukit.core.i18n import large_number, t
from edukit.core.preprocess import UInt8Image
from edukit.data import load_dataset
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.mosaic import mosaic, small

WEIGHTS = (55_504, 2_297_904, 1_017_600, 7_686)  # of the parts from the input on; the last is the head
NAMES = ("early", "middle", "late", "head")
# Validation accuracy in percent, by pictures a class, for 0, 1, 2, 3 frozen parts: sample set emoji, 160 pixels, 10 epochs, best epoch, seed 0
PRETRAINED = {2: (56, 51, 51, 62), 5: (67, 62, 59, 62), 10: (72, 82, 77, 72)}
RANDOM = {2: (23, 36, 18, 21), 5: (23, 36, 54, 18), 10: (28, 41, 46, 21)}
CHANCE, LIGHT = 25, 10_000  # percent that six classes hardly exceed by luck; weights of a head
FROST, FREE, INK = (198, 222, 240), (240, 150, 80), (60, 60, 60)  # RGB
SIDE, SHAPES = 256, ((112, 26), (72, 44), (40, 58), (20, 30))  # pixels of the stage; height and width of each part


class Frozen(Explorable):
    """A network in four parts; those before the slider stay as they are."""

    kind, challenges, drag, plot = "frozen", ("useless", "few", "more", "light"), ("frozen",), Plot(x=(0, 4, ""), y=(0, 100, "%"))
    sliders = (Slider("frozen", 0, 3, 2), Slider("start", 0, 1, 1))

    def prepare(self) -> None:
        """Two, five or ten training pictures of each class to learn from."""
        dataset, self.counts, self.pill, self.choices = load_dataset("emoji"), list(PRETRAINED), t("frozen.pill"), []
        for count in self.counts:
            shown = [sample for label in dataset.classes for sample in [one for one in dataset.train if one.label == label][:count]]
            across = math.ceil(math.sqrt(len(shown)))
            tiles = [(place, small(sample.path, 104 // across - 1), False) for place, sample in enumerate(shown)]
            self.choices.append({"uri": array_uri(mosaic(tiles, side=across, cell=104 // across, gap=1)), "name": t("frozen.each", count=count)})

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """What learns, and what such a training reached."""
        frozen, pretrained, count = int(state["frozen"]), bool(state["start"]), self.counts[choice]
        measured, learning = (PRETRAINED if pretrained else RANDOM)[count], sum(WEIGHTS[frozen:])
        reached, best = measured[frozen], max(max(PRETRAINED[count]), max(RANDOM[count]))
        solved = {"useless": not pretrained and frozen == 3, "few": count == 2 and reached == best, "more": count == 10 and reached == best,
                  "light": learning < LIGHT and reached >= 70}  # fmt: skip
        names = [t(f"frozen.{'ice' if part < frozen else 'free'}", name=t(f"frozen.{name}")) for part, name in enumerate(NAMES)]
        how = "chance" if reached <= CHANCE else "best" if reached == best else "measured"
        told = {"weights": large_number(learning), "pictures": 6 * count, "value": percent(reached / 100, 0)}
        return Answer(
            verdict=t(f"frozen.said_{how}", **told), right=True if how == "best" else False if how == "chance" else None, picture=draw(frozen, pretrained),
            body=bars(names, [weights / sum(WEIGHTS) for weights in WEIGHTS], best=-1), mark=(frozen, reached, how != "chance"), solved=solved,
        )  # fmt: skip


def draw(frozen: int, pretrained: bool) -> UInt8Image:
    """The network from left to right: frozen parts pale, free ones orange; speckled inside where the weights are random."""
    import cv2

    canvas, left = np.full((SIDE, SIDE, 3), 255, np.uint8), 26
    for part, (height, width) in enumerate(SHAPES):
        box = canvas[SIDE // 2 - height : SIDE // 2 + height, left : left + width]
        box[:] = FROST if part < frozen else FREE
        if not pretrained:
            box[np.random.default_rng(part).random(box.shape[:2]) < 0.3] = 255
        cv2.rectangle(canvas, (left, SIDE // 2 - height), (left + width - 1, SIDE // 2 + height - 1), INK, 2)
        left += width + 12
    return canvas
