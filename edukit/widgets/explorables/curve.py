"""A learning curve that grows as pictures are added: different ones, the same ones again, wrongly labelled ones. A head is solved at every move."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import bars
from edukit.core.i18n import language, t
from edukit.core.preprocess import UInt8Image
from edukit.training.sample_heads import Places, SampleHeads
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.mosaic import mosaic, small

MOST, DRAWS, CELL = 20, 4, 48  # pictures of a class, sets that are drawn and averaged, pixels of a small picture


class Curve(Explorable):
    """How many pictures, how many of them are repeats, how many bear a wrong label; and how good the head is that learns from them."""

    kind, challenges, plot = "curve", ("grow", "same", "wrong_labels"), Plot(x=(0, MOST, ""), y=(0, 100, "%"))
    sliders = (Slider("count", 1, MOST, 3), Slider("alike", 0, 90, 0, 10, "%"), Slider("wrong", 0, 60, 0, 10, "%"))

    def prepare(self) -> None:
        """The sample pictures in several orders."""
        self.heads = SampleHeads()
        self.orders = [self.heads.order(seed) for seed in range(DRAWS)]
        self.pill = t("curve.pill", count=len(self.heads.exam))

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Solves heads on such pictures and says what share of the validation pictures they know."""
        count, alike, wrong = (int(state[name]) for name in ("count", "alike", "wrong"))
        known, clean, dataset = self.known(count, alike, wrong), not alike and not wrong, self.heads.dataset
        of_class = [float(known[self.heads.exam == place].mean()) for place in range(len(dataset.classes))]
        right, full = float(known.mean()), count == MOST
        solved = {"grow": clean and right >= 0.7, "same": full and alike > 0 and not wrong and right < self.known(5, 0, 0).mean(),
                  "wrong_labels": full and not alike and wrong > 0 and right < self.known(10, 0, 0).mean()}  # fmt: skip
        told = {"count": count, "different": different(count, alike), "wrong": round(count * wrong / 100), "right": percent(right, 0)}
        return Answer(
            verdict=t("curve.clean" if clean else "curve.dirty", **told), right=clean or None, picture=self.drawn(count, alike, wrong),
            body=bars([dataset.shown(label, language()) for label in dataset.classes], of_class, best=int(np.argmax(of_class))),
            mark=(count, 100 * right, clean), reached=[name for name, done in solved.items() if done],
        )  # fmt: skip

    def known(self, count: int, alike: int, wrong: int) -> np.ndarray:
        """In what share of several draws each validation picture is known."""
        key = f"{count} {alike} {wrong}"
        if key not in self.memory:
            draws = [taken(order, count, alike, wrong) for order in self.orders]
            self.memory[key] = np.mean([self.heads.known(self.heads.features["train"][rows], np.array(labels)) for rows, labels in draws], axis=0)
        return np.asarray(self.memory[key])

    def drawn(self, count: int, alike: int, wrong: int) -> UInt8Image:
        """The pictures in two lines a class: repeats pale, those with a wrong label in a red frame."""
        tiles, filled, seen = [], Counter[int](), set[int]()
        for place, (row, label) in enumerate(zip(*taken(self.orders[0], count, alike, wrong))):
            image = small(self.heads.dataset.train[row].path, CELL - 12)
            line, column = divmod(filled[label], MOST // 2)
            if line < 2:
                tiles.append((12 * (2 * label + line) + column, 255 - (255 - image) // 3 if row in seen else image, label != place // count))
            filled[label] += 1
            seen.add(row)
        return mosaic(tiles, side=12, cell=CELL)


def different(count: int, alike: int) -> int:
    """How many of so many pictures are no repeats."""
    return max(1, round(count * (1 - alike / 100)))


def taken(order: Sequence[Places], count: int, alike: int, wrong: int) -> tuple[list[int], list[int]]:
    """The training pictures, class after class, and the labels that they bear; the last ones of a class bear another class's."""
    rows = [int(mine[place % different(count, alike)]) for mine in order for place in range(count)]
    good, others = count - round(count * wrong / 100), len(order) - 1
    return rows, [kind if place < good else (kind + 1 + place % others) % len(order) for kind in range(len(order)) for place in range(count)]
