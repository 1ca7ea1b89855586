"""A learning curve that grows as pictures are added: different ones, the same ones again, wrongly labelled ones. A head is solved at every move."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import bars, tag
from edukit.core.i18n import language, t
from edukit.core.preprocess import UInt8Image
from edukit.training.sample_heads import MOST, SampleHeads, different, heads_for, taken
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.mosaic import mosaic, small

DRAWS, CELL = 4, 48  # sets that are drawn and averaged, pixels of a small picture


class Curve(Explorable):
    """How many pictures, how many of them are repeats, how many bear a wrong label; and how good the head is that learns from them."""

    kind, challenges, plot = "curve", ("grow", "same", "wrong_labels"), Plot(x=(0, MOST, ""), y=(0, 100, "%"))
    sliders = (Slider("count", 1, MOST, 3), Slider("alike", 0, 90, 0, 10, "%"), Slider("wrong", 0, 60, 0, 10, "%"), Slider("own", 0, 1, 1))

    def prepare(self) -> None:
        """The sample pictures; the learner's own come when they are asked about, and anew when they change."""
        self.sample = SampleHeads()
        self.own = cache(lambda: heads_for(self.work.dataset, self.sample, self.work.workspace))
        self.use(self.sample)
        self.work.observe(lambda _: self.own.cache_clear(), ["dataset", "version"])

    def use(self, heads: SampleHeads) -> None:
        """Goes on with these heads, in several orders of their pictures."""
        self.heads, self.memory, self._marks = heads, {}, {}
        self.orders = [heads.order(seed) for seed in range(DRAWS)]

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Solves heads on such pictures and says what share of the validation pictures they know."""
        heads, why = self.own() if state["own"] else (self.sample, "")
        if heads is not self.heads:
            self.use(heads)
        count, alike, wrong = min(int(state["count"]), heads.most), int(state["alike"]), int(state["wrong"])
        known, clean, dataset = self.known(count, alike, wrong), not alike and not wrong, heads.dataset
        of_class = [float(known[heads.exam == place].mean()) for place in range(len(dataset.classes))]
        right, full = float(known.mean()), count == heads.most
        solved = {"grow": clean and right >= 0.7, "same": full and alike > 0 and not wrong and right < self.known(5, 0, 0).mean(),
                  "wrong_labels": full and not alike and wrong > 0 and right < self.known(min(10, count), 0, 0).mean()}  # fmt: skip
        told = {"count": count, "different": different(count, alike), "wrong": round(count * wrong / 100), "right": percent(right, 0)}
        said = [why, t("curve.exam", name=dataset.name, count=len(heads.exam), most=heads.most)]
        return Answer(
            verdict=t("curve.clean" if clean else "curve.dirty", **told), right=clean or None, picture=self.draw(count, alike, wrong),
            body=bars([dataset.shown(label, language()) for label in dataset.classes], of_class, best=int(np.argmax(of_class)))
            + "".join(tag("p", sentence) for sentence in said if sentence), mark=(count, 100 * right, clean), solved=solved,
        )  # fmt: skip

    def known(self, count: int, alike: int, wrong: int) -> np.ndarray:
        """In what share of several draws each validation picture is known."""
        key = f"{count} {alike} {wrong}"
        if key not in self.memory:
            draws = [taken(order, count, alike, wrong) for order in self.orders]
            self.memory[key] = np.mean([self.heads.known(self.heads.features["train"][rows], np.array(labels)) for rows, labels in draws], axis=0)
        return np.asarray(self.memory[key])

    def draw(self, count: int, alike: int, wrong: int) -> UInt8Image:
        """The pictures in some lines a class: repeats pale, those with a wrong label in a red frame."""
        tiles, filled, seen, classes = [], Counter[int](), set[int](), len(self.orders[0])
        side = next(side for side in range(classes, MOST * classes) if side // classes * side >= MOST)
        lines, columns = side // classes, -(-MOST // (side // classes))
        for place, (row, label) in enumerate(zip(*taken(self.orders[0], count, alike, wrong))):
            image = small(self.heads.dataset.train[row].path, CELL - 12)
            line, column = divmod(filled[label], columns)
            if line < lines:
                tiles.append((side * (lines * label + line) + column, 255 - (255 - image) // 3 if row in seen else image, label != place // count))
            filled[label] += 1
            seen.add(row)
        return mosaic(tiles, side=side, cell=CELL)
