"""Training mode and eval mode by hand: batch normalisation and Dropout before the last layer of a real network, and what they do to one picture's answer."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import bars, esc, picture_uri
from edukit.core.i18n import language, t
from edukit.core.images import read_image, thumbnail
from edukit.core.preprocess import UInt8Image
from edukit.data import load_dataset
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.mosaic import mosaic

ASKED = ("deer", "city_sunset", "smile", "banana", "alembic", "passenger_ship")  # a validation picture of each class, right in eval mode
EACH, ACROSS, TILE = 6, 5, 84  # pictures of a class that the head learns from and that join the batch; tiles in a row, and their pixels
EPSILON, GREEN = 1e-5, (0, 122, 89)  # as PyTorch's batch normalisation adds to the variance; RGB


class Mode(Explorable):
    """One picture, the batch that it travels in, and the two switches of ``train()`` and ``eval()``."""

    kind, challenges, plot = "mode", ("fooled", "crowd", "alike", "steady"), Plot(x=(1, 25, ""), y=(0, 100, "%"))
    sliders = (Slider("train", 0, 1, 0), Slider("batch", 1, 25, 1), Slider("own", 0, 100, 0, 10, "%"), Slider("dropout", 0, 90, 0, 10, "%"),
               Slider("again", 1, 20, 1))  # fmt: skip

    def prepare(self) -> None:
        """The pictures; the network is asked when the first answer is wanted."""
        dataset = load_dataset("emoji")
        self.names, self.classes = [dataset.shown(label, language()) for label in dataset.classes], dataset.classes
        asked = {sample.path.stem: sample for sample in dataset.validation}
        learnt = [[sample for sample in dataset.train if sample.label == label][:EACH] for label in dataset.classes]
        self.pictures = [*(asked[stem] for stem in ASKED), *(sample for samples in learnt for sample in samples)]
        self.choices = [{"uri": picture_uri(one.path), "name": name} for one, name in zip(self.pictures, self.names)]
        self.pill, self.tiles = t("mode.pill"), list[UInt8Image]()

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Sends the batch through batch normalisation, Dropout and the last layer."""
        if not self.tiles:
            self._describe()
        rows, training, size = batch(state, choice), bool(state["train"]), int(state["batch"])
        group, rate = self.features[rows], training * state["dropout"] / 100
        mean, spread = (group.mean(axis=0), np.sqrt(group.var(axis=0) + EPSILON)) if training else (self.head.mean, self.head.spread)
        kept, normal = np.random.default_rng(int(state["again"])).random(group.shape[1]) >= rate, (group[0] - mean) / spread
        sure = np.exp(scores := self.weight @ (normal * kept / (1 - rate)) + self.bias) / np.exp(scores).sum()
        top, one, rolls = int(np.argmax(sure)), int(np.argmax(self.weight[choice] * group[0])), self.memory.setdefault("rolls", set())
        rolls |= {state["again"]} if not training and state["dropout"] >= 50 else set()
        solved = {"fooled": training and top != choice, "crowd": training and top == choice and size >= 8 and sure[choice] >= 0.6,
                  "alike": training and top != choice and size >= 4 and state["own"] == 100, "steady": len(rolls) >= 3}  # fmt: skip
        x, middle, usual, z = (f"{values[one]:.2f}" for values in (group[0], mean, spread, normal))
        hand = t("mode.hand", x=x, mean=middle, spread=usual, normal=z, kept=percent(float(np.mean(kept)), 0))
        return Answer(
            verdict=t(f"mode.said_{training:d}", count=size, said=self.names[top], sure=percent(float(sure[top]), 0), truth=self.names[choice]),
            body=bars(self.names, [float(share) for share in sure], best=top) + f"<p><small>{esc(hand)}</small></p>",
            mark=(size, 100 * float(sure[choice]), top == choice) if training and not rate and not state["own"] else None,
            picture=mosaic([(place, self.tiles[row], not place) for place, row in enumerate(rows)], side=ACROSS, cell=TILE, gap=8, frame=GREEN),
            right=top == choice, solved=solved)  # fmt: skip

    def _describe(self) -> None:
        from edukit.training import bodies, head
        self.features, learnt = bodies.Body(bodies.int8_body(self.work.workspace)).features(self.pictures), self.pictures[len(ASKED) :]
        self.head = head.fit_head(self.features[len(ASKED) :], [sample.label for sample in learnt], classes=self.classes)
        self.weight, self.bias = self.head.weight * self.head.spread, self.head.bias + self.head.weight @ self.head.mean
        self.tiles = [thumbnail(read_image(one.path), TILE - 8) for one in self.pictures]


def batch(state: Mapping[str, float], choice: int) -> list[int]:
    """The rows of the picture and its companions: first those of its own class, then of all classes in turn."""
    count, alike, first = int(state["batch"]) - 1, round((state["batch"] - 1) * state["own"] / 100), len(ASKED)
    own, mixed = [first + EACH * choice + i for i in range(EACH)], [first + EACH * label + i for i in range(EACH) for label in range(first)]
    return [choice, *(own * EACH)[:alike], *mixed[: count - alike]]
